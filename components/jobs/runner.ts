/** What runs a service's own commands inside an environment's account and network. */
import * as codebuild from "@pulumi/aws/codebuild";
import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { buildspec } from "./buildspec";
import { type Container, type JobVpc, makeProject } from "./job";
import { reportTests } from "./jobStatements";
import {
  accountRoot,
  dnsSuffix,
  environmentName,
  type PipelineId,
  projectArn,
  type Scope,
  sourceFiles,
} from "../names";
import { allow, document, type Statement, trustRoles } from "../policies";
import type { Packaging } from "../workloads/workload";

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
    const projectName = environmentName(scope, pipeline, environment, "runner");
    const reports = new codebuild.ReportGroup(
      `${name}-verify`,
      { type: "TEST", exportConfig: { type: "NO_EXPORT" }, deleteReports: args.deletable ?? false },
      parent,
    );
    const { permissionsBoundary } = args;
    const { logArn } = makeProject(
      `${name}-runner`,
      {
        ...{ scope, account, projectName, container, vpc, permissionsBoundary },
        description: `Runs steps of ${pipeline.name} inside ${environment}`,
        buildspec: reports.arn.apply((testReports) => buildspec({ job: "inside", testReports })),
        variables: {
          PIPELINE: pipeline.name,
          ARTIFACT_BUCKET: args.bucketArn.split(":::")[1] ?? "",
          PACKAGING: args.packaging,
          ENVIRONMENT: environment,
          ENVIRONMENT_ACCOUNT: account,
        },
        statements: runnerStatements(args, reports.arn),
        source: { type: "NO_SOURCE" },
        artifacts: "NO_ARTIFACTS",
        buildTimeout: TIMEOUT,
        // A migration is never run twice at a time. CodeBuild refuses the second; the job that starts it waits.
        concurrentBuildLimit: 1,
        logRetentionInDays: args.logRetentionInDays,
      },
      this,
    );
    const starter = new iam.Role(
      `${name}-starter`,
      {
        name: environmentName(scope, pipeline, environment, "starter"),
        path: scope.path,
        description: `Starts the runner of ${pipeline.name} in ${environment}`,
        assumeRolePolicy: trustRoles(accountRoot(scope, scope.toolingAccount), [args.jobRoleArn]),
        ...(permissionsBoundary && { permissionsBoundary }),
      },
      parent,
    );
    new iam.RolePolicy(
      `${name}-starter`,
      {
        role: starter.name,
        policy: document(...starterStatements(projectArn(scope, account, projectName), logArn)),
      },
      parent,
    );
    this.registerOutputs({});
  }
}

/** Write its reports, and read the source of releases to this environment. */
const runnerStatements = (
  { scope, account, environment, pipeline, bucketArn, keyArn }: RunnerArgs,
  reports: pulumi.Output<string>,
): Statement[] => [
  reportTests(reports),
  allow("ReadSource", ["s3:GetObject"], [`${bucketArn}/${sourceFiles(pipeline, account, environment)}`]),
  allow("DecryptSource", ["kms:Decrypt"], [keyArn], {
    StringEquals: { "kms:ViaService": `s3.${scope.region}.${dnsSuffix(scope.region)}` },
  }),
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

/** The variables that it says. By others, such as those that bash and Node.js read as they start, it could have other commands run. */
const TOLD = ["COMMANDS_SHA256", "ENDPOINT", "EXECUTION_ID", "SOURCE_SHA256", "STEP"];

/**
 * Start this one project as it is, and follow it.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/action-context-keys.html
 */
const starterStatements = (project: string, logArn: string): Statement[] => [
  allow("StartRunner", ["codebuild:StartBuild"], [project], {
    Null: Object.fromEntries(OVERRIDES.map((key) => [key, "true"])),
    "ForAllValues:StringEquals": { "codebuild:environment.environmentVariables.name": TOLD },
  }),
  allow("FollowRunner", ["codebuild:BatchGetBuilds"], [project]),
  allow("ReadLog", ["logs:GetLogEvents"], [logArn]),
];
