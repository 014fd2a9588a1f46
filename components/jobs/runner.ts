/** What runs a service's own commands inside an environment's account and network. */
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as codebuild from "@pulumi/aws/codebuild";
import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { buildspec } from "./buildspec";
import { type JobVpc, networkInterfaces, vpcConfig } from "./job";
import { reportTests } from "./jobStatements";
import {
  accountRoot,
  arn,
  dnsSuffix,
  environmentName,
  type PipelineId,
  projectArn,
  type Scope,
  sourceFiles,
} from "../names";
import { allow, type Document, document, type Statement, trustRoles, trustService } from "../policies";
import type { Packaging } from "../workloads/workload";

/** A container of CodeBuild's. */
export interface Container {
  readonly type: string;
  readonly computeType: string;
  readonly image: string;
}

export interface RunnerArgs {
  readonly scope: Scope;
  /** Account of the environment. */
  readonly account: string;
  readonly environment: string;
  readonly pipeline: PipelineId;
  readonly packaging: Packaging;
  /** Where it stands in the environment's network. */
  readonly vpc: JobVpc;
  readonly container: Container;
  readonly logRetentionInDays: number;
  /** ARN of the organization's permissions boundary for the roles. Default: none. */
  readonly permissionsBoundary?: string | undefined;
  /** What tooling provides: the store, and the role of the job that has the runner do something. */
  readonly bucketArn: string;
  readonly keyArn: string;
  readonly jobRoleArn: string;
  /** Delete the report group with its reports. Default: false. */
  readonly deletable?: boolean;
}

/** Minutes. */
const TIMEOUT = 60;

/**
 * A CodeBuild project in the environment's account, with a role that changes nothing there, and the role that starts it. Its
 * commands are the project's own: who starts it says which run it is for, and can't say what it does.
 */
export class Runner extends pulumi.ComponentResource {
  constructor(name: string, args: RunnerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:Runner", name, {}, opts);
    const { scope, account, environment, pipeline, container, vpc } = args;
    const parent = { parent: this };
    const project = environmentName(scope, pipeline, environment, "runner");
    const site = { arn: projectArn(scope, account, project), log: `/aws/codebuild/${project}` };
    const reports = new codebuild.ReportGroup(
      `${name}-verify`,
      { type: "TEST", exportConfig: { type: "NO_EXPORT" }, deleteReports: args.deletable ?? false },
      parent,
    );
    const log = new cloudwatch.LogGroup(
      `${name}-runner`,
      { name: site.log, retentionInDays: args.logRetentionInDays },
      parent,
    );
    const description = `Runs steps of ${pipeline.name} inside ${environment}`;
    const made = (kind: "runner" | "starter", about: string, trust: Document, statements: Statement[]) => {
      const { permissionsBoundary } = args;
      const role = new iam.Role(
        `${name}-${kind}`,
        {
          name: environmentName(scope, pipeline, environment, kind),
          path: scope.path,
          description: about,
          assumeRolePolicy: trust,
          ...(permissionsBoundary && { permissionsBoundary }),
        },
        parent,
      );
      const policy = document(...statements);
      return { role, policy: new iam.RolePolicy(`${name}-${kind}`, { role: role.name, policy }, parent) };
    };
    const { role, policy } = made(
      "runner",
      description,
      trustService("codebuild.amazonaws.com", site.arn),
      runnerStatements(args, site.log, reports.arn),
    );
    made(
      "starter",
      `Starts the runner of ${pipeline.name} in ${environment}`,
      trustRoles(accountRoot(scope, scope.toolingAccount), [args.jobRoleArn]),
      starterStatements(args, site),
    );
    new codebuild.Project(
      `${name}-runner`,
      {
        ...{ name: project, description },
        serviceRole: role.arn,
        source: {
          type: "NO_SOURCE",
          buildspec: reports.arn.apply((testReports) => buildspec({ job: "inside", testReports })),
        },
        artifacts: { type: "NO_ARTIFACTS" },
        buildTimeout: TIMEOUT,
        // A migration is never run twice at a time. CodeBuild refuses the second; the job that starts it waits.
        concurrentBuildLimit: 1,
        environment: {
          ...container,
          environmentVariables: Object.entries({
            PIPELINE: pipeline.name,
            ARTIFACT_BUCKET: args.bucketArn.split(":::")[1] ?? "",
            PACKAGING: args.packaging,
            ENVIRONMENT: environment,
            ENVIRONMENT_ACCOUNT: account,
          }).map(([key, value]) => ({ name: key, value })),
        },
        logsConfig: { cloudwatchLogs: { groupName: log.name } },
        vpcConfig: vpcConfig(vpc),
      },
      // With its rights in place: CodeBuild checks those for a VPC when it makes the project.
      { ...parent, dependsOn: [policy] },
    );
    this.registerOutputs({});
  }
}

/** Write its log and reports, read the source of releases to this environment, and be in the network of the settings. */
const runnerStatements = (
  { scope, account, environment, pipeline, vpc, bucketArn, keyArn }: RunnerArgs,
  log: string,
  reports: pulumi.Output<string>,
): Statement[] => [
  allow(
    "WriteLog",
    ["logs:CreateLogStream", "logs:PutLogEvents"],
    [arn(scope, "logs", account, `log-group:${log}:*`)],
  ),
  reportTests(reports),
  allow("ReadSource", ["s3:GetObject"], [`${bucketArn}/${sourceFiles(pipeline, account, environment)}`]),
  allow("DecryptSource", ["kms:Decrypt"], [keyArn], {
    StringEquals: { "kms:ViaService": `s3.${scope.region}.${dnsSuffix(scope.region)}` },
  }),
  ...networkInterfaces(scope, account, vpc),
];

/** What a call that starts the runner may not say: CodeBuild would take it in place of what the project has. */
const OVERRIDES = [
  "codebuild:environment.computeType",
  "codebuild:environment.image",
  "codebuild:environment.privilegedMode",
  "codebuild:environment.type",
  "codebuild:logsConfig",
  "codebuild:serviceRole",
  "codebuild:source.buildspec",
  "codebuild:source.location",
];

/**
 * Start this one project as it is, and follow it.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/action-context-keys.html
 */
const starterStatements = (
  { scope, account }: RunnerArgs,
  site: { readonly arn: string; readonly log: string },
): Statement[] => [
  allow("StartRunner", ["codebuild:StartBuild"], [site.arn], {
    Null: Object.fromEntries(OVERRIDES.map((key) => [key, "true"])),
  }),
  allow("FollowRunner", ["codebuild:BatchGetBuilds"], [site.arn]),
  allow("ReadLog", ["logs:GetLogEvents"], [arn(scope, "logs", account, `log-group:${site.log}:*`)]),
];
