import { conditionValues, covers, parsePolicy, principals } from "./policyDocuments";
import { before, ofType, type Rehearsed, type Resource } from "./record";
import { texts, list, map, type Values } from "../../packages/iam/src/json";

/** The role that an ARN names, wherever it is created. */
export const roleByArn = (record: Rehearsed, arn: string): Resource | undefined =>
  ofType(record, "aws:iam/role:Role").find(({ outputs }) => outputs["arn"] === arn);

/** `arn:aws:iam::111111111111:role/name` is in account 111111111111. */
export const accountOf = (arn: string): string => arn.split(":")[4] ?? "";

/** What is wrong with counting on a role when a resource is created; AWS looks it up at that moment. */
export function absence(record: Rehearsed, resource: Resource, arn: string): string | undefined {
  const role = roleByArn(record, arn);
  if (!role) return `role ${arn} does not exist, and no stack creates it`;
  const [made, needed] = [role, resource].map(({ stack }) => record.findIndex((run) => run.stack === stack));
  const run = record[needed ?? -1];
  if (!run || made === undefined || needed === undefined) return undefined;
  if (made > needed) return `role ${arn} does not exist yet: stack ${role.stack} creates it later`;
  if (made < needed || before(run, resource).has(role.urn)) return undefined;
  return `role ${arn} may not exist yet: it is in the same stack, and nothing depends on it; take its arn, or add dependsOn`;
}

const statements = (role: Resource): Values[] =>
  list(parsePolicy(role.inputs["assumeRolePolicy"])?.["Statement"]).map(map);

const lets = (statement: Values): boolean =>
  statement["Effect"] === "Allow" &&
  texts(statement["Action"]).some((each) => covers(each, "sts:AssumeRole"));

const conditionKeys = (statement: Values): string[] =>
  Object.values(map(statement["Condition"])).flatMap((operator) => Object.keys(map(operator)));

/** Why a service cannot take a role for a resource of its own; undefined where it can. */
export function untrusted(
  role: Resource,
  service: string,
  sourceArn: string | undefined,
): string | undefined {
  const trusting = statements(role).filter(
    (statement) => lets(statement) && principals(statement, "Service").includes(service),
  );
  if (trusting.length === 0) return `role ${role.name} does not trust ${service}`;
  const faults = trusting.map((statement) => {
    const unknown = conditionKeys(statement).find(
      (key) => sourceArn === undefined || key !== "aws:SourceArn",
    );
    if (unknown)
      return `role ${role.name} trusts ${service} under a condition on ${unknown}, which it does not document to send`;
    const sources = conditionValues(statement, "aws:SourceArn");
    if (sources.length === 0 || sources.some((each) => covers(each, sourceArn ?? ""))) return undefined;
    return `role ${role.name} trusts ${service} for ${sources.join(", ")} only, not for ${sourceArn}`;
  });
  return faults.includes(undefined) ? undefined : faults[0];
}

/** Whether a role's trust lets another role take it: named itself, or by its account with or without a condition. */
export const trustsRole = (role: Resource, callerArn: string): boolean =>
  statements(role).some((statement) => {
    const callers = conditionValues(statement, "aws:PrincipalArn");
    const account = accountOf(callerArn);
    const named = principals(statement, "AWS");
    const root = named.some(
      (each) => each === account || (each.endsWith(":root") && accountOf(each) === account),
    );
    return (
      lets(statement) &&
      conditionKeys(statement).every((key) => key === "aws:PrincipalArn") &&
      (root || named.includes(callerArn)) &&
      (callers.length === 0 || callers.some((each) => covers(each, callerArn)))
    );
  });
