import assert from "node:assert/strict";
import { catalog } from "../../src/policy/catalog";
import { policy } from "../../src/policy/policies";
import { allow, document, documentedKeys, withKeys } from "../asked";
import { withOthers } from "../../src/matrix/statements";
import { askedOnNothing, formsOf, instanceOf, isAsked, withinForm } from "../../src/mutation/forms";

const OBJECT = "arn:${Partition}:s3:::${BucketName}/${ObjectName}";
const GROUP = "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}";
const TASK = "arn:${Partition}:sns:${Region}:${Account}:task/${Name}";
const HOME = ["aws", "eu-west-1", "111111111111"] as const;

withKeys();

const TARGET_GROUP = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:targetgroup/a/1";
const FUNCTION = "arn:aws:lambda:eu-west-1:111111111111:function:a";

/** Of what policies name: the reference has no lambda:AssociateRuntimeAlias. */
async function known() {
  const documented = await catalog(["elasticloadbalancing", "lambda", "s3"]);
  const all = withOthers(documented, ["lambda:AssociateRuntimeAlias"]);
  return {
    catalog: all,
    forms: await formsOf([...all.covered("*"), ...all.covered("lambda:AssociateRuntimeAlias")]),
  };
}

describe("mutation/forms", () => {
  it("knows on what AWS asks for an action", async () => {
    const actions = (await catalog(["cloudformation", "codedeploy", "s3"])).covered("*");
    const forms = await formsOf(actions);
    const cases: readonly (readonly [string, string, boolean])[] = [
      ["s3:GetObject", "arn:aws:s3:::a/b", true],
      ["s3:GetObject", "arn:aws:s3:::a", false],
      ["codedeploy:GetDeploymentConfig", "*", false],
      ["s3:ListAllMyBuckets", "*", true],
      ["s3:NoSuchAction", "*", true], // it can be asked on anything
      ["codedeploy:GetDeploymentConfig", "arn:aws:codedeploy:eu-west-1:111111111111:application:a", false],
      ["cloudformation:CreateChangeSet", "arn:aws:cloudformation:eu-west-1:aws:transform/Include", true],
    ];
    for (const [action, arn, expected] of cases)
      assert.equal(isAsked(forms, action, arn), expected, `${action} on ${arn}`);
  });

  it("knows tags of all that load balancers have, and nothing of an action that the reference does not have", async () => {
    const { forms } = await known();
    const cases: readonly (readonly [string, string, boolean])[] = [
      ["elasticloadbalancing:AddTags", TARGET_GROUP, true],
      [
        "elasticloadbalancing:RemoveTags",
        TARGET_GROUP.replace("targetgroup/a", "listener-rule/app/a/1/1"),
        true,
      ],
      [
        "elasticloadbalancing:ModifyTargetGroup",
        TARGET_GROUP.replace("targetgroup/a", "loadbalancer"),
        false,
      ],
      ["lambda:AssociateRuntimeAlias", FUNCTION, true],
      ["lambda:GetFunction", FUNCTION.replace("function", "layer"), false],
    ];
    for (const [action, arn, expected] of cases)
      assert.equal(isAsked(forms, action, arn), expected, `${action} on ${arn}`);
  });

  it("names what a policy has on nothing that AWS asks for it on", async () => {
    const { forms, catalog: all } = await known();
    const found = (actions: readonly string[], resource: string) =>
      askedOnNothing(
        policy("one", "identity", document(allow({ Action: actions, Resource: resource })), documentedKeys()),
        forms,
        all,
      );
    assert.deepEqual(found(["s3:GetObject", "s3:ListBucket"], "arn:aws:s3:::a"), [
      "Yes has s3:GetObject, which AWS asks for on nothing that it names: arn:aws:s3:::a",
    ]);
    assert.deepEqual(found(["s3:*", "elasticloadbalancing:AddTags"], TARGET_GROUP), [
      `Yes has s3:*, which AWS asks for on nothing that it names: ${TARGET_GROUP}`,
    ]);
    assert.deepEqual(found(["s3:Get*", "s3:GetObject"], "arn:aws:s3:::a/*"), []);
    assert.deepEqual(found(["lambda:AssociateRuntimeAlias"], FUNCTION), []);
    assert.deepEqual(found(["s3:ListAllMyBuckets", "s3:GetObject"], "*"), []);
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
