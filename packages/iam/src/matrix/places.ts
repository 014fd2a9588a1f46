/** Which resources a principal's own statements and permissions speak of: the others need not be looked at one by one. */
import { texts } from "../json";
import type { Statement } from "../policy/policies";
import type { Asking } from "./asking";
import type { Resource } from "./permission";
import { type ActionClass, askable, isOn, TAKES_ROLES } from "./statements";
import { fits } from "./wildcards";

type Indices = readonly number[];

/** Resources that a class of actions can be asked on, with those that statements and patterns are about worked out once. */
export class Places {
  readonly resources: readonly Resource[];
  readonly #all: Indices;
  readonly #ofStatements = new WeakMap<Statement["content"], Indices>();
  readonly #ofPatterns = new Map<string, Indices>();

  constructor(asked: readonly Resource[], { service, representative }: ActionClass) {
    this.resources = asked.filter(({ arn }) => askable(service, representative, arn));
    this.#all = [...this.resources.keys()];
  }

  /**
   * For each resource, whether a statement or a permission of this principal can count there. What is in another account counts
   * by a permission alone, unless it is taken to let in anybody: that is `open`, by the same index.
   */
  spokenOf({ subject, allows, permissions }: Asking, open: readonly boolean[]): Uint8Array {
    const found = new Uint8Array(this.resources.length);
    const note = (indices: Indices, account: string | undefined) => {
      for (const index of indices)
        if (open[index] || this.resources[index]?.account === account) found[index] = 1;
    };
    const own = subject.abroad ? undefined : subject.account;
    if (subject.principal.kind === "root") note(this.#all, own);
    allows.forEach((statement) => note(this.#ofStatement(statement), own));
    for (const { on } of permissions)
      for (const { arn, account = subject.account } of on) note(this.#ofPattern(arn), account);
    return found;
  }

  #ofStatement(statement: Statement): Indices {
    if (hasVariables(statement)) return this.#all; // which, depends on who asks
    const found =
      this.#ofStatements.get(statement.content) ?? this.#where((arn) => isOn(statement, arn, NOTHING));
    this.#ofStatements.set(statement.content, found);
    return found;
  }

  #ofPattern(pattern: string): Indices {
    const found = this.#ofPatterns.get(pattern) ?? this.#where((arn) => fits(pattern, arn));
    this.#ofPatterns.set(pattern, found);
    return found;
  }

  #where(test: (arn: string) => boolean): Indices {
    return this.resources.flatMap(({ arn }, index) => (test(arn) ? [index] : []));
  }
}

const hasVariables = ({ content }: Statement): boolean =>
  [content["Resource"], content["NotResource"]].some((each) => texts(each).some((one) => one.includes("${")));

/** A statement without variables asks for no key. */
const NOTHING = () => undefined;

const known = new WeakMap<readonly Resource[], Map<string, Places>>();

export function placesOf(asked: readonly Resource[], of: ActionClass): Places {
  const places = known.get(asked) ?? new Map<string, Places>();
  known.set(asked, places);
  const name = `${of.service} ${TAKES_ROLES.test(of.representative) ? "takes roles" : ""}`;
  const found = places.get(name) ?? new Places(asked, of);
  places.set(name, found);
  return found;
}
