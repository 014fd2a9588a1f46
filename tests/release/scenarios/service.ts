/** A service as small as can be, whose template is the sample's: its tests, its build and its verification take moments. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../../rehearsal/bringUp/commandLine";
import type { Tree } from "../system/repository";

const sample = (file: string): string => readFileSync(join(ROOT, "app", file), "utf8");

/** Environments whose verification fails, and whether the unit tests do. */
export interface Faulty {
  readonly unit?: boolean;
  readonly verify?: readonly string[];
}

/** A script of npm's that writes a report, and ends as the service's own file says. */
const tests = (kind: string, report: string): string => `
const { mkdirSync, writeFileSync, readFileSync } = require("node:fs");
mkdirSync("reports", { recursive: true });
writeFileSync("reports/${report}", "<testsuites/>");
const { ENVIRONMENT = "unit", ENDPOINT = "nowhere" } = process.env;
console.log("${kind} of " + ENVIRONMENT + " at " + ENDPOINT);
if (JSON.parse(readFileSync("failing.json", "utf8")).includes(ENVIRONMENT)) process.exit(1);
`;

/** A version of the service below `app/`; another number is other code. */
export function version(number: number, faulty: Faulty = {}): Tree {
  const scripts = {
    test: "node test.js",
    verify: "node verify.js",
    bundle: "mkdir -p dist && cp index.js dist/",
  };
  const about = { name: "catalog", version: "1.0.0" };
  const files: Tree = {
    "package.json": JSON.stringify({ ...about, private: true, engines: { node: ">=20" }, scripts }),
    "package-lock.json": JSON.stringify({
      ...about,
      lockfileVersion: 3,
      requires: true,
      packages: { "": about },
    }),
    "index.js": `exports.handler = async () => ({ statusCode: 200, body: "version ${number}" });\n`,
    "test.js": tests("tests", "junit.xml"),
    "verify.js": tests("verification", "verify.xml"),
    "failing.json": JSON.stringify([...(faulty.unit ? ["unit"] : []), ...(faulty.verify ?? [])]),
    "lambda-zip/template.yaml": sample("lambda-zip/template.yaml"),
    "lambda-zip/parameters/test.json": sample("lambda-zip/parameters/test.json"),
    "lambda-zip/parameters/prod.json": sample("lambda-zip/parameters/prod.json"),
  };
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`app/${name}`, text]));
}
