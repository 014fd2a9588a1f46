import { type Branch, branchTags, forBranches, placeOf } from "../estate/branches";
import { CODE_SHA256, COMMIT_ID, EXECUTION_ID, releaseFolder } from "../estate/deployedParameters";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { type Principal, session } from "../../../packages/iam/src/policy/principals";
import { type Job, type Pipeline, required, toldTo } from "../../record/inventory";
import { list, map } from "../../../packages/iam/src/json";

/** Whose rights a command has: the job's own, or those of a role of the environment. */
export type As = "job" | "plan" | "deploy" | "cleanup";

/** What a job is told, beyond what its project and action say. */
interface Told {
  readonly variables: Readonly<Record<string, string>>;
  readonly branch?: Branch | undefined;
}

/** One job in one environment: what its commands are about. */
export interface JobSite {
  readonly pipeline: Pipeline;
  readonly job: Job;
  readonly environment: string | undefined;
  /** Whose stack it is about, where that is a branch's: its roles are taken for the branch. */
  readonly branch: Branch | undefined;
  /** A variable of the job. Throws NotKnown without it. */
  readonly variable: (name: string) => string;
  /** The workload's stack, by some id. */
  readonly stackArn: () => string;
  /** `releases/catalog/222222222222/test/<run>/` */
  readonly releases: () => string;
  /** `kept/catalog/<commit>/` */
  readonly kept: string;
  /** Whether the code is an image or files. */
  readonly code: "image" | "files";
  /** Templates of a release, as they are called in it: one of all environments, or one of each. */
  readonly templates: readonly string[];
  /** The code, where it is files of the release, by their names in it. */
  readonly files: readonly string[];
  readonly roleArn: (as: As) => string;
  readonly principal: (as: As) => Principal;
}

const ROLE_VARIABLES = {
  plan: "PLAN_ROLE_ARN",
  deploy: "DEPLOY_ROLE_ARN",
  cleanup: "TARGET_ROLE_ARN",
} as const;

/** What Build makes of the service, as the variables of its job say. */
function releaseOf(
  { jobs, name }: Pipeline,
  environment: string | undefined,
): Pick<JobSite, "code" | "templates" | "files"> {
  const build = jobs.find(({ kind }) => kind === "build");
  const told = (variable: string) => required(build?.variables ?? {}, variable, `Build of ${name}`);
  const packaging = told("PACKAGING");
  const own = environment === undefined ? told("ENVIRONMENTS").split(" ") : [environment];
  return {
    code: packaging === "image" ? "image" : "files",
    templates: packaging === "serverless" ? own.map((each) => `templates/${each}.json`) : ["template.yaml"],
    files: packaging === "image" ? [] : [`code/${CODE_SHA256}.zip`],
  };
}

function site(pipeline: Pipeline, job: Job, { variables: more, branch }: Told): JobSite {
  const variables: Record<string, string> = { ...toldTo(job), EXECUTION_ID, COMMIT_ID, ...more };
  const variable = (name: string) => required(variables, name, job.project.name);
  const roleArn = (as: As) =>
    as === "job"
      ? required(job.project.inputs, "serviceRole", job.project.name)
      : variable(ROLE_VARIABLES[as]);
  const { partition, region } = pipeline;
  // The clean-up of branches is told its role alone.
  const account = () => variables["ENVIRONMENT_ACCOUNT"] ?? accountIn(variable(ROLE_VARIABLES.deploy));
  return {
    pipeline,
    job,
    environment: branch ? placeOf(branch) : variables["ENVIRONMENT"],
    branch,
    variable,
    stackArn: () =>
      `arn:${partition}:cloudformation:${region}:${account()}:stack/${variable("STACK_NAME")}/${EXECUTION_ID}`,
    releases: () => releaseFolder({ variables, project: job.project }),
    kept: `kept/${variable("PIPELINE")}/${COMMIT_ID}/`,
    ...releaseOf(pipeline, variables["ENVIRONMENT"]),
    roleArn,
    principal: (as) =>
      branch && as !== "job"
        ? session(roleArn(as), `delivery-branch-${branch.hash}`, branchTags(branch))
        : session(roleArn(as), `delivery-${EXECUTION_ID}`),
  };
}

const accountIn = (roleArn: string): string =>
  /^arn:[^:]+:iam::(\d{12}):role\//.exec(roleArn)?.[1] ?? notKnown(`${roleArn} is not the ARN of a role`);

/** Jobs that work for one branch at a time. */
const FOR_BRANCHES = ["branch-deploy", "branch-cleanup"];

/** A job is one site; those of branches one for each of two, the clean-up job one for each environment that it is told of. */
export function sitesOf(pipeline: Pipeline, job: Job): JobSite[] {
  if (FOR_BRANCHES.includes(job.kind))
    return forBranches(job).map(({ branch, variables }) => site(pipeline, job, { variables, branch }));
  const targets = job.variables["TARGETS"];
  if (targets === undefined) return [site(pipeline, job, { variables: {} })];
  return list(JSON.parse(targets)).map((each) => {
    const { environment, stackName, roleArn } = map(each);
    const variables = {
      ENVIRONMENT: String(environment),
      STACK_NAME: String(stackName),
      TARGET_ROLE_ARN: String(roleArn),
      ENVIRONMENT_ACCOUNT: accountIn(String(roleArn)),
    };
    return site(pipeline, job, { variables });
  });
}
