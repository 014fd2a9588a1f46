import { type Policy, policy } from "../../../packages/iam/src/policy/policies";
import { type Principal, session } from "../../../packages/iam/src/policy/principals";
import { heldPolicy, withHolders } from "../../../packages/iam/src/evaluate/unattachedPolicies";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import type { AccessModel, Guarded, Role } from "../../../packages/iam/src/model";
import type { EnvironmentFacts, Facts } from "./inventoryModel";

/** What a made-up role is allowed: actions and resources. */
type Grants = Readonly<Record<string, string | readonly string[]>>;

const identity = ({ model: { keys } }: Facts, name: string, grants: Grants) => {
  const Statement = Object.entries(grants).map(([Action, Resource]) => ({
    Effect: "Allow",
    Action: Action.split(" "),
    Resource,
  }));
  return policy(`what ${name} was given`, "identity", { Version: "2012-10-17", Statement }, keys);
};

/** A trust policy that somebody else wrote. */
export const trusting = ({ model: { keys } }: Facts, name: string, principal: object) =>
  policy(
    `trust of role ${name}`,
    "trust",
    {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" }],
    },
    keys,
  );

const NOBODY: Role["trust"] = { name: "trust of nobody", attached: "trust", statements: [] };

export const roleArn = ({ partition }: Facts, account: string, name: string): string =>
  `arn:${partition}:iam::${account}:role/${name}`;
export const rootArn = ({ partition }: Facts, account: string): string =>
  `arn:${partition}:iam::${account}:root`;

/** Name of a role, without path. */
export const nameOf = (arn: string): string => arn.split("/").at(-1) ?? "";

/** A role that is not the project's, in any account. */
export const somebody = (
  facts: Facts,
  account: string,
  name: string,
  grants: Grants,
  trust: Role["trust"] = NOBODY,
): Role => ({
  arn: roleArn(facts, account, name),
  account,
  trust,
  identity: [identity(facts, name, grants)],
  boundary: undefined,
});

/** Whoever may do everything in an account. */
export const administrator = (facts: Facts, account: string): Role =>
  somebody(facts, account, "administrator", { "*": "*" });

const known = ({ roles }: AccessModel, arn: string): Role =>
  roles.get(arn) ?? notKnown(`role ${arn} is not in the model`);

/** A role of the project after its account's administrator gave it all rights and let the account take it. */
export const takenOver = (facts: Facts, arn: string): Role => {
  const role = known(facts.model, arn);
  return {
    ...role,
    identity: [identity(facts, nameOf(arn), { "*": "*" })],
    trust: trusting(facts, nameOf(arn), { AWS: rootArn(facts, role.account) }),
  };
};

/** What one of the project's roles was given beside what it was registered with. */
export const given = (facts: Facts, role: string, grants: Grants): { role: string; policy: Policy } => ({
  role,
  policy: identity(facts, nameOf(role), grants),
});

/** A role that a template makes for its functions: bounded, with all rights in its own policy. */
export const ofTemplate = (
  facts: Facts,
  {
    account,
    rolePath,
    stackName,
    boundary,
  }: Pick<EnvironmentFacts, "account" | "rolePath" | "stackName" | "boundary">,
  trust: object,
): Role => {
  const name = `${stackName}-GreedyRole-1X2Y3Z`;
  return {
    arn: roleArn(facts, account, rolePath.slice(1) + name),
    account,
    trust: trusting(facts, name, trust),
    identity: [identity(facts, name, { "*": "*" })],
    boundary,
  };
};

/** What somebody else has, without a policy of its own unless given. */
export const somethingOf = (
  account: string,
  arn: string,
  attached: Guarded["attached"],
  own?: Guarded["policy"],
): Guarded => ({ arn, account, attached, policy: own });

/** Whoever has a managed policy and no other. */
export const holderOf = ({ model }: Facts, policyArn: string): Principal => {
  const arn = [...withHolders(model).roles.keys()].find(
    (each) => heldPolicy(each) === nameOf(policyArn) && each.split(":")[4] === policyArn.split(":")[4],
  );
  return session(arn ?? notKnown(`nobody has ${policyArn}`), "person");
};

/** Commands that run with a role: a job's, or whoever took it. */
export const as = (role: Role | string, name = "run"): Principal =>
  session(typeof role === "string" ? role : role.arn, name);
