/** Who has a say in one class of actions, found by what policies and permissions name, without asking everybody. */
import type { Documents } from "../evaluate/evaluate";
import type { Policy, Statement } from "../policy/policies";
import { type Named as Principals, namedIn } from "../policy/principals";
import { texts } from "../json";
import type { Permission, Subject } from "./permission";
import { type Named, permits } from "./statements";
import type { Actors } from "./subjects";

/** What the policies of somebody's own say of one class of actions. Those who have the same policies share it. */
export interface Own {
  readonly documents: Documents;
  readonly allows: readonly Statement[];
  /** It allows everything, whatever the request says, and nothing limits that. */
  readonly all: boolean;
  /** It has a say on nothing but what its Allow statements name: nothing denies, and there is no boundary. */
  readonly allowsOnly: boolean;
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

const NONE: readonly Policy[] = [];

/** Who there is in a round of questions. */
export class Crowd {
  readonly subjects: readonly Subject[];
  readonly #policies: readonly { readonly identity: readonly Policy[]; readonly boundary: Policy | undefined }[];
  readonly #byAccount = new Map<string, number[]>();
  readonly #byArn = new Map<string, number[]>();
  /** Each policy's statements with the actions that they are about. */
  readonly #named = new Map<Policy, readonly (readonly [Statement, ReadonlySet<string>])[]>();

  constructor(
    { model, subjects }: Actors,
    private readonly named: Named,
  ) {
    this.subjects = subjects;
    this.#policies = subjects.map(({ principal }) => {
      const role = principal.kind === "session" ? model.roles.get(principal.roleArn) : undefined;
      const boundary = role?.boundary === undefined ? undefined : model.managed.get(role.boundary);
      return { identity: role?.identity ?? NONE, boundary };
    });
    subjects.forEach(({ principal }, index) => {
      if (!("account" in principal)) return;
      add(this.#byAccount, principal.account, index);
      add(this.#byArn, principal.arn, index);
      if (principal.kind === "session") add(this.#byArn, principal.roleArn, index);
    });
  }

  /** Everybody, asking for one class of actions. */
  asking(action: string, permissions: ReadonlyMap<string, readonly Permission[]>): Asking[] {
    const slices = new Map<Policy, Policy>();
    const owns = new Map<readonly Policy[], Map<Policy | undefined, Own>>();
    const slice = (policy: Policy): Policy => {
      const found = slices.get(policy) ?? { ...policy, statements: this.#about(policy, action) };
      slices.set(policy, found);
      return found;
    };
    const ownOf = (identity: readonly Policy[], boundary: Policy | undefined): Own => {
      const of = owns.get(identity) ?? new Map<Policy | undefined, Own>();
      owns.set(identity, of);
      const found = of.get(boundary) ?? own(identity.map(slice), boundary && slice(boundary));
      of.set(boundary, found);
      return found;
    };
    const about = new Map<string, readonly Permission[]>();
    const isAbout = permitting(action);
    const permitted = (who: string): readonly Permission[] => {
      const found = about.get(who) ?? (permissions.get(who) ?? []).filter(isAbout);
      about.set(who, found);
      return found;
    };
    return this.subjects.map((subject, index) => {
      const { identity = NONE, boundary } = this.#policies[index] ?? {};
      const { documents, allows, all, allowsOnly } = ownOf(identity, boundary);
      const own = [...subject.who, "everybody"].map(permitted).filter(({ length }) => length > 0);
      return { subject, documents, allows, all, allowsOnly, permissions: own.length === 1 ? (own[0] ?? []) : own.flat() };
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

  #about(policy: Policy, action: string): Statement[] {
    const all =
      this.#named.get(policy) ?? policy.statements.map((each) => [each, this.named(each)] as const);
    this.#named.set(policy, all);
    return all.flatMap(([statement, actions]) => (actions.has(action) ? [statement] : []));
  }
}

function own(identity: readonly Policy[], boundary: Policy | undefined): Own {
  const statements = identity.flatMap((each) => each.statements);
  const allows = allowing(identity);
  const allowsOnly = allows.length === statements.length && (boundary?.statements ?? []).length === 0;
  return {
    documents: { identity, ...(boundary && { boundary }) },
    allows,
    all: boundary === undefined && allows.length > 0 && statements.every(allowsAll),
    allowsOnly,
  };
}

/** Whether permissions are about an action. Many that are written once share their list. */
function permitting(action: string): (permission: Permission) => boolean {
  const known = new Map<Permission["actions"], boolean>();
  return (permission) => {
    const { actions, except } = permission;
    if (except !== undefined && except.length > 0) return permits(permission, action);
    const found = known.get(actions) ?? permits(permission, action);
    known.set(actions, found);
    return found;
  };
}

const principals = new WeakMap<Statement["content"], readonly Principals[]>();
function principalsOf({ content }: Statement): readonly Principals[] {
  const found = principals.get(content) ?? namedIn(content["Principal"]);
  principals.set(content, found);
  return found;
}

function add<Key>(map: Map<Key, number[]>, key: Key, value: number): void {
  const found = map.get(key);
  if (found) found.push(value);
  else map.set(key, [value]);
}
