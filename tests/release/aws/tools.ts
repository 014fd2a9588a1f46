/** AWS's own CLI and the emulator: from PyPI into the project's ignored folder, once, each with its checksum. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

const REQUIREMENTS = join(__dirname, "requirements.txt");
/** Other tests have their own folders in it. */
const FOLDER = join(__dirname, "../../../.out/release-tools");

export interface Tools {
  /** The Python that runs the emulator, as a path. */
  readonly python: string;
  /** Folder of Python's modules. */
  readonly modules: string;
  /** Folder that holds `aws`. */
  readonly cli: string;
}

const python = (args: readonly string[]) => spawnSync("python3", args, { encoding: "utf8" });

/** Why the test can't run on this machine; undefined where it can. */
function missing(): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64")
    return `AWS's CLI is on PyPI for Linux on x86_64, and this is ${process.platform} on ${process.arch}`;
  const { status } = python(["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]);
  if (status !== 0) return "there is no Python 3.11 or later (python3 on PATH)";
  return python(["-m", "pip", "--version"]).status === 0 ? undefined : "python3 has no pip";
}

function run(args: readonly string[]): void {
  const { status, stderr, stdout } = python(args);
  if (status !== 0) throw new Error(`python3 ${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
}

/** Unpacks the layer of AWS's package; Python does, since not every machine has unzip. */
function unpackCli(modules: string, into: string): void {
  const carried = join(modules, "aws_cdk/asset_awscli_v2/_jsii/asset-awscli-v2@2.0.198.jsii.tgz");
  run(["-m", "tarfile", "-e", carried, into]);
  run(["-m", "zipfile", "-e", join(into, "package/lib/layer.zip"), into]);
  chmodSync(join(into, "awscli/v2/2.38.5/dist/aws"), 0o755); // zipfile drops it
  rmSync(join(into, "package"), { recursive: true });
  rmSync(join(modules, "aws_cdk"), { recursive: true });
}

/** What is installed, or, in one line, why it can't be. */
export function tools(): Tools | { readonly skipped: string } {
  const skipped = missing();
  if (skipped !== undefined) return { skipped };
  const sum = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex").slice(0, 12);
  const folder = join(FOLDER, sum);
  if (!existsSync(folder)) {
    const making = `${folder}.${process.pid}`; // whole or not at all, also where two runs start at once
    mkdirSync(making, { recursive: true });
    const modules = join(making, "modules");
    const only = ["--only-binary", ":all:", "--no-deps", "--require-hashes", "--no-compile"];
    run(["-m", "pip", "install", "--quiet", ...only, "--target", modules, "--requirement", REQUIREMENTS]);
    unpackCli(modules, join(making, "cli"));
    if (existsSync(folder)) rmSync(making, { recursive: true });
    else renameSync(making, folder);
  }
  return {
    python: python(["-c", "import sys; print(sys.executable)"]).stdout.trim(),
    modules: join(folder, "modules"),
    cli: join(folder, "cli/awscli/v2/2.38.5/dist"),
  };
}
