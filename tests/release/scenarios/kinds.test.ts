import assert from "node:assert/strict";
import type { Execution } from "../codepipeline/state";
import { recorded } from "../system/state";
import { WHOLE } from "../whole";
import { made, nothing, RELEASED, updated, WAITS } from "./expected";
import { type Kind, KINDS, recordOf } from "./kinds";
import { delivered, parcels, signed, USES } from "./parcels";
import { type Scenario, scenario, scenarios } from "./scenario";
import { version } from "./service";
import { TEST } from "./zip";

/** The newest run of each kind, which one push has started. */
const newest = (it: Scenario, kinds: readonly Kind[]): readonly (readonly [Scenario, Execution])[] =>
  kinds.map(({ name }) => {
    const own = it.of(name);
    const execution = own.pipeline().executions.at(-1);
    assert.ok(execution, `no run of ${name}`);
    return [own, execution] as const;
  });

const says = (number: number): string => `200 version ${number}`;

scenarios("each other kind of workload", () => {
  it("first release through to prod and update, of all of them at once, each with a queue and a secret", async () => {
    const kinds = KINDS.map((kind) => ({ ...kind, settings: { ...kind.settings, ...USES } }));
    await scenario("kinds", await recordOf(kinds), async (it) => {
      const released = async (number: number): Promise<readonly (readonly [Scenario, Execution])[]> => {
        await it.of(kinds[0]?.name ?? "").push(parcels(number));
        return newest(it, kinds);
      };
      const first = await released(1);
      await Promise.all(first.map(([own]) => own.decide("Approved")));
      for (const [own, execution] of first) {
        assert.deepEqual(own.attempts(execution), RELEASED, own.name);
        const live = made(execution.id);
        assert.deepEqual(await own.environments(), { test: live, prod: live }, own.name);
        assert.deepEqual(await delivered(own), await signed(own, { test: 1, prod: 1 }), own.name);
      }

      const second = await released(2);
      for (const [own, execution] of second) {
        assert.deepEqual(own.attempts(execution), WAITS, own.name);
        assert.deepEqual((await own.environments())["test"], updated(execution.id), own.name);
        assert.deepEqual(await delivered(own), await signed(own, { test: 2, prod: 1 }), own.name);
      }
      if (!WHOLE) return;
      await Promise.all(second.map(([own]) => own.decide("Approved")));
      for (const [own, { id }] of second) {
        assert.deepEqual((await own.environments())["prod"], updated(id), own.name);
        assert.deepEqual(await delivered(own), await signed(own, { test: 2, prod: 2 }), own.name);
      }
    });
  });

  if (!WHOLE) return;
  for (const kind of KINDS) {
    const one = (title: string, steps: (it: Scenario) => Promise<void>) =>
      it(`${kind.title}: ${title}`, async () =>
        scenario(`${kind.name} ${title}`, await recordOf([kind]), steps, { pipeline: kind.name }));

    one("a unit test that fails, an environment that is not up, and the same commit again", async (it) => {
      const failed = await it.push(version(1, { unit: true }));
      assert.deepEqual(it.attempts(failed), ["Source/Source Succeeded", "Build/Build Failed"]);
      assert.match(it.mails().at(-1) ?? "", /\nerror: 'npm test' ended with exit code 1/);
      assert.deepEqual(await it.environments(), { test: nothing, prod: nothing });

      const { comesUp } = it.notUp(TEST);
      const first = await it.push(version(1));
      assert.deepEqual(it.attempts(first).slice(2), ["Deploy-test/Deploy Failed"]);
      assert.match(
        it.log("test-release-job"),
        /\nerror: environment test [^\n]* isn't up yet: run 'pulumi up --stack test'/,
      );
      comesUp();
      await it.retry("Deploy-test", first);
      await it.decide("Approved");
      assert.deepEqual(await it.environments(), { test: made(first.id), prod: made(first.id) });
      const { CODE_DIGEST } = it.build(`${kind.name}-build`).exported;

      const again = await it.push(version(1));
      await it.decide("Approved");
      assert.deepEqual(it.attempts(again), RELEASED);
      assert.match(it.log(`${kind.name}-build`), /hands over the kept release of this commit/);
      assert.deepEqual(await it.environments(), { test: updated(again.id), prod: updated(again.id) });
      // One release, however often it was promoted.
      const releases = await recorded(it.system, kind.name, "prod");
      assert.deepEqual(
        releases.map(({ run, codeDigest }) => [run, codeDigest]),
        [[again.id, CODE_DIGEST]],
      );
      assert.equal(await it.says("prod"), "200 version 1");
    });

    one("a verification that fails goes back, and an approval that is refused leaves nothing", async (it) => {
      const first = await it.push(version(1));
      await it.decide("Rejected");
      assert.deepEqual(await it.environments(), { test: made(first.id), prod: nothing });
      assert.equal(it.build(`${kind.name}-cleanup`).initiator, `rule/${kind.name}-cleanup`);

      const second = await it.push(version(2, { verify: ["test"] }));
      assert.equal(second.status, "Failed");
      assert.match(it.mails().at(-1) ?? "", /\nerror: 'npm run verify' ended with exit code 1/);
      const back = it.pipeline().executions.at(-1);
      assert.deepEqual([back?.type, back?.target?.id, back?.status], ["ROLLBACK", first.id, "Succeeded"]);
      assert.deepEqual((await it.environments())["test"], updated(back?.id ?? ""));
      assert.equal(await it.says("test"), "200 version 1");
    });
  }

  const steady = KINDS.filter(({ settings }) => settings["workload"] !== "serverless");
  it("nothing to change: the same images in a template that names no release are recorded, and no stack is touched", async () =>
    scenario("nothing to change", await recordOf(steady), async (it) => {
      const tree = Object.fromEntries(
        Object.entries(version(1)).map(([name, text]) => [
          name,
          name.endsWith("template.yaml") ? text.replaceAll("!Ref Release", "none") : text,
        ]),
      );
      const released = async (): Promise<ReturnType<typeof newest>> => {
        await it.of(steady[0]?.name ?? "").push(tree);
        const runs = newest(it, steady);
        for (const [own] of runs) await own.decide("Approved");
        return runs;
      };
      const first = await released();
      for (const [own, again] of await released()) {
        const [, { id }] = first.find(([{ name }]) => name === own.name) ?? assert.fail(own.name);
        assert.deepEqual(own.attempts(again), RELEASED, own.name);
        for (const job of ["test-release-job", "prod-plan-job", "prod-release-job"])
          assert.match(own.log(`${own.name}--${job}`), /\nnothing would change in /, `${own.name} ${job}`);
        const live = { ...made(id), promoted: again.id };
        assert.deepEqual(await own.environments(), { test: live, prod: live }, own.name);
        assert.equal(await own.says("prod"), says(1), own.name);
      }
    }));

  const ecs = KINDS.filter(({ settings }) => settings["workload"] === "ecs-service");
  it("a service on ECS: tasks that end when they start give way to those before, and the stage goes back", async () => {
    const [{ name } = { name: "" }] = ecs;
    const steps = async (it: Scenario) => {
      const first = await it.push(version(1));
      const second = await it.push(version(2, { server: true }));
      assert.deepEqual(it.attempts(second).slice(2), ["Deploy-test/Deploy Failed"]);
      assert.match(
        it.log("test-release-job", "FAILED"),
        /Circuit Breaker was triggered[^]*\nerror: the update was rolled back: test runs what it ran before/,
      );
      const back = it.pipeline().executions.at(-1);
      assert.deepEqual([back?.target?.id, back?.status], [first.id, "Succeeded"]);
      assert.equal(await it.says("test"), "200 version 1");
    };
    // Without a scan.
    const loose = ecs.map((kind) => ({ ...kind, settings: { ...kind.settings, scanThreshold: "NONE" } }));
    await scenario("web tasks", await recordOf(loose), steps, { pipeline: name });
  });
});
