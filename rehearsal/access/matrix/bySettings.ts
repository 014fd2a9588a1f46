/** Rows for what a team's own policy documents permit: the settings are what permits it, and nothing else may come of them. */
import { map, type Values as Written } from "../../../packages/iam/src/json";
import type { Wanted } from "../../../packages/iam/src/matrix/permission";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import type { Facts, Place } from "./bindings";
import type { Row } from "./rows";
import type { MatrixPipeline } from "./settings";

const SOURCE_FUNCTION = "lambda:SourceFunctionArn";
/** In the words of the access matrix, by CloudFormation's names for it. */
const WORDS: Readonly<Record<string, string>> = {
  AccountId: "{account}",
  Partition: "{partition}",
  Region: "{region}",
  StackName: "{workload}",
};

const worded = (text: string): string =>
  text.replace(
    /\$\{AWS::(\w+)\}/g,
    (whole, name: string) => WORDS[name] ?? notKnown(`${whole} stands for nothing here`),
  );

const texts = (value: unknown): string[] => [value].flat().map((each) => worded(String(each)));

function wanted(operator: string, value: unknown): Wanted {
  if (operator === "Null") return { values: [], absent: true };
  return { values: texts(value), ...(operator.endsWith("IfExists") && { ifThere: true }) };
}

/** Whose a bucket is, the kind of resource says already. */
const isAccount = (key: string): boolean => key.toLowerCase() === "aws:resourceaccount";

function conditionsOf(condition: Written): NonNullable<Row["when"]> {
  return Object.fromEntries(
    Object.entries(condition).flatMap(([operator, tested]) =>
      Object.entries(map(tested)).flatMap(([key, value]) =>
        isAccount(key) ? [] : [[key, wanted(operator, value)] as const],
      ),
    ),
  );
}

/** A statement as a row of whoever has it. */
function rowOf(statement: Written, principal: string, at: string, bounded: boolean): Row {
  const when = conditionsOf(map(statement["Condition"]));
  // Of a function's role, what the workload's own functions call, where the statement says nothing else.
  const own =
    bounded && !Object.keys(when).some((key) => key.toLowerCase() === SOURCE_FUNCTION.toLowerCase())
      ? { [SOURCE_FUNCTION]: { values: ["arn:{partition}:lambda:{region}:{account}:function:{workload}-*"] } }
      : {};
  const all = { ...when, ...own };
  return {
    forEach: ["environment", "branch"],
    principal,
    actions: texts(statement["Action"]),
    resource: texts(statement["Resource"]).map((each) => (each === "*" ? "anything" : `by-settings ${each}`)),
    ...(Object.keys(all).length > 0 && { when: all }),
    reason: `by settings: ${String(statement["Sid"])}`,
    manual: true,
    at,
  };
}

/** What a pipeline's documents permit in one place. */
function rowsOf({ name, permissions }: MatrixPipeline, { has }: Place): Row[] {
  const at = (part: string, index: number) => `permissions.${part}.Statement[${index}] of pipeline ${name}`;
  const bounded = has.has("bounded");
  const principals = [
    ...(bounded || has.has("task roles") ? ["workload-role {workload}-*"] : []),
    ...(bounded ? [] : ["role {tasks}-task"]),
  ];
  return [
    ...permissions.execution.map((each, i) => rowOf(each, "executor", at("execution", i), false)),
    ...permissions.workload.flatMap((each, i) =>
      principals.map((principal) => rowOf(each, principal, at("workload", i), bounded)),
    ),
  ];
}

/** The first statement on things of the stack's name, in the words of the access matrix; undefined where there is none. */
export function namedOwn(statements: readonly Written[]) {
  const found = statements.flatMap((statement) => {
    const [resource] = texts(statement["Resource"]).filter((each) => each.includes("{workload}"));
    const [action] = texts(statement["Action"]);
    return resource !== undefined && action !== undefined
      ? [{ sid: `BySettings${String(statement["Sid"])}`, action, resource }]
      : [];
  });
  return found[0];
}

/** Each with where it holds. */
export const rowsBySettings = ({ environments, branches }: Facts): { row: Row; place: Place }[] =>
  [
    ...environments.map(({ pipeline, place }) => ({ pipeline, place })),
    ...branches.flatMap(({ pipeline, branches: all }) => all.map((place) => ({ pipeline, place }))),
  ].flatMap(({ pipeline, place }) => rowsOf(pipeline, place).map((row) => ({ row, place })));
