import { awsManagedPolicy } from "../../aws/awsManagedPolicies";
import type { Role } from "../../../packages/iam/src/model";
import { add } from "./collect";
import type { ConditionKeys } from "../../../packages/iam/src/policy/conditionKeys";
import { cloudFormationType } from "../../aws/registry";
import type { DeployedResource, IdentityType } from "../../aws/types";
import type { Deployment } from "./deployed";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { type Policy, policy } from "../../../packages/iam/src/policy/policies";
import { list, map, text, type Values } from "../../../packages/iam/src/json";

/** What the model has and templates add to. */
export interface Principals {
  readonly roles: Map<string, Role>;
  readonly managed: Map<string, Policy>;
}

/** What a template resource says of its policies. */
export interface Template {
  readonly deployment: Deployment;
  readonly keys: ConditionKeys;
}

const named = ({ deployment: { stackName } }: Template, { logicalId, type }: DeployedResource): string =>
  `${logicalId} (${type}) of ${stackName}`;

/** A document of a template. An attribute that nobody could give here would make it another one. */
function document(template: Template, resource: DeployedResource, content: unknown): unknown {
  const [hole] = /\{\{[^}]*\}\}/.exec(JSON.stringify(content ?? null)) ?? [];
  if (hole !== undefined)
    notKnown(`${named(template, resource)} has a policy with ${hole}, which is not known here`);
  return content ?? notKnown(`${named(template, resource)} has no policy document`);
}

const identity = (template: Template, resource: DeployedResource, what: string, content: unknown): Policy =>
  policy(what, "identity", document(template, resource, content), template.keys);

/** The role of that name in the environment's account, the template's own or another's. */
function roleNamed(
  { roles }: Principals,
  template: Template,
  resource: DeployedResource,
  name: string,
): Role {
  const { account } = template.deployment;
  return (
    [...roles.values()].find((role) => role.account === account && role.arn.endsWith(`/${name}`)) ??
    notKnown(`${named(template, resource)} is a policy of role ${name}, which nothing here makes`)
  );
}

function give(principals: Principals, role: Role, added: Policy): void {
  principals.roles.set(role.arn, { ...role, identity: [...role.identity, added] });
}

/** A template's own tags; those of the stack come beside them. */
const ownTags = (properties: Values) =>
  Object.fromEntries(
    list(properties["Tags"])
      .map(map)
      .map(({ Key: key, Value: value }) => [String(key), String(value)]),
  );

function addRole(principals: Principals, template: Template, resource: DeployedResource): void {
  const { arn, id, properties } = resource;
  const inline = list(properties["Policies"]).map(map);
  const attached = list(properties["ManagedPolicyArns"]).map((each) => {
    const managed = principals.managed.get(String(each));
    const known = awsManagedPolicy(String(each));
    if (!managed && known) return policy(`managed policy ${String(each)}`, "identity", known, template.keys);
    return (
      managed ??
      notKnown(
        `${named(template, resource)} has managed policy ${String(each)}, whose document is not here: give it`,
      )
    );
  });
  const own = inline.map((each) =>
    identity(
      template,
      resource,
      `policy ${String(each["PolicyName"])} of role ${id}`,
      each["PolicyDocument"],
    ),
  );
  const trusted = document(template, resource, properties["AssumeRolePolicyDocument"]);
  add(principals.roles, arn, {
    arn,
    account: template.deployment.account,
    trust: policy(`trust of role ${id}`, "trust", trusted, template.keys),
    identity: [...own, ...attached],
    boundary: text(properties, "PermissionsBoundary"),
    tags: { ...template.deployment.tags, ...ownTags(properties) },
  });
}

function addManaged(principals: Principals, template: Template, resource: DeployedResource): void {
  const { arn, properties } = resource;
  const name = `managed policy ${arn.split("/").at(-1)}`;
  add(principals.managed, arn, identity(template, resource, name, properties["PolicyDocument"]));
}

/** Gives roles of any stack the policies that are declared apart from them. */
function attach(
  principals: Principals,
  template: Template,
  resource: DeployedResource,
  names: readonly string[],
): void {
  const { arn, properties } = resource;
  for (const name of names) {
    const title = `policy ${text(properties, "PolicyName") ?? resource.logicalId} of role ${name}`;
    const added =
      principals.managed.get(arn) ?? identity(template, resource, title, properties["PolicyDocument"]);
    give(principals, roleNamed(principals, template, resource, name), added);
  }
}

const identityOf = (type: string): IdentityType | undefined => {
  const carries = cloudFormationType(type)?.carries ?? "nothing";
  return carries === "nothing" ? undefined : carries.identity;
};

/** Adds the roles and managed policies of a template. Throws NotKnown for what it cannot follow. */
export function addPrincipals(principals: Principals, template: Template): void {
  const found = template.deployment.resources.flatMap((resource) => {
    const of = identityOf(resource.type);
    return of ? [{ resource, of }] : [];
  });
  const each = (kind: IdentityType["kind"]) => found.filter(({ of }) => of.kind === kind);
  each("managed").forEach(({ resource }) => addManaged(principals, template, resource));
  each("role").forEach(({ resource }) => addRole(principals, template, resource));
  for (const { resource, of } of found)
    if (of.kind !== "role") attach(principals, template, resource, of.roles(resource.properties));
}
