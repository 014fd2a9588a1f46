/** A model of documents that nobody has checked: what of them cannot be judged is told, and the rest goes on. */
import { list, map, type Values } from "../../../packages/iam/src/json";
import type { AccessModel, Guarded, Role } from "../../../packages/iam/src/model";
import { NotKnown } from "../../../packages/iam/src/policy/notKnown";
import { type Attached, type Policy, policy } from "../../../packages/iam/src/policy/policies";
import type { Documents, RoleDocuments } from "./documents";

export const trustOf = (role: string): string => `trust policy of role ${role}`;
export const inlineOf = (name: string, role: string): string => `inline policy ${name} of role ${role}`;
export const managedOf = (arn: string): string => `managed policy ${arn}`;
export const policyOf = ({ attached, arn }: Pick<Guarded, "attached" | "arn">): string =>
  `${attached} policy of ${arn}`;

/** What AWS puts in the place of a role or user that was deleted. */
const DEAD = /^A(?:ROA|IDA)[A-Z0-9]{12,}$/;

/** An id of somebody who is gone, and the statement that names it. */
export interface DeadId {
  readonly policy: string;
  readonly sid: string;
  readonly id: string;
}

export interface LiveModel {
  readonly model: AccessModel;
  /** By name of the policy: why it cannot be judged. */
  readonly notJudged: ReadonlyMap<string, string>;
  readonly dead: readonly DeadId[];
}

const parsed = (written: unknown): Values => {
  if (typeof written !== "string") return map(written);
  try {
    return map(JSON.parse(written));
  } catch {
    return {};
  }
};

/** Principals of a statement without those who are gone; undefined where nobody is left. */
function living(statement: Values, gone: (id: string) => void): Values | undefined {
  const entries = Object.entries(map(statement["Principal"])).map(([kind, value]) => {
    const all = list(value).map(String);
    all.filter((each) => DEAD.test(each)).forEach(gone);
    return [kind, all.filter((each) => !DEAD.test(each))] as const;
  });
  if (entries.length === 0) return statement;
  const left = entries.filter(([, all]) => all.length > 0);
  return left.length === 0 ? undefined : { ...statement, Principal: Object.fromEntries(left) };
}

/**
 * The stacks' own model with these documents in the place of its own. What cannot be judged is taken for what stands in
 * for it, by its name.
 */
export function liveModel(
  written: Documents,
  base: AccessModel,
  standIns: ReadonlyMap<string, Policy> = new Map(),
): LiveModel {
  const notJudged = new Map<string, string>();
  const dead: DeadId[] = [];
  const nothing = (name: string, attached: Attached): Policy => ({ name, attached, statements: [] });
  const made = (name: string, attached: Attached, content: unknown): Policy => {
    const document = parsed(content);
    const statements = list(document["Statement"])
      .map(map)
      .flatMap((each, index) => {
        const sid = typeof each["Sid"] === "string" ? each["Sid"] : `statement ${index + 1}`;
        return living(each, (id) => dead.push({ policy: name, sid, id })) ?? [];
      });
    if (statements.length === 0) return nothing(name, attached);
    try {
      return policy(name, attached, { ...document, Statement: statements }, base.keys);
    } catch (error) {
      if (!(error instanceof NotKnown)) throw error;
      notJudged.set(name, error.message);
      return standIns.get(name) ?? nothing(name, attached);
    }
  };
  const managed = new Map(
    [...written.managed].map(([arn, content]) => [arn, made(managedOf(arn), "identity", content)] as const),
  );
  const role = (arn: string, { trust, inline, attached, boundary, tags }: RoleDocuments): Role => ({
    arn,
    account: arn.split(":")[4] ?? "",
    trust: made(trustOf(arn), "trust", trust),
    identity: [
      ...Object.entries(inline).map(([name, content]) => made(inlineOf(name, arn), "identity", content)),
      ...attached.flatMap((each) => managed.get(each) ?? []),
    ],
    boundary,
    ...(tags && { tags }),
  });
  const guarded = [...base.guarded.values()].flatMap((each): Guarded[] => {
    if (!written.guarded.has(each.arn)) return [];
    const content = written.guarded.get(each.arn);
    const own = content === undefined ? undefined : made(policyOf(each), each.attached, content);
    return [{ ...each, policy: own }];
  });
  const model = {
    ...base,
    managed,
    roles: new Map([...written.roles].map(([arn, each]) => [arn, role(arn, each)] as const)),
    guarded: new Map(guarded.map((each) => [each.arn, each] as const)),
  };
  return { model, notJudged, dead };
}
