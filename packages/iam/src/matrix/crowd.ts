/** Who has a say in one class of actions, found by what policies and permissions name, without asking everybody. */
import type { Documents } from "../evaluate/evaluate";
import type { Policy, Statement } from "../policy/policies";
import { type Named as Principals, namedIn } from "../policy/principals";
import { texts } from "../json";
import type { Role } from "../model";
import type { Permission, Subject } from "./permission";
import { type ActionClass, type ByWho, hasVariables, type Named, once } from "./statements";
import type { Actors } from "./subjects";

/** What the policies of somebody's own say of one class of actions. Those who have the same policies share it. */
export interface Own {
  readonly documents: Documents;
  readonly allows: readonly Statement[];
  /** It allows everything, whatever the request says, and nothing limits that. */
  readonly all: boolean;
  /** It has a say on nothing but what its Allow statements name: nothing denies, and there is no boundary. */
  readonly allowsOnly: boolean;
  /** All statements of its own allow and have no conditions, and its boundary denies nothing. */
  readonly simple: boolean;
}

/** One principal as far as one class of actions goes. */
export interface Asking extends Own {
  readonly subject: Subject;
  readonly permissions: readonly Permission[];
}

export const allowing = (policies: readonly (Policy | undefined)[]): Statement[] =>
  policies.flatMap((policy) => policy?.statements.filter(({ effect }) => effect === "Allow") ?? []);

const allowsAll = ({ effect, content }: Statement): boolean =>
  effect === "Allow" &&
  content["Condition"] === undefined &&
  texts(content["Resource"]).length === 1 &&
  texts(content["Resource"])[0] === "*";

/** Of somebody whose policies say nothing of a class of actions. */
const SILENT: Own = { documents: { identity: [] }, allows: [], all: false, allowsOnly: true, simple: true };

interface Policies {
  readonly identity: readonly Policy[];
  readonly boundary: Policy | undefined;
}

/** Who there is in a round of questions. */
export class Crowd {
  readonly subjects: readonly Subject[];
  /** In the order of the subjects. Those who have the same share them. */
  readonly #policies: readonly Policies[];
  readonly #byAccount = new Map<string, number[]>();
  readonly #byArn = new Map<string, number[]>();
  /** Statements of each policy by the action that they are about. */
  readonly #statements = new Map<Policy, ReadonlyMap<string, readonly Statement[]>>();

  constructor({ model, subjects }: Actors, classes: readonly ActionClass[], named: Named) {
    this.subjects = subjects;
    const shared = new Map<readonly Policy[], Map<string | undefined, Policies>>();
    this.#policies = subjects.map(({ principal }) => {
      const role = principal.kind === "session" ? model.roles.get(principal.roleArn) : undefined;
      const { identity, boundary }: Pick<Role, "identity" | "boundary"> = role ?? NOBODYS;
      const of = shared.get(identity) ?? new Map<string | undefined, Policies>();
      shared.set(identity, of);
      const bound = boundary === undefined ? undefined : model.managed.get(boundary);
      const found = of.get(boundary) ?? { identity, boundary: bound };
      of.set(boundary, found);
      return found;
    });
    const actions = new Set(classes.map(({ representative }) => representative));
    for (const { identity, boundary } of new Set(this.#policies))
      for (const policy of boundary ? [...identity, boundary] : identity)
        if (!this.#statements.has(policy)) this.#statements.set(policy, byAction(policy, actions, named));
    subjects.forEach(({ principal }, index) => {
      if (!("account" in principal)) return;
      add(this.#byAccount, principal.account, index);
      add(this.#byArn, principal.arn, index);
      if (principal.kind === "session") add(this.#byArn, principal.roleArn, index);
    });
  }

  /** Everybody, asking for one class of actions, of which these permissions are. */
  asking(action: string, permissions: ByWho): Asking[] {
    const owns = new Map<Policies, Own>();
    const everybodys = permissions.get("everybody") ?? [];
    return this.subjects.map((subject, index) => {
      const policies = this.#policies[index] ?? NOBODYS;
      const found = owns.get(policies) ?? this.#own(policies, action);
      owns.set(policies, found);
      const { documents, allows, all, allowsOnly, simple } = found;
      const { who } = subject;
      const its = who.some((each) => permissions.has(each))
        ? [...who.flatMap((each) => permissions.get(each) ?? []), ...everybodys]
        : everybodys;
      return { subject, documents, allows, all, allowsOnly, simple, permissions: its };
    });
  }

  /** Whom a policy of a resource reaches by account or ARN; undefined: everybody. Services and strangers without credentials apart. */
  reached(statements: readonly Statement[]): Set<number> | undefined {
    const found = new Set<number>();
    for (const named of statements.flatMap(principalsOf)) {
      if (named.kind === "everyone") return undefined;
      const more =
        named.kind === "account"
          ? this.#byAccount.get(named.account)
          : named.kind === "identity"
            ? this.#byArn.get(named.arn)
            : undefined;
      more?.forEach((each) => found.add(each));
    }
    return found;
  }

  #own({ identity, boundary }: Policies, action: string): Own {
    const slice = (policy: Policy): Policy => ({
      ...policy,
      statements: this.#statements.get(policy)?.get(action) ?? [],
    });
    const speaking = identity.map(slice).filter(({ statements }) => statements.length > 0);
    if (speaking.length === 0 && boundary === undefined) return SILENT;
    const bound = boundary && slice(boundary);
    const statements = speaking.flatMap((each) => each.statements);
    const allows = allowing(speaking);
    return {
      documents: { identity: speaking, ...(bound && { boundary: bound }) },
      allows,
      all: bound === undefined && statements.every(allowsAll),
      allowsOnly: allows.length === statements.length && (bound?.statements ?? []).length === 0,
      simple:
        [...statements, ...(bound?.statements ?? [])].every(({ effect }) => effect === "Allow") &&
        statements.every((each) => each.content["Condition"] === undefined && !hasVariables(each)),
    };
  }
}

const NOBODYS = { identity: [], boundary: undefined };

/** Statements of a policy by those of the actions that they are about. */
function byAction(
  { statements }: Policy,
  actions: ReadonlySet<string>,
  named: Named,
): ReadonlyMap<string, readonly Statement[]> {
  const found = new Map<string, Statement[]>();
  for (const statement of statements) {
    const about = named(statement);
    const [few, many] = about.size < actions.size ? [about, actions] : [actions, about];
    for (const action of few) if (many.has(action)) add(found, action, statement);
  }
  return found;
}

const principalsOf = once(({ content }): readonly Principals[] => namedIn(content["Principal"]));

function add<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const found = map.get(key);
  if (found) found.push(value);
  else map.set(key, [value]);
}
