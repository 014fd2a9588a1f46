import assert from "node:assert/strict";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import {
  cleanUpBranches,
  deployBranch,
  register,
  registerBranch,
  branchStack,
  branchWorld,
} from "./branches";
import { releaseService, service, serviceWorld } from "./serviceAlone";
import { owned, ownedImages, ownedWorld, releaseCode, releaseImage } from "./codeAlone";
import { COMMANDS } from "./commands";
import type { Result } from "./harness";
import { RELEASED_FUNCTION, worldOf } from "./kinds";
import { build, cleanup, endStale, LONG_TEMPLATE, pool, promote, release, sourceFolder } from "./inputs";
import { comment, pullRequestWorld, said } from "./commenting";
import { SOURCE, written } from "./pullRequests";
import { runInside, withRunner } from "./runInside";
import { sampled, whole } from "../../whole/sample";
import { changeSet, liveStack, type Stack } from "./stack";
import { staleApproval } from "./codepipeline";
import { BUCKET, COMMIT_ID, DIGEST, EXECUTION_ID, emptyWorld, image, type World } from "./world";

/**
 * Every call that writes, of every job, once takes effect and loses its answer. The CLI makes it again
 * (AWS_MAX_ATTEMPTS), so the job gets what AWS answers to the second one; it must end as if nothing had happened.
 */
interface Case {
  readonly name: string;
  readonly world: () => World;
  readonly run: (world: World) => Promise<Result>;
  /** Exit code of the job, also when every answer comes. Default: 0. */
  readonly code?: number;
}

const OWN = `d-${EXECUTION_ID}`;
const OTHER = "d-11111111-0000-4000-8000-000000000000";
const BRANCH = "feature/one";
const change = {
  Action: "Add",
  LogicalResourceId: "F",
  ResourceType: "AWS::Lambda::Function",
  AfterContext: RELEASED_FUNCTION,
};
const outcome = { status: "CREATE_COMPLETE", reason: null, changes: [{ ResourceChange: change }] };
const refused = { status: "FAILED", reason: "The submitted information didn't contain changes", changes: [] };
const worldWith = (stacks: Stack[], changes: Partial<World> = {}): World => ({
  ...emptyWorld(),
  outcome,
  stacks,
  ...changes,
});
const live = (): Stack =>
  liveStack("UPDATE_COMPLETE", { protected: false, sets: [changeSet(OTHER), changeSet(OWN)] });
const execution = (type: string, status = "InProgress") => ({
  executions: { [EXECUTION_ID]: { type, status } },
});
const FIRST = ["CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "DELETE_COMPLETE"];
const STUCK = ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED"];

function promoted(): World {
  const old = { ...image(`sha256:${"0b".repeat(32)}`, "old"), pushedAt: "2026-01-01T00:00:00+00:00" };
  const world = worldWith([], { images: [image(DIGEST, COMMIT_ID), old] });
  const record = {
    ...{ commit: "a".repeat(40), codeDigest: DIGEST, releaseSha256: "01".repeat(32) },
    ...{ run: "11111111-1111-4222-8333-444455556666", promotedAt: "2026-01-02T03:04:05Z" },
  };
  for (const name of ["test", "prod"])
    world.objects.set(
      `${BUCKET}/kept/catalog/environments/${name}.json`,
      Buffer.from(JSON.stringify({ releases: [record] })),
    );
  for (const name of ["SHA256SUMS", "template.yaml"]) {
    world.objects.set(
      `${BUCKET}/releases/catalog/222222222222/test/${EXECUTION_ID}/${name}`,
      Buffer.from(name),
    );
    world.objects.set(`${BUCKET}/kept/catalog/${"c".repeat(40)}/${name}`, Buffer.from(name));
    world.written.set(`${BUCKET}/kept/catalog/${"c".repeat(40)}/${name}`, "2026-01-01T00:00:00+00:00");
  }
  return world;
}

function branches(changes: Partial<World> = {}): World {
  const world = branchWorld(BRANCH, { outcome, ...changes });
  register(world, BRANCH);
  return world;
}

const CASES: readonly Case[] = [
  { name: "plan", world: () => worldWith([live()]), run: (world) => release("plan", world) },
  { name: "plan, a first release", world: () => worldWith([]), run: (world) => release("plan", world) },
  {
    name: "plan, nothing would change",
    world: () => worldWith([live()], { outcome: refused }),
    run: (world) => release("plan", world),
  },
  {
    name: "deploy, what was approved",
    world: () => worldWith([live()]),
    run: (world) => release("deploy", world),
  },
  {
    name: "deploy, a first release of its own",
    world: () => worldWith([]),
    run: (world) => release("deploy", world, { APPROVAL: "false" }),
  },
  {
    name: "deploy, a first release that fails",
    world: () => worldWith([], { executing: FIRST }),
    run: (world) => release("deploy", world, { APPROVAL: "false" }),
    code: 1,
  },
  {
    name: "deploy, a roll-back",
    world: () => worldWith([live()], execution("ROLLBACK")),
    run: (world) => release("deploy", world),
  },
  {
    name: "deploy, after a roll-back that got stuck",
    world: () => worldWith([liveStack("UPDATE_ROLLBACK_FAILED")]),
    run: (world) => release("deploy", world, { APPROVAL: "false" }),
  },
  {
    name: "deploy, an update whose roll-back gets stuck",
    world: () => worldWith([live()], { executing: STUCK }),
    run: (world) => release("deploy", world),
    code: 1,
  },
  {
    name: "code-deploy, what was approved",
    world: () => ownedWorld(owned()),
    run: (world) => releaseCode("code-deploy", world),
  },
  {
    name: "code-deploy, an image",
    world: () => ownedWorld(ownedImages()),
    run: (world) => releaseImage("code-deploy", world, { APPROVAL: "false", PLANNED: "" }),
  },
  {
    name: "code-deploy, to a service",
    world: () => serviceWorld(service()),
    run: (world) => releaseService("code-deploy", world),
  },
  {
    name: "build of an image",
    world: emptyWorld,
    run: (world) => build(world, {}, sourceFolder({ "app/template.yaml": LONG_TEMPLATE })),
  },
  {
    name: "build of a zip",
    world: () => worldOf(lambdaZip),
    run: (world) => build(world, {}, sourceFolder({ "app/template.yaml": LONG_TEMPLATE }), lambdaZip),
  },
  { name: "promote", world: promoted, run: (world) => promote(world) },
  {
    name: "promote, where code is files",
    world: promoted,
    run: (world) => promote(world, { PACKAGING: "zip", EXPIRATION_IN_DAYS: "44", REPOSITORY_NAME: "" }),
  },
  {
    name: "clean-up of a run that failed",
    world: () =>
      worldWith(
        [
          liveStack("UPDATE_COMPLETE", { sets: [changeSet(OWN)] }),
          liveStack("ROLLBACK_COMPLETE", {
            account: "333333333333",
            name: "catalog--prod",
            protected: false,
          }),
        ],
        execution("STANDARD", "Failed"),
      ),
    run: (world) => cleanup(world),
  },
  {
    name: "clean-up of a stale approval",
    world: staleApproval,
    run: (world) => endStale(world),
  },
  { name: "register", world: () => branches(), run: (world) => registerBranch(world) },
  {
    name: "deploy of a branch",
    world: () => branches({ stacks: [branchStack(BRANCH)] }),
    run: (world) => deployBranch(world, BRANCH),
  },
  {
    name: "deploy of a branch, the first",
    world: () => branches(),
    run: (world) => deployBranch(world, BRANCH),
  },
  {
    name: "deploy of a branch in another Region",
    world: () => branches({ environmentRegion: "us-east-1" }),
    run: (world) =>
      deployBranch(world, BRANCH, {
        ENVIRONMENT_REGION: "us-east-1",
        ENVIRONMENT_BUCKET: "artifacts-us-east-1-0a1b2c3",
      }),
  },
  {
    name: "comment",
    world: () => pullRequestWorld([`previews of ${SOURCE}:\n`, "== test\n", "end of previews\n"]),
    run: (world) => comment(world),
  },
  {
    name: "comment, in place of an earlier one",
    world: () => pullRequestWorld([], { comments: [written("### Previews of an earlier commit")] }),
    run: (world) => comment(world),
  },
  {
    name: "run inside an environment",
    world: () => withRunner("IN_PROGRESS", "SUCCEEDED"),
    run: (world) => runInside(world),
  },
  {
    name: "clean-up of branches",
    world: () => branches({ stacks: [branchStack(BRANCH)] }),
    run: (world) => cleanUpBranches(world),
  },
];

/** Calls that have no effect: it is all the same how often they are made. */
const READS =
  / (describe-[a-z-]+|list-[a-z0-9-]+|get-[a-z-]+|batch-get-[a-z-]+|filter-[a-z-]+|validate-template)$/;
/** The calls that write, each of them; of the sessions, which are taken for each call alike, the first. */
const writes = ({ calls }: Result): { call: number; name: string; operation: string }[] =>
  calls
    .filter((call) => call.startsWith("aws "))
    .map((name, k) => ({ call: k + 1, name, operation: name.split(" ").slice(2).join(" ") }))
    .filter(({ name }) => !READS.test(name))
    .filter(
      ({ operation, call }, _, all) =>
        operation !== "sts assume-role" || all.find((each) => each.operation === operation)?.call === call,
    );

/** Containers, with their variables in the order of names: ECS keeps none. */
const inNames = (containers: unknown): unknown =>
  (containers as { environment?: { name: string }[] }[] | undefined)?.map(
    ({ environment = [], ...rest }) => ({
      ...rest,
      environment: [...environment].sort((a, b) => a.name.localeCompare(b.name)),
    }),
  );

/** What is there in the end. Register and the names of sets know the time; a second mail is no harm. */
const settled = (world: World): unknown => ({
  stacks: world.stacks.map(({ name, status, release, protected: kept, sets }) => [
    name,
    status,
    release,
    kept,
    sets.map((set) => [set.name, set.status, set.executionStatus]),
  ]),
  images: world.images.map(({ digest, tags }) => [digest, [...tags].sort()]),
  objects: [...world.objects]
    .map(
      ([key, contents]) =>
        `${key} ${contents.toString().replace(/"(deployedAt|promotedAt|at)": *"?[^",}]+/g, "$1")}`,
    )
    .sort(),
  runs: world.executions,
  owners: [
    world.ownersFunction?.alias.version,
    world.ownersFunction?.versions.map(({ number, sha }) => [number, sha]),
  ],
  // A revision may be there twice: ECS has no token for registering one.
  service: world.ownersService?.deployments.map(({ status, definition }) => [
    status,
    inNames(world.ownersService?.definitions.get(definition)?.["containerDefinitions"]),
  ]),
  builds: world.runner?.builds.length,
  said: said(world),
  mails: [...new Set(world.messages.map(({ subject, message }) => `${subject}\n${message}`))],
});

/** What a stack runs, and what is kept of it. */
const IN_SAMPLE = ["deploy, what was approved", "promote"];

describe("an answer of AWS that is lost", () => {
  const covered = new Set<string>();

  for (const [nth, { name, world: make, run, code = 0 }] of CASES.entries()) {
    (IN_SAMPLE.includes(name) ? it : whole)(`changes nothing of what job ${name} does`, async () => {
      const good = make();
      const reference = await run(good);
      assert.equal(reference.code, code, reference.output);
      const lost = writes(reference).flatMap((each) => {
        covered.add(each.operation);
        const tokens = [...good.tokens.values()].some((made) => made.startsWith(`${each.operation} `));
        return [false, ...(tokens ? [true] : [])].map((knowsTokens) => ({ ...each, knowsTokens }));
      });
      assert.ok(lost.length > 0);
      const tried = sampled(lost, (_, index) => index === nth % lost.length);
      await pool(tried, async ({ call, name: what, knowsTokens }) => {
        const world = Object.assign(make(), { loseAnswerOf: call, knowsTokens });
        const result = await run(world);
        assert.equal(result.code, code, `${what}: ${result.output}`);
        assert.deepEqual(result.exported, reference.exported, what);
        assert.deepEqual(settled(world), settled(good), what);
        assert.equal(
          result.output.match(/^error: .*/m)?.[0],
          reference.output.match(/^error: .*/m)?.[0],
          what,
        );
      });
    });
  }

  whole("was tried of every command that writes and that a job may use", () => {
    const all = Object.keys(COMMANDS).filter((command) => !READS.test(` ${command}`));
    assert.deepEqual([...covered].sort(), all.sort());
  });
});
