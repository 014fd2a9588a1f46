/**
 * What judges templates and change sets, as Plan and Deploy get it: it is too long for their buildspecs, so it is in
 * parameters. Their buildspecs have its checksum: whoever changes a parameter stops these jobs, and changes nothing that
 * they run. Pure.
 */
import { createHash } from "node:crypto";
import { pack, scriptText } from "./packing";

const FILES = ["judge.jq", "changes.jq"] as const;
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

const packed = pack(FILES.map(scriptText).join("\n"));

export const JUDGE_SHA256 = createHash("sha256").update(packed).digest("hex");

/** By the last part of their names. A changed judge has other names: a job that began before still finds its own. */
export const JUDGE: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(cut(packed)).map(([name, part]) => [`${JUDGE_SHA256.slice(0, 12)}/${name}`, part]),
);
