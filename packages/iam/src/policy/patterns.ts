import { notKnown } from "./notKnown";

/** Values that a request gives for a condition key; undefined where the request does not have it. */
export type Lookup = (key: string) => readonly string[] | undefined;
/** Whether a value fits what a policy says, for one request. */
export type Test = (value: string, lookup: Lookup) => boolean;

type Piece =
  | { readonly text: string }
  | { readonly wildcard: "*" | "?" }
  | { readonly variable: string; readonly otherwise: string | undefined };

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
function valueOf({ variable: key, otherwise }: Extract<Piece, { variable: string }>, lookup: Lookup) {
  const values = lookup(key);
  if (values !== undefined && values.length > 1)
    return notKnown(`\${${key}} has several values, and AWS takes no such variable`);
  const value = values?.[0] ?? otherwise;
  if (value !== undefined && /[*?]/.test(value))
    return notKnown(`\${${key}} is ${value}, and AWS does not say whether that is a wildcard`);
  return value;
}

interface Wildcards {
  readonly many: string;
  readonly one: string;
  /** What `*` stands for at the very end. */
  readonly last?: string;
}
const ANYTHING: Wildcards = { many: ".*", one: "." };
const WITHIN_SEGMENT: Wildcards = { many: "[^:]*", one: "[^:]" };
const TO_THE_END: Wildcards = { ...WITHIN_SEGMENT, last: ".*" };

/** Source of a regular expression for some pieces; undefined where a variable has no value. */
function source(parts: readonly Piece[], wildcards: Wildcards, lookup: Lookup): string | undefined {
  let made = "";
  for (const [index, piece] of parts.entries()) {
    if ("wildcard" in piece) {
      const last = index === parts.length - 1 ? wildcards.last : undefined;
      made += piece.wildcard === "?" ? wildcards.one : (last ?? wildcards.many);
      continue;
    }
    const text = "text" in piece ? piece.text : valueOf(piece, lookup);
    if (text === undefined) return undefined;
    made += escape(text);
  }
  return made;
}

/** A test for parts that are joined by colons. Without variables its expression is made once. */
function test(parts: readonly (readonly [readonly Piece[], Wildcards])[], flags: string): Test {
  const expression = (lookup: Lookup): RegExp | undefined => {
    const sources = parts.map(([each, wildcards]) => source(each, wildcards, lookup));
    return sources.includes(undefined) ? undefined : new RegExp(`^${sources.join(":")}$`, flags);
  };
  if (parts.some(([each]) => each.some((piece) => "variable" in piece))) {
    return (value, lookup) => expression(lookup)?.test(value) ?? false;
  }
  const fixed = expression(() => undefined);
  return (value) => fixed?.test(value) ?? false;
}

/** Condition keys that a text's variables name. */
export const variablesIn = (written: string): string[] =>
  pieces(written, { wildcards: true, variables: "used" }).flatMap((piece) =>
    "variable" in piece ? [piece.variable] : [],
  );

/** The first variable of a text that has neither a value in the request nor a default. */
export function withoutValue(written: string, lookup: Lookup): string | undefined {
  const missing = pieces(written, { wildcards: true, variables: "used" }).find(
    (piece) => "variable" in piece && valueOf(piece, lookup) === undefined,
  );
  return missing && "variable" in missing ? missing.variable : undefined;
}

/** The six parts of an ARN; colons inside a variable, and in the last part, do not divide. */
function segments(written: string): string[] {
  const parts = written.match(/(?:\$\{[^}]*\}|[^:])*(?::|$)/g)?.map((part) => part.replace(/:$/, "")) ?? [];
  if (!written.endsWith(":")) parts.pop(); // the empty match at the end
  return parts.length > 6 ? [...parts.slice(0, 5), parts.slice(5).join(":")] : parts;
}

export const textTest = (written: string, writing: Writing, ignoreCase = false): Test =>
  test([[pieces(written, writing), ANYTHING]], ignoreCase ? "is" : "s");

/**
 * A Resource: a wildcard stays within its part of the ARN, but a `*` that ends a part goes on beyond the colon.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function resourceTest(written: string, variables: Writing["variables"]): Test {
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
    if (segments(value).length !== 6)
      return notKnown(`the request's ${value} is no ARN, and is compared with ${written}`);
    return compare(value, lookup);
  };
}
