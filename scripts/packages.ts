/** `npm run packages`: the packages for programs outside this repository, compiled, each in a folder and as an archive. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";
import { endPlain } from "../rehearsal/bringUp/commandLine";

const ROOT = resolve(__dirname, "..");
const OUT = join(ROOT, ".out/packages");

export interface Manifest {
  readonly name: string;
  readonly version: string;
  /** By what others import: the file below the package's root. */
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

interface Packed {
  /** Where its package.json and its README are. */
  readonly folder: string;
  /** What its files are below, in the repository and in the package. */
  readonly root: string;
  /** What its code reads when it runs, below the root. */
  readonly data: readonly string[];
}

export const PACKAGES: readonly Packed[] = [
  { folder: "packages/components", root: ".", data: ["components/jobs/scripts"] },
  { folder: "packages/iam", root: "packages/iam", data: [] },
];

export const manifestOf = ({ folder }: Packed): Manifest =>
  JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as Manifest;

/** Compiles the files and all that they import, with their types. Throws where the compiler has something to say. */
function compile(files: readonly string[], rootDir: string, outDir: string): void {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: Record<string, unknown> };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const program = ts.createProgram(files, {
    ...options,
    ...{ noEmit: false, noEmitOnError: true, declaration: true, rootDir, outDir, types: ["node"] },
  });
  const found = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
  if (found.length > 0) throw new Error(ts.formatDiagnostics(found, ts.createCompilerHost(options)));
}

/** As it is published: compiled files in the place of the sources, and types also for `moduleResolution: node`. */
function published({ exports, ...others }: Manifest): object {
  const compiled = (to: string) => Object.entries(exports).map(([name, file]) => [name, file.replace(/\.ts$/, to)] as const); // prettier-ignore
  const types = compiled(".d.ts").map(([name, file]) => [name.slice(2), [file]]);
  return {
    ...others,
    private: undefined,
    exports: Object.fromEntries(compiled(".js")),
    typesVersions: { "*": Object.fromEntries(types) as object },
  };
}

/** Makes a package below this folder; returns its own folder. */
export function build(each: Packed, into: string): string {
  const manifest = manifestOf(each);
  const [root, folder] = [join(ROOT, each.root), join(into, manifest.name)];
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  compile(
    Object.values(manifest.exports).map((file) => join(root, file)),
    root,
    folder,
  );
  for (const data of each.data) cpSync(join(root, data), join(folder, data), { recursive: true });
  cpSync(join(ROOT, each.folder, "README.md"), join(folder, "README.md"));
  cpSync(join(ROOT, "LICENSE"), join(folder, "LICENSE"));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(published(manifest), null, 2)}\n`);
  return folder;
}

/** Packs a package's folder; returns the archive. */
export function pack(folder: string, into: string): string {
  mkdirSync(into, { recursive: true });
  const args = ["pack", folder, "--pack-destination", into, "--json", "--offline", "--ignore-scripts"];
  const said = execFileSync("npm", args, { cwd: into, encoding: "utf8" });
  const [{ filename }] = JSON.parse(said) as [{ filename: string }];
  return join(into, filename);
}

if (require.main === module)
  endPlain("packages", "compiles and packs @delivery/components and @delivery/iam below .out/packages", () =>
    PACKAGES.map((each) => {
      const folder = build(each, OUT);
      return `${folder}\n${pack(folder, OUT)}`;
    }).join("\n"),
  );
