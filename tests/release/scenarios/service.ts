/** A service as small as can be, whose templates are the sample's: its tests, its build and its verification take moments. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../../rehearsal/bringUp/commandLine";
import type { Tree } from "../system/repository";

const sample = (file: string): string => readFileSync(join(ROOT, "app", file), "utf8");

/** What the sample has for each kind of workload, beside its code. */
const SAMPLES = [
  ...["template.yaml", "Dockerfile", "lambda-zip/template.yaml", "serverless/serverless.yml"],
  ...["ecs-service/template.yaml", "ecs-service/Dockerfile"],
  ...["parameters", "lambda-zip/parameters", "ecs-service/parameters"].flatMap((folder) =>
    readdirSync(join(ROOT, "app", folder)).map((name) => `${folder}/${name}`),
  ),
];

/** Environments whose verification fails, whether the unit tests do, and whether the server ends when it starts. */
export interface Faulty {
  readonly unit?: boolean;
  readonly verify?: readonly string[];
  readonly server?: boolean;
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
    bundle: "mkdir -p dist dist-server && cp index.js dist/ && cp server.js dist-server/",
    // As a machine has it that packages several services: osls is installed there.
    package: "npm run bundle && cd serverless && osls package",
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
    "server.js": `${faulty.server ? "process.exit(1);" : ""}require("node:http").createServer((_, response) => response.end("version ${number}")).listen(process.env.PORT);\n`,
    "test.js": tests("tests", "junit.xml"),
    "verify.js": tests("verification", "verify.xml"),
    "failing.json": JSON.stringify([...(faulty.unit ? ["unit"] : []), ...(faulty.verify ?? [])]),
    ...Object.fromEntries(SAMPLES.map((file) => [file, sample(file)])),
  };
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`app/${name}`, text]));
}
