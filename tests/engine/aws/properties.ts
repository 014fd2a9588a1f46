/** What the provider makes of a program's properties before AWS is asked, and of AWS's answer after. */
import { createHash, randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { answer } from "../../../rehearsal/aws/mockOutputs";
import {
  type Declared,
  hasUnknown,
  isMap,
  propertyProblems,
  type Shape,
  UNKNOWN,
  type Values,
} from "./declared";
import { KINDS } from "./kinds";
import { text } from "../../../packages/iam/src/json";
import type { Kind } from "./kind";

/** One resource, as the engine names it. */
export interface Named {
  readonly type: string;
  /** Name in the program. */
  readonly name: string;
}

/** What the double must know of a type. Throws for one that it does not know. */
export function known(declared: Declared, type: string) {
  const kind = KINDS[type];
  const properties = declared.types[type];
  if (!kind || !properties) {
    throw new Error(
      `the doubled AWS does not know type ${type}: add it to KINDS in tests/engine/aws/kinds.ts`,
    );
  }
  return { kind, ...properties };
}

const SUFFIX = 7;

/** The name that Pulumi makes up: the old one if that was made up too, whatever the resource was called in the program then. */
function madeUp({ name }: Named, { lowerCase }: Kind, old: unknown, type: string, seed: Uint8Array): string {
  const prefix = `${type === "aws:kms/alias:Alias" ? "alias/" : ""}${lowerCase ? name.toLowerCase() : name}-`;
  if (typeof old === "string" && new RegExp(`-[0-9a-f]{${SUFFIX}}$`).test(old)) return old;
  const hash = createHash("sha256").update(seed.length > 0 ? seed : randomUUID());
  return prefix + hash.digest("hex").slice(0, SUFFIX);
}

const asText = (shape: Shape, value: unknown): unknown =>
  shape === "document" && isMap(value) ? (hasUnknown(value) ? UNKNOWN : JSON.stringify(value)) : value;

/** Inputs as the provider keeps them, or what is wrong with them. */
export function checked(
  declared: Declared,
  resource: Named,
  defaultTags: Values,
  { old, written: given, seed }: { old: Values; written: Values; seed: Uint8Array },
): { inputs: Values; problems: string[] } {
  const { kind, inputs: properties, outputs } = known(declared, resource.type);
  const written: Record<string, unknown> = { ...given };
  delete written["tagsAll"]; // comes back with an import; it is made anew below
  const problems = propertyProblems(declared, properties, written);
  const inputs: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(written)) {
    if (value !== undefined && value !== null) inputs[key] = asText(properties[key]?.shape ?? "any", value);
  }
  const { name } = kind;
  if (
    name !== undefined &&
    !kind.given &&
    inputs[name] === undefined &&
    inputs[`${name}Prefix`] === undefined
  ) {
    inputs[name] = madeUp(resource, kind, old[name], resource.type, seed);
  }
  if ("tagsAll" in outputs) {
    inputs["tagsAll"] = { ...defaultTags, ...(isMap(inputs["tags"]) ? inputs["tags"] : {}) };
  }
  return { inputs, problems };
}

export interface Difference {
  readonly changed: readonly string[];
  readonly replaces: readonly string[];
  /** A name that the program fixes is free only when its old holder is gone. */
  readonly deleteBeforeReplace: boolean;
}

/** What an update has to change, and what of that takes another resource. */
export function difference({ type, name }: Named, old: Values, inputs: Values): Difference {
  const kind = KINDS[type] ?? { fixed: [] };
  const fixed = ["region", kind.name, ...kind.fixed];
  const keys = new Set([...Object.keys(old), ...Object.keys(inputs)]);
  const changed = [...keys].filter((key) => !isDeepStrictEqual(old[key], inputs[key])).sort();
  const own = text(inputs, kind.name ?? "");
  const madeUpName = new RegExp(`${name}-[0-9a-f]{${SUFFIX}}$`, "i");
  return {
    changed,
    replaces: changed.filter((key) => fixed.includes(key)),
    deleteBeforeReplace: own !== undefined && own === old[kind.name ?? ""] && !madeUpName.test(own),
  };
}

/** A value of the right kind, where AWS would have put one that nobody asks for. */
function anything(shape: Shape): unknown {
  switch (shape) {
    case "any":
    case "text":
    case "document":
      return "";
    case "number":
      return 0;
    case "boolean":
      return false;
    default:
      return "list" in shape ? [] : {};
  }
}

/** Outputs that always have a value, given or not. */
const computed = (declared: Declared, type: string) =>
  Object.entries(known(declared, type).outputs).filter(([, { required }]) => required);

/** Outputs in a preview: what the program did not give is not known before AWS has answered. */
export const unknownOutputs = (declared: Declared, type: string, inputs: Values): Values => ({
  ...Object.fromEntries(computed(declared, type).map(([key]) => [key, UNKNOWN])),
  ...inputs,
});

/** AWS's answer: the rehearsal's, and something of the right kind for all else that has a value. */
export function answered(
  declared: Declared,
  resource: Named,
  inputs: Values,
  site: { readonly account: string; readonly region: string; readonly identity: string },
): { id: string; outputs: Values } {
  const { id, outputs } = answer({ ...resource, ...site, inputs });
  const filled = computed(declared, resource.type).map(([key, { shape }]) => [key, anything(shape)] as const);
  const region = "region" in known(declared, resource.type).outputs ? { region: site.region } : {};
  return { id, outputs: { ...Object.fromEntries(filled), ...region, ...outputs } };
}
