/** The steps of taking a delivery down, from what depends most to what is depended on. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Place, placeOf } from "../aws/accounts";
import { branchStacks } from "./branchStacks";
import { type Delivery, type Part, toolingOf } from "../delivery";
import { realResources, type State } from "../engine/engine";
import { runsUnderWay } from "../up/dataLoss";
import { messageOf, Refusal } from "../refusal";
import { stopCommand } from "../runs";
import type { Session } from "../session";
import { deleteWorkload, findWorkloads, type Workload, workloadNames } from "./workloads";
import { count } from "../format";

const POLL = 5000; // milliseconds between two looks at a stack that is being deleted

/** What a teardown is about. */
export interface Teardown {
  readonly session: Session;
  /** Everything that the folder describes. */
  readonly whole: Delivery;
  /** What goes. */
  readonly chosen: Delivery;
  /** Of every stack that is there. */
  readonly states: ReadonlyMap<string, State>;
}

/** Whether AWS has anything of this stack. */
export const isUp = ({ states }: Teardown, { stack }: Part): boolean => {
  const state = states.get(stack);
  return state !== undefined && realResources(state).length > 0;
};

/** Refuses to take tooling from environments that stay: nothing could be released to them, or deleted from them, again. */
export function checkDependents(teardown: Teardown): void {
  const { whole, chosen } = teardown;
  for (const tooling of chosen.tooling) {
    const staying = whole.environments.filter(
      (part) =>
        toolingOf(whole, part)?.stack === tooling.stack &&
        !chosen.environments.some(({ stack }) => stack === part.stack) &&
        isUp(teardown, part),
    );
    if (staying.length > 0) {
      const names = staying.map(({ stack }) => stack).join(", ");
      throw new Refusal(`${tooling.stack} is what ${names} read from: take them down first, or all at once`);
    }
  }
}

/** Refuses to begin while a run could bring a workload back. */
export async function checkRuns({ session, whole, states }: Teardown): Promise<void> {
  const runs = await runsUnderWay(session.aws, whole.tooling, states).catch((error: unknown) => {
    throw new Refusal(
      `whether runs of pipelines are under way is not known: ${messageOf(error).split("\n")[0]}`,
    );
  });
  if (runs.length === 0) return;
  const lines = runs.map(
    (each) => `pipeline ${each.pipeline}: run ${each.id} is in ${each.stage}: ${stopCommand(each, whole)}`,
  );
  throw new Refusal(["runs are under way; wait for their end, or stop them:", ...lines].join("\n"));
}

/** An environment's workloads that are there, and the way to them. */
export interface Found {
  readonly part: Part;
  readonly place: Place;
  /** Of the stacks that may be there. */
  readonly names: readonly string[];
  readonly workloads: readonly Workload[];
}

/** Looks for the workloads' stacks in every chosen environment. */
export function findAll({ session, whole, chosen, states }: Teardown): Promise<Found[]> {
  return Promise.all(
    chosen.environments.map(async (part) => {
      const state = states.get(part.stack);
      const place = placeOf(part.settings.provider);
      const client = session.aws.cloudFormation(place);
      const names = [
        ...workloadNames(whole, part, state),
        ...(await branchStacks(client, whole, part, state)),
      ];
      const roles = state?.resources.filter(({ type }) => type === "aws:iam/role:Role") ?? [];
      const about = {
        project: whole.project,
        stack: part.stack,
        roleArns: roles.map(({ outputs }) => String(outputs["arn"])),
      };
      return {
        part,
        place,
        names,
        workloads: await findWorkloads(client, names, about),
      };
    }),
  );
}

/** What goes, a line each. */
export function announcement(teardown: Teardown, found: readonly Found[]): string[] {
  const workloads = found.flatMap(({ part, workloads: each }) =>
    each.map(({ name }) => `  CloudFormation stack ${name} in account ${part.settings.provider.account}`),
  );
  const stacks = [...teardown.chosen.environments, ...teardown.chosen.tooling]
    .filter((part) => isUp(teardown, part))
    .map(({ stack, settings }) => {
      const state = teardown.states.get(stack);
      return `  stack ${stack}: ${count(state ? realResources(state).length : 0, "resource")} in account ${settings.provider.account}`;
    });
  return [...workloads, ...stacks, ...repositories(teardown)];
}

/** What holds code that may be nowhere else. */
function repositories({ chosen, states }: Teardown): string[] {
  return chosen.tooling.flatMap(({ stack, settings }) =>
    (states.get(stack)?.resources ?? [])
      .filter(({ type }) => type === "aws:codecommit/repository:Repository")
      .map(
        ({ outputs }) =>
          `  CodeCommit repository ${String(outputs["repositoryName"])} with all of its code, in account ${settings.provider.account}`,
      ),
  );
}

/** Deletes the workloads' stacks, all at once. Returns what went wrong, a line each. */
export async function deleteWorkloads(
  { aws, interrupts, show }: Session,
  found: readonly Found[],
  wait: () => Promise<unknown> = () => sleep(POLL),
): Promise<string[]> {
  const problems: string[] = [];
  const pause = async () => {
    if (interrupts.happened) throw new Error("interrupted: AWS goes on deleting it");
    await wait();
  };
  const jobs = found.flatMap(({ part, place, workloads }) =>
    workloads.map((workload) => ({
      title: `${part.stack} ${workload.name}`,
      work: async (tell: (phase: string) => void) => {
        try {
          const kept = await deleteWorkload(aws.cloudFormation(place), workload, {
            pause,
            tell,
          });
          const names = kept.map(({ type, id }) => `${type} ${id}`).join(", ");
          return { well: true, line: kept.length > 0 ? `deleted; retained: ${names}` : "deleted" };
        } catch (error) {
          problems.push(`${part.stack}: ${messageOf(error)}`);
          return { well: false, line: "not deleted" };
        }
      },
    })),
  );
  if (jobs.length > 0) await show(jobs);
  return problems;
}
