import type { Values } from "../json";

/** One way in which a statement is changed. */
export interface Change {
  /** `without action ecr:PutImage`; it tells the changes of one statement apart. */
  readonly what: string;
  /** Whether the statement fits more requests than before, or fewer. */
  readonly fits: "more" | "fewer";
  /** The statement instead; undefined where it is gone. */
  readonly statement: Values | undefined;
}

/** Makes all its changes of one statement; none where it finds nothing to change. */
export type Mutate = (statement: Values, outside: Outside) => Change[];

/** Who is outside: neither of the project nor of its accounts. */
export interface Outside {
  /** ARN of the root of an account that is none of the project's. */
  readonly stranger: string;
}

/** `bucket/drafts/*` becomes `bucket/*`, `role/painter` becomes `role/*`. Separators inside a variable do not count. */
export function anyLastPart(resource: string): string {
  const pieces = resource.match(/\$\{[^}]*\}|[/:]|[^/:$]+|\$/g) ?? [];
  const isSeparator = (piece: string | undefined) => piece === "/" || piece === ":";
  while (pieces.at(-1) === "*" || isSeparator(pieces.at(-1))) pieces.pop();
  while (pieces.length > 0 && !isSeparator(pieces.at(-1))) pieces.pop();
  return `${pieces.join("")}*`;
}
