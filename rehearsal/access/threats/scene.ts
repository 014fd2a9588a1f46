import type { Question } from "../../../packages/iam/src/evaluate/decide";
import type { Policy } from "../../../packages/iam/src/policy/policies";
import type { Change } from "./change";
import type { Guarded, Role } from "../../../packages/iam/src/model";
import type { Facts } from "./inventoryModel";

/** One call of an attack. */
export interface Step extends Question {
  readonly context: Readonly<Record<string, string>>;
  /** The call that must be denied. What comes after it, never comes. */
  readonly stops?: true;
}

/** An attack, as it goes with the settings at hand. */
export interface Scene {
  /** Who, holding what, tries what, why that would hurt, what stops it. */
  readonly story: string;
  readonly steps: readonly Step[];
  /** With it every step is allowed. */
  readonly change: Change;
  /** Roles that are not the project's, or that the attacker has rewritten; each by its ARN. */
  readonly roles?: readonly Role[];
  /** What somebody has given to roles of the project beside what they were registered with. */
  readonly also?: readonly { readonly role: string; readonly policy: Policy }[];
  /** Resources that are not the project's. */
  readonly guarded?: readonly Guarded[];
}

/** An idea that works with any settings, or says what they lack for it. */
export interface Attack {
  /** Lower-case words, joined by hyphens. */
  readonly id: string;
  readonly title: string;
  readonly scene: (facts: Facts) => Scene | { readonly lacks: string };
}

/** What a call says beyond who calls what; `absent`: keys that it does not have. */
export interface Said {
  readonly context?: Readonly<Record<string, string>>;
  readonly absent?: readonly string[];
}

/** A call that is allowed, and leads on. */
export const call = (
  principal: Question["principal"],
  action: string,
  resource: string,
  { context = {}, absent = [] }: Said = {},
): Step => ({ principal, action, resource, context, absent });

/** A function that is in no VPC and has no layers, and a service that names nothing beside its task definition. */
export const PLAIN_FUNCTION: Said = { absent: ["lambda:Layer", "lambda:VpcIds"] };
export const PLAIN_SERVICE: readonly string[] = [
  "ecs:auto-assign-public-ip",
  "ecs:capacity-provider",
  "ecs:enable-ebs-volumes",
  "ecs:enable-execute-command",
  "ecs:enable-service-connect",
  "ecs:enable-vpc-lattice",
  "ecs:namespace",
  "ecs:subnet",
];

/** The call that must be denied. */
export const stopped = (...args: Parameters<typeof call>): Step => ({ ...call(...args), stops: true });

const HEADER = "s3:x-amz-server-side-encryption";
/** Headers of an upload, all of them left out unless given. */
export function upload(headers: Readonly<Record<string, string>> = {}): Said {
  const all = [HEADER, `${HEADER}-aws-kms-key-id`, `${HEADER}-customer-algorithm`];
  const context = Object.fromEntries(Object.entries(headers).map(([key, value]) => [HEADER + key, value]));
  return { context, absent: all.filter((key) => context[key] === undefined) };
}

/** A key used by S3 for an object, or by its holder directly. */
export const viaS3 = ({ region, partition }: Pick<Facts, "region" | "partition">): Said => ({
  context: { "kms:ViaService": `s3.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}` },
});
export const DIRECTLY: Said = { absent: ["kms:ViaService"] };
