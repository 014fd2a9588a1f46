/** Things that the double takes, to be spoilt by tests. */
import type { Account } from "./accounts";
import type { Thing } from "./cloud";
import type { Values } from "./declared";
import type { PolicyKind } from "./policies";

export const root = (account: string): string => `arn:aws:iam::${account}:root`;

export const document = (...statements: Values[]): Values => ({
  Version: "2012-10-17",
  Statement: statements,
});

export const trust = (service: string, condition: Values = {}): Values =>
  document({ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole", ...condition });

export const role = (account: Account, name: string, assumeRolePolicy: Values): Promise<Thing> =>
  account.make("iam/role:Role", name, { name, assumeRolePolicy });

export const rights = (account: Account, of: Thing, name: string, ...actions: string[]): Promise<Thing> =>
  account.make("iam/rolePolicy:RolePolicy", name, {
    role: of.id,
    policy: document({ Effect: "Allow", Action: actions, Resource: "*" }),
  });

export const bucket = (account: Account, name: string): Promise<Thing> =>
  account.make("s3/bucket:Bucket", name, { bucket: name });

const images = (account: Account): Promise<Thing> =>
  account.make("ecr/repository:Repository", "images", { name: "images" });
const topic = (account: Account): Promise<Thing> => account.make("sns/topic:Topic", "topic", {});

/** What each kind of policy is written to, as a statement that the kind takes. */
export const STATEMENTS: Readonly<Record<PolicyKind, Values>> = {
  trust: { Effect: "Allow", Principal: { AWS: root("111111111111") }, Action: "sts:AssumeRole" },
  inline: { Effect: "Allow", Action: "s3:GetObject", Resource: "*" },
  managed: { Effect: "Allow", Action: "s3:GetObject", Resource: "*" },
  bucket: {
    Effect: "Allow",
    Principal: { AWS: root("111111111111") },
    Action: "s3:*",
    Resource: "arn:aws:s3:::data/*",
  },
  key: { Effect: "Allow", Principal: { AWS: root("111111111111") }, Action: "kms:*", Resource: "*" },
  repository: { Effect: "Allow", Principal: { AWS: root("111111111111") }, Action: "ecr:BatchGetImage" },
  topic: { Effect: "Allow", Principal: { AWS: root("111111111111") }, Action: "sns:Publish", Resource: "*" },
};

/** Writes a policy of a kind to something new. */
export async function writePolicy(account: Account, kind: PolicyKind, policy: string): Promise<Thing> {
  switch (kind) {
    case "trust":
      return account.make("iam/role:Role", "held", { name: "held", assumeRolePolicy: policy });
    case "inline":
      await role(account, "held", trust("codebuild.amazonaws.com"));
      return account.make("iam/rolePolicy:RolePolicy", "rights", { role: "held", policy });
    case "managed":
      return account.make("iam/policy:Policy", "managed", { policy });
    case "bucket":
      await bucket(account, "data");
      return account.make("s3/bucketPolicy:BucketPolicy", "data", { bucket: "data", policy });
    case "key":
      return account.make("kms/key:Key", "key", { policy });
    case "repository":
      await images(account);
      return account.make("ecr/repositoryPolicy:RepositoryPolicy", "images", {
        repository: "images",
        policy,
      });
    case "topic":
      return account.make("sns/topicPolicy:TopicPolicy", "topic", { arn: (await topic(account)).id, policy });
  }
}

/** Text of a policy of a kind that has exactly so many characters. */
export function policyOfSize(kind: PolicyKind, size: number): string {
  const of = (length: number) =>
    JSON.stringify(
      document({
        ...STATEMENTS[kind],
        Condition: { StringEquals: { "aws:PrincipalTag/x": "x".repeat(length) } },
      }),
    );
  const text = of(size - of(0).length);
  return kind === "key" ? keepingAccess(text, size) : text;
}

/** A key's policy must let its account in without a condition. */
function keepingAccess(text: string, size: number): string {
  const { Statement } = JSON.parse(text) as { Statement: Values[] };
  const [padded] = Statement as [{ Condition: { StringEquals: Record<string, string> } }];
  const both = (length: number) =>
    JSON.stringify(
      document(STATEMENTS.key, {
        ...padded,
        Condition: { StringEquals: { "aws:PrincipalTag/x": "x".repeat(length) } },
      }),
    );
  return both(size - both(0).length);
}
