/** What attacks by branches are made of, and against them. */
import { type PipelineView, variablesOf } from "../../record/pipelines";
import { arnOf } from "../estate/collect";
import { type Branch, BRANCHES, branchTags } from "../estate/branches";
import { EXECUTION_ID } from "../estate/deployedParameters";
import { branchesOf, required } from "../estate/jobs";
import { type Principal, session } from "../../../packages/iam/src/policy/principals";
import type { World } from "../estate/world";
import { jobFacts, only, projectOf } from "./pipelineInventory";
import { call, type Scene, type Step } from "./scene";
import type {
  EnvironmentFacts,
  Facts,
  JobFacts,
  PipelineFacts,
  OneBranch,
  BranchFacts,
} from "./inventoryModel";

/** Finds what there is of a pipeline's branches. Throws NotKnown where something is missing. */
export function branchFacts(
  { record, model }: World,
  { resource }: PipelineView,
  bucket: string,
  all: readonly PipelineFacts[],
): BranchFacts {
  const name = String(resource.outputs["name"]);
  const job = (kind: string): JobFacts => jobFacts(projectOf(record, name, kind));
  const project = projectOf(record, name, "branch-deploy");
  const value = (key: string) => required(variablesOf(project), key, project.name);
  const [deploy, account] = [value("DEPLOY_ROLE_ARN"), value("ENVIRONMENT_ACCOUNT")];
  const codedeploy = deploy.replace(/deploy$/, "codedeploy");
  const of = branchesOf(record, name)?.name;
  const main = only(
    all.find((each) => each.name === of),
    `pipeline whose branches ${name} deploys`,
  );
  const branch = (each: Branch | undefined): OneBranch => {
    const { hash, label } = only(each, "branch");
    return {
      hash,
      label,
      stackName: value("STACK_PREFIX") + hash,
      releaseFile: `${bucket}/releases/${name}/${account}/${hash}/${EXECUTION_ID}/template.yaml`,
      note: `${bucket}/kept/${name}/${hash}`,
    };
  };
  return {
    name,
    role: required(resource.inputs, "roleArn", arnOf(resource)),
    build: job("build"),
    releaseJob: job("branch-deploy"),
    cleanup: job("branch-cleanup"),
    deploy,
    codedeploy: model.roles.has(codedeploy) ? codedeploy : undefined,
    boundary: deploy.replace(/deploy$/, "boundary").replace(":role/", ":policy/"),
    account,
    rolePath: deploy.replace(/^[^/]*/, "").replace(/[^/]*$/, ""),
    imaged: main.repository !== undefined,
    main,
    last: only(main.environments.at(-1), `environment of ${main.name}`),
    beside: all.flatMap(({ environments }) => environments).find((each) => each.account === account),
    one: branch(BRANCHES[0]),
    other: branch(BRANCHES[1]),
  };
}

/** The session that a branch is deployed with. */
export const sessionOf = ({ deploy }: BranchFacts, branch: OneBranch): Principal =>
  session(deploy, `delivery-branch-${branch.hash}`, branchTags(branch));

/** A job takes the role for the first branch, as in every run. */
export const takes = ({ deploy, one }: BranchFacts, job: Principal): Step =>
  call(job, "sts:AssumeRole", deploy, { context: { "aws:RequestTag/branch": one.hash } });

type Made = Scene | { readonly lacks: string };

/** A scene that needs branches with stacks. */
export const withBranches =
  (make: (facts: Facts, branches: BranchFacts) => Made) =>
  (facts: Facts): Made =>
    facts.branches ? make(facts, facts.branches) : { lacks: "branches that have stacks" };

/** A scene that needs an environment beside them. */
export const withBeside = (make: (facts: Facts, branches: BranchFacts, beside: EnvironmentFacts) => Made) =>
  withBranches((facts, branches) =>
    branches.beside
      ? make(facts, branches, branches.beside)
      : { lacks: "an environment in the account of the branches" },
  );
