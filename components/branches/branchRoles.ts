import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { accountPolicy, accountRole, managedPolicies } from "../environment/accountRoles";
import { branchStackStatements, keepBranchTags, trustBranchJobs } from "./branchStatements";
import { type CrossAccountRolesArgs, transformArn } from "../environment/crossAccountRoles";
import {
  accountRoot,
  arn,
  branchName,
  branchPipeline,
  BRANCHES,
  environmentName,
  platformParameters,
  releaseFiles,
  SESSION_BRANCH,
} from "../names";
import { trustService } from "../policies";
import type { StackSite } from "../environment/stackStatements";
import { type DeployedSite, ofBranches, workloadRoles, workloadSiteOf } from "../workloads/workload";

/** As for the pipeline's own environments; repository and jobs are those of its branches. */
export type BranchRolesArgs = Omit<CrossAccountRolesArgs, "planJobRoleArn"> &
  Required<Pick<CrossAccountRolesArgs, "workload" | "transforms">>;

/** What a pipeline's branches may do in one account: one role for the stacks of all, and each session is one branch's. */
export class BranchRoles extends pulumi.ComponentResource {
  /** By what they are for: `deploy`, and those of the kind of workload. */
  readonly roleArns: Readonly<Record<string, pulumi.Output<string>>>;
  /** Not given where the workload's template may have no roles. */
  readonly boundaryArn?: pulumi.Output<string>;

  constructor(name: string, args: BranchRolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:BranchRoles", name, {}, opts);
    const { scope, account, pipeline, keyArn } = args;
    const workload = ofBranches(args.workload);
    const nameOf = (kind: Parameters<typeof environmentName>[3]) =>
      environmentName(scope, pipeline, BRANCHES, kind);
    const own = branchName(pipeline, SESSION_BRANCH);
    const releaseFilesArn = `${args.bucketArn}/${releaseFiles(branchPipeline(pipeline), account, SESSION_BRANCH)}*`;
    const stack: StackSite = {
      stackArn: arn(scope, "cloudformation", account, `stack/${own}/*`),
      transformArns: args.transforms.map((transform) => transformArn(scope, transform)),
      releaseFilesArn,
      keyArn,
      region: scope.region,
      ...(workload.platform && { parametersArn: platformParameters(scope, account, args.environment) }),
      planned: false,
    };
    const site: DeployedSite = {
      ...workloadSiteOf({ ...args, environment: BRANCHES, host: args.environment }),
      name: own,
      platform: args.platform,
      repositoryArn: args.repositoryArn,
      releaseFilesArn,
      keyArn,
    };
    const boundary = workload.boundary?.(site);
    if (boundary) {
      const description = `The most that any role of a branch of ${pipeline.name} can do`;
      this.boundaryArn = accountPolicy(
        `${name}-boundary`,
        nameOf("boundary"),
        description,
        boundary,
        args,
        this,
      ).arn;
    }
    const jobs = trustBranchJobs(accountRoot(scope, scope.toolingAccount), [
      args.releaseJobRoleArn,
      args.cleanupJobRoleArn,
    ]);
    // AWS's services set no tag, so their roles are for all branches of the pipeline: who takes them is CodeDeploy,
    // for deployments that CloudFormation makes of aliases in the same stack, and none is made otherwise.
    const every = { ...site, name: branchPipeline(pipeline).prefix };
    const deploy = accountRole(
      `${name}-deploy`,
      nameOf("deploy"),
      `Makes, changes and deletes the stack of a branch of ${pipeline.name}`,
      jobs,
      [...workload.execution(site), ...keepBranchTags()],
      args,
      this,
    );
    // IAM has no room for both in a role.
    const { arn: policyArn } = accountPolicy(
      `${name}-deploy`,
      nameOf("deploy"),
      `What the jobs themselves do with the stack of a branch of ${pipeline.name}`,
      branchStackStatements(stack),
      args,
      this,
    );
    new iam.RolePolicyAttachment(`${name}-deploy`, { role: deploy.name, policyArn }, { parent: this });
    managedPolicies(
      `${name}-deploy`,
      nameOf("deploy"),
      "uses",
      deploy,
      `What CloudFormation does for the services that branches of ${pipeline.name} use`,
      workload.further?.(site) ?? [],
      args,
      this,
    );
    this.roleArns = {
      deploy: deploy.arn,
      ...Object.fromEntries(
        workloadRoles(workload).map(([kind, { service, description, statements }]) => [
          kind,
          accountRole(
            `${name}-${kind}`,
            nameOf(kind),
            `${description} branches of ${pipeline.name}`,
            trustService(service),
            statements(every),
            args,
            this,
          ).arn,
        ]),
      ),
    };
    this.registerOutputs({ roleArns: this.roleArns, boundaryArn: this.boundaryArn });
  }
}
