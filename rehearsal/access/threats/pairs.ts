import { EXECUTION_ID } from "../estate/deployedParameters";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import type { EnvironmentFacts, Facts, JobFacts, PipelineFacts } from "./inventoryModel";

/** What settings lack for an attack. */
export interface Lacks {
  readonly lacks: string;
}

interface Pair {
  /** Where the attacker is. */
  readonly first: EnvironmentFacts;
  /** Where it would hurt. */
  readonly last: EnvironmentFacts;
}

/** The environment that a release reaches last. */
export function lastOf({ main }: Facts): EnvironmentFacts {
  const [last] = main.environments.slice(-1);
  return last ?? notKnown(`pipeline ${main.name} has no environment`);
}

/** A workload of one pipeline where a release reaches it last, with something that not every kind has. */
type With<Having> = EnvironmentFacts & { readonly pipeline: PipelineFacts } & Having;

/** Of the first pipeline that has it. */
function having<Having>(
  { pipelines }: Facts,
  lacks: string,
  of: (pipeline: PipelineFacts, last: EnvironmentFacts) => Having | undefined,
): With<Having> | Lacks {
  for (const pipeline of pipelines) {
    const last = pipeline.environments.at(-1);
    const found = last && of(pipeline, last);
    if (last && found) return { ...last, pipeline, ...found };
  }
  return { lacks };
}

/** A workload whose template makes roles, of functions. */
export const functions = (facts: Facts): With<{ readonly boundary: string }> | Lacks =>
  having(facts, "a workload whose template makes roles", (_, { boundary }) =>
    boundary === undefined ? undefined : { boundary },
  );

/** Functions whose alias CodeDeploy shifts. */
export const shifted = (facts: Facts): With<{ readonly codedeploy: string }> | Lacks =>
  having(facts, "a workload that CodeDeploy shifts", (_, { codedeploy }) =>
    codedeploy === undefined ? undefined : { codedeploy },
  );

/** A workload that is built as an image. */
export const imaged = (facts: Facts): With<{ readonly repository: string }> | Lacks =>
  having(facts, "a workload in an image", ({ repository }) =>
    repository === undefined ? undefined : { repository },
  );

/** Functions in an image, which Lambda pulls. */
export const pulled = (facts: Facts): With<{ readonly repository: string }> | Lacks =>
  having(facts, "functions in an image", ({ repository, traits }) =>
    repository !== undefined && traits.fetchedBy === "execution" ? { repository } : undefined,
  );

/** A workload whose code is files of its release. */
export const filed = (facts: Facts): With<object> | Lacks =>
  having(facts, "a workload whose code is files", ({ traits }) => (traits.code === "files" ? {} : undefined));

/** Tasks on a container platform. */
export const contained = (
  facts: Facts,
): With<{ readonly task: string; readonly taskExecution: string }> | Lacks =>
  having(facts, "a workload of tasks on a container platform", (_, { task, taskExecution }) =>
    task !== undefined && taskExecution !== undefined ? { task, taskExecution } : undefined,
  );

/** The environments that a release reaches first and last. */
export function twoOf(facts: Facts): Pair | Lacks {
  const [[first], last] = [facts.main.environments, lastOf(facts)];
  return first && first !== last ? { first, last } : { lacks: "two environments of one pipeline" };
}

/** Two environments in accounts of their own: who administers the one has nothing in the other. */
export function twoAccounts(facts: Facts): Pair | Lacks {
  const { main, tooling } = facts;
  for (const last of [...main.environments].reverse()) {
    const first = main.environments.find(({ account }) => account !== tooling && account !== last.account);
    if (first) return { first, last };
  }
  return { lacks: "two environments in two accounts, the attacker's apart from tooling" };
}

/** Two environments that share an account. */
export function oneAccount({ main }: Facts): Pair | Lacks {
  for (const last of [...main.environments].reverse()) {
    const first = main.environments.find((each) => each !== last && each.account === last.account);
    if (first) return { first, last };
  }
  return { lacks: "two environments in one account" };
}

/** Artifacts that no role is kept from by its name. */
export const unreserved = ({ reserved }: Facts): Lacks | undefined =>
  reserved === undefined ? undefined : { lacks: "artifacts that settings do not reserve for some roles" };

/** An environment in an account apart from tooling. */
export const apart = ({ main, tooling }: Facts): EnvironmentFacts | Lacks =>
  main.environments.find(({ account }) => account !== tooling) ?? {
    lacks: "an environment in an account apart from tooling: one account's administrator is everything's",
  };

/** The last environment whose deployment somebody approves, with the action and the policy for that. */
export function approved({ main }: Facts): (EnvironmentFacts & Asks) | Lacks {
  for (const each of [...main.environments].reverse()) {
    const { approval, approver, planJob } = each;
    if (approval !== undefined && approver !== undefined && planJob)
      return { ...each, approval, approver, planJob };
  }
  return { lacks: "an environment with an approval" };
}
interface Asks {
  readonly approval: string;
  readonly approver: string;
  readonly planJob: NonNullable<EnvironmentFacts["planJob"]>;
}

const STACK_ID = "9b1f6a70-0000-11ee-8000-0a0000000000";
export const stackArn = ({ partition, region }: Facts, account: string, name: string): string =>
  `arn:${partition}:cloudformation:${region}:${account}:stack/${name}/${STACK_ID}`;

/** ARN in the Region of the stacks. */
export const arnIn = ({ partition, region }: Facts, service: string, account: string, rest: string): string =>
  `arn:${partition}:${service}:${region}:${account}:${rest}`;

/** The stream of one build's log. */
export const logOf = (facts: Facts, { project }: JobFacts): string =>
  arnIn(
    facts,
    "logs",
    facts.tooling,
    `log-group:/aws/codebuild/${project.split("/").at(-1)}:log-stream:${EXECUTION_ID}`,
  );

/** The change set of the run. */
export const OWN_SET = { "cloudformation:ChangeSetName": `d-${EXECUTION_ID}` };
