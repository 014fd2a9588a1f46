/** Accounts whose policies a test writes, as AWS's APIs tell them: documents encoded, lists in pages, errors by name. */
import assert from "node:assert/strict";
import { ECRClient } from "@aws-sdk/client-ecr";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import type { PolicyClients } from "../../../commands/doctor/access/clients";
import type { Documents, RoleDocuments } from "../../../rehearsal/access/live/documents";
import { list } from "../../../packages/iam/src/json";

type Input = Readonly<Record<string, unknown>>;
type Answer = (input: Input) => unknown;

/** An error, as the SDK makes one of an answer. */
const failure = (name: string, message = name): never => {
  throw Object.assign(new Error(message), { name });
};
/** As much as IAM encodes: all but letters, digits and what RFC 3986 leaves alone. */
const encoded = (document: unknown): string =>
  encodeURIComponent(typeof document === "string" ? document : JSON.stringify(document));
const plain = (document: unknown): string =>
  typeof document === "string" ? document : JSON.stringify(document);

/** A page of two; the marker says where the next begins. */
function page<Item>(all: readonly Item[], marker: unknown): { items: readonly Item[]; more: object } {
  const from = Number(marker ?? 0);
  const next = from + 2;
  return {
    items: all.slice(from, next),
    more: next < all.length ? { IsTruncated: true, Marker: String(next) } : { IsTruncated: false },
  };
}

/** Clients that answer from these documents; `refused` are actions that whoever asks does not have. */
export function accountsWith(
  { roles, managed, guarded }: Documents,
  refused: readonly string[] = [],
  asked: string[] = [],
): PolicyClients {
  const roleOf = ({ RoleName }: Input): readonly [string, RoleDocuments] =>
    [...roles].find(([arn]) => arn.endsWith(`/${String(RoleName)}`)) ?? failure("NoSuchEntityException");
  const answers: Readonly<Record<string, Answer>> = {
    "iam:GetRole": (input) => {
      const [Arn, { trust, boundary, tags = {} }] = roleOf(input);
      return {
        Role: {
          ...{ Arn, AssumeRolePolicyDocument: encoded(trust) },
          Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
          ...(boundary !== undefined && { PermissionsBoundary: { PermissionsBoundaryArn: boundary } }),
        },
      };
    },
    "iam:ListRolePolicies": (input) => {
      const { items, more } = page(Object.keys(roleOf(input)[1].inline), input["Marker"]);
      return { PolicyNames: items, ...more };
    },
    "iam:GetRolePolicy": (input) => ({
      PolicyDocument: encoded(roleOf(input)[1].inline[String(input["PolicyName"])]),
    }),
    "iam:ListAttachedRolePolicies": (input) => {
      const { items, more } = page(roleOf(input)[1].attached, input["Marker"]);
      return { AttachedPolicies: items.map((PolicyArn) => ({ PolicyArn })), ...more };
    },
    "iam:GetPolicy": ({ PolicyArn }) =>
      managed.has(String(PolicyArn))
        ? { Policy: { Arn: PolicyArn, DefaultVersionId: "v7" } }
        : failure("NoSuchEntityException"),
    "iam:GetPolicyVersion": ({ PolicyArn, VersionId }) => {
      assert.equal(VersionId, "v7", "another version than the one in force was asked for");
      return { PolicyVersion: { Document: encoded(managed.get(String(PolicyArn))) } };
    },
    "s3:GetBucketPolicy": ({ Bucket }) => {
      const found = [...guarded].find(([arn]) => arn.endsWith(`:::${String(Bucket)}`));
      if (!found) return failure("NoSuchBucket");
      return found[1] === undefined ? failure("NoSuchBucketPolicy") : { Policy: plain(found[1]) };
    },
    "kms:GetKeyPolicy": ({ KeyId, PolicyName }) => {
      assert.equal(PolicyName, "default");
      return guarded.has(String(KeyId))
        ? { Policy: plain(guarded.get(String(KeyId))) }
        : failure("NotFoundException");
    },
    "ecr:GetRepositoryPolicy": ({ repositoryName, registryId }) => {
      const found = [...guarded].find(([arn]) =>
        arn.endsWith(`:${String(registryId)}:repository/${String(repositoryName)}`),
      );
      if (!found) return failure("RepositoryNotFoundException");
      return found[1] === undefined
        ? failure("RepositoryPolicyNotFoundException")
        : { policyText: plain(found[1]) };
    },
    "sns:GetTopicAttributes": ({ TopicArn }) =>
      guarded.has(String(TopicArn))
        ? { Attributes: { TopicArn, Policy: plain(guarded.get(String(TopicArn))) } }
        : failure("NotFoundException"),
  };
  const client = <Made>(prefix: string, make: new (config: object) => Made): Made => {
    const made = new make({ region: "eu-west-1", credentials: { accessKeyId: "a", secretAccessKey: "b" } });
    (made as { send: unknown }).send = async (command: { constructor: { name: string }; input: Input }) => {
      const action = `${prefix}:${command.constructor.name.replace(/Command$/, "")}`;
      asked.push(action);
      await Promise.resolve();
      if (refused.includes(action))
        return failure("AccessDenied", `User is not authorized to perform: ${action}`);
      return (answers[action] ?? assert.fail(`nothing answers ${action}`))(command.input);
    };
    return made;
  };
  return {
    ecr: () => client("ecr", ECRClient),
    iam: () => client("iam", IAMClient),
    kms: () => client("kms", KMSClient),
    s3: () => client("s3", S3Client),
    sns: () => client("sns", SNSClient),
  };
}

/** One policy among the documents: how it is called, what is in it, and the documents with another in its place. */
export interface Written {
  readonly name: string;
  readonly owner: string;
  readonly statements: readonly Readonly<Record<string, unknown>>[];
  /** Undefined: without it. */
  readonly changed: (document: object | undefined) => Documents;
}

const parsed = (document: unknown): { Statement: unknown } =>
  (typeof document === "string" ? JSON.parse(document) : document) as { Statement: unknown };
const statementsOf = (document: unknown): Written["statements"] =>
  list(parsed(document).Statement) as Written["statements"];
function set<Value>(
  all: ReadonlyMap<string, Value>,
  key: string,
  value: Value | undefined,
): Map<string, Value> {
  const changed = new Map(all);
  if (value === undefined) changed.delete(key);
  else changed.set(key, value);
  return changed;
}

/** Every policy that there is. */
export function policiesIn(documents: Documents): Written[] {
  const { roles, managed, guarded } = documents;
  const ofRoles = [...roles].flatMap(([arn, role]): Written[] => {
    const withRole = (other: RoleDocuments): Documents => ({ ...documents, roles: set(roles, arn, other) });
    const trust: Written = {
      ...{ name: `trust policy of role ${arn}`, owner: arn, statements: statementsOf(role.trust) },
      changed: (document) => withRole({ ...role, trust: document }),
    };
    const inline = Object.entries(role.inline).map(([name, content]) => ({
      ...{ name: `inline policy ${name} of role ${arn}`, owner: arn, statements: statementsOf(content) },
      changed: (document: object | undefined) => {
        const others = Object.entries(role.inline).filter(([each]) => each !== name);
        const own: [string, unknown][] = document === undefined ? [] : [[name, document]];
        return withRole({ ...role, inline: Object.fromEntries([...others, ...own]) });
      },
    }));
    return [trust, ...inline];
  });
  const ofManaged = [...managed].map(([arn, content]) => ({
    ...{ name: `managed policy ${arn}`, owner: arn, statements: statementsOf(content) },
    changed: (document: object | undefined) => ({
      ...documents,
      managed: set<unknown>(managed, arn, document),
    }),
  }));
  const kinds = { s3: "bucket", kms: "key", ecr: "repository", sns: "topic" };
  const ofGuarded = [...guarded].flatMap(([arn, content]) => {
    if (content === undefined) return [];
    const kind = kinds[(arn.split(":")[2] ?? "") as keyof typeof kinds];
    return [
      {
        ...{ name: `${kind} policy of ${arn}`, owner: arn, statements: statementsOf(content) },
        changed: (document: object | undefined) => ({
          ...documents,
          guarded: new Map([...guarded, [arn, document]]),
        }),
      },
    ];
  });
  return [...ofRoles, ...ofManaged, ...ofGuarded];
}
