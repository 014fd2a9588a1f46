import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Socket, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { aws } from "./aws";
import { processSession } from "./branchSessions";
import { tickStacks } from "./cloudformation";
import { told } from "./told";
import { docker, jq, npm, python, SWITCHES } from "./tools";
import { SECRET, type World } from "./world";
import type { Answer, Invocation } from "./service";

/**
 * Runs what CodeBuild would run: the commands of a buildspec, in one bash with a clean environment. The tools
 * are doubles in bash that ask this process, since a Node process for each call would take minutes.
 */

export interface Result {
  readonly code: number;
  /** Both streams as one, as in a log of CodeBuild: in the order in which the job wrote. */
  readonly output: string;
  /** What CodeBuild would export; only when the job succeeded. */
  readonly exported: Readonly<Record<string, string>>;
  /** What the job was asked to do by its tools, in order. */
  readonly calls: readonly string[];
}

interface Spec {
  readonly env: { readonly shell: string; readonly "exported-variables"?: readonly string[] };
  readonly phases: {
    readonly build: { readonly commands: readonly string[] };
  };
}

/** The variables that the doubles look at; doubles.sh sends them in this order. */
const ENVIRONMENT = ["AWS_CONFIG_FILE", "AWS_PAGER", "AWS_REGION", "ENDPOINT", "SOURCE_DATE_EPOCH"] as const;
const worlds = new Map<string, World>();
let bin: string | undefined;
let port: Promise<number> | undefined;

async function answer(invocation: Invocation, world: World, stdin: () => Promise<string>): Promise<Answer> {
  const { command, args } = invocation;
  world.commands.push([command, ...args]);
  if (world.breaks && --world.breaks.k === 0)
    return { code: world.breaks.code, out: '{"level":"INFO"}\n'.repeat(100), err: "error: its own\n" };
  if (command === "aws") {
    const session = await processSession(invocation, world);
    return session && "code" in session ? session : aws({ ...invocation, session }, world);
  }
  if (command === "jq") return jq(invocation, stdin);
  if (command === "npm") world.calls.push(`npm ${args.join(" ")}`);
  if (command === "npm") return npm(invocation, world);
  if (command === "python3") return python(invocation);
  if (SWITCHES.some((name) => name === command)) {
    world.calls.push([command, ...args].join(" "));
    return { code: 0, out: "", err: "" };
  }
  if (command === "docker") {
    // Both ends of a pipe run at once: what reads counts as later.
    const result = await docker(invocation, world, stdin);
    world.calls.push(`docker ${args[0]}`);
    return result;
  }
  world.slept += Number(args[0]);
  tickStacks(world);
  for (const stage of Object.values(world.stages)) if (stage.latest.length > 1) stage.latest.shift();
  return { code: 0, out: "", err: "" };
}

/** With the lengths of both texts in bytes, which lets the client read each of them at once. */
const framed = ({ code, err, out }: Answer): string =>
  [code, Buffer.byteLength(err), Buffer.byteLength(out), err + out].join("\0");

/** One connection for each process: NUL-ended fields, then the answer. */
function serve(socket: Socket): void {
  let buffer = "";
  let started = false;
  let wants: ((text: string) => void) | undefined;
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: string) => {
    buffer += chunk;
    const fields = buffer.split("\0");
    if (started) {
      if (fields.length > 1) wants?.(fields[0] ?? "");
      return;
    }
    const head = 4 + ENVIRONMENT.length;
    if (fields.length <= head - 1 || fields.length - 1 < head + Number(fields[head - 1])) return;
    started = true;
    buffer = "";
    const env = Object.fromEntries(
      ENVIRONMENT.map((name, i) => [name, fields[3 + i] === "unset" ? undefined : fields[3 + i]]),
    );
    const invocation = { command: fields[1] ?? "", cwd: fields[2] ?? "", env, args: fields.slice(head, -1) };
    const stdin = (): Promise<string> =>
      new Promise((resolve) => {
        wants = resolve;
        socket.write("stdin\0");
      });
    const world = worlds.get(fields[0] ?? "");
    if (!world) throw new Error("a double was called outside a run");
    answer(invocation, world, stdin).then(
      (given) => socket.end(framed(given)),
      (error: unknown) => {
        world.refused.push(String(error));
        socket.end(framed({ code: 99, err: `${String(error)}\n`, out: "" }));
      },
    );
  });
}

function start(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "delivery-doubles-"));
  bin = folder;
  copyFileSync(join(__dirname, "client.sh"), join(folder, "client"));
  chmodSync(join(folder, "client"), 0o755);
  for (const tool of ["aws", "jq", "npm", "docker", "sleep", "python3", ...SWITCHES])
    symlinkSync("client", join(folder, tool));
  // The one tool that is no double: wherever the machine has it.
  symlinkSync(process.execPath, join(folder, "node"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return new Promise((resolve) => {
    const server = createServer(serve);
    server.unref();
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

/** Folders with what commands have unpacked. */
const unpacked = new Map<string, string>();
/** The same for a command that writes a job's files: it runs once, and then they are copied, which spares each run a dozen processes. */
function unpacking(command: string): string {
  if (!command.startsWith("# Writes ")) return command;
  let files = unpacked.get(command);
  if (files === undefined) {
    files = mkdtempSync(join(bin ?? tmpdir(), "files-"));
    // No input: with a socket for it, bash would read a person's .bashrc.
    const env = { PATH: process.env["PATH"], JOB: files };
    execFileSync("bash", ["-c", command], { env, stdio: ["ignore", "ignore", "inherit"] });
    if (readdirSync(files).length === 0) throw new Error("the command has written no files of a job");
    unpacked.set(command, files);
  }
  return `cp -- "${files}"/* "$JOB"`;
}

/** One bash for all commands, as in CodeBuild; the first that fails ends the phase. */
function script(commands: readonly string[], folder: string): string {
  const lines = commands.map((command, i) => {
    const file = join(folder, `command-${i}`);
    writeFileSync(file, unpacking(command));
    return `source "${file}" || exit $?`;
  });
  return [...lines, `env -0 >"${join(folder, "exported")}"`].join("\n");
}

const specs = new Map<string, Spec>();

/** Runs a job in a folder that holds its input artifact. Throws when a double was asked for what does not exist. */
export async function run(
  buildspec: string,
  folder: string,
  variables: Readonly<Record<string, string>>,
  world: World,
): Promise<Result> {
  const listening = await (port ??= start());
  const spec = specs.get(buildspec) ?? (parse(buildspec) as Spec);
  specs.set(buildspec, spec);
  const { shell } = spec.env;
  if (shell !== "bash") throw new Error("not a buildspec of a job");
  const place = mkdtempSync(join(tmpdir(), "delivery-job-"));
  mkdirSync(join(place, "tmp"));
  worlds.set(place, world);
  Object.assign(world, { calls: [], commands: [], regions: new Set(), refused: [], awsCalls: 0 });
  const [home, temporary] = [join(place, "home"), join(place, "tmp")];
  mkdirSync(home);
  const env = {
    CODEBUILD_BUILD_ARN: `arn:aws:codebuild:${world.region}:${world.account}:build/a-job:${randomUUID()}`,
    ...told(buildspec, variables, world),
    PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    TMPDIR: temporary,
    AWS_REGION: world.region,
    BASH_ENV: join(__dirname, "doubles.sh"),
    DOUBLES: String(listening),
    RUN: place,
  };
  world.env = env;
  try {
    const file = join(place, "commands.sh");
    writeFileSync(file, script(spec.phases.build.commands, place));
    let output = "";
    // One pipe for both: of two pipes, which is read first is chance.
    const args = ["-c", 'exec bash "$0" 2>&1', file];
    const child = spawn("bash", args, { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    const code = await new Promise<number>((resolve, reject) =>
      child.on("error", reject).on("close", (end) => resolve(end ?? 255)),
    );
    if (world.refused.length > 0)
      throw new Error(`the job asked for what does not exist:\n${world.refused.join("\n")}\n${output}`);
    if (output.includes(SECRET)) throw new Error("the job has printed a credential");
    const left = readdirSync(temporary).flatMap((name) => readdirSync(join(temporary, name)));
    if (left.some((name) => !/^(outputs\.sh|.+\.(sh|jq|py|json))$/.test(name)))
      throw new Error(`the job left ${left.join(", ")}`);
    return {
      code,
      output,
      exported: code === 0 ? exportedOf(spec, join(place, "exported")) : {},
      calls: world.calls,
    };
  } finally {
    worlds.delete(place);
    rmSync(place, { recursive: true, force: true });
  }
}

function exportedOf(spec: Spec, file: string): Record<string, string> {
  const all = new Map(
    readFileSync(file, "utf8")
      .split("\0")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const),
  );
  const names = spec.env["exported-variables"] ?? [];
  return Object.fromEntries(names.filter((name) => all.has(name)).map((name) => [name, all.get(name) ?? ""]));
}
