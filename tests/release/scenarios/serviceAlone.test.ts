/** Code alone to services of ECS that another stack owns: with a balancer, behind which one asks what runs. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../../rehearsal/bringUp/commandLine";
import type { Rehearsed } from "../../../rehearsal/record/record";
import { broughtUp } from "../../programs";
import { environments, tooling } from "../../stacks/settingsSample";
import { all, approval, codecommit } from "../../stacks/together.case";
import { AwsError } from "../model";
import { recorded } from "../system/state";
import { WHOLE } from "../whole";
import { RELEASED, WAITS } from "./expected";
import { type Planted, Planting, refuse, says } from "./planted";
import { type Scenario, scenario, scenarios } from "./scenario";
import { type Faulty, version } from "./service";
import { PROD, TEST } from "./zip";

const ACCOUNTS = { test: TEST, prod: PROD };
type Environment = keyof typeof ACCOUNTS;

const recordOf = (region?: string): Promise<Rehearsed> =>
  broughtUp(
    all(
      tooling({
        environments: environments("test", `prod@${PROD}`).map((each) =>
          each.name === "prod" ? { ...each, approval, ...(region !== undefined && { region }) } : each,
        ),
        pipelines: [
          codecommit("catalog", {
            ...{ workload: "ecs-service-code", directory: "app" },
            service: {
              ...{ cluster: "main", name: "quotes-${environment}", family: "quotes-${environment}" },
              ...{ container: "app", executionRole: "services/quotes-execution", taskRole: "quotes-task" },
              endpoint: "https://quotes.${environment}.example.com",
            },
          }),
        ],
      }),
    ).files,
  );

const code = (number: number, faulty?: Faulty) => ({
  ...version(number, faulty),
  "app/Dockerfile": readFileSync(join(ROOT, "app/ecs-service/Dockerfile"), "utf8"),
});

/** The owner registers a revision. */
const register = (it: Scenario, environment: Environment, memory: string): Promise<unknown> =>
  it.owner(
    environment,
    ...["ecs", "register-task-definition", "--cli-input-json"],
    JSON.stringify({
      ...{ family: `quotes-${environment}`, networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"] },
      ...{ cpu: "256", memory },
      executionRoleArn: `arn:aws:iam::${ACCOUNTS[environment]}:role/services/quotes-execution`,
      taskRoleArn: `arn:aws:iam::${ACCOUNTS[environment]}:role/quotes-task`,
      containerDefinitions: [
        {
          ...{ name: "app", image: "public.ecr.aws/docker/library/httpd:2" },
          environment: [{ name: "PORT", value: "8080" }],
          portMappings: [{ containerPort: 8080 }],
        },
      ],
    }),
  );

const create = (it: Scenario, environment: Environment, changes: object): Promise<unknown> =>
  it.owner(
    environment,
    ...["ecs", "create-service", "--cli-input-json"],
    JSON.stringify({
      ...{ cluster: "main", serviceName: `quotes-${environment}`, taskDefinition: `quotes-${environment}:1` },
      ...{ desiredCount: 2, launchType: "FARGATE", ...changes },
    }),
  );

/** What the owner's own stack has made, before any release; answered are the balancers' addresses. */
async function make(it: Scenario): Promise<Record<Environment, string>> {
  const made = async (environment: Environment): Promise<string> => {
    const asks = async <Of>(...args: string[]): Promise<Of> =>
      (await it.owner(environment, "elbv2", ...args)) as Of;
    const { LoadBalancers } = await asks<{ LoadBalancers: { LoadBalancerArn: string; DNSName: string }[] }>(
      ...["create-load-balancer", "--name", `quotes-${environment}`, "--subnets", "subnet-1", "subnet-2"],
    );
    const [{ LoadBalancerArn = "", DNSName = "" } = {}] = LoadBalancers;
    const { TargetGroups } = await asks<{ TargetGroups: { TargetGroupArn: string }[] }>(
      ...["create-target-group", "--name", `quotes-${environment}`, "--protocol", "HTTP", "--port", "8080"],
      ...["--vpc-id", "vpc-1", "--target-type", "ip"],
    );
    const [{ TargetGroupArn: targetGroupArn = "" } = {}] = TargetGroups;
    await asks(
      ...["create-listener", "--load-balancer-arn", LoadBalancerArn, "--protocol", "HTTP", "--port", "80"],
      ...["--default-actions", `Type=forward,TargetGroupArn=${targetGroupArn}`],
    );
    await register(it, environment, "512");
    await create(it, environment, {
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
      loadBalancers: [{ targetGroupArn, containerName: "app", containerPort: 8080 }],
    });
    return `http://${DNSName}/`;
  };
  return { test: await made("test"), prod: await made("prod") };
}

/** The revision that a service runs, and whose memory it has. */
async function runs(it: Scenario, environment: Environment): Promise<string> {
  const { services } = (await it.owner(
    environment,
    ...["ecs", "describe-services", "--cluster", "main", "--services", `quotes-${environment}`],
  )) as { services: { taskDefinition: string; runningCount: number; deployments: unknown[] }[] };
  const [{ taskDefinition = "", runningCount = 0 } = {}] = services;
  const found = (await it.owner(
    environment,
    ...["ecs", "describe-task-definition", "--task-definition", taskDefinition],
  )) as { taskDefinition: { memory: string } };
  return `${taskDefinition.replace(/^.*\//, "")} ×${runningCount} ${found.taskDefinition.memory}`;
}

const both = async (it: Scenario): Promise<string[]> => [await runs(it, "test"), await runs(it, "prod")];

async function firstRelease(it: Scenario): Promise<Record<Environment, string>> {
  const at = await make(it);
  const first = await it.push(code(1));
  assert.deepEqual(it.attempts(first), WAITS);
  assert.deepEqual(await both(it), ["quotes-test:2 ×2 512", "quotes-prod:1 ×2 512"]);
  assert.match(
    it.log("prod-plan-job"),
    /\nservice quotes-prod: runs quotes-prod:1 with public\.ecr\.aws\S+; goes to a revision made of quotes-prod:1, which differs from what runs in its image alone\n/,
  );
  await it.decide("Approved");
  assert.deepEqual(it.attempts(first), RELEASED);
  assert.deepEqual(await both(it), ["quotes-test:2 ×2 512", "quotes-prod:2 ×2 512"]);
  assert.deepEqual(
    [await it.system.aws.get(at.test), await it.system.aws.get(at.prod)],
    [
      { status: 200, body: "version 1" },
      { status: 200, body: "version 1" },
    ],
  );
  assert.equal((await recorded(it.system, "catalog", "prod"))[0]?.run, first.id);
  return at;
}

scenarios("release of code alone, to services of ECS that another stack owns", () => {
  it("goes through test and an approval to prod, and answers there", async () =>
    scenario("service-alone", await recordOf(), async (it) => {
      await firstRelease(it);
    }));

  if (!WHOLE) return;

  it("goes back where the tests fail and where tasks don't start, and nowhere that the owner has changed or ECS does not replace tasks in", async () =>
    scenario("service-alone-refused", await recordOf(), async (it) => {
      const at = await firstRelease(it);
      const answers = async (): Promise<string[]> => [
        (await it.system.aws.get(at.test)).body,
        (await it.system.aws.get(at.prod)).body,
      ];

      // The owner gives tests more memory: the roll-back has that too.
      await register(it, "test", "1024");
      const second = await it.push(code(2, { verify: ["test"] }));
      assert.equal(second.status, "Failed");
      assert.deepEqual(await both(it), ["quotes-test:5 ×2 1024", "quotes-prod:2 ×2 512"]);
      assert.deepEqual(await answers(), ["version 1", "version 1"]);
      const back = it.pipeline().executions.at(-1);
      assert.deepEqual([back?.type, back?.status], ["ROLLBACK", "Succeeded"]);
      assert.equal((await recorded(it.system, "catalog", "test"))[0]?.run, back?.id);

      const third = await it.push(code(3, { server: true }));
      assert.equal(third.status, "Failed");
      assert.match(
        it.log("test-release-job", "FAILED"),
        /\nerror: ECS has given up on quotes-test:6: ECS deployment circuit breaker was triggered/,
      );
      assert.deepEqual(await answers(), ["version 1", "version 1"]);

      const fourth = await it.push(code(4));
      await register(it, "prod", "2048");
      await it.decide("Approved");
      assert.equal(fourth.status, "Failed");
      assert.match(
        it.log("prod-release-job", "FAILED"),
        /\nerror: task definition quotes-prod has got revision 3 since this was planned: nothing was changed by this run, start a new release\n/,
      );
      assert.deepEqual(await answers(), ["version 4", "version 1"]);

      await it.owner(
        "prod",
        "ecs",
        "delete-service",
        "--cluster",
        "main",
        "--service",
        "quotes-prod",
        "--force",
      );
      await create(it, "prod", { deploymentController: { type: "CODE_DEPLOY" } });
      const fifth = await it.push(code(5));
      assert.equal(fifth.status, "Failed");
      assert.match(
        it.log("prod-plan-job", "FAILED"),
        /\nerror: service quotes-prod of cluster main in account \d+ is deployed to by CODE_DEPLOY \(ROLLING\): /,
      );
      assert.equal(await runs(it, "prod"), "quotes-prod:1 ×2 512");
    }));

  it("says what is not there or can't be read, and goes on where ECS has done what it refuses", async () =>
    scenario("service-alone-planted", await recordOf(), async (it) => {
      const job = "test-release-job";
      const planting = new Planting(it.system);
      const up = it.notUp(TEST);
      const first = await it.push(code(1));
      says(
        it,
        job,
        `environment test (account ${TEST}) isn't up yet: run 'pulumi up --stack test', then retry this stage`,
      );
      up.comesUp();
      const missing = (what: string): string =>
        `there is no ${what} in account ${TEST}: its owner makes it, or the pipeline's setting 'service' names another; then retry this stage`;
      await it.retry("Deploy-test", first);
      says(it, job, missing("cluster main"));

      const at = await make(it);
      const what = `service quotes-test of cluster main in account ${TEST}`;
      const refused = refuse("InvalidParameterException");
      /** Has its effect all the same. */
      const lost: Planted = async ({ account, service, operation, input }) => {
        await it.system.aws.request(account, service, operation, input);
        throw new AwsError("InvalidParameterException", "planted");
      };
      const [read, register_, update] = [
        "DescribeTaskDefinition",
        "RegisterTaskDefinition",
        "UpdateService",
      ].map((each) => `ecs:${each}`) as [string, string, string];
      for (const [plants, wanted] of [
        [{ "ecs:DescribeServices": [refused] }, `${what} can't be read: retry this stage`],
        [{ [read]: [refuse("ClientException")] }, missing("task definition quotes-test:1")],
        [{ [read]: [refused] }, "task definition quotes-test:1 can't be read: retry this stage"],
        [
          { [register_]: [refused] },
          /^ECS registers no revision of task definition quotes-test: .*; service quotes-test stays with quotes-test:1$/,
        ],
        [
          { [register_]: [lost], [update]: [refused] },
          /^service quotes-test .* is not updated: .*; it runs quotes-test:1$/,
        ],
      ] as const) {
        planting.plant(job, plants);
        await it.retry("Deploy-test", first);
        planting.allAsked();
        says(it, job, wanted);
      }
      assert.match(it.log(job), /\nECS has registered quotes-test:2, and its answer was lost\n/);

      planting.plant(job, { [update]: [lost] });
      await it.retry("Deploy-test", first);
      planting.allAsked();
      assert.match(it.log(job), /\nECS has updated service quotes-test, and its answer was lost\n/);
      assert.equal(it.attempts(first).at(-1), "Approve-prod/Approval InProgress");
      assert.equal(await runs(it, "test"), "quotes-test:2 ×2 512");
      assert.equal((await it.system.aws.get(at.test)).body, "version 1");
    }));

  it("goes to a service in another Region, of which nothing is asked elsewhere", async () =>
    scenario("service-alone-region", await recordOf("us-west-2"), async (it) => {
      await firstRelease(it);
      const asked = it.system.aws.calls().flatMap(({ asked }) => asked);
      const regions = asked
        .map(({ resource }) => resource.split(":"))
        .flatMap(([, , service = "", region = "", account = ""]) =>
          account === PROD && service === "ecs" ? [region] : [],
        );
      assert.deepEqual([...new Set(regions)], ["us-west-2"]);
    }));
});
