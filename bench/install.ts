import { execFileSync } from "node:child_process";
import { cpSync, existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./measure";
import { type Row, spread } from "./results";

interface Install {
  readonly name: string;
  readonly beside?: string;
  readonly folder: string;
  readonly args: readonly string[];
}
const CDK = "CDK: library and command line, without TypeScript";
const INSTALLS: readonly Install[] = [
  { name: "this project, to bring stacks up", beside: CDK, folder: ROOT, args: ["--omit=dev"] },
  { name: "this project, with its checks and tests", beside: CDK, folder: ROOT, args: [] },
  { name: CDK, folder: join(__dirname, "cdk"), args: [] },
];

const bytesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + lstatSync(join(parentPath, name)).size, 0);

/** `npm ci` into an empty folder: how long it takes, and what is there then. */
function installed({ folder, args }: Install) {
  const place = mkdtempSync(join(tmpdir(), "delivery-bench-install-"));
  try {
    for (const file of ["package.json", "package-lock.json", ".npmrc"])
      if (existsSync(join(folder, file))) cpSync(join(folder, file), join(place, file));
    const started = performance.now();
    execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", ...args], {
      cwd: place,
      stdio: ["ignore", "ignore", "inherit"],
      shell: process.platform === "win32", // npm is a batch file there
    });
    const seconds = (performance.now() - started) / 1000;
    const modules = join(place, "node_modules");
    const { packages } = JSON.parse(readFileSync(join(modules, ".package-lock.json"), "utf8")) as {
      packages: Readonly<Record<string, unknown>>;
    };
    return { seconds, packages: Object.keys(packages).length, megabytes: bytesIn(modules) / 2 ** 20 };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** The first install of each fills npm's cache, and does not count. */
export function installRows(rounds: number): Row[] {
  return INSTALLS.map((each) => {
    console.log(`npm ci of ${each.name}`);
    const [, ...runs] = Array.from({ length: rounds + 1 }, () => installed(each));
    const { packages = 0, megabytes = 0 } = runs[0] ?? {};
    const { name, beside } = each;
    const seconds = spread(runs.map((run) => run.seconds));
    return { size: "any", comparison: "installed", name, beside, seconds, megabytes, packages };
  });
}
