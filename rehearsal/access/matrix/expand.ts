/** The rows for every account, pipeline, environment and job of some settings. */
import { BRANCH_ROWS } from "./branchRows";
import { BUILD_ROWS } from "./buildRows";
import { ENVIRONMENT_ROWS } from "./environmentRows";
import { EXECUTION_ROLE_ROWS } from "./executionRoleRows";
import { EXECUTION_ROWS } from "./executionRows";
import { stacksIn } from "./facts";
import { JOB_ROWS } from "./jobRows";
import { fill, shownThings, type Thing, things } from "./kinds";
import { CONTAINER_ROWS } from "./containerRows";
import { NEVER_ROWS, PEOPLE_ROWS, PROJECT_ROWS } from "./peopleRows";
import { PIPELINE_ROWS } from "./pipelineRows";
import { PREVIEW_ROWS } from "./previewRows";
import { READER_ROWS } from "./readerRows";
import type { CharterRow, Row, Wanted } from "./rows";
import { WORKLOAD_ROWS } from "./workloadRows";
import type { Facts, Place, Values } from "./bindings";

/** Every row, as written. */
export const ROWS: readonly Row[] = [
  ...PROJECT_ROWS,
  ...PIPELINE_ROWS,
  ...BUILD_ROWS,
  ...JOB_ROWS,
  ...ENVIRONMENT_ROWS,
  ...EXECUTION_ROWS,
  ...EXECUTION_ROLE_ROWS,
  ...CONTAINER_ROWS,
  ...WORKLOAD_ROWS,
  ...BRANCH_ROWS,
  ...PREVIEW_ROWS,
  ...READER_ROWS,
  ...PEOPLE_ROWS,
  ...NEVER_ROWS,
];

/** What a key of the request must be: one of these, or anything but these. */
export interface Condition {
  readonly key: string;
  readonly values: readonly string[];
  readonly otherThan: boolean;
  /** Whether it need not be there. */
  readonly ifThere: boolean;
  /** Whether it must not be there. */
  readonly absent: boolean;
}

/** A row in one place. */
export interface PlacedRow {
  readonly row: Row;
  /** Whom it is about: `role` and its ARN, `service` and its name (cast.ts). */
  readonly who: string;
  readonly on: readonly Thing[];
  readonly when: readonly Condition[];
  /** What only the other side asks for. */
  readonly theyWant: readonly Condition[];
  /** Whom it is not about, by the ARN of their role. */
  readonly butBy: readonly string[];
  readonly shown: CharterRow;
  /** The pipeline that it is about; empty where it is about none. */
  readonly pipeline: string;
}

const list = (value: string | readonly string[]): readonly string[] =>
  typeof value === "string" ? [value] : value;

function wantedValues(wanted: Wanted): readonly string[] {
  if (typeof wanted === "string") return [wanted];
  if ("length" in wanted) return wanted;
  if ("absent" in wanted) return [];
  return "otherThan" in wanted ? [wanted.otherThan] : list(wanted.ifThere);
}
const is = (wanted: Wanted, form: "ifThere" | "otherThan" | "absent"): boolean =>
  typeof wanted === "object" && form in wanted;

const conditionsOf = (when: Row["when"] = {}, values: Values): Condition[] =>
  Object.entries(when).map(([key, wanted]) => ({
    key,
    values: wantedValues(wanted).flatMap((each) => fill(each, values)),
    otherThan: is(wanted, "otherThan"),
    ifThere: is(wanted, "ifThere"),
    absent: is(wanted, "absent"),
  }));

const shownCondition = ({ key, values, otherThan, ifThere, absent }: Condition): string =>
  absent
    ? `${key} is not given`
    : `${key} is ${otherThan ? "given and not " : ifThere ? "not given, or " : ""}${values.join(" or ")}`;

/** Kinds of principals whose name is a role's or policy's: how it is written out. */
const ROLES: Readonly<Record<string, string>> = {
  "tooling-role": "role arn:{partition}:iam::{tooling}:role{path}{rest}",
  role: "role {roles}{rest}",
  "preview-role": "role {rest}",
  "workload-role": "workload {roles}{rest}",
  "rewritten-role": "rewritten {roles}{rest}",
  executor: "{executor}",
};
const SHOWN: Readonly<Record<string, string>> = {
  "tooling-role": "role {rest} in {tooling}",
  role: "role {rest} in {account}",
  "workload-role": "any role {rest} of the workload in {account}",
  "rewritten-role": "role {rest} in {account}, rewritten by an administrator of {account}",
  executor: "{executor}",
  reader: "{rest}",
  holder: "whoever has policy {rest} in {tooling}",
  administrator: "administrators and root of {rest}",
};

function named(table: Readonly<Record<string, string>>, written: string, values: Values): string {
  const [kind = "", ...rest] = written.split(" ");
  return (
    fill((table[kind] ?? `${kind} {rest}`).replace("{rest}", () => rest.join(" ")).trim(), values)[0] ?? ""
  );
}

function placed(row: Row, { values, shown }: Place): PlacedRow {
  const on = list(row.on);
  const shownConditions = [...conditionsOf(row.when, shown), ...conditionsOf(row.theyWant, shown)].map(
    shownCondition,
  );
  return {
    row,
    who: named(ROLES, row.who, values),
    on: on.flatMap((each) => things(each, values)),
    when: conditionsOf(row.when, values),
    theyWant: conditionsOf(row.theyWant, values),
    butBy: row.butBy === undefined ? [] : fill(row.butBy, values),
    pipeline: typeof values["pipeline"] === "string" ? values["pipeline"] : "",
    shown: {
      who: named(SHOWN, row.who, shown),
      may: [...row.may, ...(row.butFor ?? []).map((each) => `not ${each}`)],
      on: on.flatMap((each) => shownThings(each, shown)).join("; "),
      when: shownConditions.join(" and "),
      why: row.why,
    },
  };
}

const more = ({ name, values, shown, has }: Place, own: Values, ...features: readonly string[]): Place => ({
  name,
  values: { ...values, ...own },
  shown: { ...shown, ...own },
  has: new Set([...has, ...features]),
});

function jobs({ pipelines, environments, branches }: Facts): Place[] {
  return [
    ...pipelines.flatMap(({ place }) =>
      ["build", "verify", "promote", "cleanup"].map((kind) =>
        more(place, { job: `${place.name}-${kind}` }, ...(kind === "cleanup" ? [] : ["artifacts"])),
      ),
    ),
    ...branches.flatMap(({ place }) =>
      ["register", "build", "verify", "cleanup", "release-job"].map((kind) =>
        more(
          place,
          { job: `${place.name}-${kind}` },
          ...(kind === "cleanup" ? [] : ["artifacts"]),
          ...(kind === "release-job" ? ["releases"] : []),
        ),
      ),
    ),
    ...environments.flatMap(({ environment, place }) =>
      [...(environment.approval ? ["plan-job"] : []), "release-job"].map((kind) =>
        more(place, { job: `${place.name}-${kind}` }, "artifacts", "releases"),
      ),
    ),
  ];
}

/** Every row in every place that it is for. */
export function expand(facts: Facts, rows: readonly Row[] = ROWS): PlacedRow[] {
  const places: Readonly<Record<Row["over"], readonly Place[]>> = {
    project: [facts.project],
    stack: facts.stacks,
    "state-key": facts.stacks.flatMap((place, index) =>
      (facts.settings.states[index]?.keys ?? []).map((stateKey) =>
        more(place, { stateKey, stateKeyAccount: stateKey.split(":")[4] ?? "" }),
      ),
    ),
    looked: facts.looked,
    reader: facts.looked.flatMap((place) =>
      list(place.values["readers"] ?? []).map((reader) => more(place, { reader })),
    ),
    account: facts.accounts.map((account) => more(facts.project, { account })),
    pipeline: facts.pipelines.map(({ place }) => place),
    branches: facts.branches.map(({ place }) => place),
    "pipeline-or-branches": [...facts.pipelines, ...facts.branches].map(({ place }) => place),
    environment: facts.environments.map(({ place }) => place),
    branch: facts.branches.flatMap(({ branches }) => branches),
    "environment-or-branch": stacksIn(facts),
    job: jobs(facts),
  };
  return rows.flatMap((row) =>
    places[row.over]
      .filter(({ has }) => list(row.needs ?? []).every((need) => has.has(need)))
      .map((place) => placed(row, place)),
  );
}
