/** A folder as somebody else has it: programs of theirs, and the packages installed from their archives. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";
import { build, type Manifest, pack, PACKAGES } from "../../../scripts/packages";
import { blocks, textOf } from "../../../tests/docs/pages";
import { emptyFolder, write } from "../../../tests/folders";

const ROOT = resolve(__dirname, "../../..");

/** The programs of docs/packages.md, by the files that their first lines name. */
export const PROGRAMS: Readonly<Record<string, string>> = Object.fromEntries(
  blocks(textOf("docs/packages.md"), "ts").map((block) => [/^\/\/ (\S+)\n/.exec(block)?.[1] ?? "", block]),
);

/** What npm would fetch is linked: those that the package's own file names, and no other. */
function install(archive: string, modules: string, name: string): Manifest {
  const folder = join(modules, name);
  mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["-xzf", archive, "-C", folder, "--strip-components=1"]);
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  for (const each of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    mkdirSync(dirname(join(modules, each)), { recursive: true });
    if (!existsSync(join(modules, each))) symlinkSync(join(ROOT, "node_modules", each), join(modules, each));
  }
  return manifest;
}

export interface Outside {
  readonly folder: string;
  /** By the name of a package: what is in it, and what it says of itself. */
  readonly packages: ReadonlyMap<string, { readonly files: readonly string[]; readonly manifest: Manifest }>;
}

let made: Outside | undefined;

/** Made once in a process: compiling takes ten seconds. */
export function outside(): Outside {
  if (made) return made;
  const [folder, into] = [emptyFolder(), emptyFolder()];
  const modules = join(folder, "node_modules");
  const packages = new Map(
    PACKAGES.map((each) => {
      const { name } = JSON.parse(textOf(join(each.folder, "package.json"))) as Manifest;
      const manifest = install(pack(build(each, into), into), modules, name);
      const files = readdirSync(join(modules, name), { recursive: true, withFileTypes: true })
        .filter((file) => file.isFile())
        .map((file) => join(file.parentPath, file.name).slice(join(modules, name).length + 1));
      return [name, { files: files.sort(), manifest }] as const;
    }),
  );
  write(folder, PROGRAMS);
  write(folder, { "package.json": JSON.stringify({ name: "acme", private: true }) });
  for (const [file, text] of Object.entries(PROGRAMS)) {
    const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
    const { outputText } = ts.transpileModule(text, { compilerOptions });
    writeFileSync(join(folder, file.replace(/\.ts$/, ".js")), outputText);
  }
  return (made = { folder, packages });
}
