/** Whose policies the access matrix is held against: who the stacks, templates and settings say there is. */
import { tagged } from "../../../packages/iam/src/evaluate/decide";
import { heldPolicy, withHolders } from "../../../packages/iam/src/evaluate/unattachedPolicies";
import { text, texts } from "../../../packages/iam/src/json";
import {
  type Estate,
  type Resource,
  shortName,
  type Subject,
  subject,
} from "../../../packages/iam/src/matrix/permission";
import { everything, roleWith } from "../../../packages/iam/src/matrix/subjects";
import { fits } from "../../../packages/iam/src/matrix/wildcards";
import type { AccessModel, Role } from "../../../packages/iam/src/model";
import { type Policy, policy } from "../../../packages/iam/src/policy/policies";
import { session } from "../../../packages/iam/src/policy/principals";
import { allResources, ofType } from "../../record/record";
import { BRANCHES, branchTags } from "../estate/branches";
import type { World } from "../estate/world";
import type { Facts, Place } from "./bindings";
import { boundaryOf } from "./boundaries";
import { branchSession } from "./places";
import type { PlacedRow } from "./expand";
import { stacksIn } from "./facts";
import { fill } from "./kinds";
import { OTHERS } from "./others";

/** Allows taking roles: what somebody has who is trusted by another account. */
const TAKING = {
  Version: "2012-10-17",
  Statement: { Sid: "TakesRoles", Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" },
};

/** ARNs of all resources of a type. */
const arnsOf = ({ record }: World, type: string): ReadonlySet<string> =>
  new Set(ofType(record, type).map(({ outputs }) => String(outputs["arn"])));

const forbids = ({ statements }: Policy): boolean => statements.some(({ effect }) => effect === "Deny");

/** A template may forbid what the stacks allow on what it makes: the access matrix is about what is allowed. */
function withoutTemplateDenials({ deployments, model: { guarded } }: World): AccessModel["guarded"] {
  const made = new Set(deployments.flatMap(({ resources: all }) => all.map(({ arn }) => arn)));
  const allowing = ({ statements, ...rest }: Policy): Policy => ({
    ...rest,
    statements: statements.filter(({ effect }) => effect === "Allow"),
  });
  return new Map(
    [...guarded].map(([arn, each]) => [
      arn,
      made.has(arn) && each.policy && forbids(each.policy)
        ? { ...each, policy: allowing(each.policy) }
        : each,
    ]),
  );
}

/** An organization's own boundary takes away only: the access matrix is about what the stacks give. */
function withOwnBoundaries(world: World): AccessModel {
  const made = arnsOf(world, "aws:iam/policy:Policy");
  const own = (role: Role): Role =>
    role.boundary === undefined || made.has(role.boundary) ? role : { ...role, boundary: undefined };
  return {
    ...world.model,
    guarded: withoutTemplateDenials(world),
    roles: new Map([...world.model.roles].map(([arn, role]) => [arn, own(role)] as const)),
  };
}

/** Whoever has one of the policies that the stacks make for people: all managed ones but boundaries, and what roles have. */
function holders(world: World, facts: Facts): readonly (readonly [policyArn: string, Role])[] {
  const { model, record } = world;
  const made = arnsOf(world, "aws:iam/policy:Policy");
  const attached = ofType(record, "aws:iam/rolePolicyAttachment:RolePolicyAttachment");
  const others = [
    ...stacksIn(facts).map(({ values }) => boundaryOf(values)),
    ...attached.map(({ inputs }) => String(inputs["policyArn"])),
  ];
  const managed = [...model.managed].filter(([arn]) => made.has(arn) && !others.includes(arn));
  const roles = [...withHolders({ ...model, managed: new Map(managed) }).roles.values()];
  return managed.flatMap(([arn, own]) =>
    roles.flatMap((role) =>
      heldPolicy(role.arn) !== undefined && role.identity.includes(own) ? [[arn, role] as const] : [],
    ),
  );
}

/**
 * A role of the stacks or of a template: a role that branches share is as many as there are branches. A service's template may
 * give its roles less than rows permit; one that rows name is Deploy's, which adds it to a branch's template as the settings say,
 * so it has all of that.
 */
function ofRole(world: World, rows: readonly PlacedRow[], registered: ReadonlySet<string>) {
  const said = new Set(rows.map(({ who }) => who));
  const workloads = [...said].filter((who) => who.startsWith("workload "));
  return (arn: string): Subject[] => {
    const name = `role ${shortName(arn)}`;
    const sessions = BRANCHES.filter(({ hash }) => said.has(branchSession(arn, hash)));
    if (sessions.length > 0)
      return sessions.map((branch) =>
        subject(`${name} for branch ${branch.hash}`, session(arn, "asked", branchTags(branch)), [
          branchSession(arn, branch.hash),
        ]),
      );
    if (registered.has(arn)) return [subject(name, session(arn, "asked"), [`role ${arn}`])];
    if (said.has(`role ${arn}`))
      return [subject(name, tagged(world.model, session(arn, "asked")), [`role ${arn}`])];
    const who = workloads.filter((each) => fits(each.replace("workload ", ""), arn));
    return [subject(name, tagged(world.model, session(arn, "asked")), who, { atMost: true })];
  };
}

/** A role of a workload that may all that its boundary lets it. */
function unlimited({ values }: Place, model: AccessModel): readonly [Role, Subject] {
  const { workload, roles, hash } = values;
  const name = `${String(roles)}${String(workload)}-`;
  const role = roleWith(`${name}anything`, [everything(model.keys)], boundaryOf(values));
  const tags = typeof hash === "string" ? { branch: hash } : undefined;
  const called = `a role of ${String(workload)} with every permission`;
  return [role, subject(called, session(role.arn, "asked", tags), [`workload ${name}*`])];
}

/** Somebody from elsewhere whom settings let look at environments. */
function reader(arn: string, model: AccessModel): readonly [Role, Subject] {
  const role = roleWith(arn, [policy("the reader's policy", "identity", TAKING, model.keys)]);
  const called = `role ${shortName(arn)}, which may take roles,`;
  return [role, subject(called, session(arn, "asked"), [`reader ${arn}`], { madeUp: true })];
}

/** Others' resources, and all that stacks and templates make. */
const resources = ({ record, deployments }: World, { accounts, project, settings }: Facts): Resource[] => [
  ...accounts.flatMap((account) =>
    [
      {},
      ...settings.environments.flatMap(({ region }) => (region === undefined ? [] : [{ region }])),
    ].flatMap((where) =>
      OTHERS.flatMap((each) => fill(each, { ...project.values, ...where, account })).map((arn) => ({
        arn,
        account,
      })),
    ),
  ),
  ...allResources(record).map(({ outputs, account = "" }) => ({ arn: text(outputs, "arn") ?? "", account })),
  ...deployments.flatMap(({ resources: made, account }) => made.map(({ arn }) => ({ arn, account }))),
];

/** All that the rows are held against. */
export function estateOf(world: World, facts: Facts, rows: readonly PlacedRow[]): Estate {
  const model = withOwnBoundaries(world);
  const held = holders(world, facts);
  const bounded = stacksIn(facts).filter(({ has }) => has.has("bounded") || has.has("task roles"));
  const further = [
    ...bounded.map((place) => unlimited(place, model)),
    ...[...new Set(facts.looked.flatMap(({ values }) => values["readers"] ?? []))].map((arn) =>
      reader(arn, model),
    ),
  ];
  const registered = arnsOf(world, "aws:iam/role:Role");
  const owners = facts.environments.flatMap(({ place: { values } }) =>
    [values["taskRoles"], values["instanceRole"]].flatMap(texts),
  );
  return {
    partition: facts.settings.partition,
    region: facts.settings.region,
    accounts: facts.accounts,
    model,
    hypothetical: [...held.map(([, role]) => role), ...further.map(([role]) => role)],
    subjects: [
      ...[...model.roles.keys()].flatMap(ofRole(world, rows, new Set([...registered, ...owners]))),
      ...held.map(([arn, role]) =>
        subject(`whoever has policy ${shortName(arn)}`, session(role.arn, "asked"), [`holder ${arn}`]),
      ),
      ...further.map(([, who]) => who),
    ],
    resources: resources(world, facts),
    rewritten: (arn) => BRANCHES.map(({ hash }) => branchSession(arn, hash)),
  };
}
