/** Rows that no step of a release needs: what nobody uses, nobody should be allowed. */
import { kindCalls, usedBy } from "../calls/kindCalls";
import type { WalkedCall } from "../calls/walk";
import type { KindTraits } from "../estate/kindTraits";
import type { PlacedRow } from "./expand";
import { fits } from "../../../packages/iam/src/matrix/wildcards";
import type { Facts } from "./bindings";
import type { MatrixPipeline } from "./settings";

/** What somebody does, actions in lower case. */
type Uses = readonly { readonly action: string; readonly resource: string }[];

const known = new WeakMap<MatrixPipeline, ReturnType<typeof kindCalls>>();
/** The same for every row of a pipeline. */
function callsOf(pipeline: MatrixPipeline, traits: KindTraits): ReturnType<typeof kindCalls> {
  const found = known.get(pipeline) ?? kindCalls(traits, pipeline.uses);
  known.set(pipeline, found);
  return found;
}

/** What a row's grants can be used for, where that depends on templates. */
function ofKind({ settings, kinds }: Facts, { row, who, pipeline }: PlacedRow): ReadonlySet<string> {
  const kind = settings.pipelines.find(({ name, prefix }) => [name, `${prefix}--br`].includes(pipeline));
  const traits = kinds.get(kind?.workload ?? "");
  const named =
    row.principal === "executor" ? "execution" : /\{(?:own|tasks)\}-(.+)/.exec(row.principal)?.[1];
  const part = who.startsWith("workload ") ? "boundary" : named;
  const actions = kind && traits ? (callsOf(kind, traits)[part ?? ""] ?? []) : [];
  return new Set([...actions].map((each) => each.toLowerCase()));
}

/** What of a row is idle: actions that are used on nothing of it, and things that nothing is done to. */
function idle({ row, on }: PlacedRow, uses: Uses, kind: ReadonlySet<string>): string[] {
  const mine = uses.filter(({ resource }) => on.some(({ arn }) => fits(arn, resource)));
  const [done, may] = [
    new Set(mine.map(({ action }) => action)),
    row.actions.map((each) => each.toLowerCase()),
  ];
  const actions = row.actions.filter(
    (each) => !done.has(each.toLowerCase()) && !kind.has(each.toLowerCase()),
  );
  if (actions.length === row.actions.length || may.some((each) => kind.has(each))) return actions;
  const untouched = on.filter(
    ({ arn }) => !mine.some((use) => may.includes(use.action) && fits(arn, use.resource)),
  );
  return [...actions, ...untouched.map(({ arn }) => `anything on ${arn}`)];
}

/** Grants to roles, and to whoever holds a policy, that no call of the walk is about. */
export function unusedGrants(
  facts: Facts,
  rows: readonly PlacedRow[],
  calls: readonly WalkedCall[],
): string[] {
  const byRole = new Map<string, { action: string; resource: string }[]>();
  for (const { roleArn, action, resource } of usedBy(calls)) {
    const of = byRole.get(roleArn) ?? [];
    of.push({ action: action.toLowerCase(), resource });
    byRole.set(roleArn, of);
  }
  const found = (who: string): Uses => {
    const [kind = "", arn = ""] = who.split(" ");
    if (kind === "session") return byRole.get(who.split(" ").at(-1) ?? "") ?? [];
    if (kind === "role") return byRole.get(arn) ?? [];
    const pattern =
      kind === "holder"
        ? arn.replace(/:policy\/.*\//, ":policy/").replace(":policy/", ":role/whoever-has/")
        : arn;
    return [...byRole].flatMap(([role, uses]) => (fits(pattern, role) ? uses : []));
  };
  const byWho = new Map<string, Uses>();
  const usesOf = (who: string): Uses => {
    const uses = byWho.get(who) ?? found(who);
    byWho.set(who, uses);
    return uses;
  };
  const alike = new Map<string, PlacedRow[]>();
  for (const placed of rows.filter(
    ({ who, row }) =>
      /^(role|session|holder|workload) /.test(who) && row.atMost !== true && row.manual !== true,
  )) {
    for (const what of idle(placed, usesOf(placed.who), ofKind(facts, placed))) {
      const key = `may ${what} since "${placed.row.reason}"`;
      alike.set(key, [...(alike.get(key) ?? []), placed]);
    }
  }
  return [...alike].map(([key, [first, ...others]]) => {
    const more = others.length > 0 ? ` (and ${others.length} like it)` : "";
    return `${first?.shown.who ?? ""}${more} ${key}, and no step of a release uses it; take it out of the policy and the access matrix, or add the step to the simulated calls`;
  });
}
