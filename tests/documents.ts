/** The five documents of docs/coming-from.md, rebuilt as settings: a folder each. */
import { join } from "node:path";
import { type Folder, readStackFiles } from "../rehearsal/record/stackFiles";

const ROOT = join(__dirname, "..");

/** In the order of the page's sections. */
export const DOCUMENTS = [
  "cicd-lambda-container",
  "ecs-lambda",
  "serverless-api",
  "github-features",
  "mono-multi-account",
] as const;
export type DocumentName = (typeof DOCUMENTS)[number];

export const FOLDER_OF_DOCUMENTS = join(ROOT, "tests/fixtures/documents");

/** The settings of a document, as the rehearsal reads them. */
export const settingsOf = (name: DocumentName): Folder =>
  readStackFiles(join(FOLDER_OF_DOCUMENTS, name), join(ROOT, "Pulumi.yaml"));
