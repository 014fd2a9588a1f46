import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { type Policy, policy } from "../../../packages/iam/src/policy/policies";
import type { Values } from "../../../packages/iam/src/json";
import type { AccessModel, Role } from "../../../packages/iam/src/model";

/** One statement of one registered document, changed, removed or added. */
export interface Change {
  /** ARN of the role, resource or managed policy whose document it is. */
  readonly at: string;
  /** Sid of the statement; of the new one where `to` adds. */
  readonly sid: string;
  /** What becomes of it, in words that follow its name. */
  readonly words: string;
  /** The statement as it becomes; undefined: it is removed. Called with undefined where it is added. */
  readonly to: (statement: Values | undefined) => Values | undefined;
  readonly adds?: true;
}

const has = ({ statements }: Policy, { sid, adds }: Change): boolean =>
  adds === true || statements.filter((each) => each.sid === sid).length === 1;

/** What a role without any policy would get a statement in. */
const firstPolicy = (arn: string): Policy => ({
  name: `first policy of role ${arn.split("/").at(-1)}`,
  attached: "identity",
  statements: [],
});

function candidates({ roles, guarded, managed }: AccessModel, { at, adds }: Change): (Policy | undefined)[] {
  const role = roles.get(at);
  // Whichever of a role's policies has it: what is added goes to the first.
  if (role && adds) return role.identity.length === 0 ? [firstPolicy(at)] : role.identity.slice(0, 1);
  if (role) return [role.trust, ...role.identity];
  return [managed.get(at), guarded.get(at)?.policy];
}

/** The document that a change is about. Throws NotKnown where it, or the one statement, is not there. */
export function documentOf(model: AccessModel, change: Change): Policy {
  const found = candidates(model, change).filter((each) => each !== undefined && has(each, change));
  const [document, ...more] = found;
  return document && more.length === 0
    ? document
    : notKnown(`${change.at} has not one statement ${change.sid} to change`);
}

/** The statements as they become; none are left where the only one is removed. */
export function changedStatements(model: AccessModel, change: Change): Values[] {
  const { sid, to, adds } = change;
  const { statements } = documentOf(model, change);
  if (adds) return [...statements.map(({ content }) => content), to(undefined) ?? {}];
  return statements.flatMap(({ sid: its, content }) => {
    const made = its === sid ? to(content) : content;
    return made === undefined ? [] : [made];
  });
}

const swap =
  (from: Policy, to: Policy) =>
  (each: Policy): Policy =>
    each === from ? to : each;

/** The model with one statement changed, and all else as it is. */
export function changed(model: AccessModel, change: Change): AccessModel {
  const from = documentOf(model, change);
  const statements = changedStatements(model, change);
  const to: Policy =
    statements.length === 0
      ? { ...from, statements: [] }
      : policy(from.name, from.attached, { Version: "2012-10-17", Statement: statements }, model.keys);
  const by = swap(from, to);
  const roles = [...model.roles].map(([arn, role]): [string, Role] => [
    arn,
    {
      ...role,
      trust: by(role.trust),
      identity: change.adds && arn === change.at && role.identity.length === 0 ? [to] : role.identity.map(by),
    },
  ]);
  const guarded = [...model.guarded].map(
    ([arn, each]) => [arn, { ...each, policy: each.policy && by(each.policy) }] as const,
  );
  const managed = [...model.managed].map(([arn, each]) => [arn, by(each)] as const);
  return { ...model, roles: new Map(roles), guarded: new Map(guarded), managed: new Map(managed) };
}

/** `bucket policy of arn:aws:s3:::artifacts: ReadCatalog without its condition`. */
export const describe = (model: AccessModel, change: Change): string =>
  `${documentOf(model, change).name}: ${change.sid} ${change.words}`;
