/** Doubled accounts, a backend and a folder with the project's own settings: what one test works in. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { watch } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { Cloud, CREDENTIALS, type Event, NO_ACCOUNTS, NO_REGIONS, type Thing } from "./aws/cloud";
import { FAULTS, type Fault } from "./aws/faults";
import { PROGRAM, PROJECT } from "./install";

/** Variable that says where the doubles and the program are; the tests' setup puts them there once. */
export const INSTALLED = "ENGINE_INSTALLED";

export type Settings = Record<string, unknown>;
interface StackFile {
  config: Settings;
}

/** Samples of stacks; each test has copies. */
const stackFilesIn = (folder: string): string[] =>
  readdirSync(folder).filter((file) => /^Pulumi\.\w+\.yaml$/.test(file));

export class World {
  readonly cloud: Cloud;

  private constructor(
    readonly folder: string,
    /** Name of the Pulumi project. */
    readonly name: string,
  ) {
    this.cloud = new Cloud(join(folder, "cloud"));
  }

  /** Empty accounts, and the project's own files; with another name of the project, or the stack files of a folder, if these are given. */
  static make(name?: string, stackFiles = PROJECT): World {
    const described = parse(readFileSync(join(PROJECT, "Pulumi.yaml"), "utf8")) as { name: string };
    const world = new World(mkdtempSync(join(installed(), "world-")), name ?? described.name);
    for (const folder of ["home", "state", "cloud", "project"]) mkdirSync(join(world.folder, folder));
    symlinkSync(join(installed(), "plugins"), join(world.folder, "home", "plugins"));
    for (const file of stackFilesIn(stackFiles)) cpSync(join(stackFiles, file), join(world.project, file));
    writeFileSync(join(world.project, "Pulumi.yaml"), stringify({ ...described, name: world.name }));
    for (const each of PROGRAM) symlinkSync(join(installed(), each), join(world.project, each));
    return world;
  }

  /** A world that is there already. */
  static open(folder: string, name: string): World {
    return new World(folder, name);
  }

  /** Another world that begins where this one is now. */
  copy(): World {
    const folder = mkdtempSync(join(installed(), "world-"));
    cpSync(this.folder, folder, { recursive: true, verbatimSymlinks: true });
    return new World(folder, this.name);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 }); // an up may still be ending
  }

  get project(): string {
    return join(this.folder, "project");
  }

  /** What the CLI, and the providers that it starts, are told. Nothing of it leads out of this folder. */
  get environment(): Record<string, string> {
    return {
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "correct horse",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      DOUBLED_AWS: this.cloud.folder,
      DOUBLED_AWS_DECLARED: join(installed(), "declared.json"),
    };
  }

  private file(stack: string): string {
    return join(this.project, `Pulumi.${stack}.yaml`);
  }

  private read(stack: string): StackFile {
    const { config, ...rest } = parse(readFileSync(this.file(stack), "utf8")) as StackFile;
    // The engine may have put the project's name before each key.
    const bare = Object.entries(config).map(([key, value]) => [key.replace(`${this.name}:`, ""), value]);
    return { ...rest, config: Object.fromEntries(bare) as Settings };
  }

  /** Settings of a stack, as its file has them. */
  settings(stack: string): Settings {
    return this.read(stack).config;
  }

  /** Changes settings of a stack; one that is undefined is taken out. A stack without a file gets one. */
  set(stack: string, settings: Settings): void {
    const written = existsSync(this.file(stack)) ? this.read(stack) : { config: {} };
    writeFileSync(this.file(stack), stringify({ ...written, config: { ...written.config, ...settings } }));
  }

  /** Gives a stack's file to a stack of another name. */
  rename(stack: string, to: string): void {
    renameSync(this.file(stack), this.file(to));
  }

  /** Lets operations of the providers fail, wait or end; none of them any more without an argument. */
  inject(...faults: Fault[]): void {
    const path = join(this.cloud.folder, FAULTS);
    if (faults.length > 0) writeFileSync(path, JSON.stringify(faults));
    else rmSync(path, { force: true });
  }

  /** Whose account credentials are: by profile, and of those without one. */
  logIn(accounts: Record<string, string>): void {
    writeFileSync(join(this.cloud.folder, CREDENTIALS), JSON.stringify(accounts));
  }

  /** Accounts that are nobody's from now on. */
  close(...accounts: string[]): void {
    writeFileSync(join(this.cloud.folder, NO_ACCOUNTS), JSON.stringify(accounts));
  }

  /** Regions that are gone from now on: nothing in them answers. */
  lose(...regions: string[]): void {
    writeFileSync(join(this.cloud.folder, NO_REGIONS), JSON.stringify(regions));
  }

  /** Puts something into everything that can hold it: objects, images, reports. */
  fill(): void {
    const holders = [
      "aws:s3/bucket:Bucket",
      "aws:ecr/repository:Repository",
      "aws:codebuild/reportGroup:ReportGroup",
    ];
    for (const thing of holders.flatMap((type) => this.cloud.all(type))) {
      this.cloud.put({ ...thing, contents: ["something"] });
    }
  }

  /** Waits until something has happened; what happened before counts too. */
  async until(happened: (event: Event) => boolean): Promise<void> {
    const ending = new AbortController();
    const changes = watch(this.cloud.folder, { signal: ending.signal })[Symbol.asyncIterator]();
    while (!this.cloud.events().some(happened)) await changes.next();
    ending.abort();
  }

  /** Everything that exists, sorted: account, type and name in the program. */
  inventory(): string[] {
    return this.cloud.things().map(named).sort();
  }

  /** Things that happened since then; from the beginning by default. Reads change nothing and are left out. */
  writes(since = 0): Event[] {
    return this.cloud
      .events()
      .slice(since)
      .filter(({ op }) => op !== "read");
  }

  /** How many things have happened so far. */
  get now(): number {
    return this.cloud.events().length;
  }
}

const named = ({ account, type, urn }: Thing): string =>
  `${account} ${type} ${urn.split("::").slice(3).join("::")}`;

function installed(): string {
  const folder = process.env[INSTALLED];
  if (folder === undefined) throw new Error("nothing is installed: run npm run test:engine");
  return folder;
}
