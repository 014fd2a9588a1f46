/** The policies that accounts really have, judged by the calls that a release makes. */
import type { AccessModel } from "../../../packages/iam/src/model";
import { conditionKeys } from "../../../packages/iam/src/policy/conditionKeys";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import type { Rehearsed } from "../../record/record";
import type { Folder } from "../../record/stackFiles";
import { Stopped } from "../../release/stopped";
import type { Call } from "../calls/call";
import { callsOf } from "../calls/walk";
import { accessModel } from "../estate/model";
import { makeWorld, withDeployments, type World } from "../estate/world";
import { type AllSought, type Documents, soughtOf, writtenBy } from "./documents";
import { type DeadId, type LiveModel, liveModel } from "./liveModel";
import { type Found, missingFor } from "./missing";

/** What is up, by what Pulumi remembers of it, and what it must be allowed. */
export interface LiveEstate {
  readonly sought: AllSought;
  readonly written: Documents;
  readonly calls: readonly Call[];
  /** What is not simulated, one line each. */
  readonly notSimulated: readonly string[];
  readonly world: World;
  readonly stacks: AccessModel;
}

/**
 * Reads what is up. `folder` has the stacks' settings, by which services are found in `places`. Throws NotKnown for what
 * is not understood.
 */
export async function liveEstate(
  folder: Folder,
  record: Rehearsed,
  places: readonly string[],
): Promise<LiveEstate> {
  try {
    const world = await makeWorld(folder, record, { places, app: undefined });
    const stacks = accessModel(record, { keys: await conditionKeys() });
    return {
      sought: soughtOf(record, stacks),
      written: writtenBy(record, stacks),
      calls: callsOf(world),
      notSimulated: [
        ...world.withoutTemplate.map(
          ({ pipeline, why }) => `what CloudFormation does for pipeline ${pipeline}: ${why}`,
        ),
        ...world.stoodIn.map(
          (pipeline) => `the template of pipeline ${pipeline}, which Build packages: another stood for it`,
        ),
      ],
      world,
      stacks,
    };
  } catch (error) {
    if (error instanceof Stopped) return notKnown(`${error.message}; ${error.next}`);
    throw error;
  }
}

/** What was found in the accounts. */
export interface LiveAccess extends Omit<Found, "notDecided"> {
  readonly dead: readonly DeadId[];
  /** Policies and calls that cannot be judged, one line each. */
  readonly notJudged: readonly string[];
}

/** With what the services' templates make, and boundaries that nobody could read, which are taken to limit nothing. */
function whole({ world }: LiveEstate, { model }: LiveModel): AccessModel {
  const managed = new Map([...world.model.managed, ...model.managed]);
  for (const arn of world.model.managed.keys()) {
    const standIn = !model.managed.has(arn) && !world.assumed.some((line) => line.includes(arn));
    if (standIn) managed.delete(arn);
  }
  return withDeployments({ ...model, managed }, [...world.deployments, ...world.added]);
}

/** What is there, with what was written in the place of what nobody looks at, or could read. */
function completed(
  { written, sought }: LiveEstate,
  there: Documents,
  unread: ReadonlySet<string>,
): Documents {
  const filled = <Value>(
    all: ReadonlyMap<string, Value>,
    own: ReadonlyMap<string, Value>,
    looked: AllSought[keyof AllSought],
  ) => {
    const read = new Set(looked.map(({ arn }) => arn).filter((arn) => !unread.has(arn)));
    return new Map([...own, ...[...all].filter(([arn]) => !read.has(arn))]);
  };
  return {
    roles: filled(written.roles, there.roles, sought.roles),
    managed: filled(written.managed, there.managed, sought.managed),
    guarded: filled(written.guarded, there.guarded, sought.guarded),
  };
}

/** Judges what AWS has. `unread` are the ARNs of what could not be read: it is taken to be as it was written. */
export function judgeLive(estate: LiveEstate, there: Documents, unread: ReadonlySet<string>): LiveAccess {
  const { written, stacks, calls } = estate;
  const wanted = liveModel(written, stacks);
  const unjudged = [...wanted.notJudged][0];
  if (unjudged) notKnown(unjudged.join(": "));
  const own = [...wanted.model.roles.values()].flatMap(({ trust, identity }) => [trust, ...identity]);
  const carried = [...wanted.model.guarded.values()].flatMap(({ policy }) => policy ?? []);
  const standIns = new Map(
    [...own, ...wanted.model.managed.values(), ...carried].map((each) => [each.name, each]),
  );
  const documents = completed(estate, there, unread);
  const found = liveModel(documents, stacks, standIns);
  const { notDecided, ...others } = missingFor(calls, {
    written,
    there: documents,
    expected: whole(estate, wanted),
    actual: whole(estate, found),
  });
  return {
    ...others,
    dead: found.dead,
    notJudged: [...[...found.notJudged].map(([name, why]) => `${name}: ${why}`), ...notDecided],
  };
}

/** What no policy that this can read tells. */
export const NOT_SEEN = [
  "policies of the organization (service and resource control policies), which can deny what is allowed here",
  "session policies that people's logins come with",
  "policies of VPC endpoints, and grants of KMS keys",
  "what a template's roles are like in the account: the template's own word is taken",
];
