/** Where the time of a run goes, by Node.js's own profiler: what is said where a goal is missed. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Command, measure } from "./measure";

/** As `--cpu-prof` writes it. */
export interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

const IDLE = "waiting";
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/node_modules\/(typescript|ts-node|@cspotcode)\//, "TypeScript and ts-node"],
  [/node_modules\/(@pulumi|google-protobuf|@grpc)\//, "Pulumi's packages"],
  [/node_modules\//, "other packages"],
  [/^node:(internal\/modules|fs|internal\/fs|path)/, "finding and compiling modules"],
  [/^(node:|$|wasm:)/, "Node.js itself"],
];
const BY_NAME = new Map([
  ["(garbage collector)", "garbage collection"],
  ["(idle)", IDLE],
  ["wrapSafe", "finding and compiling modules"],
]);

function partOf({ functionName, url }: Profile["nodes"][number]["callFrame"]): string {
  const [, part = "the project itself"] = PARTS.find(([pattern]) => pattern.test(url)) ?? [];
  return BY_NAME.get(functionName) ?? part;
}

/** `40 % finding and compiling modules, 10 % garbage collection, …`, of the time in which it computes, the largest first. */
export function profileLine({ nodes, samples, timeDeltas }: Profile): string {
  const parts = new Map(nodes.map(({ id, callFrame }) => [id, partOf(callFrame)]));
  const times = new Map<string, number>();
  samples.forEach((id, n) => {
    const part = parts.get(id);
    if (part === undefined)
      throw new Error(`the profile has a sample of node ${id}, which it does not describe`);
    if (part !== IDLE) times.set(part, (times.get(part) ?? 0) + (timeDeltas[n] ?? 0));
  });
  const all = [...times.values()].reduce((sum, each) => sum + each, 0);
  if (all === 0) throw new Error("the profile has no time in which the program computes");
  return [...times]
    .sort(([, one], [, other]) => other - one)
    .map(([part, time]) => `${Math.round((100 * time) / all)} % ${part}`)
    .join(", ");
}

/** One more run, which counts for nothing else: the profiler itself takes time. */
export async function profiled(command: Command): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "delivery-bench-profile-"));
  try {
    await measure({ ...command, args: ["--cpu-prof", `--cpu-prof-dir=${folder}`, ...command.args] });
    const [file, ...others] = readdirSync(folder);
    if (file === undefined || others.length > 0)
      throw new Error(`${others.length + 1} profiles instead of one`);
    return profileLine(JSON.parse(readFileSync(join(folder, file), "utf8")) as Profile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
