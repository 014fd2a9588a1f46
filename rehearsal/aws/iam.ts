import { list, type Values } from "../../packages/iam/src/json";
import { length, number, plain } from "./mockRows";
import { after, arn, digest, generatedName, type Name, named, property } from "./physicalNames";
import { on, requestTags } from "./requests";
import type { Asked, CallCondition, MockOutputs, MockRequest, Operation, Service, Subject } from "./types";

const role = named("RoleName");
/** `role/delivery/name`: the path of what IAM knows is in its ARN. */
const inPath =
  (kind: string, name: Name): Name =>
  (site, resource) =>
    `${kind}${property("Path", () => "/")(site, resource)}${name(site, resource)}`;
const roleArn = arn("iam", inPath("role", role));
const managedPolicy = arn("iam", inPath("policy", named("ManagedPolicyName")));
/** Printable Latin-1 and line breaks: IAM refuses any other character, such as typographic quotes. */
const IAM_TEXT = /^[\t\n\r\x20-\x7E\xA1-\xFF]*$/;

const OF_USERS_AND_GROUPS: readonly CallCondition[] = [
  {
    why: "policies of users",
    when: "Users",
    actions:
      "iam:GetUserPolicy iam:PutUserPolicy iam:DeleteUserPolicy iam:AttachUserPolicy iam:DetachUserPolicy",
  },
  {
    why: "policies of groups",
    when: "Groups",
    actions:
      "iam:GetGroupPolicy iam:PutGroupPolicy iam:DeleteGroupPolicy iam:AttachGroupPolicy iam:DetachGroupPolicy",
  },
];

/** Who a policy apart from its roles is given to. */
const itsRoles = ({ Roles: names }: Values): string[] => list(names).map(String);

/** Roles by name, as a policy apart from its role has them. */
const given = (names: readonly string[], { stack, roles }: Subject): string[] =>
  [...roles.values()]
    .filter(({ arn, account }) => account === stack.account && names.includes(arn.split("/").at(-1) ?? ""))
    .map(({ arn }) => arn);

/** IAM tells which boundary the role has that is changed. */
const bounded = ({ roles }: Subject, roleArn: string, boundary = roles.get(roleArn)?.boundary) =>
  boundary === undefined ? {} : { "iam:PermissionsBoundary": boundary };

/** A role's own actions are asked on it; several times where it has several managed policies. */
function onRole(subject: Subject, operation: Operation, action: string): Asked[] {
  const { resource, stack } = subject;
  const { arn, properties } = resource;
  const policies = /Attach|Detach/.test(action)
    ? list(properties["ManagedPolicyArns"]).map(String)
    : [undefined];
  const tags = operation === "create" || action === "iam:TagRole" ? requestTags(stack) : {};
  return policies.flatMap((policy) =>
    on(arn, [action], {
      ...bounded(subject, arn),
      ...tags,
      ...(policy !== undefined && { "iam:PolicyARN": policy }),
    }),
  );
}

/** Those of a policy that roles are given are asked on the roles. */
const onRoles =
  (names: (properties: Values) => readonly string[]) =>
  (subject: Subject, _: Operation, action: string): Asked[] | undefined =>
    /^iam:.*RolePolicy$/.test(action)
      ? given(names(subject.resource.properties), subject).flatMap((role) =>
          on(role, [action], {
            ...bounded(subject, role),
            ...(/Attach|Detach/.test(action) && { "iam:PolicyARN": subject.resource.arn }),
          }),
        )
      : undefined;

const named17 = (prefix: string, { hash }: MockRequest) => `${prefix}${hash(17).toUpperCase()}`;
const inItsPath = (kind: string, request: MockRequest): readonly [name: string, arn: string] => {
  const name = request.named("name");
  return [name, request.globalArn("iam", `${kind}${request.input("path") || "/"}${name}`)];
};
const madeRole = (request: MockRequest): MockOutputs => {
  const [name, arn] = inItsPath("role", request);
  return { id: name, outputs: { name, arn, uniqueId: named17("AROA", request) } };
};
const madePolicy = (request: MockRequest): MockOutputs => {
  const [name, arn] = inItsPath("policy", request);
  return { id: arn, outputs: { name, arn, policyId: named17("ANPA", request) } };
};
const ON_ROLE = ["role", "name", "aws:iam/role:Role"] as const;
const itsRole = ({ RoleName: name }: Values): string[] => [String(name)];

export const iam: Service = {
  file: "iam",
  cloudFormation: {
    "AWS::IAM::Role": {
      createOnly: ["Path", "RoleName"],
      ref: role,
      attributes: {
        Arn: roleArn,
        RoleId: (site, resource) => `AROA${digest(site, resource).slice(0, 17).toUpperCase()}`,
      },
      runs: false,
      arn: roleArn,
      carries: { identity: { kind: "role" } },
      handlers: {
        create: { iam: "CreateRole PutRolePolicy AttachRolePolicy GetRolePolicy TagRole UntagRole GetRole" },
        read: { iam: "GetRole ListAttachedRolePolicies ListRolePolicies GetRolePolicy" },
        update: {
          iam: `UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy DetachRolePolicy AttachRolePolicy
          DeleteRolePermissionsBoundary PutRolePermissionsBoundary DeleteRolePolicy PutRolePolicy
          TagRole UntagRole`,
        },
        delete: {
          iam: `DeleteRole DetachRolePolicy DeleteRolePolicy GetRole ListAttachedRolePolicies
          ListRolePolicies TagRole UntagRole`,
        },
        tagging: { iam: "TagRole UntagRole ListRoleTags" },
      },
      conditions: [
        {
          why: "inline policies",
          when: "Policies",
          actions: "iam:PutRolePolicy iam:DeleteRolePolicy iam:GetRolePolicy",
        },
        {
          why: "managed policies",
          when: "ManagedPolicyArns",
          actions: "iam:AttachRolePolicy iam:DetachRolePolicy",
        },
        { why: "a boundary", when: "PermissionsBoundary", actions: "iam:PutRolePermissionsBoundary" },
        {
          why: "no workload may take a boundary off: such an update must fail",
          actions: "iam:DeleteRolePermissionsBoundary",
        },
      ],
      asked: onRole,
      meantFor: "functions",
    },
    "AWS::IAM::RolePolicy": {
      createOnly: ["PolicyName", "RoleName"],
      ref: generatedName,
      attributes: {},
      runs: false,
      arn: arn("iam", after("role/", property("RoleName"))),
      carries: { identity: { kind: "inline", roles: itsRole } },
      handlers: {
        create: { iam: "PutRolePolicy GetRolePolicy" },
        read: { iam: "GetRolePolicy" },
        update: { iam: "PutRolePolicy GetRolePolicy" },
        delete: { iam: "DeleteRolePolicy GetRolePolicy" },
      },
      asked: onRoles(itsRole),
      meantFor: "functions",
    },
    "AWS::IAM::Policy": {
      createOnly: [],
      ref: generatedName,
      attributes: { Id: generatedName },
      runs: false,
      arn: arn("iam", after("policy/", named("PolicyName"))),
      carries: { identity: { kind: "inline", roles: itsRoles } },
      refused: ["Users", "Groups"],
      handlers: {
        create: {
          iam: `GetUserPolicy GetRolePolicy GetGroupPolicy PutUserPolicy PutRolePolicy PutGroupPolicy`,
        },
        update: {
          iam: `PutUserPolicy PutRolePolicy PutGroupPolicy DeleteRolePolicy DeleteUserPolicy
          DeleteGroupPolicy`,
        },
        delete: { iam: "DeleteRolePolicy DeleteUserPolicy DeleteGroupPolicy" },
      },
      conditions: OF_USERS_AND_GROUPS,
      asked: onRoles(itsRoles),
      meantFor: "none",
    },
    "AWS::IAM::ManagedPolicy": {
      createOnly: ["Description", "ManagedPolicyName", "Path"],
      ref: managedPolicy,
      attributes: { PolicyArn: managedPolicy },
      runs: false,
      arn: managedPolicy,
      carries: { identity: { kind: "managed", roles: itsRoles } },
      refused: ["Users", "Groups"],
      handlers: {
        create: { iam: "CreatePolicy AttachGroupPolicy AttachUserPolicy AttachRolePolicy" },
        read: { iam: "GetPolicy ListEntitiesForPolicy GetPolicyVersion" },
        update: {
          iam: `DetachRolePolicy GetPolicy ListPolicyVersions DetachGroupPolicy DetachUserPolicy
          CreatePolicyVersion DeletePolicyVersion AttachGroupPolicy AttachUserPolicy AttachRolePolicy`,
        },
        delete: {
          iam: `DetachRolePolicy GetPolicy ListPolicyVersions DetachGroupPolicy DetachUserPolicy
          DeletePolicyVersion DeletePolicy ListEntitiesForPolicy`,
        },
      },
      conditions: [
        {
          why: "roles that it is attached to",
          when: "Roles",
          actions: "iam:AttachRolePolicy iam:DetachRolePolicy",
        },
        ...OF_USERS_AND_GROUPS,
      ],
      asked: onRoles(itsRoles),
      meantFor: "none",
    },
  },
  pulumi: {
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": plain(({ input, globalArn }) => {
      const arn = globalArn("iam", `oidc-provider/${input("url").replace(/^https:\/\//, "")}`);
      return { id: arn, outputs: { arn } };
    }),
    "aws:iam/policy:Policy": {
      answer: madePolicy,
      carries: { documents: [["policy", "managed"]] },
      limits: [length("description", 1000)],
    },
    "aws:iam/role:Role": {
      answer: madeRole,
      carries: {
        documents: [["assumeRolePolicy", "trust"]],
        refused: ["inlinePolicies", "managedPolicyArns"],
      },
      limits: [length("description", 1000, IAM_TEXT), number("maxSessionDuration", 3600, 43_200)],
    },
    "aws:iam/rolePolicy:RolePolicy": {
      answer: ({ input, named }) => {
        const name = named("name");
        return { id: `${input("role")}:${name}`, outputs: { name } };
      },
      carries: { documents: [["policy", "inline"]] },
      setOn: ON_ROLE,
    },
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
      answer: ({ input }) => ({ id: `${input("role")}/${input("policyArn")}`, outputs: {} }),
      carries: {},
      setOn: ON_ROLE,
    },
  },
  prefix: "iam",
  asked: ({ resource }, _, action) => on(resource.arn, [action]),
};
