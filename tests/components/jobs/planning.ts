import { createHash } from "node:crypto";
import type { Workload } from "../../../components/workloads/workload";
import { run, type Result } from "./harness";
import { BUILDSPECS, releaseFolder, releaseVariables } from "./inputs";
import { liveStack } from "./stack";
import { COMMIT_ID, EXECUTION_ID, emptyWorld, type World } from "./world";

export const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
/** Where the release files of the run are. */
export const PREFIX = `releases/catalog/222222222222/test/${EXECUTION_ID}/`;

/** Files of a release whose code is these texts, and its digest. */
export function codeOf(...texts: string[]): { files: Record<string, string>; digest: string } {
  const sums = texts.map(hash).sort();
  const [only] = sums;
  const digest = `sha256:${sums.length === 1 ? only : hash(`${sums.join("\n")}\n`)}`;
  return {
    digest,
    files: {
      ...Object.fromEntries(texts.map((text) => [`code/${hash(text)}.zip`, text])),
      "release.json": JSON.stringify({ commit: COMMIT_ID, codeDigest: digest, settings: "zip" }),
    },
  };
}

export const planned = (): World => ({ ...emptyWorld(), stacks: [liveStack()] });
interface Planned {
  readonly workload: Workload;
  readonly files?: Record<string, string>;
  readonly variables?: Record<string, string>;
  readonly job?: "plan" | "deploy";
  readonly world?: World;
}
/** Plans or deploys a release of a kind; gives the parameters that its change set was made with. */
export async function plan({ workload, files, variables, job = "plan", world = planned() }: Planned) {
  const { folder, sha256 } = releaseFolder({ "parameters/test.json": "[]", ...files });
  const result: Result = await run(
    BUILDSPECS[job],
    folder,
    { ...releaseVariables(sha256, workload), ...variables },
    world,
  );
  const written = world.commands.find(([name]) => name === "parameters")?.[1] ?? "[]";
  const list = JSON.parse(written) as { ParameterKey: string; ParameterValue: string }[];
  const parameters = Object.fromEntries(list.map((each) => [each.ParameterKey, each.ParameterValue]));
  return { result, parameters, world, folder };
}
