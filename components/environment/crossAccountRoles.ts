import * as pulumi from "@pulumi/pulumi";
import { accountPolicy, accountRole, managedPolicies } from "./accountRoles";
import {
  accountRoot,
  arn,
  environmentName,
  type EnvironmentRole,
  type PipelineId,
  platformParameters,
  releaseFiles,
  roleArn,
  type Scope,
  workloadName,
} from "../names";
import { type Document, type Statement, trustRoles, trustService } from "../policies";
import { cleanupStatements, deployStatements, planStatements, type StackSite } from "./stackStatements";
import { lambdaContainer } from "../workloads/lambdaContainer";
import { type DeployedSite, type Workload, workloadRoles, workloadSiteOf } from "../workloads/workload";

export interface CrossAccountRolesArgs {
  readonly scope: Scope;
  /** Account of the environment. */
  readonly account: string;
  readonly environment: string;
  readonly pipeline: PipelineId;
  /** Default: a function from an image. */
  readonly workload?: Workload;
  /** CloudFormation transforms that the workload's template may use. Default: none. */
  readonly transforms?: readonly string[];
  /** ARN of the organization's permissions boundary for the roles. Default: none. */
  readonly permissionsBoundary?: string | undefined;
  /** What tooling provides: the store, the images, and the jobs' roles by what they may take. */
  readonly bucketArn: string;
  readonly keyArn: string;
  /** Not given where code is files. */
  readonly repositoryArn?: string | undefined;
  /** What its services run on, where the workload is one of these. */
  readonly platform?: DeployedSite["platform"];
  /** Where its functions may be, where the workload's may be in a network. */
  readonly functionNetwork?: DeployedSite["functionNetwork"];
  /** Where releases are planned for an approval; otherwise Deploy plans, with the release job's role. */
  readonly planJobRoleArn?: string | undefined;
  readonly releaseJobRoleArn: string;
  readonly cleanupJobRoleArn: string;
}

/** What one pipeline may do in one environment: the roles its jobs take there, and the most its workload can ever do. */
export class CrossAccountRoles extends pulumi.ComponentResource {
  /** By what they are for: `plan`, `deploy`, `cleanup`, `execution`, and those of the kind of workload. */
  readonly roleArns: Readonly<Record<string, pulumi.Output<string>>>;
  /** Not given where the workload's template may have no roles. */
  readonly boundaryArn?: pulumi.Output<string>;

  constructor(name: string, args: CrossAccountRolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:CrossAccountRoles", name, {}, opts);
    const { scope, account, pipeline, environment } = args;
    const workload: Workload = args.workload ?? lambdaContainer;
    const nameOf = (kind: EnvironmentRole | "boundary") =>
      environmentName(scope, pipeline, environment, kind);
    const site: StackSite = {
      stackArn: arn(scope, "cloudformation", account, `stack/${workloadName(pipeline, environment)}/*`),
      executionRoleArn: roleArn(scope, account, nameOf("execution")),
      transformArns: (args.transforms ?? []).map((transform) => transformArn(scope, transform)),
      releaseFilesArn: `${args.bucketArn}/${releaseFiles(pipeline, account, environment)}*`,
      keyArn: args.keyArn,
      region: scope.region,
      ...(workload.platform && { parametersArn: platformParameters(scope, account, args.environment) }),
      planned: args.planJobRoleArn !== undefined,
    };
    const workloadSite: DeployedSite = {
      ...workloadSiteOf(args),
      repositoryArn: args.repositoryArn,
      platform: args.platform,
      releaseFilesArn: site.releaseFilesArn,
      keyArn: args.keyArn,
    };
    const stack = workloadSite.name;
    const jobs = (...arns: (string | undefined)[]) =>
      trustRoles(
        accountRoot(scope, scope.toolingAccount),
        arns.filter((each) => each !== undefined),
      );
    const made = (kind: EnvironmentRole, description: string, trust: Document, statements: Statement[]) =>
      accountRole(`${name}-${kind}`, nameOf(kind), description, trust, statements, args, this);
    const role = (...of: Parameters<typeof made>) => made(...of).arn;

    const boundary = workload.boundary?.(workloadSite);
    if (boundary) {
      const description = `The most that any role of ${stack} can do`;
      this.boundaryArn = accountPolicy(
        `${name}-boundary`,
        nameOf("boundary"),
        description,
        boundary,
        args,
        this,
      ).arn;
    }
    const execution = made(
      "execution",
      `What CloudFormation does to deploy ${stack}`,
      trustService("cloudformation.amazonaws.com"),
      workload.execution(workloadSite),
    );
    managedPolicies(
      `${name}-execution`,
      nameOf("execution"),
      "uses",
      execution,
      `What CloudFormation does for the services that ${stack} uses`,
      workload.further?.(workloadSite) ?? [],
      args,
      this,
    );
    this.roleArns = {
      execution: execution.arn,
      plan: role(
        "plan",
        `Makes change sets of ${stack}, executes none`,
        jobs(args.planJobRoleArn, args.releaseJobRoleArn),
        planStatements(site),
      ),
      deploy: role(
        "deploy",
        `Executes change sets of ${stack}`,
        jobs(args.releaseJobRoleArn),
        deployStatements(site),
      ),
      cleanup: role(
        "cleanup",
        `Removes change sets of ${stack}, and a stack that never came to be`,
        jobs(args.cleanupJobRoleArn),
        cleanupStatements(site),
      ),
      ...Object.fromEntries(
        workloadRoles(workload).map(([kind, { service, description, sourceArn, statements }]) => [
          kind,
          role(
            kind,
            `${description} ${stack}`,
            trustService(service, sourceArn?.(workloadSite)),
            statements(workloadSite),
          ),
        ]),
      ),
    };
    this.registerOutputs({ roleArns: this.roleArns, boundaryArn: this.boundaryArn });
  }
}

/** A transform belongs to AWS: `AWS::Serverless-2016-10-31` is `…:aws:transform/Serverless-2016-10-31`. */
export const transformArn = (scope: Scope, transform: string): string =>
  arn(scope, "cloudformation", "aws", `transform/${transform.replace(/^AWS::/, "")}`);
