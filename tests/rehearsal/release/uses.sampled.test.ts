import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { emptyFolder } from "../../folders";
import { USE_NAMES } from "../../../components/uses/list";
import { changesOf } from "../../../rehearsal/release/cloudformation/plan";
import { evaluate } from "../../../rehearsal/release/cloudformation/stack";
import { readTemplate } from "../../../rehearsal/release/cloudformation/template";
import { SERVICES } from "../access/worlds";
import { configWith, releaseOf } from "./service";
import { whole } from "../../whole/sample";

/** A service of the tests' own, in a folder that a release may write to. */
function copyOf(name: string): string {
  const folder = emptyFolder();
  cpSync(join(SERVICES, name), folder, { recursive: true });
  return folder;
}

describe("a release of a service that uses what settings add", () => {
  whole("is live in each environment, with its queues and all else of theirs planned", async () => {
    const functionNetwork = { subnets: ["subnet-0a"], securityGroups: ["sg-0a"] };
    const tooling = configWith(
      { name: "orders", workload: "lambda-zip", uses: USE_NAMES },
      { stage: { functionNetwork }, live: { functionNetwork } },
    );
    const { act } = await releaseOf(copyOf("orders"), {}, tooling);
    assert.equal(act.stopped, undefined);
    assert.deepEqual(
      act.environments.map(({ state, verify }) => [state, verify?.passed]),
      [
        ["live", true],
        ["live", true],
      ],
    );
    const added = act.environments[0]?.plan?.changes ?? [];
    const planned = added.filter(({ rehearsal }) => rehearsal === "planned").map(({ type }) => type);
    for (const type of ["AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy", "AWS::StepFunctions::StateMachine"])
      assert.ok(planned.includes(type), type);
    assert.deepEqual([...(act.environments[0]?.events ?? [])].sort(), [
      "bucket Uploads: 2 events reached WorkerFunction",
      "queue Orders: 2 messages were received 3 times and are now in Failed",
      "queue Orders: 4 messages reached WorkerFunction",
      "queue Orders: WorkerFunction failed on a message, 6 times",
      "rule Paid: 2 events reached WorkerFunction",
      "schedule Nightly: an event reached WorkerFunction",
      "stream of Shipments: 2 records reached WorkerFunction",
      "topic Placed: 2 messages went to queue Orders",
      "topic Placed: a message reached WorkerFunction",
    ]);
    const [policy] = added.filter(({ logicalId }) => logicalId === "OrdersPolicy");
    assert.equal(policy?.permission, true);
    const unshown = act.notShown.map(({ what }) => what).join("\n");
    assert.match(unshown, /types that were planned and no more: .*AWS::SQS::QueuePolicy/);
    assert.ok(
      unshown.includes(
        "dead letters of subscription WorkOnPlaced, rule Paid: whatever is sent arrives here. What a function fails on was delivered: its own DeadLetterConfig or OnFailure gets that",
      ),
    );
    assert.match(
      unshown,
      /that change nothing here: Failed \(MessageRetentionPeriod\), .*Uploads \(VersioningConfiguration, /,
    );
  });
});

describe("changes of what settings add", () => {
  const site = { stack: "orders--test", environment: "test", account: "222222222222", region: "eu-west-1" };
  const text = readFileSync(join(SERVICES, "orders/template.yaml"), "utf8");
  const given = { CodeBucket: "b", CodeKey: "k", CodeSha256: "s", Release: "1", CodeDeployRoleArn: "r" };
  const network = { FunctionSubnetIds: "subnet-0a", FunctionSecurityGroupIds: "sg-0a" };
  const values = { ...given, ...network, PermissionsBoundaryArn: "p", RolePath: "/", DeploymentConfig: "d" };
  /** What becomes of each resource where a piece of the template is another. */
  function changes(from: string, to: string): Record<string, string> {
    assert.ok(text.includes(from), from);
    const first = evaluate(readTemplate(text), site, values, new Map());
    const second = evaluate(readTemplate(text.replace(from, to)), site, values, first.resources);
    const found = changesOf(site, first.resources, second);
    return Object.fromEntries(found.map(({ logicalId, action }) => [logicalId, action]));
  }

  it("are an update of a queue where its name stays", () =>
    assert.deepEqual(changes("VisibilityTimeout: 60", "VisibilityTimeout: 90"), { Orders: "modify" }));

  it("are another queue where its name changes, with what is mapped to it and its policies", () =>
    assert.deepEqual(changes("VisibilityTimeout: 60", "QueueName: !Sub '${AWS::StackName}-new'"), {
      Orders: "replace",
      OrdersFull: "modify",
      QueuePlaced: "replace",
      OrdersPolicy: "modify",
      WorkOnOrders: "replace",
      ApiRole: "modify",
      ApiFunction: "modify",
      WorkerRole: "modify",
    }));

  it("are no other queue where a FIFO's content changes, and its name ends as AWS wants it", () => {
    assert.deepEqual(changes("ContentBasedDeduplication: true", "ContentBasedDeduplication: false"), {
      InOrder: "modify",
    });
    const { resources } = evaluate(readTemplate(text), site, values, new Map());
    assert.match(
      resources.get("InOrder")?.id ?? "",
      /\/222222222222\/orders--test-InOrder-[0-9A-F]{12}\.fifo$/,
    );
  });
});
