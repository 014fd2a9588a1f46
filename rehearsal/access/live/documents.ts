/** Every policy that decides, as documents: as `npm run up` wrote them, or as AWS has them. */
import { map, text } from "../../../packages/iam/src/json";
import type { AccessModel } from "../../../packages/iam/src/model";
import type { Tags } from "../../../packages/iam/src/policy/principals";
import { policyDocuments } from "../../aws/policyDocuments";
import { ofType, type Rehearsed, type Resource } from "../../record/record";
import { accountOf, arnOf } from "../estate/collect";

/** A role, with the policies that it has itself. */
export interface RoleDocuments {
  readonly trust: unknown;
  /** By name of the policy. */
  readonly inline: Readonly<Record<string, unknown>>;
  /** ARNs of managed policies. */
  readonly attached: readonly string[];
  readonly boundary?: string | undefined;
  readonly tags?: Tags | undefined;
}

/** By ARN. Documents are JSON, as text or parsed. */
export interface Documents {
  readonly roles: ReadonlyMap<string, RoleDocuments>;
  readonly managed: ReadonlyMap<string, unknown>;
  /** The resources that have a policy of their own or could have one; undefined where there is none. */
  readonly guarded: ReadonlyMap<string, unknown>;
}

/** What is looked at in an account, and the stack that made it. */
export interface Sought {
  readonly arn: string;
  readonly stack: string;
  readonly region: string;
}
/** The kinds of policies of resources that stacks write; that log groups have none is taken for granted. */
const LOOKED_AT = ["bucket", "key", "repository", "topic"] as const;
export interface SoughtGuarded extends Sought {
  readonly attached: (typeof LOOKED_AT)[number];
}
export interface AllSought {
  readonly roles: readonly Sought[];
  readonly managed: readonly Sought[];
  readonly guarded: readonly SoughtGuarded[];
}

const ROLE = "aws:iam/role:Role";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

const ofRole = (resource: Resource): string =>
  `${accountOf(resource)} ${text(resource.inputs, "role") ?? ""}`;

function grouped(resources: readonly Resource[]): ReadonlyMap<string, readonly Resource[]> {
  const found = new Map<string, Resource[]>();
  for (const each of resources) found.set(ofRole(each), [...(found.get(ofRole(each)) ?? []), each]);
  return found;
}

const tagsOf = ({ inputs, outputs }: Resource): Tags =>
  Object.fromEntries(
    Object.entries({ ...map(outputs["tagsAll"]), ...map(inputs["tags"]) }).map(([key, value]) => [
      key,
      String(value),
    ]),
  );

/** What `npm run up` wrote, by what it remembers. `model` is the stacks' own. */
export function writtenBy(record: Rehearsed, model: AccessModel): Documents {
  const documents = policyDocuments(record);
  const inline = grouped(documents.filter(({ kind }) => kind === "inline").map(({ resource }) => resource));
  const attached = grouped(ofType(record, ATTACHMENT));
  const contentOf = (resource: Resource): unknown =>
    documents.find((each) => each.resource === resource)?.content;
  const roles = ofType(record, ROLE).map((resource): readonly [string, RoleDocuments] => {
    const key = `${accountOf(resource)} ${String(resource.outputs["name"])}`;
    const own = (inline.get(key) ?? []).map(
      (each) => [String(each.outputs["name"]), contentOf(each)] as const,
    );
    return [
      arnOf(resource),
      {
        trust: contentOf(resource),
        inline: Object.fromEntries(own),
        attached: (attached.get(key) ?? []).map(({ inputs }) => String(inputs["policyArn"])),
        boundary: text(resource.inputs, "permissionsBoundary"),
        tags: tagsOf(resource),
      },
    ];
  });
  const managed = documents.flatMap(({ kind, resource, content }) =>
    kind === "managed" ? [[arnOf(resource), content] as const] : [],
  );
  const guarded = [...model.guarded.values()].map(
    ({ arn, policy }) =>
      [
        arn,
        policy && { Version: "2012-10-17", Statement: policy.statements.map(({ content }) => content) },
      ] as const,
  );
  return { roles: new Map(roles), managed: new Map(managed), guarded: new Map(guarded) };
}

/** Where to look for all that decides. */
export function soughtOf(record: Rehearsed, model: AccessModel): AllSought {
  const regionOf = ({ stack, region }: Pick<Resource, "stack" | "region">): string =>
    region ?? record.find((run) => run.stack === stack)?.region ?? "";
  const sought = (resource: Resource): Sought => ({
    arn: arnOf(resource),
    stack: resource.stack,
    region: regionOf(resource),
  });
  const carriers = record.flatMap(({ resources }) => resources);
  return {
    roles: ofType(record, ROLE).map(sought),
    managed: policyDocuments(record).flatMap(({ kind, resource }) =>
      kind === "managed" ? [sought(resource)] : [],
    ),
    guarded: [...model.guarded.values()].flatMap(({ arn, ...of }) => {
      const attached = LOOKED_AT.find((each) => each === of.attached);
      if (attached === undefined) return [];
      const made = carriers.find(
        ({ outputs }) => outputs["arn"] === arn || map(outputs["repository"])["arn"] === arn,
      );
      return made ? [{ arn, attached, stack: made.stack, region: regionOf(made) }] : [];
    }),
  };
}
