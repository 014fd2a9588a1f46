/** What held people up and no longer does: approvals that are gone, protection that is lifted. No policy says these. */
import { allResources, ofType, type Rehearsed, type Resource } from "../record/record";
import { type Action, actionsOf } from "../record/pipelines";
import { same } from "./renamed";

const PIPELINE = "aws:codepipeline/pipeline:Pipeline";
/** Inputs with which what a resource holds goes with it, and those that keep the resource itself. */
const WITH_CONTENT = ["forceDestroy", "forceDelete", "deleteReports"] as const;
const KEEPS = "enableDeletionProtection";

/** Whether what it holds would go with it, and whether nobody may delete it. */
const goesWithContent = ({ inputs }: Resource): boolean => WITH_CONTENT.some((key) => inputs[key] === true);
const isKept = ({ protect, inputs }: Resource): boolean => protect || inputs[KEEPS] === true;

/** The environment that an action of a stage is about: a stage of one environment has its name, else the action. */
const environmentOf = ({ name, stage }: Action, kind: string): string =>
  name === kind ? stage.slice(stage.indexOf("-") + 1) : name.slice(kind.length + 1);

const isOf = ({ name }: Action, kind: string): boolean => name === kind || name.startsWith(`${kind}-`);

/** Environments that a pipeline releases to, each with whether an approval comes before. */
const asksBefore = (pipeline: Resource): Map<string, boolean> => {
  const actions = actionsOf(pipeline);
  const asked = actions
    .filter(({ category }) => category === "Approval")
    .map((action) => environmentOf(action, "Approval"));
  return new Map(
    actions
      .filter((action) => isOf(action, "Deploy"))
      .map((action) => environmentOf(action, "Deploy"))
      .map((environment) => [environment, asked.includes(environment)]),
  );
};

/** What both records have, as it was and as it is; what has another component by now is still the same. */
function both(before: readonly Resource[], after: readonly Resource[]): [Resource, Resource][] {
  const known = new Map<string, Resource[]>();
  for (const old of before) known.set(same(old), [...(known.get(same(old)) ?? []), old]);
  return after.flatMap((each) => {
    const olds = known.get(same(each)) ?? [];
    const old = olds.find(({ urn }) => urn === each.urn) ?? olds[0];
    return old ? [[old, each] as [Resource, Resource]] : [];
  });
}

const shortLabel = ({ type, name }: Resource): string => `${type.split(":").at(-1)} ${name}`;

/** A sentence for each. */
export function liftedGuards(before: Rehearsed, after: Rehearsed): string[] {
  const approvals = both(ofType(before, PIPELINE), ofType(after, PIPELINE)).flatMap(([old, now]) => {
    const asks = asksBefore(now);
    return [...asksBefore(old)]
      .filter(([environment, asked]) => asked && asks.get(environment) === false)
      .map(
        ([environment]) =>
          `pipeline ${now.name} may now release to ${environment} without an approval, before only with one`,
      );
  });
  const kept = allResources(before).filter((each) => each.custom || each.remote);
  const pairs = both(kept, allResources(after));
  const lifted = (what: string, is: (old: Resource, now: Resource) => boolean): string[] => {
    const found = pairs.filter(([old, now]) => is(old, now)).map(([, now]) => now);
    return [...new Set(found.map(({ stack }) => stack))].map((stack) => {
      const own = found.filter((each) => each.stack === stack).map(shortLabel);
      return `stack ${stack} may now ${what}: ${own.sort().join(", ")}`;
    });
  };
  return [
    ...approvals,
    ...lifted("delete what was protected", (old, now) => isKept(old) && !isKept(now)),
    ...lifted(
      "delete these with what they hold",
      (old, now) => !goesWithContent(old) && goesWithContent(now),
    ),
  ];
}
