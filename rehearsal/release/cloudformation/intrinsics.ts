import { Stopped } from "../stopped";

/** What names in a template stand for. Each throws for a name that there is not. */
export interface Scope {
  readonly ref: (name: string) => unknown;
  readonly attribute: (resource: string, attribute: string) => unknown;
  readonly condition: (name: string) => boolean;
  readonly mapping: (map: string, first: string, second: string) => unknown;
}

/** `AWS::NoValue`: the property is left out. */
export const NO_VALUE = Symbol("AWS::NoValue");

type Resolve = (value: unknown) => unknown;

/** The arguments of a function. Throws where there are others than it takes. */
function listOf(name: string, argument: unknown, least: number, most = least): unknown[] {
  if (Array.isArray(argument) && argument.length >= least && argument.length <= most) return argument;
  const count =
    most === least ? String(least) : most === Infinity ? `${least} or more` : `${least} to ${most}`;
  throw new Error(`${name} takes a list of ${count}, not ${JSON.stringify(argument)}`);
}

function text(name: string, value: unknown): string {
  if (["string", "number", "boolean"].includes(typeof value)) return String(value);
  throw new Error(`${name} takes text, not ${JSON.stringify(value)}`);
}

function truth(name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new Error(`${name} takes conditions, not ${JSON.stringify(value)}`);
}

function substitute(argument: unknown, resolve: Resolve, scope: Scope): string {
  const [template, given = {}] = Array.isArray(argument)
    ? listOf("Fn::Sub", argument, 2)
    : listOf("Fn::Sub", [argument], 1);
  const variables = given as Record<string, unknown>;
  return text("Fn::Sub", template).replace(
    /\$\{(!?)([^}]*)\}/g,
    (_, literal: string, written: string): string => {
      if (literal) return `\${${written}}`;
      const name = written.trim();
      if (Object.hasOwn(variables, name)) return text("Fn::Sub", resolve(variables[name]));
      const [, resource, attribute] = /^([^.]+)\.(.+)$/.exec(name) ?? [];
      return text("Fn::Sub", resource && attribute ? scope.attribute(resource, attribute) : scope.ref(name));
    },
  );
}

/** The functions of CloudFormation's that a rehearsal resolves. */
const FUNCTIONS: Readonly<Record<string, (argument: unknown, resolve: Resolve, scope: Scope) => unknown>> = {
  Ref: (argument, _, scope) => scope.ref(text("Ref", argument)),
  Condition: (argument, _, scope) => scope.condition(text("Condition", argument)),
  "Fn::GetAtt": (argument, resolve, scope) => {
    const [resource, attribute] = listOf("Fn::GetAtt", argument, 2);
    return scope.attribute(text("Fn::GetAtt", resource), text("Fn::GetAtt", resolve(attribute)));
  },
  "Fn::Sub": substitute,
  "Fn::Equals": (argument, resolve) => {
    const [left, right] = listOf("Fn::Equals", argument, 2).map((each) => JSON.stringify(resolve(each)));
    return left?.replaceAll('"', "") === right?.replaceAll('"', "");
  },
  "Fn::If": (argument, resolve, scope) => {
    const [name, yes, no] = listOf("Fn::If", argument, 3);
    return resolve(scope.condition(text("Fn::If", name)) ? yes : no);
  },
  "Fn::Not": (argument, resolve) => !truth("Fn::Not", resolve(listOf("Fn::Not", argument, 1)[0])),
  "Fn::And": (argument, resolve) =>
    listOf("Fn::And", argument, 2, 10).every((each) => truth("Fn::And", resolve(each))),
  "Fn::Or": (argument, resolve) =>
    listOf("Fn::Or", argument, 2, 10).some((each) => truth("Fn::Or", resolve(each))),
  "Fn::Join": (argument, resolve) => {
    const [separator, parts] = listOf("Fn::Join", argument, 2);
    const resolved = listOf("Fn::Join", resolve(parts), 0, Infinity);
    return resolved.map((each) => text("Fn::Join", each)).join(text("Fn::Join", separator));
  },
  "Fn::Select": (argument, resolve) => {
    const [index, from] = listOf("Fn::Select", argument, 2).map(resolve);
    const list = listOf("Fn::Select", from, 1, Infinity);
    const chosen = list[Number(index)];
    if (chosen === undefined)
      throw new Error(`Fn::Select finds nothing at ${String(index)} of ${list.length}`);
    return chosen;
  },
  "Fn::Split": (argument, resolve) => {
    const [separator, whole] = listOf("Fn::Split", argument, 2).map(resolve);
    return text("Fn::Split", whole).split(text("Fn::Split", separator));
  },
  "Fn::FindInMap": (argument, resolve, scope) => {
    const [map, first, second] = listOf("Fn::FindInMap", argument, 3).map(resolve);
    const of = (value: unknown) => text("Fn::FindInMap", value);
    return scope.mapping(of(map), of(first), of(second));
  },
  "Fn::Base64": (argument, resolve) => Buffer.from(text("Fn::Base64", resolve(argument))).toString("base64"),
};

function resolveValue(value: unknown, scope: Scope): unknown {
  const again: Resolve = (each) => resolveValue(each, scope);
  if (Array.isArray(value)) return value.map(again).filter((each) => each !== NO_VALUE);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [[name, argument] = ["", undefined], ...others] = entries;
  const called =
    name === "Ref" || name.startsWith("Fn::") || (name === "Condition" && typeof argument === "string");
  if (!called || others.length > 0)
    return Object.fromEntries(
      entries.map(([key, each]) => [key, again(each)] as const).filter(([, each]) => each !== NO_VALUE),
    );
  const apply = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (!apply) throw new Error(`the rehearsal does not know the function ${name}`);
  return apply(argument, again, scope);
}

/** A value of the template with every function resolved. Throws Stopped that says where: `Resources.Table`. */
export function resolve(value: unknown, scope: Scope, where: string): unknown {
  try {
    return resolveValue(value, scope);
  } catch (error) {
    if (error instanceof Stopped) throw error;
    const { message } = error as Error;
    throw new Stopped(
      `template.yaml: ${where}: ${message}`,
      `correct the template; a function that is known: ${Object.keys(FUNCTIONS).join(", ")}`,
    );
  }
}
