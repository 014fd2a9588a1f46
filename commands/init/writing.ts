/** Writes stack files, once the project's own reader has nothing against them. */
import { existsSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { type Answers, stackContents } from "./answers";
import { projectName, stackFolder } from "../delivery";
import { Refusal } from "../refusal";
import { checkContents, type Contents, fileOf } from "../stackFiles/files";
import { keepEncryption } from "../up/newStacks";
import { merged } from "./merging";
import { yamlText } from "../../rehearsal/record/yamlFile";

/** A stack file that is to be written. */
export interface NewFile {
  readonly path: string;
  readonly file: string;
  readonly content: string;
  /** Whether there is one already, with other content. */
  readonly exists: boolean;
}

/** The files with the answers in them, where that is possible and the programs take it; else the new ones. */
function intoExisting(root: string, answers: Answers, fresh: Contents, existing: Contents): Contents {
  const project = projectName(root);
  const contents = Object.fromEntries(
    Object.entries(fresh).map(([stack, content]) => {
      const text = existing[stack];
      if (text === undefined) return [stack, content];
      return [stack, merged(text, stack, answers, project) ?? keepEncryption(text, content)];
    }),
  );
  try {
    checkContents(root, contents);
    return contents;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return Object.fromEntries(
      Object.entries(fresh).map(([stack, content]) => [
        stack,
        keepEncryption(existing[stack] ?? "", content),
      ]),
    );
  }
}

/** What is to be written, without what is there already. */
export function newFiles(root: string, answers: Answers): NewFile[] {
  const folder = stackFolder(root);
  const fresh = stackContents(answers, relative(folder, join(root, "docs/schemas")).replaceAll(sep, "/"));
  checkContents(root, fresh);
  const existing = Object.fromEntries(
    Object.keys(fresh).flatMap((stack) => {
      const file = fileOf(stack);
      const path = join(folder, file);
      return existsSync(path) ? [[stack, yamlText(path, file)]] : [];
    }),
  ) as Contents;
  const contents = Object.keys(existing).length === 0 ? fresh : intoExisting(root, answers, fresh, existing);
  return Object.entries(contents).flatMap(([stack, content]): NewFile[] => {
    const file = fileOf(stack);
    const text = existing[stack];
    return content === text ? [] : [{ path: join(folder, file), file, content, exists: text !== undefined }];
  });
}

/** Stack files that belong to none of these environments. */
export function otherFiles(root: string, { environments }: Answers): string[] {
  const ours = ["tooling", ...environments.map(({ name }) => name)].map(fileOf);
  return readdirSync(stackFolder(root))
    .filter((file) => /^Pulumi\..+\.ya?ml$/.test(file) && !ours.includes(file))
    .sort();
}
