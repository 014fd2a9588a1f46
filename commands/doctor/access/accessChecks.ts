/** What `doctor --access` looks at in the accounts. It only reads. */
import { DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { NotKnown } from "../../../packages/iam/src/policy/notKnown";
import {
  judgeLive,
  type LiveAccess,
  type LiveEstate,
  liveEstate,
  NOT_SEEN,
} from "../../../rehearsal/access/live/live";
import type { Missing } from "../../../rehearsal/access/live/missing";
import { readStackFiles } from "../../../rehearsal/record/stackFiles";
import { recordOf } from "../../../rehearsal/record/states";
import type { EnvironmentSettings } from "../../../stacks/settings/model";
import { cliOptions, placeOf } from "../../aws/accounts";
import type { Aws } from "../../aws/clients";
import { authorising, AVAILABLE, connectionsOf, connectionStatus } from "../../aws/connections";
import { allParts, type Delivery, type Part, stackFolder } from "../../delivery";
import { workloadNames } from "../../down/workloads";
import { type Engine, realResources, type State } from "../../engine/engine";
import { count } from "../../format";
import { readStates } from "../../preconditions";
import { messageOf } from "../../refusal";
import type { Check } from "../checks";
import { versionCheck } from "../stackChecks";
import type { PolicyClients } from "./clients";
import { readPolicies, type Unread } from "./reading";

const reason = (error: unknown): string => messageOf(error).split("\n")[0] ?? "";

/** What fixes whatever somebody has changed by hand. */
const rewrite = (stack: string | undefined): string =>
  `npm run up --${stack === undefined ? "" : ` ${stack}`} --refresh`;

/** Which stack made something, by its ARN. */
type MadeBy = ReadonlyMap<string, string>;

const madeBy = ({ sought: { roles, managed, guarded } }: LiveEstate): MadeBy =>
  new Map([...roles, ...managed, ...guarded].map(({ arn, stack }) => [arn, stack]));

/** The first call that is denied for it, and how many more. */
function consequence(denied: readonly string[]): string {
  const [first, ...more] = denied;
  if (first === undefined) return "no simulated call of a release needs it, but npm run up wrote it";
  return `denied: ${first}${more.length === 0 ? "" : ` (and ${count(more.length, "more call")})`}`;
}

function missingCheck({ subject, owner, faults, denied, removedBy }: Missing, stacks: MadeBy): Check {
  const stack = stacks.get(owner);
  const fix = removedBy ?? (stack === undefined ? "npm start (it shows the same)" : rewrite(stack));
  return { what: subject, problem: `${faults.join(", ")}\n${consequence(denied)}`, fix: [fix] };
}

const unreadCheck = ({ arn, needs, stack, why }: Unread): Check => ({
  what: arn,
  problem: `could not be read: needs ${needs} (${why}); it is taken to be as npm run up wrote it`,
  fix: [`let the credentials of stack ${stack} call ${needs} on ${arn}`],
  state: "waits",
});

function accessFindings(access: LiveAccess, unread: readonly Unread[], stacks: MadeBy): Check[] {
  const ownerOf = (policy: string): string => /(arn:\S+)$/.exec(policy)?.[1] ?? "";
  return [
    ...access.missing.map((each) => missingCheck(each, stacks)),
    ...access.dead.map(({ policy, sid, id }) => ({
      what: policy,
      problem: `statement ${sid} names ${id}, the id of a role or user that was deleted: it reaches nobody, also not one of the same name`,
      fix: [rewrite(stacks.get(ownerOf(policy)))],
    })),
    ...unread.map(unreadCheck),
    ...access.notJudged.map((each) => ({
      what: "access",
      problem: `cannot be judged: ${each}`,
      fix: ["look at it yourself; npm run access -- --help asks single questions of what npm run up writes"],
      state: "waits" as const,
    })),
  ];
}

/** Stacks that are there for nothing: their first deployment failed, or nobody has let it begin. */
const NEVER_MADE = ["REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"];

async function workloadChecks(
  delivery: Delivery,
  part: Part<EnvironmentSettings>,
  state: State | undefined,
  aws: Aws,
): Promise<Check[]> {
  const { provider } = part.settings;
  const client = aws.cloudFormation(placeOf(provider));
  const checks = workloadNames(delivery, part, state).map(async (name): Promise<Check[]> => {
    const what = `${part.stack}: CloudFormation stack ${name}`;
    try {
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
      const status = Stacks?.[0]?.StackStatus ?? "";
      if (!NEVER_MADE.includes(status)) return [{ what: `${what} is ${status}` }];
      const remove = `aws cloudformation delete-stack --stack-name ${name}${cliOptions(provider)}`;
      return status === "REVIEW_IN_PROGRESS"
        ? [
            {
              what,
              problem: `is ${status}: it was never made, since its first change set waits or was left behind`,
              fix: [`answer its approval (npm run status shows it) or, if no run waits: ${remove}`],
              state: "waits",
            },
          ]
        : [{ what, problem: `is ${status}: it never came to be, and cannot be updated`, fix: [remove] }];
    } catch (error) {
      if (/does not exist/.test(messageOf(error))) return [{ what: `${what}: nothing was released yet` }];
      const needs = "cloudformation:DescribeStacks";
      return [unreadCheck({ arn: what, needs, stack: part.stack, why: reason(error) })];
    }
  });
  return (await Promise.all(checks)).flat();
}

async function connectionChecks(
  delivery: Delivery,
  states: ReadonlyMap<string, State>,
  aws: Aws,
  usable: ReadonlySet<string>,
) {
  const checks: Check[] = [];
  for (const part of delivery.tooling.filter(({ stack }) => usable.has(stack))) {
    const place = placeOf(part.settings.provider);
    for (const connection of connectionsOf(part, states.get(part.stack))) {
      const what = `${part.stack}: connection ${connection}`;
      try {
        const status = await connectionStatus(aws.connections(place), connection);
        const fix = [`${authorising(connection, part.settings)}; then npm run doctor`];
        const problem = `is ${status}: a person has to authorise it, once, in the console`;
        checks.push(status === AVAILABLE ? { what } : { what, problem, fix, state: "waits" });
      } catch (error) {
        const needs = "codeconnections:GetConnection";
        checks.push(unreadCheck({ arn: what, needs, stack: part.stack, why: reason(error) }));
      }
    }
  }
  return checks;
}

/** Stacks that `npm run up` never made, or left without anything. */
const notUp = (parts: readonly Part[], states: ReadonlyMap<string, State>): Part[] =>
  parts.filter(({ stack }) => {
    const state = states.get(stack);
    return !state || realResources(state).length === 0;
  });

export interface Looking {
  /** Folder of Pulumi.yaml. */
  readonly root: string;
  /** Stacks whose credentials are as they should be. */
  readonly usable: ReadonlySet<string>;
  readonly aws: Aws;
  readonly policies: PolicyClients;
}

/** The policies of all accounts, by what a release calls. */
async function policyChecks(
  delivery: Delivery,
  states: ReadonlyMap<string, State>,
  { root, usable, policies }: Looking,
): Promise<{ checks: Check[]; notSeen: readonly string[] }> {
  const up = allParts(delivery).flatMap(({ stack, settings }) => {
    const state = states.get(stack);
    return state && realResources(state).length > 0 ? [{ stack, ...settings.provider, ...state }] : [];
  });
  const tooling = delivery.tooling.some(({ stack }) => up.some((each) => each.stack === stack));
  if (!tooling) return { checks: [], notSeen: ["any policy: no tooling stack is up"] };
  try {
    const folder = stackFolder(root);
    const estate = await liveEstate(readStackFiles(folder, `${root}/Pulumi.yaml`), recordOf(up), [
      ...new Set([folder, root]),
    ]);
    const places = allParts(delivery)
      .filter(({ stack }) => usable.has(stack))
      .map(({ stack, settings }) => [stack, placeOf(settings.provider)] as const);
    const { there, unread } = await readPolicies(estate.sought, new Map(places), policies);
    const access = judgeLive(estate, there, new Set(unread.map(({ arn }) => arn)));
    const findings = accessFindings(access, unread, madeBy(estate));
    const { roles, guarded } = estate.sought;
    const ok: Check = {
      what: `access: all ${count(access.decided, "simulated call")} of releases, by the policies of ${count(roles.length, "role")} and ${count(guarded.length, "resource")}`,
    };
    const waiting =
      access.notUp > 0 ? [`${count(access.notUp, "call")} that need a stack that is not up`] : [];
    return {
      checks: access.missing.length === 0 ? [ok, ...findings] : findings,
      notSeen: [...waiting, ...estate.notSimulated],
    };
  } catch (error) {
    if (!(error instanceof NotKnown)) throw error;
    const fix = ["npm start (it shows whether the settings, as they are, are understood)"];
    return { checks: [{ what: "access", problem: `cannot be judged: ${error.message}`, fix }], notSeen: [] };
  }
}

/** Everything about access, and what no one can see from here. */
export async function accessChecks(
  engine: Engine,
  delivery: Delivery,
  looking: Looking,
): Promise<{ checks: Check[]; notSeen: readonly string[] }> {
  const { aws, usable } = looking;
  const parts = allParts(delivery);
  const states = await readStates(engine, parts);
  const down = notUp(parts, states).map(({ stack }) => ({
    what: `stack ${stack}`,
    problem: "was never brought up",
    fix: [`npm run up -- ${stack}`],
  }));
  const versions = parts.flatMap((part) => {
    const state = states.get(part.stack);
    return state && realResources(state).length > 0 ? [versionCheck(part, state)] : [];
  });
  const workloads = delivery.environments
    .filter(({ stack }) => usable.has(stack) && states.has(stack))
    .map((part) => workloadChecks(delivery, part, states.get(part.stack), aws));
  const [policies, connections, stacks] = await Promise.all([
    policyChecks(delivery, states, looking),
    connectionChecks(delivery, states, aws, usable),
    Promise.all(workloads),
  ]);
  return {
    checks: [...down, ...versions, ...connections, ...stacks.flat(), ...policies.checks],
    notSeen: [...policies.notSeen, ...NOT_SEEN],
  };
}
