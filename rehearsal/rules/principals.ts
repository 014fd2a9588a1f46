import { policyDocuments } from "../aws/policyDocuments";
import { conditionValues, covers, principals } from "../record/policyDocuments";
import { ofType, type Rehearsed, type Resource } from "../record/record";
import { upRolesOf } from "../record/inventory";
import { absence, accountOf } from "../record/roles";
import { judgeEach, type Rule } from "./rule";
import { texts, type Values } from "../../packages/iam/src/json";

const ACCOUNT = /^(\d{12}|arn:aws[a-z-]*:iam::\d{12}:root)$/;
const PROVIDER = /^arn:aws[a-z-]*:iam::\d{12}:oidc-provider\/[a-z0-9.-]+(\/.+)?$/;
const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/;

/** Whom resource policies and trusts name; policies of identities name nobody. */
const named = (record: Rehearsed) =>
  policyDocuments(record).flatMap(({ resource, kind, statements }) =>
    statements.flatMap((statement) =>
      (["AWS", "Service", "Federated"] as const).flatMap((type) =>
        principals(statement, type).map((principal) => ({ resource, kind, type, principal })),
      ),
    ),
  );

/** A role can be taken through a provider of its own account only; that may be there already. */
const foreign = ({ account }: Resource, principal: string): string[] =>
  PROVIDER.test(principal) && accountOf(principal) === account
    ? []
    : [`${principal} is not an OpenID Connect provider of account ${account}`];

/** AWS refuses a policy that names a role it cannot find, at the moment when the policy is written. */
export const principalsExist: Rule = {
  id: "principal",
  title: "a role that a policy names as its principal exists when the policy is written",
  source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
  judge: (record) =>
    judgeEach(named(record), ({ resource, kind, type, principal }) => {
      if (type === "Service") {
        return /^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(principal)
          ? []
          : [`${principal} is not a service`];
      }
      if (type === "Federated") return foreign(resource, principal);
      if (principal === "*" || ACCOUNT.test(principal)) return [];
      if (!ROLE.test(principal)) {
        return [
          `its ${kind} policy names ${principal}, which the rehearsal cannot look up: name a role or an account`,
        ];
      }
      const problem = absence(record, resource, principal);
      return problem === undefined ? [] : [`its ${kind} policy names a principal: ${problem}`];
    }),
};

/** Roles that a statement counts on without AWS looking: in conditions, and as what may be assumed. */
function promised({ urn }: Resource, statement: Values): string[] {
  const assumes = texts(statement["Action"]).includes("sts:AssumeRole") && texts(statement["Resource"]);
  // Settings may let other roles in, which no stack makes; those of the project are all named after it.
  const own = `/${urn.split("::")[1]}-`;
  const workload = `${own}-`; // a workload may be called as the project is; no prefix begins with a hyphen
  const conditions = conditionValues(statement, "aws:PrincipalArn").filter(
    (role) => role.includes(own) && !role.includes(workload),
  );
  return [...conditions, ...(assumes || [])];
}

/** AWS accepts such a name unseen, and the release fails months later. */
export const promisesKept: Rule = {
  id: "promised-role",
  title: "a role of the project that a condition or sts:AssumeRole names exists once all stacks are up",
  source:
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn",
  judge: (record) => {
    // People have made those that bring the stacks up.
    const roles = [
      ...ofType(record, "aws:iam/role:Role").map(({ outputs }) => String(outputs["arn"])),
      ...upRolesOf(record).map(({ arn }) => arn),
    ];
    const promises = policyDocuments(record).flatMap(({ resource, kind, statements }) =>
      statements.flatMap((statement) =>
        promised(resource, statement).map((role) => ({
          resource,
          kind,
          role,
          sid: String(statement["Sid"]),
        })),
      ),
    );
    return judgeEach(promises, ({ kind, role, sid }) =>
      roles.some((arn) => covers(role, arn))
        ? []
        : [`statement ${sid} of its ${kind} policy counts on role ${role}, which no stack creates`],
    );
  },
};
