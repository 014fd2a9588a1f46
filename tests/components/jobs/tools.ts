import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Jq, newInstance } from "./jqWasm";
import { readText } from "../../../rehearsal/release/pipeline/deliveryFile";
import { SECRET, image, type World } from "./world";
import type { Answer, Invocation } from "./service";

/** The instance loses memory with each call, and breaks after some thousand: it is renewed long before. */
let instance: { calls: number; jq: Promise<Jq> } | undefined;
async function raw(input: string, filter: string, flags: string[]): Promise<string> {
  if (!instance || instance.calls >= 100) instance = { calls: 0, jq: newInstance() };
  // What is compiled takes most of it.
  instance.calls += 1 + Math.floor(filter.length / 1000);
  return (await instance.jq).raw(input, filter, flags);
}

const ok: Answer = { code: 0, out: "", err: "" };

/** The `jq` command, by the real jq in WebAssembly. Takes the options that the jobs use, refuses others. */
export async function jq({ args, cwd }: Invocation, stdin: () => Promise<string>): Promise<Answer> {
  const flags: string[] = [];
  const files: string[] = [];
  let filter: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg === "--arg" || arg === "--argjson") flags.push(arg, args[++i] ?? "", args[++i] ?? "");
    else if (arg === "--slurpfile") {
      const [name, file] = [args[++i] ?? "", args[++i] ?? ""];
      flags.push("--argjson", name, `[${readFileSync(resolve(cwd, file), "utf8")}]`);
    } else if (arg === "--rawfile") {
      const [name, file] = [args[++i] ?? "", args[++i] ?? ""];
      flags.push("--arg", name, readFileSync(resolve(cwd, file), "utf8"));
    } else if (arg === "-f") filter = readFileSync(resolve(cwd, args[++i] ?? ""), "utf8");
    else if (arg === "-r" || arg === "-n" || arg === "-s") flags.push(arg);
    else if (arg.startsWith("-")) throw new Error(`the double of jq has no option ${arg}`);
    else if (filter === undefined) filter = arg;
    else files.push(resolve(cwd, arg));
  }
  const input = flags.includes("-n")
    ? ""
    : files.length === 0
      ? await stdin()
      : files.map((file) => readFileSync(file, "utf8")).join("\n");
  const question = JSON.stringify([input, filter, flags]);
  const known = answered.get(question);
  if (known) return known;
  // One after the other: the code that it ends with is the process's, and jobs run side by side.
  const mine = waiting.then(() => ended(input, filter ?? ".", flags));
  waiting = mine;
  if (answered.size > 5000) answered.clear();
  answered.set(question, mine);
  return mine;
}

/** A job that runs again asks the same, and no filter looks at anything but what it is given. */
const answered = new Map<string, Promise<Answer>>();
let waiting: Promise<unknown> = Promise.resolve();
async function ended(input: string, filter: string, flags: string[]): Promise<Answer> {
  const before = process.exitCode;
  try {
    process.exitCode = undefined;
    const out = await raw(input, filter, flags);
    return { code: Number(process.exitCode ?? 0), out: out === "" ? "" : `${out}\n`, err: "" };
  } catch (error) {
    return { code: Number(process.exitCode ?? 5), out: "", err: `${(error as Error).message}\n` };
  } finally {
    process.exitCode = before;
  }
}

/** What each script of the service's package writes. */
const WRITES: Record<string, readonly string[]> = {
  ci: ["node_modules/dependency/index.js"],
  "ci --ignore-scripts --no-audit --no-fund": [],
  test: ["reports/junit.xml", "coverage/cobertura-coverage.xml"],
  "run bundle": ["dist/index.js"],
  "run package": [],
  "run verify": ["reports/verify.xml"],
};

/** The `npm` command: writes what the contract with the service says. */
export function npm({ args, cwd, env }: Invocation, world: World): Answer {
  // What follows the name of a script is the script's own.
  const script = args.slice(0, args[0] === "run" ? 2 : undefined).join(" ");
  const writes = WRITES[script];
  if (!writes) return { code: 1, out: "", err: `npm error unknown command '${script}'\n` };
  world.npm.ran.push(script === "run verify" ? `${script} ${env["ENDPOINT"]}` : script);
  if (world.npm.silent !== script) {
    for (const file of writes) {
      mkdirSync(dirname(join(cwd, file)), { recursive: true });
      writeFileSync(join(cwd, file), "<testsuites/>\n");
    }
  }
  world.npm.does?.(args, cwd);
  return world.npm.fails === script ? { code: 1, out: "", err: `npm error script '${script}' failed\n` } : ok;
}

/** What puts another version of a runtime first, in CodeBuild's images. */
export const SWITCHES = ["n", "pyenv", "goenv", "rbenv", "dotnet"] as const;

/** The `python3` command: reads YAML as delivery.py does, which is compared with it where there is a Python. */
export function python({ args: [isolated, ...args], cwd }: Invocation): Answer {
  if (isolated !== "-I") throw new Error("Python takes modules from where it is: run it with -I");
  if (args[0] === "-c" && args[1] === "import yaml") return ok;
  const [program = "", file = ""] = args;
  if (!program.endsWith("/delivery.py")) throw new Error(`the double of python3 does not run ${program}`);
  const read = readText(readFileSync(resolve(cwd, file), "utf8"));
  return "refused" in read
    ? { ...ok, code: 3, out: `${read.refused}\n` }
    : { ...ok, out: `${JSON.stringify(read.value)}\n` };
}

/** The same image under a new tag of another repository, where Docker is logged in to both, and is told to wrap it into no index. */
function copied(args: readonly string[], world: World): Answer {
  const [, to = "", tag = ""] = /^(.+):([0-9a-f-]+)$/.exec(args[args.indexOf("--tag") + 1] ?? "") ?? [];
  const [from = "", digest] = (args.at(-1) ?? "").split("@");
  const loggedIn = (uri: string) => {
    const [last = ""] = world.docker.ran.filter((each) => each.endsWith(` ${uri.split("/")[0]}`)).slice(-1);
    return last.startsWith("login ");
  };
  const images = world.imagesElsewhere?.[to];
  if (world.docker.failsToCopy || !images || !loggedIn(from) || !loggedIn(to))
    return { code: 1, out: "", err: "ERROR: failed to copy\n" };
  if (!world.images.some((each) => each.digest === digest))
    return { code: 1, out: "", err: "ERROR: not found\n" };
  const whole = args.includes("--prefer-index=false") && world.docker.copies === undefined;
  images.push(image(whole ? (digest ?? "") : (world.docker.copies ?? `sha256:${"1d".repeat(32)}`), tag));
  return ok;
}

/** The `docker` command: builds and pushes in one, as buildx does. */
export async function docker(
  { args, env }: Invocation,
  world: World,
  stdin: () => Promise<string>,
): Promise<Answer> {
  const words = args.filter((arg) => !arg.startsWith("-")).slice(0, 2);
  world.docker.ran.push(args.join(" "));
  if (args[0] === "login") {
    const password = (await stdin()).trim();
    return password === SECRET
      ? { ...ok, out: "Login Succeeded\n" }
      : { code: 1, out: "", err: "unauthorized\n" };
  }
  if (args[0] === "logout" || words.join(" ") === "buildx create") return ok;
  if (words.join(" ") === "buildx imagetools") return copied(args, world);
  if (words.join(" ") !== "buildx build")
    return { code: 1, out: "", err: `docker: unknown command ${args.join(" ")}\n` };
  if (env["SOURCE_DATE_EPOCH"] !== "0") return { code: 1, out: "", err: "not reproducible\n" };
  const tag = /name=[^,]+:([0-9a-f-]+),/.exec(args.join(" "))?.[1] ?? "";
  // Tags are immutable.
  if (world.docker.fails || world.images.some(({ tags }) => tags.includes(tag)))
    return { code: 1, out: "", err: "ERROR: failed to push\n" };
  world.images.push(image(world.docker.digest, tag));
  const metadata = args[args.indexOf("--metadata-file") + 1] ?? "";
  writeFileSync(metadata, JSON.stringify({ "containerimage.digest": world.docker.digest }));
  return ok;
}
