/** Writes stack files, once the project's own reader has nothing against them. */
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { parse } from "yaml";
import { type Answers, keepEncryption, stackContents } from "./answers";
import { readParts, stackFolder } from "../delivery";
import { Refusal } from "../refusal";

const fileOf = (stack: string): string => `Pulumi.${stack}.yaml`;

/** Refuses settings that the programs would refuse. */
export function checkContents(root: string, contents: Readonly<Record<string, string>>): void {
  const folder = mkdtempSync(join(tmpdir(), "delivery-init-"));
  try {
    copyFileSync(join(root, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    // The files lie beside it here, wherever the project has them.
    const project = parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) as Record<string, unknown>;
    delete project["stackConfigDir"];
    writeFileSync(join(folder, "Pulumi.yaml"), JSON.stringify(project));
    for (const [stack, content] of Object.entries(contents))
      writeFileSync(join(folder, fileOf(stack)), content);
    const { problems } = readParts(folder);
    if (problems.length > 0)
      throw new Refusal(["nothing was written, since the settings have problems:", ...problems].join("\n  "));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A stack file that is to be written. */
export interface NewFile {
  readonly path: string;
  readonly file: string;
  readonly content: string;
  /** Whether there is one already, with other content. */
  readonly exists: boolean;
}

/** What is to be written, without what is there already. */
export function newFiles(root: string, answers: Answers): NewFile[] {
  const folder = stackFolder(root);
  const contents = stackContents(answers, relative(folder, join(root, "docs/schemas")).replaceAll(sep, "/"));
  checkContents(root, contents);
  return Object.entries(contents).flatMap(([stack, content]): NewFile[] => {
    const file = fileOf(stack);
    const path = join(folder, file);
    if (!existsSync(path)) return [{ path, file, content, exists: false }];
    const existing = readFileSync(path, "utf8");
    const kept = keepEncryption(existing, content);
    return kept === existing ? [] : [{ path, file, content: kept, exists: true }];
  });
}

/** Stack files that belong to none of these environments. */
export function otherFiles(root: string, { environments }: Answers): string[] {
  const ours = ["tooling", ...environments.map(({ name }) => name)].map(fileOf);
  return readdirSync(stackFolder(root))
    .filter((file) => /^Pulumi\..+\.ya?ml$/.test(file) && !ours.includes(file))
    .sort();
}
