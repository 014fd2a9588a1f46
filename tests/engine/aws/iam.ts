/** What IAM refuses, and what the other services ask of it. */
import { conditionValues, covers, principals } from "../../../rehearsal/record/policyDocuments";
import type { Cloud, Thing } from "./cloud";
import type { Values } from "./declared";
import { judgePolicy, sizeInIam } from "./policies";
import { Refusal, type RefusalId } from "./refusals";
import { texts, list, map } from "../../../packages/iam/src/json";

const ROLE = "aws:iam/role:Role";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

const accountOf = (arn: string): string => arn.split(":")[4] ?? "";

/** The role that an ARN names, in whatever account. */
const roleByArn = (cloud: Cloud, arn: string): Thing | undefined =>
  cloud.all(ROLE, accountOf(arn)).find(({ outputs }) => outputs["arn"] === arn);

const statementsOf = (document: unknown): Values[] =>
  list((JSON.parse(String(document)) as Values)["Statement"]).map(map);

const lets = (statement: Values, action: string): boolean =>
  statement["Effect"] === "Allow" &&
  texts(statement["Action"]).some((each) => covers(each.toLowerCase(), action.toLowerCase()));

/** Whether a service may take the role for the thing of that ARN. */
const trusts = (role: Thing, service: string, sourceArn: string): boolean =>
  statementsOf(role.inputs["assumeRolePolicy"]).some((statement) => {
    const sources = conditionValues(statement, "aws:SourceArn");
    return (
      lets(statement, "sts:AssumeRole") &&
      principals(statement, "Service").includes(service) &&
      (sources.length === 0 || sources.some((each) => covers(each, sourceArn)))
    );
  });

/** Whether another role may take it: named itself, or by its account. */
const trustsRole = (role: Thing, caller: string): boolean =>
  statementsOf(role.inputs["assumeRolePolicy"]).some((statement) => {
    const callers = conditionValues(statement, "aws:PrincipalArn");
    return (
      lets(statement, "sts:AssumeRole") &&
      principals(statement, "AWS").some(
        (each) =>
          each === caller ||
          each === accountOf(caller) ||
          (/:root$/.test(each) && accountOf(each) === accountOf(caller)),
      ) &&
      (callers.length === 0 || callers.some((each) => covers(each, caller)))
    );
  });

/** Whether a role's own policies allow something; conditions and denies are the access report's work. */
export const allows = (cloud: Cloud, role: Thing, action: string, resource: string): boolean =>
  cloud
    .all(ROLE_POLICY, role.account)
    .filter(({ inputs }) => inputs["role"] === role.id)
    .flatMap(({ inputs }) => statementsOf(inputs["policy"]))
    .some(
      (statement) =>
        lets(statement, action) && texts(statement["Resource"]).some((each) => covers(each, resource)),
    );

/** Nobody hands a service a role of another account. */
export function refuseForeignRole({ account }: Thing, arn: unknown): void {
  if (typeof arn === "string" && accountOf(arn) !== account) {
    throw new Refusal("pass-role", `${arn} is not in account ${account}`);
  }
}

/** The role that a service is to take for a thing; refused if it cannot. */
export function serviceRole(
  cloud: Cloud,
  thing: Thing,
  arn: unknown,
  service: string,
  refusal: RefusalId,
): Thing {
  refuseForeignRole(thing, arn);
  const role = roleByArn(cloud, String(arn));
  if (!role || !trusts(role, service, String(thing.outputs["arn"]))) {
    throw new Refusal(refusal, `${service} is not authorized to perform: sts:AssumeRole on ${String(arn)}`);
  }
  return role;
}

/** Whether a role may take another one: both must say so. */
export function mayAssume(cloud: Cloud, caller: Thing, arn: string): boolean {
  const role = roleByArn(cloud, arn);
  return (
    role !== undefined &&
    trustsRole(role, String(caller.outputs["arn"])) &&
    allows(cloud, caller, "sts:AssumeRole", arn)
  );
}

export function judgeRole(cloud: Cloud, { account, inputs }: Thing): void {
  judgePolicy(cloud, "trust", inputs["assumeRolePolicy"]);
  refuseMissingPolicy(cloud, account, inputs["permissionsBoundary"], "boundary-missing");
}

/** AWS's own policies exist in every account. */
function refuseMissingPolicy(cloud: Cloud, account: string, arn: unknown, refusal: RefusalId): void {
  if (typeof arn !== "string" || accountOf(arn) === "aws") return;
  if (!cloud.get({ account, region: "global", type: "aws:iam/policy:Policy", id: arn })) {
    throw new Refusal(refusal, `Policy ${arn} does not exist or is not attachable.`);
  }
}

export function judgeAttachment(cloud: Cloud, { account, inputs }: Thing): void {
  refuseMissingRole(cloud, account, String(inputs["role"]));
  refuseMissingPolicy(cloud, account, inputs["policyArn"], "policy-missing");
}

export function judgeManagedPolicy(cloud: Cloud, { inputs }: Thing): void {
  judgePolicy(cloud, "managed", inputs["policy"]);
}

export function judgeRolePolicy(cloud: Cloud, { account, id, inputs }: Thing): void {
  const role = String(inputs["role"]);
  refuseMissingRole(cloud, account, role);
  const others = cloud
    .all(ROLE_POLICY, account)
    .filter((each) => each.inputs["role"] === role && each.id !== id)
    .map((each) => sizeInIam(String(each.inputs["policy"])));
  judgePolicy(
    cloud,
    "inline",
    inputs["policy"],
    others.reduce((sum, each) => sum + each, 0),
  );
}

function refuseMissingRole(cloud: Cloud, account: string, id: string): void {
  if (!cloud.get({ account, region: "global", type: ROLE, id })) {
    throw new Refusal("role-missing", `The role with name ${id} cannot be found.`);
  }
}

export function judgeRoleDeletion(cloud: Cloud, { account, id }: Thing): void {
  const holds = [ROLE_POLICY, ATTACHMENT].find((type) =>
    cloud.all(type, account).some(({ inputs }) => inputs["role"] === id),
  );
  if (holds === ROLE_POLICY)
    throw new Refusal("role-in-use", "Cannot delete entity, must delete policies first.");
  if (holds) throw new Refusal("role-in-use", "Cannot delete entity, must detach all policies first.");
}

export function judgePolicyDeletion(cloud: Cloud, { account, id }: Thing): void {
  if (cloud.all(ATTACHMENT, account).some(({ inputs }) => inputs["policyArn"] === id)) {
    throw new Refusal("policy-attached", "Cannot delete a policy attached to entities.");
  }
}
