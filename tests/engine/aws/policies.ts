/** Policies, as the services judge them when they are written. */
import { parsePolicy, principals } from "../../../rehearsal/record/policyDocuments";
import type { Cloud } from "./cloud";
import type { Values } from "./declared";
import { Refusal } from "./refusals";
import { texts, list, map, text } from "../../../packages/iam/src/json";

export type PolicyKind = "trust" | "inline" | "managed" | "bucket" | "key" | "repository" | "topic";

/** Characters without white space for IAM, bytes as written elsewhere. Inline: of all policies of a role together. */
export const LIMITS: Readonly<Record<PolicyKind, number>> = {
  trust: 2048,
  inline: 10_240,
  managed: 6144,
  bucket: 20_480,
  key: 32_768,
  repository: 10_240,
  topic: 30_720,
};

const IDENTITY: readonly PolicyKind[] = ["inline", "managed"];
const ELEMENTS = /^(Sid|Effect|Principal|NotPrincipal|Action|NotAction|Resource|NotResource|Condition)$/;
const OPERATOR =
  /^(ForA(ll|ny)Values?:)?(String(Not)?(Equals(IgnoreCase)?|Like)|Numeric\w+|Date\w+|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like))(IfExists)?$|^Null$/;
const ARN = /^(\*|arn:[\w*-]+:.*)$/s;
const SERVICE = /^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/;
const ROLE = /^arn:[\w-]+:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/;
const ACCOUNT = /^(?:arn:[\w-]+:iam::(?=.*:root$))?(\d{12})(?::root)?$/;

const exactlyOne = (statement: Values, element: string): boolean =>
  (statement[element] === undefined) !== (statement[`Not${element}`] === undefined);
const anyOf = (statement: Values, element: string): boolean =>
  statement[element] !== undefined || statement[`Not${element}`] !== undefined;

/** The first thing that is wrong with a statement. */
function statementFault(statement: Values, kind: PolicyKind): string | undefined {
  const unknown = Object.keys(statement).find((element) => !ELEMENTS.test(element));
  const actions = texts(statement["Action"] ?? statement["NotAction"]);
  const action = actions.find((each) => each !== "*" && !/^[a-z0-9-]+:[A-Za-z0-9*?]+$/.test(each));
  const resource = texts(statement["Resource"] ?? statement["NotResource"]).find((each) => !ARN.test(each));
  const condition = Object.entries(map(statement["Condition"]));
  const operator = condition.find(
    ([name, keys]) => !OPERATOR.test(name) || Object.keys(map(keys)).length === 0,
  );
  const identity = IDENTITY.includes(kind);
  const faults: readonly (readonly [boolean, string])[] = [
    [unknown !== undefined, `unknown element ${unknown}`],
    [statement["Effect"] !== "Allow" && statement["Effect"] !== "Deny", "Effect is neither Allow nor Deny"],
    [!exactlyOne(statement, "Action") || actions.length === 0, "Policy statement must contain actions."],
    [action !== undefined, `Actions/Conditions must be prefaced by a vendor: ${action}`],
    [identity && anyOf(statement, "Principal"), "Policy document should not specify a principal."],
    [!identity && !exactlyOne(statement, "Principal"), "Missing required field Principal"],
    [kind === "trust" && anyOf(statement, "Resource"), "Has prohibited field Resource"],
    [
      kind !== "trust" && kind !== "repository" && !exactlyOne(statement, "Resource"),
      "Policy statement must contain resources.",
    ],
    [resource !== undefined, `Resource ${resource} must be in ARN format or "*".`],
    [operator !== undefined, `Invalid Condition type : ${operator?.[0]}`],
    [
      identity && !/^[A-Za-z0-9]*$/.test(text(statement, "Sid") ?? ""),
      "Statement IDs must be alpha-numeric.",
    ],
  ];
  return faults.find(([wrong]) => wrong)?.[1];
}

function statementsOf(kind: PolicyKind, written: string): Values[] {
  const refuse = (detail: string): never => {
    throw new Refusal(`${kind}-form`, detail);
  };
  const content = parsePolicy(written) ?? refuse("Syntax errors in policy.");
  const unknown = Object.keys(content).find((element) => !/^(Version|Id|Statement)$/.test(element));
  if (unknown !== undefined) refuse(`unknown element ${unknown}`);
  if (!["2012-10-17", "2008-10-17"].includes(text(content, "Version") ?? "2008-10-17")) {
    refuse("The policy must contain a valid version string");
  }
  const statements = list(content["Statement"]).map(map);
  if (statements.length === 0) refuse("Syntax errors in policy: no statement");
  const sids = statements.flatMap(({ Sid }) => (typeof Sid === "string" ? [Sid] : []));
  if (new Set(sids).size < sids.length) refuse("Statement IDs (SID) in a single policy must be unique.");
  for (const statement of statements) {
    const fault = statementFault(statement, kind);
    if (fault !== undefined) refuse(fault);
  }
  return statements;
}

/** Accounts, roles and users must exist when they are named. */
function refuseUnknownPrincipals(cloud: Cloud, kind: PolicyKind, statements: readonly Values[]): void {
  if (kind === "inline" || kind === "managed") return;
  for (const statement of statements) {
    const service = principals(statement, "Service").find((each) => !SERVICE.test(each));
    const unknown = principals(statement, "AWS").find((each) => {
      const [, whole] = ACCOUNT.exec(each) ?? [];
      if (each === "*" || whole !== undefined) return whole !== undefined && !cloud.hasAccount(whole);
      const [, account = "", id = ""] = ROLE.exec(each) ?? [];
      return cloud.get({ account, region: "global", type: "aws:iam/role:Role", id })?.outputs["arn"] !== each;
    });
    const invalid = unknown ?? service;
    if (invalid === undefined) continue;
    throw new Refusal(
      `${kind}-principal`,
      `Invalid principal in policy: "${service === invalid ? "SERVICE" : "AWS"}":"${invalid}"`,
    );
  }
}

/**
 * Refuses a document that its service would refuse. `beside`: characters of the role's other inline policies.
 * Returns the statements.
 */
export function judgePolicy(cloud: Cloud, kind: PolicyKind, policy: unknown, beside = 0): Values[] {
  const written = typeof policy === "string" ? policy : JSON.stringify(policy);
  const statements = statementsOf(kind, written);
  const iam = kind === "trust" || IDENTITY.includes(kind);
  const size = iam ? sizeInIam(written) + beside : Buffer.byteLength(written);
  if (size > LIMITS[kind]) {
    throw new Refusal(`${kind}-size`, `the ${kind} policy has ${size} characters of at most ${LIMITS[kind]}`);
  }
  refuseUnknownPrincipals(cloud, kind, statements);
  return statements;
}

/** IAM does not count white space between the parts of a document. */
export const sizeInIam = (written: string): number => JSON.stringify(JSON.parse(written)).length;
