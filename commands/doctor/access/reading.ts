/** Reads the policies that the accounts have. What somebody may not read is told, and the rest goes on. */
import { GetRepositoryPolicyCommand } from "@aws-sdk/client-ecr";
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
} from "@aws-sdk/client-iam";
import { GetKeyPolicyCommand } from "@aws-sdk/client-kms";
import { GetBucketPolicyCommand } from "@aws-sdk/client-s3";
import { GetTopicAttributesCommand } from "@aws-sdk/client-sns";
import type {
  AllSought,
  Documents,
  RoleDocuments,
  Sought,
  SoughtGuarded,
} from "../../../rehearsal/access/live/documents";
import type { Place } from "../../aws/accounts";
import { messageOf } from "../../refusal";
import type { PolicyClients } from "./clients";

/** Something that could not be read. */
export interface Unread {
  readonly arn: string;
  /** The action that whoever asks needs. */
  readonly needs: string;
  readonly stack: string;
  readonly why: string;
}

export interface ReadPolicies {
  readonly there: Documents;
  readonly unread: readonly Unread[];
}

/** Thrown by one call; what it needed is known. */
class Failed extends Error {
  constructor(
    readonly needs: string,
    override readonly cause: unknown,
  ) {
    super(messageOf(cause));
  }
}

async function call<Answer>(needs: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw new Failed(needs, error);
  }
}

const nameOf = (error: unknown): string =>
  error instanceof Failed ? nameOf(error.cause) : error instanceof Error ? error.name : "";

/** What AWS calls it when something is not there. */
const GONE = [
  ...["NoSuchEntity", "NoSuchEntityException", "NoSuchBucket", "NotFound", "NotFoundException"],
  ...["RepositoryNotFoundException"],
];
/** It is there, and has no policy. */
const NO_POLICY = ["NoSuchBucketPolicy", "RepositoryPolicyNotFoundException"];

/** IAM sends documents as they stand in an address. */
const decoded = (document: string | undefined): string => decodeURIComponent(document ?? "");

const lastPart = (arn: string): string => arn.split("/").at(-1) ?? arn;

async function pagesOf<Page>(needs: string, pages: AsyncIterable<Page>): Promise<Page[]> {
  return call(needs, async () => {
    const found: Page[] = [];
    for await (const page of pages) found.push(page);
    return found;
  });
}

async function readRole(client: IAMClient, arn: string): Promise<RoleDocuments> {
  const RoleName = lastPart(arn);
  const { Role: role } = await call("iam:GetRole", () => client.send(new GetRoleCommand({ RoleName })));
  const listed = await pagesOf("iam:ListRolePolicies", paginateListRolePolicies({ client }, { RoleName }));
  const names = listed.flatMap(({ PolicyNames }) => PolicyNames ?? []);
  const inline: Record<string, unknown> = {};
  for (const PolicyName of names) {
    const asked = new GetRolePolicyCommand({ RoleName, PolicyName });
    const { PolicyDocument } = await call("iam:GetRolePolicy", () => client.send(asked));
    inline[PolicyName] = decoded(PolicyDocument);
  }
  const pages = paginateListAttachedRolePolicies({ client }, { RoleName });
  const attached = (await pagesOf("iam:ListAttachedRolePolicies", pages)).flatMap(
    ({ AttachedPolicies }) => AttachedPolicies ?? [],
  );
  return {
    trust: decoded(role?.AssumeRolePolicyDocument),
    inline,
    attached: attached.flatMap(({ PolicyArn }) => PolicyArn ?? []),
    boundary: role?.PermissionsBoundary?.PermissionsBoundaryArn,
    tags: Object.fromEntries((role?.Tags ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""])),
  };
}

async function readManaged(client: IAMClient, PolicyArn: string): Promise<string> {
  const { Policy: policy } = await call("iam:GetPolicy", () =>
    client.send(new GetPolicyCommand({ PolicyArn })),
  );
  const asked = new GetPolicyVersionCommand({ PolicyArn, VersionId: policy?.DefaultVersionId });
  const { PolicyVersion } = await call("iam:GetPolicyVersion", () => client.send(asked));
  return decoded(PolicyVersion?.Document);
}

/** The policy of something that has one of its own. */
function readGuarded(clients: PolicyClients, place: Place, { arn, attached }: SoughtGuarded) {
  switch (attached) {
    case "bucket":
      return call("s3:GetBucketPolicy", async () => {
        const asked = new GetBucketPolicyCommand({ Bucket: arn.split(":::")[1] });
        return (await clients.s3(place).send(asked)).Policy;
      });
    case "key":
      return call("kms:GetKeyPolicy", async () => {
        const asked = new GetKeyPolicyCommand({ KeyId: arn, PolicyName: "default" });
        return (await clients.kms(place).send(asked)).Policy;
      });
    case "repository":
      return call("ecr:GetRepositoryPolicy", async () => {
        const [, repositoryName] = /:repository\/(.+)$/.exec(arn) ?? [];
        const asked = new GetRepositoryPolicyCommand({ repositoryName, registryId: arn.split(":")[4] });
        return (await clients.ecr(place).send(asked)).policyText;
      });
    case "topic":
      return call("sns:GetTopicAttributes", async () => {
        const asked = new GetTopicAttributesCommand({ TopicArn: arn });
        return (await clients.sns(place).send(asked)).Attributes?.["Policy"];
      });
  }
}

/** A few at a time: everybody's calls count. */
const AT_ONCE = 4;
async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const rest = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = rest.next(); next.done !== true; next = rest.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Reads all that is sought; `places` are the stacks' own, of those whose credentials are as they should be. */
export async function readPolicies(
  sought: AllSought,
  places: ReadonlyMap<string, Place>,
  clients: PolicyClients,
): Promise<ReadPolicies> {
  const [roles, managed, guarded] = [
    new Map<string, RoleDocuments>(),
    new Map<string, unknown>(),
    new Map<string, unknown>(),
  ];
  const unread: Unread[] = [];
  const read = async <One extends Sought, Document>(
    what: One,
    into: Map<string, Document>,
    ask: (place: Place) => Promise<Document>,
  ): Promise<void> => {
    const { arn, stack, region } = what;
    const place = places.get(stack);
    if (!place) return void unread.push({ arn, stack, needs: "credentials", why: "its stack has none" });
    try {
      into.set(arn, await ask({ ...place, region }));
    } catch (error) {
      if (GONE.includes(nameOf(error))) return;
      const [why = ""] = messageOf(error).split("\n");
      unread.push({ arn, stack, why, needs: error instanceof Failed ? error.needs : "" });
    }
  };
  await each(sought.roles, (one) => read(one, roles, (place) => readRole(clients.iam(place), one.arn)));
  // What the roles have and no stack made: an organization's boundary, what somebody attached by hand.
  const others = sought.roles.flatMap(({ arn, ...where }) => {
    const role = roles.get(arn);
    return [...(role?.attached ?? []), role?.boundary ?? []]
      .flat()
      .map((policy) => ({ ...where, arn: policy }));
  });
  const policies = new Map([...others, ...sought.managed].map((one) => [one.arn, one]));
  await each([...policies.values()], (one) =>
    read(one, managed, (place) => readManaged(clients.iam(place), one.arn)),
  );
  await each(sought.guarded, (one) =>
    read(one, guarded, (place) =>
      readGuarded(clients, place, one).catch((error: unknown) => {
        if (NO_POLICY.includes(nameOf(error))) return undefined;
        throw error;
      }),
    ),
  );
  return { there: { roles, managed, guarded }, unread };
}
