import assert from "node:assert/strict";
import { catalog } from "../../src/policy/catalog";
import { formsOf, instanceOf, isAsked, withinForm } from "../../src/mutation/forms";

const OBJECT = "arn:${Partition}:s3:::${BucketName}/${ObjectName}";
const GROUP = "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}";
const TASK = "arn:${Partition}:sns:${Region}:${Account}:task/${Name}";
const HOME = ["aws", "eu-west-1", "111111111111"] as const;

describe("mutation/forms", () => {
  it("knows on what AWS asks for an action", async () => {
    const actions = (await catalog(["cloudformation", "codedeploy", "s3"])).covered("*");
    const forms = await formsOf(actions);
    const cases: readonly (readonly [string, string, boolean])[] = [
      ["s3:GetObject", "arn:aws:s3:::a/b", true],
      ["s3:GetObject", "arn:aws:s3:::a", false],
      ["codedeploy:GetDeploymentConfig", "*", false],
      ["s3:ListAllMyBuckets", "*", true],
      ["s3:NoSuchAction", "*", false],
      ["codedeploy:GetDeploymentConfig", "arn:aws:codedeploy:eu-west-1:111111111111:application:a", false],
      ["cloudformation:CreateChangeSet", "arn:aws:cloudformation:eu-west-1:aws:transform/Include", true],
    ];
    for (const [action, arn, expected] of cases)
      assert.equal(isAsked(forms, action, arn), expected, `${action} on ${arn}`);
  });

  it("makes an ARN of a form that a pattern covers, at home where the pattern does not place it", () => {
    const cases: readonly (readonly [string, string, string | undefined])[] = [
      ["*", GROUP, "arn:aws:logs:eu-west-1:111111111111:log-group:1"],
      ["arn:aws:logs:*:*:log-group:a-*", GROUP, "arn:aws:logs:eu-west-1:111111111111:log-group:a-1"],
      ["arn:aws:logs:us-east-1:222222222222:*", GROUP, "arn:aws:logs:us-east-1:222222222222:log-group:1"],
      ["arn:aws:s3:::a/*", OBJECT, "arn:aws:s3:::a/1"],
      ["arn:aws:logs:*:*:log-group:a?c", GROUP, "arn:aws:logs:eu-west-1:111111111111:log-group:a1c"],
      ["arn:aws:s3:::a", OBJECT, undefined],
      ["arn:aws:s3:::a/*", GROUP, undefined],
      ["*", "*", "*"],
      ["arn:aws:s3:::a", "*", undefined],
    ];
    for (const [pattern, form, expected] of cases)
      assert.equal(instanceOf(pattern, form, HOME), expected, `${pattern} ${form}`);
  });

  it("narrows a pattern to a form, and leaves it where in doubt", () => {
    const cases: readonly (readonly [string, string, string | undefined])[] = [
      ["arn:aws:sns:eu-west-1:111111111111:*", TASK, "arn:aws:sns:eu-west-1:111111111111:task/*"],
      ["arn:aws:sns:*:*:ta*", TASK, "arn:aws:sns:*:*:task/*"],
      ["arn:aws:sns:eu-west-1:111111111111:task/a*", TASK, "arn:aws:sns:eu-west-1:111111111111:task/a*"],
      ["arn:aws:sns:eu-west-1:111111111111:*/a*", TASK, "arn:aws:sns:eu-west-1:111111111111:*/a*"],
      ["arn:aws:sns:eu-west-1:111111111111:other/*", TASK, undefined],
      ["*", TASK, "*"],
      ["*", "*", "*"],
      ["arn:aws:sns:eu-west-1:111111111111:*", "*", undefined],
    ];
    for (const [pattern, form, expected] of cases)
      assert.equal(withinForm(pattern, form), expected, `${pattern} ${form}`);
  });
});
