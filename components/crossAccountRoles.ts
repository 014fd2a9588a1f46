import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  accountRoot,
  arn,
  environmentName,
  type EnvironmentRole,
  type PipelineId,
  policyArn,
  releaseFiles,
  roleArn,
  type Scope,
  workloadName,
} from "./names";
import { document, type Document, type Statement, trustRoles, trustService } from "./policies";
import { cleanupStatements, deployStatements, planStatements, type StackSite } from "./stackStatements";
import type { Workload } from "./workloads/workload";

export interface CrossAccountRolesArgs {
  readonly scope: Scope;
  /** Account of the environment. */
  readonly account: string;
  readonly environment: string;
  readonly pipeline: PipelineId;
  readonly workload: Workload;
  /** CloudFormation transforms that the workload's template may use. */
  readonly transforms: readonly string[];
  /** ARN of the organization's permissions boundary for the roles. Default: none. */
  readonly permissionsBoundary?: string;
  /** What tooling provides: the store, the images, and the jobs' roles by what they may take. */
  readonly bucketArn: string;
  readonly keyArn: string;
  readonly repositoryArn: string;
  /** Where releases are planned for an approval; otherwise Deploy plans, with the release job's role. */
  readonly planJobRoleArn?: string | undefined;
  readonly releaseJobRoleArn: string;
  readonly cleanupJobRoleArn: string;
}

/** What one pipeline may do in one environment: the roles its jobs take there, and the most its workload can ever do. */
export class CrossAccountRoles extends pulumi.ComponentResource {
  readonly planRoleArn: pulumi.Output<string>;
  readonly deployRoleArn: pulumi.Output<string>;
  readonly cleanupRoleArn: pulumi.Output<string>;
  readonly executionRoleArn: pulumi.Output<string>;
  readonly codedeployRoleArn: pulumi.Output<string>;
  readonly boundaryArn: pulumi.Output<string>;

  constructor(name: string, args: CrossAccountRolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:CrossAccountRoles", name, {}, opts);
    const { scope, account, pipeline, environment, workload } = args;
    const nameOf = (kind: EnvironmentRole | "boundary") =>
      environmentName(scope, pipeline, environment, kind);
    const arnOf = (kind: EnvironmentRole) => roleArn(scope, account, nameOf(kind));
    const site: StackSite = {
      stackArn: arn(scope, "cloudformation", account, `stack/${workloadName(pipeline, environment)}/*`),
      executionRoleArn: arnOf("execution"),
      transformArns: args.transforms.map((transform) => transformArn(scope, transform)),
      releaseFilesArn: `${args.bucketArn}/${releaseFiles(pipeline, account, environment)}*`,
      keyArn: args.keyArn,
      region: scope.region,
      planned: args.planJobRoleArn !== undefined,
    };
    const workloadSite = {
      scope,
      account,
      name: workloadName(pipeline, environment),
      repositoryArn: args.repositoryArn,
      boundaryArn: policyArn(scope, account, nameOf("boundary")),
      codedeployRoleArn: arnOf("codedeploy"),
    };
    const jobs = (...arns: string[]) => trustRoles(accountRoot(scope, scope.toolingAccount), arns);
    const role = (kind: EnvironmentRole, description: string, trust: Document, statements: Statement[]) =>
      this.role(`${name}-${kind}`, nameOf(kind), description, trust, statements, args);

    const boundary = new aws.iam.Policy(
      `${name}-boundary`,
      {
        name: nameOf("boundary"),
        path: scope.path,
        description: `The most that any role of ${workloadSite.name} can do`,
        policy: document(...workload.boundary(workloadSite)),
      },
      { parent: this },
    );
    this.boundaryArn = boundary.arn;
    this.executionRoleArn = role(
      "execution",
      `What CloudFormation does to deploy ${workloadSite.name}`,
      trustService("cloudformation.amazonaws.com"),
      workload.execution(workloadSite),
    );
    this.codedeployRoleArn = role(
      "codedeploy",
      `Shifts the aliases of ${workloadSite.name}`,
      trustService("codedeploy.amazonaws.com"),
      workload.codedeploy(workloadSite),
    );
    this.planRoleArn = role(
      "plan",
      `Makes change sets of ${workloadSite.name}, executes none`,
      jobs(...(args.planJobRoleArn === undefined ? [] : [args.planJobRoleArn]), args.releaseJobRoleArn),
      planStatements(site),
    );
    this.deployRoleArn = role(
      "deploy",
      `Executes change sets of ${workloadSite.name}`,
      jobs(args.releaseJobRoleArn),
      deployStatements(site),
    );
    this.cleanupRoleArn = role(
      "cleanup",
      `Removes change sets of ${workloadSite.name}, and a stack that never came to be`,
      jobs(args.cleanupJobRoleArn),
      cleanupStatements(site),
    );
    this.registerOutputs({
      planRoleArn: this.planRoleArn,
      deployRoleArn: this.deployRoleArn,
      cleanupRoleArn: this.cleanupRoleArn,
      executionRoleArn: this.executionRoleArn,
      codedeployRoleArn: this.codedeployRoleArn,
      boundaryArn: this.boundaryArn,
    });
  }

  private role(
    name: string,
    roleName: string,
    description: string,
    assumeRolePolicy: Document,
    statements: Statement[],
    { scope, permissionsBoundary }: CrossAccountRolesArgs,
  ): pulumi.Output<string> {
    const role = new aws.iam.Role(
      name,
      {
        name: roleName,
        path: scope.path,
        description,
        assumeRolePolicy,
        ...(permissionsBoundary && { permissionsBoundary }),
      },
      { parent: this },
    );
    new aws.iam.RolePolicy(name, { role: role.name, policy: document(...statements) }, { parent: this });
    return role.arn;
  }
}

/** A transform belongs to AWS: `AWS::Serverless-2016-10-31` is `…:aws:transform/Serverless-2016-10-31`. */
const transformArn = (scope: Scope, transform: string): string =>
  arn(scope, "cloudformation", "aws", `transform/${transform.replace(/^AWS::/, "")}`);
