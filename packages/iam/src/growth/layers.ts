/** Where rights are written: of each role what it may and who may take it, and the policies of resources. */
import type { Values } from "../json";
import type { AccessModel, Role } from "../model";
import type { Attached, Policy } from "../policy/policies";

/** All that one owner's policies of one kind say together: which of them says it is not what rights differ in. */
export interface Layer {
  readonly kind: "role" | "managed policy" | Exclude<Attached, "identity">;
  /** ARN of the role, the resource or the managed policy. */
  readonly owner: string;
  readonly attached: Attached;
  /** As written. */
  readonly statements: readonly Values[];
  /** What it has as well, by policies that others share: what changes there is said there. */
  readonly shared: readonly Values[];
}

const contents = (policies: readonly Policy[]): Values[] =>
  policies.flatMap(({ statements }) => statements.map(({ content }) => content));

/** By kind and owner. */
export type Layers = ReadonlyMap<string, Layer>;

/** Managed policies that one role alone has are part of what this role may, unless they limit somebody. */
function sharedIn({ roles, managed }: AccessModel): ReadonlySet<Policy> {
  const boundaries = new Set([...roles.values()].map(({ boundary }) => boundary));
  return new Set(
    [...managed].flatMap(([arn, policy]) => {
      const having = [...roles.values()].filter(({ identity }) => identity.includes(policy));
      return having.length !== 1 || boundaries.has(arn) ? [policy] : [];
    }),
  );
}

function ofRole({ arn, identity, trust }: Role, shared: ReadonlySet<Policy>): Layer[] {
  const own = identity.filter((each) => !shared.has(each));
  const others = identity.filter((each) => shared.has(each));
  return [
    {
      ...{ kind: "role", owner: arn, attached: "identity" },
      statements: contents(own),
      shared: contents(others),
    },
    { kind: "trust", owner: arn, attached: "trust", statements: contents([trust]), shared: [] },
  ];
}

/** Everything that a model says about who may do what. */
export function layersOf(model: AccessModel): Layers {
  const shared = sharedIn(model);
  const all: Layer[] = [
    ...[...model.managed].flatMap(([owner, policy]): Layer[] =>
      shared.has(policy)
        ? [
            {
              ...{ kind: "managed policy", owner, attached: "identity", shared: [] },
              statements: contents([policy]),
            },
          ]
        : [],
    ),
    ...[...model.roles.values()].flatMap((role) => ofRole(role, shared)),
    ...[...model.guarded.values()].flatMap(({ arn: owner, attached, policy }): Layer[] =>
      policy ? [{ kind: attached, owner, attached, statements: contents([policy]), shared: [] }] : [],
    ),
  ];
  return new Map(all.map((each) => [`${each.kind} ${each.owner}`, each]));
}
