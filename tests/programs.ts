/** The project's programs and components under mocks: nothing that goes wrong in them is lost. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import program from "../index";
import type { JobScope } from "../components/jobs/jobStatements";
import type { Scope } from "../components/names";
import type { Statement } from "../components/policies";
import { bringUp } from "../rehearsal/bringUp/bringUp";
import { label, type Rehearsed, type Resource, type StackRun } from "../rehearsal/record/record";
import { runStack } from "../rehearsal/bringUp/runStack";
import { deliver, type Values as Settings } from "./stacks/settingsSample";
import type { Values } from "../packages/iam/src/json";

/** Another project's names, in an account of its own: components know nothing of this one. */
export const SCOPE: Scope = {
  project: "acme",
  region: "eu-central-1",
  toolingAccount: "444444444444",
  path: "/team/",
};
export const CATALOG = { name: "catalog", prefix: "cat" };
/** A store and images that are somewhere else, for what is built on them. */
export function jobScope(): JobScope {
  const text = (value: string) => pulumi.output(value);
  return {
    scope: SCOPE,
    pipeline: CATALOG,
    store: { bucketArn: text("arn:bucket"), bucketName: text("bucket"), keyArn: text("arn:key") },
    images: {
      arn: text("arn:images"),
      name: text("images"),
      url: text("url/images"),
      cacheArn: text("arn:cache"),
      cacheUrl: text("url/cache"),
    },
  };
}
/** What jobs have in common. */
export const JOB_DEFAULTS = {
  judge: (values: readonly string[]) => values.map((each) => `/delivery/tooling/judge/${each}`).join(" "),
  image: "standard:7.0",
  logRetentionInDays: 30,
};
export const TOOLING_ROOT = "arn:aws:iam::444444444444:root";

/** What a program of somebody else's registers with this in it; its stack and its provider are left out. */
export async function registered(
  make: (opts: pulumi.ComponentResourceOptions) => unknown,
): Promise<Resource[]> {
  const { resources, failures } = await runStack({
    project: "elsewhere",
    stack: "dev",
    config: { "elsewhere:account": SCOPE.toolingAccount, "aws:region": SCOPE.region },
    program: () =>
      Promise.resolve().then(() => {
        const region = SCOPE.region as aws.Region;
        const account = new aws.Provider("account", { region, allowedAccountIds: [SCOPE.toolingAccount] });
        make({ providers: [account] });
      }),
    earlier: [],
  });
  assert.deepEqual(failures, []);
  const made = resources.slice(2);
  for (const each of made.filter(({ custom, remote }) => custom || remote)) {
    assert.equal(each.account, SCOPE.toolingAccount, `${label(each)} has not the provider that was given`);
  }
  assert.ok(made.length > 0, "nothing was registered");
  return made;
}

/** Why a component refuses its arguments; nothing but itself was registered then. */
export async function refusal(make: (opts: pulumi.ComponentResourceOptions) => unknown): Promise<string[]> {
  const run = await runStack({
    ...{ project: "elsewhere", stack: "dev", config: {}, earlier: [] },
    program: () => Promise.resolve().then(() => void make({})),
  });
  assert.deepEqual(
    run.resources.filter(({ custom }) => custom),
    [],
  );
  return [...run.failures];
}

/** Resources of a type, by the end of its token: `iam/role:Role`. */
export const ofKind = (resources: readonly Resource[], kind: string): Resource[] =>
  resources.filter(({ type }) => type.endsWith(`:${kind}`));

/** The one resource of a type, or the one of that name; fails with what there is. */
export function only(resources: readonly Resource[], kind: string, name?: string): Resource {
  const found = ofKind(resources, kind).filter((each) => name === undefined || each.name === name);
  const [first] = found;
  assert.ok(
    first && found.length === 1,
    `${found.length} of ${kind} ${name ?? ""}; there are ${ofKind(resources, kind).map(label).join(", ") || "none of this type"}`,
  );
  return first;
}

/** Inputs of all resources of a type, by name. */
export const inputsOf = (resources: readonly Resource[], kind: string): Record<string, Values> =>
  Object.fromEntries(ofKind(resources, kind).map(({ name, inputs }) => [name, inputs]));

/** A document that a resource holds, as text or as an object. */
export function documentOf({ inputs }: Resource, property = "policy"): { readonly Statement: Statement[] } {
  const written = inputs[property];
  return (typeof written === "string" ? JSON.parse(written) : written) as { Statement: Statement[] };
}

/** Statements of the one role policy of that name. */
export const roleStatements = (resources: readonly Resource[], name: string): Statement[] =>
  documentOf(only(resources, "iam/rolePolicy:RolePolicy", name)).Statement;

/** A value with every Output in it resolved. */
export const resolved = <T>(value: T): Promise<unknown> =>
  new Promise((resolve) => void pulumi.output(value).apply(resolve));

/** Type and name of each resource, as a sorted list: what a diff of two stacks is about. */
export const names = (resources: readonly Resource[]): string[] =>
  resources.map(({ type, name }) => `${type} ${name}`).sort();

type Files = Readonly<Record<string, Settings>>;

export const folder = (files: Files, project: string) => ({
  project,
  stacks: Object.entries(files).map(([stack, values]) => ({
    stack,
    path: `Pulumi.${stack}.yaml`,
    config: deliver(values, stack, project).config,
  })),
});

/** The real program with these settings, once for each stack; fails if one does not come up. */
export function broughtUp(files: Files, project = "delivery"): Promise<Rehearsed> {
  const settings = folder(files, project);
  const key = createHash("sha256").update(JSON.stringify(settings)).digest("hex");
  const up = brought.get(key) ?? sharedOrMade(settings, key);
  brought.set(key, up);
  return up;
}

/** Tests only read records, which are data alone: each is made once for all processes of one run of mocha. */
const brought = new Map<string, Promise<Rehearsed>>();
async function sharedOrMade(settings: ReturnType<typeof folder>, key: string): Promise<Rehearsed> {
  const shared = process.env["SHARED_BY_TESTS"]; // tests/setup.ts
  const file = shared && join(shared, `brought-up-${key}`);
  if (file && existsSync(file)) return deserialize(readFileSync(file)) as Rehearsed;
  const { runs, findings } = await bringUp(settings, { program });
  assert.deepEqual(findings, []);
  if (file) {
    const own = `${file}.${process.pid}`; // whole or not at all: another process may make the same
    writeFileSync(own, serialize(runs));
    renameSync(own, file);
  }
  return runs;
}

/** One stack after others that are up; its failures are for the caller to judge. */
export function oneStack(
  stack: string,
  values: Settings,
  earlier: Rehearsed,
  project = "delivery",
): Promise<StackRun> {
  const { config } = deliver(values, stack, project);
  return runStack({ project, stack, config, program, earlier });
}

/** The stack of that name. */
export function runOf(runs: Rehearsed, stack: string): StackRun {
  const run = runs.find((each) => each.stack === stack);
  assert.ok(run, `no stack ${stack} among ${runs.map((each) => each.stack).join(", ")}`);
  return run;
}
