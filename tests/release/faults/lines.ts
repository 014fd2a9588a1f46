/** Pipelines whose jobs meet faults: what runs in them, what each job is for, and how their clean-up starts. */
import assert from "node:assert/strict";
import { map } from "../../../packages/iam/src/json";
import { ofType, type Rehearsed } from "../../../rehearsal/record/record";
import type { Build } from "../codebuild/codebuild";
import type { Execution } from "../codepipeline/state";
import { branchesRecord, DEV } from "../scenarios/branches";
import { KINDS, recordOf } from "../scenarios/kinds";
import type { Scenario } from "../scenarios/scenario";
import type { Tree } from "../system/repository";
import { zipRecord } from "../scenarios/zip";
import { changeSets, live } from "../system/state";
import { bucketOf } from "../system/system";

/** A job by the end of its project's name, and the action that runs it. */
export type Row = readonly [job: string, stage: string, action: string];

export interface Line {
  readonly title: string;
  /** Of the pipeline. */
  readonly name: string;
  readonly record: () => Promise<Rehearsed>;
  /** In the order of a release. */
  readonly jobs: readonly Row[];
  readonly cleanup: string;
  /** Actions whose jobs only read: no answer that is lost could be of a call that writes. */
  readonly reading: readonly string[];
  /** What a build hands on, without what is its own each time. */
  readonly handedOn: (it: Scenario, build: Build) => Promise<unknown>;
  /** Releases without faults, and how many of them made the stacks: what the others call is what every later one does. */
  readonly history: (it: Scenario, tree: () => Tree, whole: boolean) => Promise<number>;
  readonly push: (it: Scenario, tree: Tree) => Promise<Execution>;
  /** What people do on the way to a job. */
  readonly toward?: (it: Scenario, job: string) => Promise<void>;
  /** What people do after a job, so that its stage is free again. */
  readonly after?: (it: Scenario, job: string) => Promise<void>;
  /** What is there that a job may change, to be compared. */
  readonly state: (it: Scenario) => Promise<unknown>;
  /** What is there once a job has done what it is for; `before` is what was there before the run. */
  readonly done: (job: string, id: string, before: unknown) => unknown;
  /** Starts the clean-up of what a run has left, and the one that ends what that has begun. */
  readonly clean: (it: Scenario, execution: Execution) => Promise<void>;
  readonly cleanAgain: (it: Scenario, execution: Execution) => Promise<void>;
}

type Environments = Awaited<ReturnType<Scenario["environments"]>>;

/** A pipeline through test, and through prod with an approval. */
const release = (name: string, title: string, record: Line["record"], more: Partial<Line> = {}): Line => ({
  ...{ name, title, record, cleanup: `${name}-cleanup`, reading: ["Build", "Verify"] },
  jobs: [
    [`${name}-build`, "Build", "Build"],
    [`${name}--test-release-job`, "Deploy-test", "Deploy"],
    [`${name}-verify`, "Deploy-test", "Verify"],
    [`${name}-promote`, "Deploy-test", "Promote"],
    [`${name}--prod-plan-job`, "Approve-prod", "Plan"],
    [`${name}--prod-release-job`, "Deploy-prod", "Deploy"],
  ],
  history: async (it, tree, whole) => {
    for (const decision of whole
      ? (["Approved", "Approved", "Rejected", "Rejected"] as const)
      : (["Rejected", "Rejected"] as const)) {
      await it.push(tree());
      await it.decide(decision);
    }
    return 1;
  },
  push: (it, tree) => it.push(tree),
  handedOn: asExported,
  toward: async (it, job) => {
    if (job.endsWith("prod-release-job")) await it.decide("Approved");
    if (job.endsWith("-cleanup")) await it.decide("Rejected");
  },
  after: async (it, job) => {
    if (job.endsWith("prod-plan-job")) await it.decide("Rejected");
  },
  state: (it) => it.environments(),
  done: (job, id, before) => {
    const { test, prod } = before as Environments;
    const released = { stack: `UPDATE_COMPLETE ${id}`, promoted: id, sets: [] };
    // What follows Deploy records it.
    if (/--test-release-job$|-verify$/.test(job))
      return { prod, test: { ...released, promoted: test?.promoted } };
    if (job.endsWith("-promote")) return { prod, test: released };
    if (job.endsWith("-plan-job")) return { test: released, prod: { ...prod, sets: [`d-${id}`] } };
    if (job.endsWith("--prod-release-job"))
      return { test: released, prod: { ...released, promoted: prod?.promoted } };
    // What an earlier run has left waiting is gone: its stage was taken by this one.
    return job.endsWith("-cleanup") ? { test: released, prod: { ...prod, sets: [] } } : before;
  },
  clean: (it, execution) => it.cleanUp(execution),
  cleanAgain: (it, execution) => it.cleanUp(execution),
  ...more,
});

const asExported: Line["handedOn"] = (_, { exported }) => Promise.resolve(exported);

/** Another build's image is another one by its label, and so is the release that names it. The repository has it under the build's own tag. */
const handedOnImage: Line["handedOn"] = async (it, { exported, id }) => {
  const { CODE_DIGEST: imageDigest, RELEASE_SHA256, ...others } = exported;
  assert.match(RELEASE_SHA256 ?? "", /^[0-9a-f]{64}$/);
  const [, , , , account = ""] = it.pipeline().arn.split(":");
  const [repository] = ofType(it.system.record, "awsx:ecr:Repository");
  const { imageDetails = [] } = (await it.system.aws.request(account, "ecr", "DescribeImages", {
    ...{ repositoryName: map(repository?.outputs["repository"])["name"], imageIds: [{ imageDigest }] },
  })) as { imageDetails?: readonly { readonly imageTags?: readonly string[] }[] };
  const [[tag = "", ...more] = []] = imageDetails.map(({ imageTags = [] }) => imageTags);
  assert.ok(tag.endsWith(`-${id.split(":").at(-1)}`) && more.length === 0, `${imageDigest}: ${tag}`);
  return others;
};

export const ZIP_LINE = release("catalog", "a function in a zip", () => zipRecord());

const BRANCH = "feature/a";

async function branchState(it: Scenario): Promise<unknown> {
  const hash = it
    .pipeline()
    .attempts.map(({ outputVariables }) => outputVariables["BRANCH_HASH"])
    .filter((each) => each !== undefined)
    .at(-1);
  const name = `${it.name}-${hash}`;
  return {
    stack: await live(it.system, DEV, name),
    sets: await changeSets(it.system, DEV, name),
    notes: (await it.system.aws.objects.list(bucketOf(it.system), `kept/${it.name}/`)).length,
  };
}

const BRANCHES: Line = {
  title: "an environment of a branch",
  name: "catalog--br",
  record: () => branchesRecord(),
  cleanup: "br-cleanup",
  reading: ["Build", "Verify"],
  jobs: [
    ["br-register", "Register", "Register"],
    ["br-build", "Build", "Build"],
    ["br-release-job", "Deploy", "Deploy"],
    ["br-verify", "Deploy", "Verify"],
  ],
  history: async (it, tree) => {
    // Each of its own: a stack of the same name would refuse to make again the table that one before has left.
    for (const gone of ["feature/b", "feature/c"]) {
      await it.push(tree(), gone);
      await it.deleteBranch(gone);
    }
    for (let n = 0; n < 3; n++) await it.push(tree(), BRANCH);
    return 3;
  },
  push: (it, tree) => it.push(tree, BRANCH),
  handedOn: asExported,
  state: branchState,
  done: (job, id, before) => {
    if (job === "br-cleanup") return { stack: "none", sets: [], notes: 0 };
    return job === "br-release-job" || job === "br-verify"
      ? { stack: `UPDATE_COMPLETE ${id}`, sets: [], notes: 1 }
      : before;
  },
  clean: async (it, execution) => {
    const [{ revision = "" } = {}] = execution.artifacts.values();
    it.system.repository.branches.set(BRANCH, revision);
    await it.deleteBranch(BRANCH);
  },
  cleanAgain: async (it) => {
    const [sweep] = ofType(it.system.record, "aws:cloudwatch/eventRule:EventRule").filter(
      ({ inputs }) => inputs["scheduleExpression"] !== undefined,
    );
    assert.ok(sweep);
    it.system.bus.tick(sweep.name);
    await it.system.activity.idle();
  },
};

export const LINES: readonly Line[] = [
  ZIP_LINE,
  ...KINDS.map((kind) =>
    release(
      kind.name,
      kind.title,
      () => recordOf([kind]),
      kind.settings["workload"] === "serverless" ? {} : { handedOn: handedOnImage, reading: ["Verify"] }, // Build pushes an image.
    ),
  ),
  BRANCHES,
];
