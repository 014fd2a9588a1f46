import assert from "node:assert/strict";
import { CODE, imageOf, OLD, rollingBack } from "./codeAlone";
import { pool } from "./inputs";
import {
  definition,
  imageUri,
  ON_INSTANCES,
  onInstances,
  PLANNED,
  releaseService,
  service,
  serviceWorld,
  withDefinitions,
} from "./serviceAlone";
import { COMMIT_ID, type OwnersService, role } from "./world";
import { sampled, whole } from "../../whole/sample";

const writes = /update-|register-|s3 cp/;
const CHANGED = `test: commit ${COMMIT_ID}, code sha256:${imageOf(CODE)}: service quotes-test: `;

describe("job code-plan, to a service", () => {
  it("says which revision runs and what the next is made of, hands that on, and changes nothing", async () => {
    const world = serviceWorld(service());
    const result = await releaseService("code-plan", world);
    assert.equal(result.code, 0, result.output);
    assert.equal(result.exported["PLANNED"], PLANNED);
    assert.equal(
      result.exported["SUMMARY"],
      `${CHANGED}runs quotes:7 with ${imageUri(OLD)}; goes to a revision made of quotes:7, which differs from what runs in its image alone`,
    );
    assert.deepEqual(
      result.calls.filter((call) => writes.test(call)),
      [],
    );
    assert.ok(result.calls.every((call) => !call.startsWith("aws deploy")));
    assert.doesNotMatch(result.output, /never-in-a-log/);
  });

  whole(
    "says where the owner has registered a revision that nobody runs yet, and that the next is made of it",
    async () => {
      const world = serviceWorld(
        withDefinitions({ 7: definition(imageUri(OLD)), 8: definition("placeholder", { memory: "1024" }) }),
      );
      const result = await releaseService("code-plan", world);
      assert.equal(result.exported["PLANNED"], "8/1000000000000000001", result.output);
      assert.match(
        result.exported["SUMMARY"] ?? "",
        /runs quotes:7 with .*; goes to a revision made of quotes:8, whose configuration is another than that of what runs$/,
      );
    },
  );

  whole("says that nothing changes where the service runs the image", async () => {
    const result = await releaseService("code-plan", serviceWorld(service()), {}, OLD);
    assert.equal(result.exported["PLANNED"], "none", result.output);
    assert.match(
      result.exported["SUMMARY"] ?? "",
      /: no changes: service quotes-test runs quotes:7, which has this code$/,
    );
  });

  whole(
    "plans for tasks on instances, and of a daemon, and says where instances decide on the architecture",
    async () => {
      const fits = [
        onInstances(imageUri(OLD)),
        onInstances(imageUri(OLD), {
          ...{ requiresCompatibilities: ["EC2", "EXTERNAL"], networkMode: "host" },
          runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "LINUX" },
        }),
      ];
      const says = {
        ...{
          schedulingStrategy: "DAEMON",
          launchType: "EC2",
          loadBalancers: [{ targetGroupArn: "arn:group" }],
        },
      };
      const [silent, speaking] = await pool(fits, (each) =>
        releaseService("code-plan", serviceWorld(withDefinitions({ 7: each }, { says })), ON_INSTANCES),
      );
      for (const each of [silent, speaking]) assert.equal(each?.exported["PLANNED"], PLANNED, each?.output);
      const said = /task definition quotes:7 says no architecture: instances .* must be of x86_64/;
      assert.match(silent?.output ?? "", said);
      assert.doesNotMatch(speaking?.output ?? "", said);
    },
  );

  const refused: readonly (readonly [string, OwnersService, RegExp, Record<string, string>?])[] = [
    [
      "a service that is gone",
      service({ status: "INACTIVE" }),
      /error: there is no service quotes-test of cluster main that is ACTIVE in account 222222222222: its owner makes it, or the pipeline's setting 'service' names another/,
    ],
    [
      "one that its cluster never had",
      service(),
      /error: there is no service other of cluster main that is ACTIVE in account 222222222222/,
      { SERVICE_NAME: "other" },
    ],
    [
      "a cluster that is gone",
      service(),
      /error: there is no cluster other in account 222222222222: its owner makes it/,
      { CLUSTER: "other" },
    ],
    [
      "a service that CodeDeploy shifts",
      service({ says: { deploymentController: { type: "CODE_DEPLOY" } } }),
      /error: service quotes-test of cluster main .* is deployed to by CODE_DEPLOY \(ROLLING\): releases go to services that ECS itself replaces task by task \(ECS, ROLLING\); its owner moves it to the deployment controller ECS, which UpdateService does, then retry this stage\n/,
    ],
    [
      "one that somebody else's controller deploys to",
      service({ says: { deploymentController: { type: "EXTERNAL" } } }),
      /error: service quotes-test .* is deployed to by EXTERNAL \(ROLLING\): .*\(ECS, ROLLING\); its owner makes another with the deployment controller ECS, or make it one of workload ecs-service\n/,
    ],
    [
      "one that ECS shifts from blue to green",
      service({ says: { deploymentConfiguration: { strategy: "BLUE_GREEN" } } }),
      /error: service quotes-test .* is deployed to by ECS \(BLUE_GREEN\): .*\(ECS, ROLLING\); its owner changes deploymentConfiguration.strategy, then retry this stage\n/,
    ],
    [
      "one behind a Classic Load Balancer, of which ECS does not say that a deployment is completed",
      service({ says: { loadBalancers: [{ loadBalancerName: "old", containerName: "app" }] } }),
      /error: service quotes-test .* is behind the Classic Load Balancer old, and ECS does not say of such a service whether a deployment is completed: its owner puts it behind target groups/,
    ],
    [
      "one whose tasks are tagged as their definition is",
      service({ says: { propagateTags: "TASK_DEFINITION" } }),
      /error: service quotes-test .* gives its tasks the tags of its task definition, which a new revision would not have/,
    ],
    [
      "one that runs another family",
      service({
        deployments: [{ id: "1", status: "PRIMARY", definition: "other:1", states: [["COMPLETED"]] }],
        definitions: new Map([
          ["other:1", definition("x", { revision: 1, status: "ACTIVE" })],
          ["quotes:7", definition("x", { revision: 7, status: "ACTIVE" })],
        ]),
      }),
      /error: service quotes-test .* runs task definition other:1, and settings say quotes: its owner/,
    ],
    [
      "a family that has no revision",
      service(),
      /error: there is no task definition other in account 222222222222: its owner makes it/,
      { FAMILY: "other" },
    ],
    [
      "a container that is not in it",
      service(),
      /error: task definition quotes:7 has not one container web: its owner/,
      { CONTAINER: "web" },
    ],
    [
      "another execution role",
      service(),
      /error: task definition quotes:7 has the execution role arn:aws:iam::222222222222:role\/quotes-execution, and settings say arn:aws:iam::222222222222:role\/other: its/,
      { TASK_EXECUTION_ROLE_ARN: "arn:aws:iam::222222222222:role/other" },
    ],
    [
      "a task role that settings don't name",
      service(),
      /error: task definition quotes:7 has the task role arn:aws:iam::222222222222:role\/services\/quotes-task, and settings say -: its owner/,
      { TASK_ROLE_ARN: "" },
    ],
    [
      "tasks on instances",
      withDefinitions({ 7: definition(imageUri(OLD), { requiresCompatibilities: ["EC2", "FARGATE"] }) }),
      /error: task definition quotes:7 is for EC2 FARGATE: releases go to services on FARGATE alone, unless settings have the role of their instances \(instanceRole\)\n/,
    ],
    [
      "tasks that require nothing, where settings have no role of instances",
      withDefinitions({ 7: onInstances(imageUri(OLD)) }),
      /error: task definition quotes:7 is for -: releases go to services on FARGATE alone/,
    ],
    [
      "instances that ECS manages",
      withDefinitions({
        7: onInstances(imageUri(OLD), { requiresCompatibilities: ["EC2", "MANAGED_INSTANCES"] }),
      }),
      /error: task definition quotes:7 is for EC2 MANAGED_INSTANCES: releases go to services on EC2, EXTERNAL and FARGATE\n/,
      ON_INSTANCES,
    ],
    [
      "a container that is root on its instance",
      withDefinitions({
        7: onInstances(imageUri(OLD), {
          containerDefinitions: [
            { name: "app", image: imageUri(OLD) },
            { name: "agent", image: "x", privileged: true },
          ],
        }),
      }),
      /error: task definition quotes:7 has the container agent, which is privileged, and the deploy role registers none that is: its owner changes that\n/,
      ON_INSTANCES,
    ],
    [
      "another architecture of instances",
      withDefinitions({ 7: onInstances(imageUri(OLD), { runtimePlatform: { cpuArchitecture: "ARM64" } }) }),
      /error: task definition quotes:7 runs on arm64, and the code is for x86_64: its owner/,
      ON_INSTANCES,
    ],
    [
      "Windows",
      withDefinitions({
        7: definition(imageUri(OLD), {
          runtimePlatform: { operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" },
        }),
      }),
      /error: task definition quotes:7 runs on WINDOWS_SERVER_2022_CORE, and images are for LINUX: its owner changes that\n/,
    ],
    [
      "another architecture",
      withDefinitions({ 7: definition(imageUri(OLD), { runtimePlatform: { cpuArchitecture: "ARM64" } }) }),
      /error: task definition quotes:7 runs on arm64, and the code is for x86_64: its owner/,
    ],
    [
      "a role of another account",
      service(),
      /error: the plan role is in account 222222222222, settings say 333333333333 for test/,
      { ENVIRONMENT_ACCOUNT: "333333333333" },
    ],
    [
      "a setting that is no name",
      service(),
      /error: variable CLUSTER must match .* but is main\\ two/,
      { CLUSTER: "main two" },
    ],
  ];
  const wanted = ["a service that is gone", "another execution role"];
  for (const [what, found, error, changes = {}] of sampled(refused, ([name]) => wanted.includes(name)))
    it(`refuses ${what}, and hands nothing on`, async () => {
      const result = await releaseService("code-plan", serviceWorld(found), changes);
      assert.equal(result.code, 1);
      assert.match(result.output, error);
      assert.deepEqual(result.exported, {});
    });

  whole("refuses what ECR's scan has found, an environment that isn't up, and a roll-back", async () => {
    const found = {
      imageScanStatus: { status: "COMPLETE" },
      imageScanFindings: { imageScanCompletedAt: "2026-01-01", findingSeverityCounts: { CRITICAL: 1 } },
    };
    const down = serviceWorld(service());
    Object.assign(down.roles[role("222222222222", "plan")] ?? {}, { up: false });
    const worlds = [serviceWorld(service(), { scans: [found] }), down, serviceWorld(service(), rollingBack)];
    const [scanned, notUp, back] = await pool(worlds, (world) => releaseService("code-plan", world));
    assert.match(scanned?.output ?? "", /error: 1 findings of severity HIGH or worse in sha256:/);
    assert.match(
      notUp?.output ?? "",
      /error: environment test \(account 222222222222\) isn't up yet: run 'pulumi up --stack test'/,
    );
    assert.match(
      back?.output ?? "",
      /error: stage Approve-test changes no environment, so there is nothing in it to roll back/,
    );
  });
});
