/** Which statements have a say in what: what is asked of a policy is asked of those alone. */
import { type Action, type Catalog, serviceOf } from "../policy/catalog";
import { type Lookup, resourceTest } from "../policy/patterns";
import type { Policy, Statement } from "../policy/policies";
import { fits } from "./wildcards";
import type { Permission } from "./permission";
import { texts, map } from "../json";

type Content = Pick<Statement, "content">;

/** Reads each statement once: there are few, and they are asked about for everybody and everything. */
export function once<Made>(read: (statement: Content) => Made): (statement: Content) => Made {
  const known = new WeakMap<Statement["content"], { readonly made: Made }>();
  return (statement) => {
    const found = known.get(statement.content) ?? { made: read(statement) };
    known.set(statement.content, found);
    return found.made;
  };
}

/** Names of actions that a statement is about, in AWS's own spelling. */
export type Named = (statement: Statement) => ReadonlySet<string>;

/** The actions of AWS's reference, and those that policies or permissions name and it lacks. */
export function withOthers(catalog: Catalog, written: Iterable<string>): Catalog {
  const others = [...new Set(written)]
    .filter((each) => !/[*?]/.test(each) && catalog.covered(each).length === 0)
    .map((name): Action => ({ name, keys: [], resources: [], alone: true }));
  const fitting = (pattern: string) =>
    others.filter(({ name }) => fits(pattern.toLowerCase(), name.toLowerCase()));
  return { covered: (pattern) => [...catalog.covered(pattern), ...fitting(pattern)] };
}

export function naming(catalog: Catalog): Named {
  return once(({ content }): ReadonlySet<string> => {
    const left = content["NotAction"];
    const of = (patterns: readonly string[]) =>
      new Set(patterns.flatMap((pattern) => catalog.covered(pattern).map(({ name }) => name)));
    if (left === undefined) return of(texts(content["Action"]));
    const without = of(texts(left));
    return new Set([...of(["*"])].filter((name) => !without.has(name)));
  });
}

/** Whether a permission is about an action. */
export const permits = ({ actions, except = [] }: Permission, action: string): boolean =>
  actions.some((each) => fits(each, action)) && !except.includes(action);

/** Permissions by whom they are about. */
export type ByWho = ReadonlyMap<string, readonly Permission[]>;

interface Alike {
  readonly one: Permission;
  readonly all: (readonly [position: number, permission: Permission])[];
}

const alike = new WeakMap<ByWho, readonly Alike[]>();

/** Permissions that are about the same actions: a row that is written once is many of them. */
function alikeIn(permissions: ByWho): readonly Alike[] {
  const found = new Map<Permission["actions"], Map<string, Alike>>();
  let position = 0;
  for (const each of [...permissions.values()].flat()) {
    const of = found.get(each.actions) ?? new Map<string, Alike>();
    found.set(each.actions, of);
    const except = (each.except ?? []).join(" ");
    const same = of.get(except) ?? { one: each, all: [] };
    of.set(except, same);
    same.all.push([position++, each]);
  }
  return [...found.values()].flatMap((each) => [...each.values()]);
}

/** The permissions that are about one action, in their order. */
export function permissionsAbout(permissions: ByWho, action: string): ByWho {
  const all = alike.get(permissions) ?? alikeIn(permissions);
  alike.set(permissions, all);
  const about = all.filter(({ one }) => permits(one, action)).flatMap((each) => each.all);
  const found = new Map<string, Permission[]>();
  for (const [, each] of about.sort(([one], [other]) => one - other)) {
    const of = found.get(each.who);
    if (of) of.push(each);
    else found.set(each.who, [each]);
  }
  return found;
}

/** The statements of policies that are about one action; a policy keeps its place even with none. */
export type Sliced = <Given extends Policy | undefined>(policy: Given, action: string) => Given | Policy;

export function slicing(named: Named): Sliced {
  const known = new WeakMap<Policy, Map<string, Policy>>();
  return (policy, action) => {
    if (policy === undefined) return policy;
    const slices = known.get(policy) ?? new Map<string, Policy>();
    known.set(policy, slices);
    const found = slices.get(action) ?? {
      ...policy,
      statements: policy.statements.filter((statement) => named(statement).has(action)),
    };
    slices.set(action, found);
    return found;
  };
}

const coverage = once(({ content }): ((arn: string, lookup: Lookup) => boolean) => {
  const [patterns, others] = [texts(content["Resource"]), texts(content["NotResource"])];
  if (patterns.length === 0 && others.length === 0) return () => true; // the thing itself is meant
  const tests = (patterns.length > 0 ? patterns : others).map((each) => resourceTest(each, "used"));
  return (arn, lookup) => tests.some((test) => test(arn, lookup)) === patterns.length > 0;
});

/** Whether a statement is about a resource, whatever its conditions say. */
export const isOn = (statement: Statement, arn: string, lookup: Lookup): boolean =>
  coverage(statement)(arn, lookup);

/** Whether it depends on the request what a statement is about. */
export const hasVariables = once(({ content }) =>
  [content["Resource"], content["NotResource"]].some((each) => texts(each).some((one) => one.includes("${"))),
);

/** Condition keys of a statement, each with the values that stand there. */
export const conditionsOf = once(
  ({ content }): readonly (readonly [key: string, values: readonly string[]])[] =>
    Object.entries(map(content["Condition"])).flatMap(([operator, block]) =>
      Object.entries(map(block)).map(
        ([key, value]) => [key, operator === "Null" ? [] : texts(value)] as const,
      ),
    ),
);

/** Actions that no statement and no permission tells apart: one stands for all. */
export interface ActionClass {
  readonly service: string;
  readonly actions: readonly string[];
  readonly representative: string;
}

/** What tells actions apart: the permissions that name them. Many that are written once share their list. */
export function marksOf(
  all: readonly Action[],
  permissions: readonly Permission[],
): ReadonlyMap<string, string> {
  // `*` is about what is named otherwise, too.
  const lists = new Map(
    permissions.filter(({ actions }) => !actions.includes("*")).map((each) => [each.actions, each]),
  );
  const known = new Map(all.map(({ name }) => [name, [] as number[]]));
  [...lists.values()].forEach(({ actions, except = [] }, index) => {
    const named = actions.flatMap((each) =>
      /[*?]/.test(each) ? [...known.keys()].filter((name) => fits(each, name)) : [each],
    );
    for (const name of new Set(named)) if (!except.includes(name)) known.get(name)?.push(index);
  });
  return new Map([...known].flatMap(([name, by]) => (by.length > 0 ? [[name, by.join(" ")] as const] : [])));
}

/** Sorts actions into classes; those that neither a statement nor a permission names are left out. */
export function classes(
  statements: readonly Statement[],
  named: Named,
  marks: ReadonlyMap<string, string>,
): ActionClass[] {
  const by = new Map<string, string[]>([...marks].map(([action, mark]) => [action, [mark]]));
  statements.forEach((statement, index) => {
    for (const action of named(statement)) {
      const found = by.get(action);
      if (found) found.push(`s${index}`);
      else by.set(action, [`s${index}`]);
    }
  });
  const found = new Map<string, string[]>();
  for (const [action, all] of by) {
    const key = `${serviceOf(action)} ${TAKES_ROLES.test(action) ? "takes roles" : ""} ${all.join(" ")}`;
    found.set(key, [...(found.get(key) ?? []), action]);
  }
  return [...found.values()].map((actions) => {
    const [representative = ""] = actions;
    return { service: serviceOf(representative), actions, representative };
  });
}

/** Actions that a trust policy decides. */
export const TAKES_ROLES = /^sts:(AssumeRole|TagSession|SetSourceIdentity)$/;

/** Whether an action can be asked on a resource: one of its service, or none. */
export function askable(service: string, action: string, arn: string): boolean {
  if (service === "sts") return TAKES_ROLES.test(action) ? arn.includes(":role/") : arn === "*";
  return arn === "*" || arn.split(":", 3)[2] === service;
}
