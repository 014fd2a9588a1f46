/** A model from policy documents as they are written. */
import type { AccessModel, Guarded } from "./model";
import { conditionKeys } from "./policy/conditionKeys";
import { notKnown } from "./policy/notKnown";
import { type Attached, policy } from "./policy/policies";

type ByArn<Value> = Readonly<Record<string, Value>>;

/** Policy documents: JSON, as text or parsed. */
export interface Written {
  readonly roles?: ByArn<{
    readonly trust: unknown;
    readonly inline?: unknown;
    /** ARNs of managed policies. */
    readonly managed?: readonly string[];
    readonly boundary?: string;
  }>;
  readonly managed?: ByArn<unknown>;
  /** Resources that have a policy, or could have one. */
  readonly resources?: ByArn<Pick<Guarded, "account" | "attached"> & { readonly policy?: unknown }>;
}

const shortName = (arn: string): string => arn.split("/").at(-1) ?? arn;

/** Makes a model of all documents. Throws NotKnown for what AWS does not document, and for a policy that is not there. */
export async function modelOf({ roles = {}, managed = {}, resources = {} }: Written): Promise<AccessModel> {
  const keys = await conditionKeys();
  const all = new Map(
    Object.entries(managed).map(([arn, content]) => [
      arn,
      policy(`managed policy ${shortName(arn)}`, "identity", content, keys),
    ]),
  );
  const has = (role: string) => (arn: string) =>
    all.get(arn) ?? notKnown(`role ${role} has managed policy ${arn}, whose document is not here: give it`);
  const made = Object.entries(roles).map(([arn, { trust, inline, boundary, managed: attached = [] }]) => {
    const name = shortName(arn);
    const of = (what: string, to: Attached, content: unknown) =>
      policy(`${what} of role ${name}`, to, content, keys);
    const own = inline === undefined ? [] : [of("inline policy", "identity", inline)];
    const role = {
      ...{ arn, account: arn.split(":")[4] ?? "", boundary, trust: of("trust", "trust", trust) },
      identity: [...own, ...attached.map(has(name))],
    };
    return [arn, role] as const;
  });
  const guarded = Object.entries(resources).map(([arn, { account, attached, policy: content }]) => {
    const own =
      content === undefined ? undefined : policy(`${attached} policy of ${arn}`, attached, content, keys);
    return [arn, { arn, account, attached, policy: own }] as const;
  });
  const accounts = [...made, ...guarded].map(([, { account }]) => [account, []] as const);
  return {
    accounts: new Map(accounts),
    roles: new Map(made),
    managed: all,
    guarded: new Map(guarded),
    keys,
  };
}
