/** Where the statements and permissions of each principal have a say: nobody has to be looked at where none does. */
import { map, texts } from "../json";
import { type Lookup, resourceTest } from "../policy/patterns";
import type { Policy, Statement } from "../policy/policies";
import type { Asking, Crowd } from "./crowd";
import { accountIn, type Permission, type Resource } from "./permission";
import { type ActionClass, askable, conditionsOf, hasVariables, isOn, once, TAKES_ROLES } from "./statements";
import { fits } from "./wildcards";

type Indices = readonly number[];

/** Resources that a class of actions can be asked on, with those that statements and patterns are about worked out once. */
export class Places {
  readonly resources: readonly Resource[];
  readonly #all: Indices;
  readonly #byArn = new Map<string, number[]>();
  readonly #ofStatements = new WeakMap<Statement["content"], ReadonlySet<number>>();
  readonly #ofWritten = new Map<string, Indices>();
  readonly #ofPatterns = new Map<string, Indices>();

  constructor(asked: readonly Resource[], { service, representative }: ActionClass) {
    this.resources = asked.filter(({ arn }) => askable(service, representative, arn));
    this.#all = [...this.resources.keys()];
    for (const [index, { arn }] of this.resources.entries()) listed(this.#byArn, arn).push(index);
  }

  /** Those that a statement is about; with variables, that it may be about. */
  ofStatement({ content }: Statement): ReadonlySet<number> {
    const found = this.#ofStatements.get(content) ?? new Set(this.#about(content));
    this.#ofStatements.set(content, found);
    return found;
  }

  #about(content: Statement["content"]): Indices {
    const others = texts(content["NotResource"]);
    if (others.some((each) => each.includes("${"))) return this.#all;
    if (others.length > 0) {
      const left = new Set(others.flatMap((each) => this.#named(each)));
      return this.#all.filter((index) => !left.has(index));
    }
    const patterns = texts(content["Resource"]);
    return patterns.length === 0 ? this.#all : patterns.flatMap((each) => this.#named(each)); // none: the thing itself is meant
  }

  /** Those that fit one Resource of a statement. */
  #named(written: string): Indices {
    if (written.includes("${")) return this.ofPattern(written.replace(/\$\{[^}]*\}/g, "*"));
    if (!/[*?$]/.test(written)) return this.#byArn.get(written) ?? [];
    const found = this.#ofWritten.get(written) ?? this.#fitting(written, resourceTest(written, "used"));
    this.#ofWritten.set(written, found);
    return found;
  }

  /** Those that fit a pattern of a permission. */
  ofPattern(pattern: string): Indices {
    if (!/[*?]/.test(pattern)) return this.#byArn.get(pattern) ?? [];
    const found = this.#ofPatterns.get(pattern) ?? this.#fitting(pattern, (arn) => fits(pattern, arn));
    this.#ofPatterns.set(pattern, found);
    return found;
  }

  #fitting(pattern: string, test: (arn: string, lookup: Lookup) => boolean): Indices {
    const start = pattern.slice(0, pattern.search(/[*?$]/));
    return this.#all.filter((index) => {
      const { arn = "" } = this.resources[index] ?? {};
      return arn.startsWith(start) && test(arn, NOTHING);
    });
  }
}

/** A statement without variables asks for no key. */
const NOTHING: Lookup = () => undefined;

const known = new WeakMap<readonly Resource[], Map<string, Places>>();

export function placesOf(asked: readonly Resource[], of: ActionClass): Places {
  const places = known.get(asked) ?? new Map<string, Places>();
  known.set(asked, places);
  const name = `${of.service} ${TAKES_ROLES.test(of.representative) ? "takes roles" : ""}`;
  const found = places.get(name) ?? new Places(asked, of);
  places.set(name, found);
  return found;
}

/** A resource as a class of actions is asked on it. */
export interface Place {
  readonly asked: Resource;
  /** It is in nobody's account of ours. */
  readonly outside: boolean;
  /** Its policy is not ours to say: it lets in whoever has permissions of their own. */
  readonly open: boolean;
  /** Its own policy, or what stands for it. */
  readonly theirs: Policy | undefined;
  /** Allow statements of that. */
  readonly granting: readonly Statement[];
}

/**
 * A number for each place, the same for those that no statement and no permission of a class of actions tells apart: whoever asks
 * whatever, the answer is the same on all of them.
 */
export function alike(
  places: readonly Place[],
  all: readonly Asking[],
  permissions: readonly Permission[],
  of: Places,
): readonly number[] {
  const kinds = new Map<string, number>();
  const numbers = places.map(({ asked: { arn, account }, outside, theirs }) => {
    const strangers = outside && accountIn(arn) === "";
    const kind = `${account} ${arn === "*"} ${strangers} ${arn.includes(":key/")} ${theirs?.attached}`;
    const found = kinds.get(kind) ?? kinds.size;
    kinds.set(kind, found);
    return found;
  });
  let next = kinds.size;
  /** Tells some apart from all others: those that had the same number have a new one together. */
  const apart = (some: ReadonlySet<number> | Indices) => {
    if (("size" in some ? some.size : some.length) === numbers.length) return; // there are no others
    const renamed = new Map<number, number>();
    for (const index of some) {
      const number = numbers[index] ?? 0;
      const found = renamed.get(number) ?? next++;
      renamed.set(number, found);
      numbers[index] = found;
    }
  };
  /** Where it depends on the request what a statement is about, each stands alone. */
  const byStatement = (statement: Statement, some: ReadonlySet<number> | Indices) => {
    if (hasVariables(statement)) for (const index of some) numbers[index] = next++;
    else apart(some);
  };
  const ofPlaces = new Map<Statement, number[]>();
  for (const [index, { theirs }] of places.entries())
    for (const statement of theirs?.statements ?? []) listed(ofPlaces, statement).push(index);
  for (const [statement, some] of ofPlaces) byStatement(statement, some);
  const ofSomebody = new Set(
    [...new Set(all.map(({ documents }) => documents))]
      .flatMap(({ identity, boundary }) => (boundary ? [...identity, boundary] : identity))
      .flatMap(({ statements }) => statements),
  );
  for (const statement of ofSomebody) byStatement(statement, of.ofStatement(statement));
  for (const pattern of new Set(permissions.flatMap(({ on }) => on.map(({ arn }) => arn))))
    apart(of.ofPattern(pattern));
  return numbers;
}

/** Who has a say on one place. */
export interface Speakers {
  /** Whom to ask, in the order of the crowd. Some of them may turn out to have no say. */
  readonly asked: readonly number[];
  /**
   * How many more there are who are let in as far as one side goes, and whom no statement of the resource's policy reaches: they are
   * denied whatever their requests say.
   */
  readonly others: number;
}

/** Finds who has a say on the places that a class of actions can be asked on. */
export class Audience {
  /** By place: those whose own statements are about it, and the permissions that have it by whose they are. */
  readonly #own: number[][] = [];
  readonly #permitted: Map<number, Permission[]>[] = [];
  /** Those who by their own policies may do everything, which no statement of theirs has to be looked up for. */
  readonly #everywhere: number[] = [];
  /** Services and strangers without credentials, who need nothing of their own. */
  readonly #withoutAccount: number[] = [];
  /** By account, of those who are asked about what is in it: who is asked in any case. */
  readonly #always = new Map<string, number[]>();
  /** The same: how many there are whose policies have no say where none of their Allow statements has. */
  readonly #silent = new Map<string, number>();
  readonly #everywhereIn = new Map<string, number>();

  constructor(
    private readonly crowd: Crowd,
    private readonly all: readonly Asking[],
    /** Undefined: nobody is asked there. */
    private readonly places: readonly (Place | undefined)[],
    of: Places,
  ) {
    all.forEach((asking, who) => {
      const { subject, allows, allowsOnly, permissions } = asking;
      const { account, abroad } = subject;
      if (account === undefined) this.#withoutAccount.push(who);
      else if (!abroad) {
        if (allowsOnly) this.#silent.set(account, (this.#silent.get(account) ?? 0) + 1);
        if (isEverywhere(asking) || !allowsOnly) listed(this.#always, account).push(who);
      }
      if (account !== undefined && isEverywhere(asking)) {
        this.#everywhere.push(who);
        this.#everywhereIn.set(account, (this.#everywhereIn.get(account) ?? 0) + 1);
      } else for (const each of allows) this.#noteOwn(who, asking, of.ofStatement(each));
      for (const each of permissions) this.#notePermission(who, asking, each, of);
    });
  }

  #noteOwn(who: number, { subject: { account, abroad } }: Asking, on: Iterable<number>): void {
    for (const index of on) {
      const place = this.places[index];
      if (!place) continue;
      const { asked, open, granting } = place;
      if (!open && granting.length === 0 && (abroad || account !== asked.account)) continue;
      const all = (this.#own[index] ??= []);
      if (all.at(-1) !== who) all.push(who);
    }
  }

  #notePermission(who: number, { subject }: Asking, permission: Permission, of: Places): void {
    for (const { arn, account } of permission.on)
      for (const index of of.ofPattern(arn)) {
        const place = this.places[index];
        if (!place) continue;
        const { asked, outside, open } = place;
        // Such as a bucket: a permission that names an account does not speak of one of that name that a stranger has.
        const strangers = outside && accountIn(asked.arn) === "";
        const has = strangers
          ? (account ?? asked.account) === asked.account
          : open || (account ?? subject.account) === asked.account;
        if (!has) continue;
        const mine = listed((this.#permitted[index] ??= new Map<number, Permission[]>()), who);
        if (mine.at(-1) !== permission) mine.push(permission);
      }
  }

  /** Permissions of somebody that have what is asked about. */
  permitted(place: number, who: number): readonly Permission[] {
    return this.#permitted[place]?.get(who) ?? [];
  }

  /** Who has a say on a place. `everybody`: whom a permission that nobody has is about depends on who asks. */
  at(index: number, { asked, outside, open, theirs, granting }: Place, everybody: boolean): Speakers {
    const found = new Set<number>(this.#permitted[index]?.keys());
    const add = (all: Iterable<number> = []) => {
      for (const who of all) found.add(who);
    };
    const ordered = (others: number): Speakers => ({ asked: [...found].sort((a, b) => a - b), others });
    add(this.#own[index]);
    if (open) {
      // Whoever may do everything may ask others, too: that is not asked of those who are made up.
      add(outside ? this.#everywhere.filter((who) => this.#isReal(who)) : this.#everywhere);
      add(this.#withoutAccount.filter((who) => this.all[who]?.permissions.length !== 0));
      return ordered(0);
    }
    add(this.#always.get(asked.account));
    if (granting.length === 0) return ordered(0);
    const statements = theirs?.statements ?? [];
    const reaching = granting.filter((each) => isOn(each, asked.arn, NOTHING));
    if (reaching.length === 0 && !granting.some(hasVariables)) return ordered(0);
    const reached = everybody || statements.some(dependsOnWho) ? undefined : this.crowd.reached(reaching);
    if (reached === undefined) return { asked: [...this.all.keys()], others: 0 };
    add(this.#withoutAccount);
    add(reached);
    const { account } = asked;
    const silent = this.#silent.get(account) ?? 0;
    const abroad = this.#everywhere.length - (this.#everywhereIn.get(account) ?? 0);
    const counted = [...found].filter((who) => this.#isCounted(who, account)).length;
    return ordered(silent + abroad - counted);
  }

  #isReal(who: number): boolean {
    const { madeUp = true, abroad = true } = this.all[who]?.subject ?? {};
    return !madeUp && !abroad;
  }

  #isCounted(who: number, account: string): boolean {
    const asking = this.all[who];
    if (asking === undefined || asking.subject.account === undefined) return false;
    return asking.subject.account === account
      ? asking.allowsOnly && !asking.subject.abroad
      : isEverywhere(asking);
  }
}

/** Whether somebody may do everything in an account, as far as their own policies go. */
export const isEverywhere = ({ subject, all }: Asking): boolean => all || subject.principal.kind === "root";

const hasVariablesAnywhere = once(
  (statement) =>
    hasVariables(statement) ||
    conditionsOf(statement).some(([, values]) => values.some((each) => each.includes("${"))),
);

/**
 * Whether a statement of a resource's policy says the same of all whom it reaches, and AWS documents what that is, whatever a request
 * says.
 */
export const isPlain = once((statement) => {
  const { content } = statement;
  const compares = ([operator, block]: readonly [string, unknown]): boolean =>
    /^(For\w+:)?(String|Bool|Null)/.test(operator) ||
    (operator.startsWith("Arn") && Object.keys(map(block)).every((key) => /^aws:PrincipalArn$/i.test(key)));
  return (
    !hasVariablesAnywhere(statement) &&
    content["NotPrincipal"] === undefined &&
    Object.entries(map(content["Condition"])).every(compares)
  );
});

/**
 * Whether everybody has to be asked what a statement of a resource's policy says. Most deny what does not come by TLS, or some key of
 * the request, or all but some roles.
 */
const dependsOnWho = (statement: Statement): boolean =>
  statement.effect === "Allow" ? hasVariablesAnywhere(statement) : !isPlain(statement);

function listed<Key, Item>(all: Map<Key, Item[]>, key: Key): Item[] {
  const found = all.get(key) ?? [];
  all.set(key, found);
  return found;
}
