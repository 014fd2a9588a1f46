import assert from "node:assert/strict";
import { folderWith } from "../../folders";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import {
  cleanUpBranches,
  deployBranch,
  register,
  registerBranch,
  branchStack,
  branchWorld,
} from "./branches";
import { run, type Result } from "./harness";
import {
  build,
  BUILDSPECS,
  cleanup,
  pool,
  promote,
  release,
  releaseFolder,
  releaseVariables,
} from "./inputs";
import { sourceFolder } from "./inputs";
import { keep, worldOf } from "./kinds";
import { changeSet, liveStack } from "./stack";
import { BUCKET, EXECUTION_ID, emptyWorld, type World } from "./world";
import { sampled, whole } from "../../whole/sample";

/** Whichever command of others ends a job: the last line of the log is the job's own, and says which. */

const BRANCH = "feature/one";
const branches = (): World => {
  const world = branchWorld(BRANCH, { stacks: [branchStack(BRANCH)] });
  register(world, BRANCH);
  return world;
};
const live = (): World => ({
  ...emptyWorld(),
  stacks: [liveStack("UPDATE_COMPLETE", { protected: false, sets: [changeSet(`d-${EXECUTION_ID}`)] })],
});
function promoted(): World {
  const world = emptyWorld();
  world.objects.set(
    `${BUCKET}/releases/catalog/222222222222/test/${EXECUTION_ID}/SHA256SUMS`,
    Buffer.from("sums"),
  );
  return world;
}
const verify = (world: World): Promise<Result> => {
  const { folder, sha256 } = releaseFolder();
  return run(BUILDSPECS.verify, folder, { ...releaseVariables(sha256), PACKAGING: "image" }, world);
};

const JOBS: Readonly<Record<string, [world: () => World, runs: (world: World) => Promise<Result>]>> = {
  "build, an image": [emptyWorld, (world) => build(world)],
  "build, a zip": [() => worldOf(lambdaZip), (world) => build(world, {}, sourceFolder(), lambdaZip)],
  plan: [live, (world) => release("plan", world)],
  deploy: [live, (world) => release("deploy", world, { APPROVAL: "false" })],
  verify: [emptyWorld, verify],
  promote: [promoted, (world) => promote(world)],
  "clean-up": [live, (world) => cleanup(world)],
  register: [branches, (world) => registerBranch(world)],
  "deploy of a branch": [branches, (world) => deployBranch(world, BRANCH)],
  "clean-up of branches": [branches, (world) => cleanUpBranches(world)],
};
/** What CloudFormation was given in a call, which is noted beside the processes. */
const GIVEN = ["parameters", "template", "validated"];
/** What the processes of a run were, the first of each kind, with its place among all. */
const kinds = ({ commands }: World): [string, number][] => {
  const all = commands.filter(([name]) => !GIVEN.includes(name ?? ""));
  const named = all.map((words, k): [string, number] => [
    words.filter((word) => !word.startsWith("-")).slice(0, 3).join(" ").slice(0, 80),
    k + 1,
  ]); // prettier-ignore
  return named.filter(([name], k) => named.findIndex(([other]) => other === name) === k);
};
const ended = (command: string): string =>
  `error: '${command}' ended with exit code 7: see what it says above; correct it, or retry this stage`;

/** A job of an environment, and one of tooling whose code is made here. */
const IN_SAMPLE = ["build, a zip", "plan"];

describe("a command of others that fails", () => {
  for (const [nth, [job, [make, runs]]] of Object.entries(JOBS).entries()) {
    (IN_SAMPLE.includes(job) ? it : whole)(`leaves the last line to job ${job}`, async () => {
      const good = make();
      const reference = await runs(good);
      assert.equal(reference.code, 0, reference.output);
      const said: string[] = [];
      const commands = kinds(good);
      await pool(
        sampled(commands, (_, index) => index % 8 === nth % Math.min(8, commands.length)),
        async ([name, k]) => {
          const result = await runs({ ...make(), breaks: { k, code: 7 } });
          if (result.code === 0) return;
          const last = result.output.split("\n").slice(-2);
          assert.match(last[0] ?? "", /^error: (?!its own)/, `${name}: ${result.output}`);
          assert.equal(last[1], "");
          said.push(name);
        },
      );
      assert.ok(said.length > 0);
    });
  }

  whole("is named with its exit code, by the words of the script", async () => {
    const failing = async (job: string, begins: string): Promise<string | undefined> => {
      const [make, runs] = JOBS[job] ?? assert.fail(job);
      const good = make();
      await runs(good);
      const [, k] = kinds(good).find(([name]) => name.startsWith(begins)) ?? assert.fail(begins);
      const { output, code } = await runs({ ...make(), breaks: { k, code: 7 } });
      assert.equal(code, 1);
      return output.split("\n").at(-2);
    };
    const cases: [job: string, begins: string, line: string][] = [
      ["build, an image", "npm ci", ended("npm ci")],
      ["build, an image", "npm test", ended("npm test")],
      ["build, a zip", "npm run bundle", ended("npm run bundle")],
      ["build, an image", "docker login", ended('docker login --username AWS --password-stdin "$registry" < "$work/password"')],
      ["build, an image", "docker buildx build", "error: 'docker buildx build' ended with exit code 7: the image was not built or not pushed, see the lines above"],
      ["verify", "npm ci", ended("npm ci")],
      ["verify", "npm run verify", "error: 'npm run verify' ended with exit code 7: the release doesn't do in test what its tests ask for"],
    ]; // prettier-ignore
    for (const [job, begins, line] of sampled(cases, (_, index) => index === 0))
      assert.equal(await failing(job, begins), line);
  });

  it("is named also where it ends with the code by which jobs know their own errors", async () => {
    const good = emptyWorld();
    await build(good);
    const [, k] = kinds(good).find(([name]) => name === "npm test") ?? assert.fail();
    const result = await build({ ...emptyWorld(), breaks: { k, code: 99 } });
    assert.equal(result.code, 1);
    assert.match(result.output, /\nerror: 'npm test' ended with exit code 99: [^\n]+\n$/);
  });

  whole(
    "is named also after a check that failed and did not end the job: a kept release that is not whole is made again",
    async () => {
      const broken = (): World => {
        const world = worldOf(lambdaZip);
        keep(world, releaseFolder().folder);
        keep(world, folderWith({ "code/more.zip": "x" }));
        return world;
      };
      const runs = (world: World): Promise<Result> => build(world, {}, sourceFolder(), lambdaZip);
      const good = broken();
      await runs(good);
      const [, k] = kinds(good).find(([name]) => name === "npm run bundle") ?? assert.fail();
      const { output } = await runs({ ...broken(), breaks: { k, code: 99 } });
      assert.match(
        output,
        /^[^\n]+ not those in SHA256SUMS: [^\n]+\nthe kept release of this commit is not whole/,
      );
      assert.match(output, /\nerror: 'npm run bundle' ended with exit code 99: [^\n]+\n$/);
    },
  );
});
