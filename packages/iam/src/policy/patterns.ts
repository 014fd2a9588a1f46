import { notKnown } from "./notKnown";

/** Values that a request gives for a condition key; undefined where the request does not have it. */
export type Lookup = (key: string) => readonly string[] | undefined;
/** Whether a value fits what a policy says, for one request. */
export type Test = (value: string, lookup: Lookup) => boolean;

interface Variable {
  readonly variable: string;
  readonly otherwise: string | undefined;
}
type Piece = { readonly text: string } | { readonly wildcard: "*" | "?" } | Variable;

/** What may be written in a text beside letters. */
export interface Writing {
  /** `*` and `?` stand for other characters. */
  readonly wildcards: boolean;
  /** `${key}` stands for a value of the request: `literal` in the policy language before 2012-10-17. */
  readonly variables: "used" | "literal" | "refused";
}

const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

/** `${key}` and `${key, 'default'}`; `${*}`, `${?}` and `${$}` are the characters themselves. */
function variable(inside: string, whole: string): Piece {
  if (["*", "?", "$"].includes(inside)) return { text: inside };
  const [, key, otherwise] = /^([A-Za-z0-9-]+:[^,'{}]+?)(?:, '([^']*)')?$/.exec(inside) ?? [];
  if (key === undefined)
    return notKnown(`variable \${${inside}} in ${whole} is not in a form that AWS documents`);
  return { variable: key, otherwise };
}

function pieces(written: string, { wildcards, variables }: Writing): Piece[] {
  const found: Piece[] = [];
  for (const [part, inside] of written.matchAll(/\$\{([^}]*)\}|\$|[*?]|[^$*?]+/g)) {
    if (inside !== undefined && variables === "refused")
      notKnown(`${written} has a variable, where AWS takes none`);
    if (inside !== undefined && variables === "used") found.push(variable(inside, written));
    else if (wildcards && (part === "*" || part === "?")) found.push({ wildcard: part });
    else found.push({ text: part });
  }
  return found;
}

/** A variable's value; a variable without value and default makes the whole text match nothing. */
function valueOf({ variable: key, otherwise }: Variable, lookup: Lookup) {
  const values = lookup(key);
  if (values !== undefined && values.length > 1)
    return notKnown(`\${${key}} has several values, and AWS takes no such variable`);
  return values?.[0] ?? otherwise;
}

/** AWS does not say whether `*` and `?` in the value of a variable are wildcards. */
const isDoubtful = (value: string | undefined): boolean => /[*?]/.test(value ?? "");

interface Wildcards {
  readonly many: string;
  readonly one: string;
  /** What `*` stands for at the very end. */
  readonly last?: string;
}
const ANYTHING: Wildcards = { many: ".*", one: "." };
const WITHIN_SEGMENT: Wildcards = { many: "[^:]*", one: "[^:]" };
const TO_THE_END: Wildcards = { ...WITHIN_SEGMENT, last: ".*" };

/** Source of a regular expression for some pieces, with the variables that stand in it. */
function source(parts: readonly Piece[], wildcards: Wildcards): (string | Variable)[] {
  return parts.map((piece, index) => {
    if ("variable" in piece) return piece;
    if ("text" in piece) return escape(piece.text);
    const last = index === parts.length - 1 ? wildcards.last : undefined;
    return piece.wildcard === "?" ? wildcards.one : (last ?? wildcards.many);
  });
}

/** Parts that are joined by colons, where each is nothing but text. */
function literalText(parts: readonly (readonly [readonly Piece[], Wildcards])[]): string | undefined {
  const pieces = parts.map(([each]) => each);
  return pieces.flat().every((piece) => "text" in piece)
    ? pieces.map((each) => each.map((piece) => ("text" in piece ? piece.text : "")).join("")).join(":")
    : undefined;
}

/** A test for parts that are joined by colons. Its expression is made once for the same values of its variables. */
function test(parts: readonly (readonly [readonly Piece[], Wildcards])[], flags: string): Test {
  const sources = parts.flatMap(([each, wildcards], index) => [
    ...(index === 0 ? [] : [":"]),
    ...source(each, wildcards),
  ]);
  const variables = sources.filter((each) => typeof each !== "string");
  if (variables.length === 0) {
    // Most have no wildcard either, and are asked about many times.
    const literal = flags === "s" ? literalText(parts) : undefined;
    if (literal !== undefined) return (value) => value === literal;
    const texts = sources.filter((each) => typeof each === "string");
    const expression = new RegExp(`^${texts.join("")}$`, flags);
    // The same is asked under one condition after the other, and for one principal after the other.
    let [asked, answer] = ["", expression.test("")];
    return (value) => {
      if (value !== asked) [asked, answer] = [value, expression.test(value)];
      return answer;
    };
  }
  const made = new Map<string, RegExp>();
  return (value, lookup) => {
    const values = variables.map((each) => valueOf(each, lookup));
    if (values.includes(undefined)) return false;
    const key = values.join("\0");
    let expression = made.get(key);
    if (!expression) {
      let next = 0;
      const stands = (of = ""): string => (isDoubtful(of) ? ANYTHING.many : escape(of));
      const text = sources.map((each) => (typeof each === "string" ? each : stands(values[next++])));
      expression = new RegExp(`^${text.join("")}$`, flags);
      made.set(key, expression);
    }
    const fits = expression.test(value);
    const at = values.findIndex(isDoubtful);
    // What fits whatever that may be taken for, is not known; what does not, fits neither as a wildcard nor as a text.
    return fits && at >= 0
      ? notKnown(
          `\${${variables[at]?.variable}} is ${values[at]}, and AWS does not say whether that is a wildcard`,
        )
      : fits;
  };
}

const known = new Map<string, readonly Variable[]>();
/** A text's variables; every question about a statement asks for them. */
function variablesOf(written: string): readonly Variable[] {
  const found =
    known.get(written) ??
    pieces(written, { wildcards: true, variables: "used" }).flatMap((piece) =>
      "variable" in piece ? [piece] : [],
    );
  known.set(written, found);
  return found;
}

/** Condition keys that a text's variables name. */
export const variablesIn = (written: string): string[] =>
  variablesOf(written).map(({ variable: key }) => key);

/** The first variable of a text that has neither a value in the request nor a default. */
export const withoutValue = (written: string, lookup: Lookup): string | undefined =>
  variablesOf(written).find((each) => valueOf(each, lookup) === undefined)?.variable;

/** The six parts of an ARN; colons inside a variable, and in the last part, do not divide. */
function segments(written: string): string[] {
  const parts = written.match(/(?:\$\{[^}]*\}|[^:])*(?::|$)/g)?.map((part) => part.replace(/:$/, "")) ?? [];
  if (!written.endsWith(":")) parts.pop(); // the empty match at the end
  return parts.length > 6 ? [...parts.slice(0, 5), parts.slice(5).join(":")] : parts;
}

export const textTest = (written: string, writing: Writing, ignoreCase = false): Test =>
  test([[pieces(written, writing), ANYTHING]], ignoreCase ? "is" : "s");

const tests = new Map<string, Test>();

/** A Resource. Most stand in many statements. */
export function resourceTest(written: string, variables: Writing["variables"]): Test {
  const name = `${variables} ${written}`;
  const found = tests.get(name) ?? ofResource(written, variables);
  tests.set(name, found);
  return found;
}

/**
 * A wildcard stays within its part of the ARN, but a `*` that ends a part goes on beyond the colon.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
function ofResource(written: string, variables: Writing["variables"]): Test {
  if (written === "*") return () => true;
  const parts = segments(written);
  if (parts[0] !== "arn" || parts.length < 3) return notKnown(`resource ${written} is neither * nor an ARN`);
  if (/[*?]/.test(parts[2] ?? ""))
    return notKnown(`resource ${written} has a wildcard for the service, which AWS refuses`);
  const made = parts.map((part, index) => {
    const last = index === 5;
    if (!last && variables === "used" && /\$\{/.test(part)) {
      return notKnown(`resource ${written} has a variable before the fifth colon, where AWS takes none`);
    }
    return [pieces(part, { wildcards: true, variables }), last ? ANYTHING : TO_THE_END] as const;
  });
  return test(made, "s");
}

/**
 * A value of ArnEquals or ArnLike: each of the six parts by itself.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
export function arnTest(written: string, variables: Writing["variables"]): Test {
  const parts = segments(written);
  if (parts.length !== 6)
    return notKnown(`${written} does not have the six parts of an ARN, which ARN operators compare`);
  const compare = test(
    parts.map((part, index) => [
      pieces(part, { wildcards: true, variables }),
      index === 5 ? ANYTHING : WITHIN_SEGMENT,
    ]),
    "s",
  );
  return (value, lookup) => {
    if (value.split(":").length < 6)
      return notKnown(`the request's ${value} is no ARN, and is compared with ${written}`);
    return compare(value, lookup);
  };
}
