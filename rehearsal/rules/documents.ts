import { policyDocuments } from "../aws/policyDocuments";
import type { PolicyDocument } from "../record/policyDocuments";
import { judgeEach, type Rule } from "./rule";
import { texts, list, map, type Values } from "../../packages/iam/src/json";

const ELEMENTS = new Set([
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);
/** Trust and repository policies are about the thing that holds them, and name no resource. */
const WITHOUT_RESOURCE: readonly string[] = ["trust", "repository"];
const IDENTITY: readonly string[] = ["inline", "managed"];

const either = (statement: Values, element: string): string[] =>
  [element, `Not${element}`].filter((each) => statement[each] !== undefined);

/** Lists without an item, also those inside principals and conditions. */
function emptyLists(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.length === 0 ? [`${path} is an empty list`] : [];
  const inner = Object.entries(map(value));
  if (typeof value === "object" && value !== null && inner.length === 0) return [`${path} is empty`];
  return inner.flatMap(([key, each]) => emptyLists(each, `${path}.${key}`));
}

function statementProblems(statement: Values, kind: PolicyDocument["kind"]): string[] {
  const sid = statement["Sid"];
  const problems: string[] = Object.keys(statement)
    .filter((element) => !ELEMENTS.has(element))
    .map((element) => `${element} is no element of a statement`);
  if (typeof sid !== "string" || !/^[A-Za-z0-9]+$/.test(sid)) {
    problems.push(`Sid ${String(sid)} is not letters and digits`);
  }
  if (statement["Effect"] !== "Allow" && statement["Effect"] !== "Deny") {
    problems.push(`Effect is ${String(statement["Effect"])}, not Allow or Deny`);
  }
  if (either(statement, "Action").length !== 1) problems.push("it has not one of Action and NotAction");
  for (const action of texts(statement["Action"])) {
    if (action !== "*" && !/^[a-z0-9-]+:[A-Za-z0-9*?]+$/.test(action))
      problems.push(`${action} is not an action`);
  }
  const principals = either(statement, "Principal").length;
  if (IDENTITY.includes(kind) && principals > 0) problems.push("a policy of an identity has no Principal");
  if (!IDENTITY.includes(kind) && principals !== 1) problems.push("a policy of a resource needs a Principal");
  const resources = either(statement, "Resource").length;
  if (kind === "trust" && resources > 0) problems.push("a trust policy has no Resource");
  if (!WITHOUT_RESOURCE.includes(kind) && resources !== 1)
    problems.push("it has not one of Resource and NotResource");
  return [
    ...problems,
    ...Object.entries(statement).flatMap(([element, value]) => emptyLists(value, element)),
  ];
}

function problems({ kind, content, statements }: PolicyDocument): string[] {
  if (!content) return [`its ${kind} policy is not a JSON object`];
  const found = content["Version"] === "2012-10-17" ? [] : [`its ${kind} policy has no Version 2012-10-17`];
  if (list(content["Statement"]).length === 0) found.push(`its ${kind} policy has no statement`);
  const sids = statements.map(({ Sid }) => String(Sid));
  const repeated = new Set(sids.filter((sid, index) => sids.indexOf(sid) !== index));
  for (const sid of repeated) found.push(`its ${kind} policy has Sid ${sid} more than once`);
  return [
    ...found,
    ...statements.flatMap((statement) =>
      statementProblems(statement, kind).map(
        (problem) => `statement ${String(statement["Sid"])} of its ${kind} policy: ${problem}`,
      ),
    ),
  ];
}

/** AWS answers MalformedPolicyDocument to anything else. */
export const documents: Rule = {
  id: "policy-form",
  title:
    "every policy is well formed: version, unique Sids, effect, action, principal and resource where they belong",
  source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
  judge: (record) => judgeEach(policyDocuments(record), problems),
};
