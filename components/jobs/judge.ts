/**
 * What judges templates and change sets, as Plan and Deploy get it: it is too long for their buildspecs, and what templates
 * may hold is too long for their variables, so both are in parameters. The jobs have its checksum: whoever changes a
 * parameter stops them, and changes nothing that they run. Pure.
 */
import { createHash } from "node:crypto";
import type { TemplateRules } from "../workloads/templateRules";
import { pack, scriptText } from "./packing";

const FILES = ["judge.jq", "growth.jq", "changes.jq"] as const;
/** Characters of a parameter of the standard tier: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
const PARAMETER = 4096;
/** GetParameters takes no more names: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html */
const PARAMETERS = 10;

/** Cuts what is packed into the values of parameters, by names that sort. Throws when it is too long for one call. */
export function cut(packed: string): Readonly<Record<string, string>> {
  const parts = packed.match(new RegExp(`.{1,${PARAMETER}}`, "g")) ?? [];
  if (parts.length > PARAMETERS) {
    throw new Error(
      `the judge of templates has ${packed.length} characters, and one call reads ${PARAMETERS * PARAMETER}: shorten its files`,
    );
  }
  return Object.fromEntries(parts.map((part, index) => [String(index), part]));
}

/** The judge of the templates of a kind of workload. */
export interface Judge {
  /** By the last part of their names. A changed judge has other names: a job that began before still finds its own. */
  readonly values: Readonly<Record<string, string>>;
  readonly sha256: string;
}

const text = FILES.map(scriptText).join("\n");
/** Workloads of one kind that use the same have the same one. */
const made = new Map<string, Judge>();

export function judgeOf(rules: TemplateRules): Judge {
  const own = JSON.stringify(rules);
  const known = made.get(own);
  if (known) return known;
  const packed = pack(`${own} as $rules |\n${text}`);
  const sha256 = createHash("sha256").update(packed).digest("hex");
  const values = Object.fromEntries(
    Object.entries(cut(packed)).map(([name, part]) => [`${sha256.slice(0, 12)}/${name}`, part]),
  );
  const judge = { values, sha256 };
  made.set(own, judge);
  return judge;
}
