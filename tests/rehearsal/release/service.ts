import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import program from "../../../index";
import { bringUp } from "../../../rehearsal/bringUp/bringUp";
import type { Rehearsed } from "../../../rehearsal/record/record";
import { release } from "../../../rehearsal/release/pipeline/release";
import type { ReleaseOptions } from "../../../rehearsal/release/pipeline/releaseOptions";
import type { Act3 } from "../../../rehearsal/release/report";
import type { Folder } from "../../../rehearsal/record/stackFiles";
import type { Pipeline, ReleasedEnvironment, ToolingSettings } from "../../../stacks/settings/model";
import { readSettings } from "../../../stacks/settings/read";
import { emptyFolder, type Files, write } from "../../folders";
import { TEMPLATE } from "./sampleTemplate";

/** Answers with what it was told: its text, its table as the store has it, its path parameter. */
export const handler = (text: string): string => `exports.handler = async (event) => {
  const response = await fetch(process.env.AWS_ENDPOINT_URL_DYNAMODB, {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDB_20120810.DescribeTable",
      "x-amz-date": "20200101T000000Z",
      authorization: "AWS4-HMAC-SHA256 Credential=a/20200101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=a" },
    body: JSON.stringify({ TableName: process.env.TABLE }),
  });
  const { Table } = await response.json();
  return { text: ${JSON.stringify(text)}, table: Table.TableName, id: event.pathParameters.id };
};
`;

const JUNIT = '<testsuite name="tiny" tests="2" failures="0"></testsuite>';
const script = (file: string, code: string): string => `${code}
require("fs").mkdirSync("reports", { recursive: true });
require("fs").writeFileSync("reports/${file}.xml", ${JSON.stringify(JUNIT)});
`;

/** A service whose scripts take no time and need no packages. */
export const SERVICE: Files = {
  "package.json": JSON.stringify({
    name: "lamps",
    version: "1.0.0",
    scripts: { test: "node test.cjs", bundle: "node bundle.cjs", verify: "node verify.cjs" },
  }),
  "package-lock.json": JSON.stringify({
    name: "lamps",
    version: "1.0.0",
    lockfileVersion: 3,
    packages: { "": { name: "lamps", version: "1.0.0" } },
  }),
  "template.yaml": TEMPLATE,
  Dockerfile: 'FROM scratch\nCOPY dist/ /\nCMD ["index.handler"]\n',
  "index.js": handler("first"),
  "test.cjs": script("junit", ""),
  "bundle.cjs":
    'const fs = require("fs"); fs.mkdirSync("dist"); fs.copyFileSync("index.js", "dist/index.js");',
  "verify.cjs": `fetch(process.env.ENDPOINT + "/lamp/verify").then(async (response) => {
  const { text } = await response.json();
  if (response.status !== 200 || text.includes("broken")) { console.log("expected a lamp, got " + text); process.exitCode = 1; }
});
${script("verify", "")}`,
};

/** The service in a folder of its own, some of its files others. */
export function service(changes: Files = {}, files: Files = SERVICE): string {
  const folder = emptyFolder();
  write(folder, { ...files, ...changes });
  return folder;
}

/** What is answered; undefined where nothing is. What has ended may have left its port to somebody else. */
export const answered = (url: string): Promise<string | undefined> =>
  fetch(url).then(
    (response) => response.text(),
    () => undefined,
  );

export const git = (folder: string, ...args: string[]): string =>
  execFileSync("git", ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
    encoding: "utf8",
  });

/** The service in a git repository, committed; then with changes that are not. */
export function changed(before: Files, after: Files, files: Files = SERVICE): string {
  const folder = service(before, files);
  git(folder, "init", "--quiet");
  git(folder, "add", ".");
  git(folder, "commit", "--quiet", "-m", "before");
  write(folder, after);
  return folder;
}

const config = (values: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key.includes(":") ? key : `shop:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );

const ACCOUNTS = { tooling: "111111111111", stage: "222222222222", live: "333333333333" };

/** A pipeline's settings, as they are written. */
export type Written = Readonly<Record<string, unknown>>;

/** Tooling's configuration: two environments, the second with approval. `changes` are of the pipeline. */
export const configWith = (
  changes: Written = {},
  { stage = {}, live = {} }: { readonly stage?: Written; readonly live?: Written } = {},
): Record<string, string> =>
  config({
    "aws:region": "eu-central-1",
    kind: "tooling",
    account: ACCOUNTS.tooling,
    environments: [
      { name: "stage", account: ACCOUNTS.stage, ...stage },
      { name: "live", account: ACCOUNTS.live, approval: true, ...live },
    ],
    pipelines: [{ name: "lamps", directory: "service", source: { codecommit: "lamps" }, ...changes }],
  });
export const CONFIG = configWith();

/** The stack files of a configuration of tooling's. */
export const folderOf = (tooling: Readonly<Record<string, string>>): Folder => ({
  project: "shop",
  stacks: [
    { stack: "tooling", path: "Pulumi.tooling.yaml", config: tooling },
    ...(["stage", "live"] as const).map((stack) => ({
      stack,
      path: `Pulumi.${stack}.yaml`,
      config: config({ "aws:region": "eu-central-1", kind: "environment", account: ACCOUNTS[stack] }),
    })),
  ],
});

const records = new Map<string, Promise<Rehearsed>>();
/** What the bring-up makes of a configuration, once for all tests. */
export function recordOf(tooling: Readonly<Record<string, string>>): Promise<Rehearsed> {
  const key = JSON.stringify(tooling);
  const known = records.get(key);
  if (known) return known;
  const made = bringUp(folderOf(tooling), { program }).then(({ runs, findings }) => {
    if (findings.length > 0) throw new Error(JSON.stringify(findings));
    return runs;
  });
  records.set(key, made);
  return made;
}

function toolingSettings(tooling: Readonly<Record<string, string>>): ToolingSettings {
  const { settings, problems } = readSettings({
    organization: "o",
    project: "shop",
    stack: "tooling",
    config: tooling,
  });
  if (settings?.kind !== "tooling") throw new Error(problems?.join("\n"));
  return settings;
}

/** The pipeline, with its environments released otherwise: each as it is but for these changes. */
export function pipelineWith(changes: Partial<ReleasedEnvironment>): Pipeline {
  const [pipeline] = toolingSettings(CONFIG).pipelines;
  if (!pipeline) throw new Error("there is no pipeline");
  const [first, ...others] = pipeline.environments;
  return {
    ...pipeline,
    environments: [{ ...first, ...changes }, ...others.map((each) => ({ ...each, ...changes }))],
  };
}

export interface Ended {
  readonly act: Act3;
  readonly lines: readonly string[];
  readonly work: string;
}

/** Releases a service; every approval is given unless `options` say otherwise. */
export async function releaseOf(
  folder: string,
  options: Partial<ReleaseOptions> = {},
  tooling: Readonly<Record<string, string>> = CONFIG,
): Promise<Ended> {
  const settings = toolingSettings(tooling);
  const [pipeline] = settings.pipelines;
  if (!pipeline) throw new Error("there is no pipeline");
  const lines: string[] = [];
  const work = options.work ?? emptyFolder();
  const act = await release({
    settings,
    record: await recordOf(tooling),
    pipeline,
    service: folder,
    work,
    signal: new AbortController().signal,
    approve: () => Promise.resolve({ yes: true, how: "test" }),
    ...options,
    say: (line, depth) => {
      lines.push(line);
      options.say?.(line, depth);
    },
  });
  return { act, lines, work };
}

/** The one folder of a run in a work folder. */
export const runFolder = (work: string): string =>
  join(work, readdirSync(work).find((name) => name.startsWith("run-")) ?? "none");
