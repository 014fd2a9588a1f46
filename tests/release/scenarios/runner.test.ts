/** Environments with a runner, which has the service's own commands run there: before Deploy, after it, and as Verify. */
import assert from "node:assert/strict";
import { zipFiles } from "./zip";
import { broughtUp } from "../../programs";
import type { Rehearsed } from "../../../rehearsal/record/record";
import type { Tree } from "../system/repository";
import { made, updated } from "./expected";
import { type Scenario, scenario, scenarios } from "./scenario";
import { version } from "./service";
import { AwsError } from "../model";

const runner = {
  vpc: { vpcId: "vpc-0a", subnets: ["subnet-0a"], securityGroupIds: ["sg-0a"] },
  steps: ["beforeDeploy", "afterDeploy", "verify"],
};

function inside(): Promise<Rehearsed> {
  const files = zipFiles();
  const { environments, ...tooling } = files["tooling"] ?? {};
  assert.ok(Array.isArray(environments));
  return broughtUp({
    ...files,
    tooling: { ...tooling, environments: environments.map((each: object) => ({ ...each, runner })) },
  });
}

/** `before` and `after` are further commands. */
const service = (number: number, before: readonly string[] = [], after: readonly string[] = []): Tree => ({
  ...version(number),
  "app/delivery.yaml": [
    `beforeDeploy: ${JSON.stringify([`echo "migrates $ENVIRONMENT to ${number}, at \${ENDPOINT-nothing}"`, ...before])}`,
    `afterDeploy: ${JSON.stringify([`echo "warms $ENVIRONMENT at $ENDPOINT"`, ...after])}`,
    "",
  ].join("\n"),
});

const steps = (stage: string, ...how: readonly string[]): string[] =>
  ["BeforeDeploy", "Deploy", "AfterDeploy", "Verify", "Promote"]
    .slice(0, how.length)
    .map((action, at) => `${stage}/${action} ${how[at]}`);
const all = Array<string>(5).fill("Succeeded");
const TO_PROD = [
  ...["Source/Source Succeeded", "Build/Build Succeeded", ...steps("Deploy-test", ...all)],
  ...["Approve-prod/Plan Succeeded", "Approve-prod/Approval Succeeded"],
];

/** What the runner's builds there have printed of the service's own, without what npm says. */
const printed = (it: Scenario, environment: string): string[] =>
  it
    .logs(`--${environment}-runner`)
    .flatMap((log) => log.split("\n"))
    .filter((line) => /^(migrates|warms|verification of) /.test(line))
    .map((line) => line.replace(/https:\S+/, "its endpoint"));

/** The first start finds the runner busy, and the first look at a log none. */
function planted(it: Scenario): void {
  const { aws } = it.system;
  let busy = true;
  const codebuild = aws.answer("codebuild", (call) => {
    if (call.operation !== "StartBuild" || !busy) return codebuild(call);
    busy = false;
    throw new AwsError(
      "AccountLimitExceededException",
      "Cannot have more than 1 active builds for the project",
    );
  });
  let unread = true;
  const logs = aws.answer("logs:GetLogEvents", (call) => {
    if (!unread) return logs(call);
    unread = false;
    throw new AwsError("ResourceNotFoundException", "The specified log stream does not exist.");
  });
}

scenarios("release to environments with runners", () => {
  it("runs commands before and after Deploy and the tests inside, and stops before Deploy where one fails", async () =>
    scenario("runner", await inside(), async (it) => {
      planted(it);
      const first = await it.push(service(1));
      const asked = it.pipeline().latest("Approve-prod", "Approval")?.configuration["CustomData"];
      assert.match(String(asked), /, before Deploy runs inside: echo \?migrates \?ENVIRONMENT to 1, /);
      await it.decide("Approved");
      assert.deepEqual(it.attempts(first), [...TO_PROD, ...steps("Deploy-prod", ...all)]);
      assert.deepEqual(await it.environments(), { test: made(first.id), prod: made(first.id) });
      for (const environment of ["test", "prod"])
        assert.deepEqual(printed(it, environment), [
          `migrates ${environment} to 1, at nothing`,
          `warms ${environment} at its endpoint`,
          `verification of ${environment} at its endpoint`,
        ]);
      assert.deepEqual(
        it.build("--prod-runner").reports.map(({ files }) => files),
        [["verify.xml"]],
      );
      assert.deepEqual(
        it
          .logs("--test-runner-job")
          .map((log) => [
            log.match(/^the runner of test is busy: waiting /gm)?.length ?? 0,
            log.match(/^\(the log of build \S+ could not be read\)$/gm)?.length ?? 0,
          ]),
        [
          [1, 1],
          [0, 0],
          [0, 0],
        ],
      );
      assert.match(it.log("--prod-runner-job"), /^[|] verification of prod at https:/m);

      const second = await it.push(service(2, ['test "$ENVIRONMENT" != prod || exit 3']));
      await it.decide("Approved");
      assert.deepEqual(it.attempts(second), [...TO_PROD, ...steps("Deploy-prod", "Failed")]);
      assert.match(
        it.log("--prod-runner-job", "FAILED"),
        /^error: beforeDeploy inside prod ended as FAILED: 'beforeDeploy' of delivery\.yaml ended with exit code 3: nothing was deployed, prod runs what it ran before$/m,
      );
      // The roll-back runs nothing of the service's but its tests, and changes nothing.
      const back = it.pipeline().executions.at(-1);
      assert.ok(back);
      assert.equal(back.type, "ROLLBACK");
      assert.deepEqual(it.attempts(back), steps("Deploy-prod", ...all));
      assert.deepEqual(printed(it, "prod").slice(3), [
        "migrates prod to 2, at nothing",
        "verification of prod at its endpoint",
      ]);
      assert.equal(await it.says("prod"), "200 version 1");
      assert.equal((await it.environments())["test"]?.stack, updated(second.id).stack);

      const third = await it.push(service(3, [], ["exit 4"]));
      assert.deepEqual(it.attempts(third).slice(2), steps("Deploy-test", "Succeeded", "Succeeded", "Failed"));
      assert.equal(await it.says("test"), "200 version 2");
      assert.match(
        it.log("--test-runner-job", "FAILED"),
        /^error: afterDeploy inside test ended as FAILED: 'afterDeploy' of delivery\.yaml ended with exit code 4: test runs the release, which was not verified$/m,
      );
    }));
});
