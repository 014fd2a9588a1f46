import assert from "node:assert/strict";
import { walk, type WalkedCall } from "../../../../rehearsal/access/calls/walk";
import { branchWorld, ONE } from "../branchWorld";

const short = (text: string): string =>
  text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "RUN")
    .replace(/arn:aws:s3:::artifacts-[0-9a-f]{7}/g, "bucket")
    .replace(/arn:aws:[a-z]+:(eu-west-1)?:/g, "")
    .replace(/key\/RUN/g, "key");
const told = (calls: readonly WalkedCall[]): string[] => [
  ...new Set(calls.map(({ caller, action, resource }) => short(`${caller} ${action} ${resource}`))),
];

describe("access/calls of branches", () => {
  let calls: readonly WalkedCall[];
  let notShown: readonly string[];
  before(async () => {
    const walked = walk(await branchWorld());
    assert.deepEqual(walked.findings, []);
    calls = walked.calls.filter(({ pipeline }) => pipeline === "catalog--br");
    ({ notShown } = walked);
  });

  it("goes from source to proof for each of two branches, and to their removal", () => {
    const environments = [...new Set(calls.map(({ environment }) => environment ?? "-"))].sort();
    assert.deepEqual(environments, ["-", "br", "br-db2b56b9", "br-dca5f4ed"]);
    const steps = [...new Set(calls.map(({ step }) => step))];
    for (const step of [
      "Trigger",
      "Run",
      "Source",
      "Register",
      "Build",
      "Deploy",
      "Deploy: Verify",
      "Clean-up",
    ])
      assert.ok(steps.includes(step), `${step}: ${steps.join(", ")}`);
    assert.ok(!steps.includes("Operation") && !steps.some((each) => /Promote|Approv/.test(each)));
  });

  it("makes a change set with the branch's session and no role, tagged, and CloudFormation goes on with that session", () => {
    const own = calls.filter(({ environment }) => environment === `br-${ONE}`);
    const [set] = own.filter(({ action }) => action === "cloudformation:CreateChangeSet");
    assert.deepEqual(
      [set?.caller, set?.principal.kind === "session" && set.principal.tags],
      ["delivery-catalog--br-deploy", { branch: ONE }],
    );
    assert.deepEqual(set?.context["aws:TagKeys"], ["delivery:workload", "branch", "delivery:branch"]);
    assert.equal(set?.context["cloudformation:RoleArn"], undefined);
    const handlers = own.filter(
      ({ why, principal }) =>
        principal.kind === "session" && /^CloudFormation (creates|updates|tags|deletes|reads) /.test(why),
    );
    assert.deepEqual([...new Set(handlers.map(({ caller }) => caller))], ["delivery-catalog--br-deploy"]);
    assert.ok(
      handlers.length > 200 && handlers.every(({ resource }) => !/catalog--dev|catalog--prod/.test(resource)),
    );
    const tagging = handlers.filter(({ action }) => /^iam:(CreateRole|TagRole)$/.test(action));
    assert.ok(tagging.length > 1 && tagging.every(({ context }) => context["aws:RequestTag/branch"] === ONE));
    assert.deepEqual(
      own.filter(
        ({ action, context }) =>
          action === "iam:PassRole" && context["iam:PassedToService"] === "cloudformation.amazonaws.com",
      ),
      [],
    );
  });

  it("takes the role for the branch, with both permissions, and cleans up behind it", () => {
    const clean = calls.filter(
      ({ step, environment, why }) =>
        step === "Clean-up" && environment === `br-${ONE}` && / in |takes the deploy/.test(why),
    );
    assert.deepEqual(told(clean.filter(({ caller }) => caller.endsWith("-cleanup"))), [
      "delivery-catalog--br-cleanup sts:AssumeRole 222222222222:role/delivery-catalog--br-deploy",
      "delivery-catalog--br-cleanup sts:TagSession 222222222222:role/delivery-catalog--br-deploy",
      "delivery-catalog--br-cleanup s3:ListBucket bucket",
      `delivery-catalog--br-cleanup s3:GetObject bucket/kept/catalog--br/${ONE}`,
      "delivery-catalog--br-cleanup kms:Decrypt 111111111111:key",
      `delivery-catalog--br-cleanup s3:PutObject bucket/kept/catalog--br/${ONE}.stack`,
      "delivery-catalog--br-cleanup kms:GenerateDataKey 111111111111:key",
      `delivery-catalog--br-cleanup s3:GetObject bucket/kept/catalog--br/${ONE}.stack`,
      `delivery-catalog--br-cleanup s3:DeleteObject bucket/kept/catalog--br/${ONE}`,
      `delivery-catalog--br-cleanup s3:DeleteObject bucket/kept/catalog--br/${ONE}.stack`,
      "delivery-catalog--br-cleanup codecommit:GetBranch 111111111111:catalog",
    ]);
    assert.deepEqual(
      told(clean.filter(({ caller }) => caller.endsWith("-deploy"))),
      ["DescribeStacks", "DeleteStack", "DescribeStackEvents"].map(
        (each) =>
          `delivery-catalog--br-deploy cloudformation:${each} 222222222222:stack/catalog--br-${ONE}/RUN`,
      ),
    );
  });

  it("says what it does not show", () => {
    assert.deepEqual(
      notShown.filter((each) => /branch/.test(each)).map((each) => each.split(/[,:]/)[0]),
      ["iam", "who starts", "that an update of a branch's stack ends within the hour that its session lasts"],
    );
  });
});
