/** The rows for every account, pipeline, environment and job of some settings. */
import type { Condition, Permission } from "../../../packages/iam/src/matrix/permission";
import { NotKnown } from "../../../packages/iam/src/policy/notKnown";
import type { Facts, Place, Values } from "./bindings";
import { rowsBySettings } from "./bySettings";
import { fill, principal, shownThings, things } from "./kinds";
import { permissions } from "./permissions";
import type { MatrixRow, PlaceKind, Row } from "./rows";

/** A row in one place. */
export interface PlacedRow extends Permission {
  readonly row: Row;
  readonly shown: MatrixRow;
  /** The pipeline that it is about; empty where it is about none. */
  readonly pipeline: string;
}

const conditionsOf = (when: Row["when"] = {}, values: Values): Condition[] =>
  Object.entries(when).map(([key, wanted]) => ({
    key,
    ...wanted,
    values: wanted.values.flatMap((each) => fill(each, values)),
  }));

const shownCondition = ({ key, values, otherThan, ifThere, absent }: Condition): string =>
  absent
    ? `${key} is not given`
    : `${key} is ${otherThan ? "given and not " : ifThere ? "not given, or " : ""}${values.join(" or ")}`;

function placed(row: Row, { values, shown }: Place): PlacedRow {
  const { principal: who, resource, when, resourceConditions, actions, except = [], reason } = row;
  const conditions = [...conditionsOf(when, shown), ...conditionsOf(resourceConditions, shown)];
  return {
    ...{ row, actions, except, reason, at: row.at, atMost: row.atMost === true },
    who: principal(who, "id", values),
    on: resource.flatMap((each) => things(each, values)),
    when: conditionsOf(when, values),
    resourceConditions: conditionsOf(resourceConditions, values),
    exceptPrincipals: row.exceptPrincipals === undefined ? [] : fill(row.exceptPrincipals, values),
    pipeline: typeof values["pipeline"] === "string" ? values["pipeline"] : "",
    shown: {
      who: principal(who, "shown", shown),
      may: [...actions, ...except.map((each) => `not ${each}`)],
      on: resource.flatMap((each) => shownThings(each, shown)).join("; "),
      when: conditions.map(shownCondition).join(" and "),
      why: reason,
    },
  };
}

/** Says which row it is that cannot be placed. */
function placedOrRefused(row: Row, place: Place): PlacedRow {
  try {
    return placed(row, place);
  } catch (error) {
    if (!(error instanceof NotKnown)) throw error;
    throw new NotKnown(`${row.at}: row "${row.reason}": ${error.message}`);
  }
}

const more = ({ name, values, shown, has }: Place, own: Values, ...features: readonly string[]): Place => ({
  name,
  values: { ...values, ...own },
  shown: { ...shown, ...own },
  has: new Set([...has, ...features]),
});

/** The job that verifies, where there is one. */
const verify = ({ has }: Place): string[] => (has.has("verified") ? ["verify"] : []);

function jobs({ pipelines, environments, branches, pullRequests, selfUpdate }: Facts): Place[] {
  return [
    ...selfUpdate.flatMap((place) =>
      ["preview", "up"].map((kind) => more(place, { job: `${place.name}-${kind}` }, "artifacts")),
    ),
    ...pullRequests.flatMap((place) =>
      ["preview", "comment"].map((kind) => more(place, { job: `${place.name}-pull-requests-${kind}` })),
    ),
    ...pipelines.flatMap(({ place }) =>
      ["build", ...verify(place), "promote", "cleanup"].map((kind) =>
        more(place, { job: `${place.name}-${kind}` }, ...(kind === "cleanup" ? [] : ["artifacts"])),
      ),
    ),
    ...branches.flatMap(({ place }) =>
      ["register", "build", ...verify(place), "cleanup", "release-job"].map((kind) =>
        more(
          place,
          { job: `${place.name}-${kind}` },
          ...(kind === "cleanup" ? [] : ["artifacts"]),
          ...(kind === "release-job" ? ["releases"] : []),
        ),
      ),
    ),
    ...environments.flatMap(({ environment, place }) =>
      environment.runner ? [more(place, { job: `${place.name}-runner-job` }, "artifacts")] : [],
    ),
    ...environments.flatMap(({ environment, place }) =>
      [...(environment.approval ? ["plan-job"] : []), "release-job"].map((kind) =>
        more(
          place,
          { job: `${place.name}-${kind}` },
          "artifacts",
          // Where code alone is released, what is planned is put nowhere.
          ...(kind === "plan-job" && place.has.has("code alone") ? [] : ["releases"]),
        ),
      ),
    ),
  ];
}

/** Every row in every place that it is for. */
export function expand(facts: Facts, rows: readonly Row[] = permissions()): PlacedRow[] {
  const places: Readonly<Record<PlaceKind, readonly Place[]>> = {
    project: [facts.project],
    store: facts.stores,
    account: facts.accounts.map((account) => more(facts.project, { account })),
    pipeline: facts.pipelines.map(({ place }) => place),
    "branch-pipeline": facts.branches.map(({ place }) => place),
    job: jobs(facts),
    environment: facts.environments.map(({ place }) => place),
    branch: facts.branches.flatMap(({ branches }) => branches),
    "environment-with-readers": facts.looked,
    reader: facts.looked.flatMap((place) =>
      [place.values["readers"] ?? []].flat().map((reader) => more(place, { reader })),
    ),
    "stack-with-previews": facts.stacks,
    "pull-requests": facts.pullRequests,
    "self-update": facts.selfUpdate,
    "self-key": facts.selfKeys,
    "self-environment": facts.selfEnvironments,
    "self-account": facts.selfAccounts,
    "state-key": facts.stacks.flatMap((place, index) =>
      (facts.settings.states[index]?.keys ?? []).map((stateKey) =>
        more(place, { stateKey, stateKeyAccount: stateKey.split(":")[4] ?? "" }),
      ),
    ),
  };
  return [
    ...rows.flatMap((row) =>
      row.forEach
        .flatMap((kind) => places[kind])
        .filter(({ has }) => (row.needs ?? []).every((need) => has.has(need)))
        .map((place) => placedOrRefused(row, place)),
    ),
    ...rowsBySettings(facts).map(({ row, place }) => placedOrRefused(row, place)),
  ];
}
