import assert from "node:assert/strict";
import { type Walk, walk } from "../../../../rehearsal/access/calls/walk";
import type { Rehearsed, Resource } from "../../../../rehearsal/record/record";
import { document, unbroken } from "../../sample";
import { changed, same } from "../models";
import { sampleWorld } from "../worlds";
import { list, map, type Values } from "../../../../packages/iam/src/json";

const INLINE = "aws:iam/rolePolicy:RolePolicy";

/** A record in which one document has lost an action, or a whole statement. */
const without = (
  record: Rehearsed,
  type: string,
  which: (resource: Resource) => boolean,
  lost: string,
  property?: string,
): Rehearsed => {
  const cut = document((content) => {
    const statements = list(content["Statement"])
      .map(map)
      .filter((each) => each["Sid"] !== lost);
    const actions = (each: Values) => list(each["Action"]).filter((action) => action !== lost);
    return {
      ...content,
      Statement: statements
        .map((each) => ({ ...each, Action: actions(each) }))
        .filter((each) => each.Action.length > 0),
    };
  }, property);
  let found = 0;
  const made = changed(record, (each) => {
    if (each.type !== type || !which(each)) return same(each);
    found++;
    return cut(each);
  });
  assert.equal(found, 1, `${found} resources would lose ${lost}`);
  return made;
};

const ofRole = (name: string) => (resource: Resource) => resource.inputs["role"] === name;
const inTooling = (resource: Resource) => resource.stack === "tooling";

/** What the walk finds, without the names that AWS completes. */
const found = ({ findings }: Walk): string[] =>
  findings.map((each) =>
    each
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UUID")
      .replace(/-[0-9A-F]{12}/g, "-ID")
      .replace(/(artifacts|catalog|operator)-[0-9a-f]{7}\b/g, "$1-ID")
      .replace(/\b[0-9a-f]{10}\b/g, "ID"),
  );

describe("access/calls finds exactly the call whose grant is gone:", () => {
  const breaks = (title: string, how: (record: Rehearsed) => Rehearsed, expected: readonly string[]) =>
    it(title, async () => {
      const { runs } = await unbroken();
      assert.deepEqual(found(walk(await sampleWorld(how(runs)))), expected);
    });
  const role = (name: string, lost: string) => (record: Rehearsed) =>
    without(record, INLINE, ofRole(name), lost);

  breaks("the pipeline's asking for approval", role("delivery-catalog-pipeline", "AskForApproval"), [
    "catalog to prod, Approve-prod: Approval (every release): CodePipeline asks for approval: delivery-catalog-pipeline needs sns:Publish on arn:aws:sns:eu-west-1:111111111111:catalog-ID; missing: identity",
  ]);
  breaks("the trigger's start of the pipeline", role("delivery-catalog-trigger", "StartPipeline"), [
    "catalog, Trigger (every release): EventBridge starts the pipeline: delivery-catalog-trigger needs codepipeline:StartPipelineExecution on arn:aws:codepipeline:eu-west-1:111111111111:catalog; missing: identity",
  ]);
  breaks("a job's command", role("delivery-catalog-promote", "ecr:DescribeImages"), [
    "catalog to test, Deploy-test: Promote (every release): ecr describe-images in promote.sh: delivery-catalog-promote needs ecr:DescribeImages on arn:aws:ecr:eu-west-1:111111111111:repository/catalog-ID; missing: identity",
    "catalog to prod, Deploy-prod: Promote (every release): ecr describe-images in promote.sh: delivery-catalog-promote needs ecr:DescribeImages on arn:aws:ecr:eu-west-1:111111111111:repository/catalog-ID; missing: identity",
  ]);
  breaks("the taking of a role", role("delivery-catalog--prod-plan-job", "TakeRoles"), [
    "catalog to prod, Approve-prod: Plan (every release): the job takes the plan role: delivery-catalog--prod-plan-job needs sts:AssumeRole on arn:aws:iam::333333333333:role/delivery-catalog--prod-plan; missing: identity",
  ]);
  breaks(
    "the other side of reading release files",
    (record) =>
      without(record, "aws:s3/bucketPolicy:BucketPolicy", ({ name }) => name === "artifacts", "ReadCatalog"),
    ["test", "prod"].map(
      (name, index) =>
        `catalog to ${name}, ${name === "test" ? "Deploy-test: Deploy" : "Approve-prod: Plan"} (every release): cloudformation create-change-set in change-set.sh: delivery-catalog--${name}-plan needs s3:GetObject on arn:aws:s3:::artifacts-ID/releases/catalog/${index === 0 ? "222222222222" : "333333333333"}/${name}/UUID.template.json; missing: resource${name === "test" ? "" : " (and 1 more calls like it)"}`,
    ),
  );
  breaks(
    "Lambda's later pulls",
    (record) => without(record, "aws:ecr/repositoryPolicy:RepositoryPolicy", inTooling, "PullToRunFunctions"),
    ["test", "prod"].flatMap((name) =>
      ["BatchGetImage", "GetDownloadUrlForLayer"].map(
        (action) =>
          `catalog to ${name}, ${name}: in use (every release): Lambda pulls the image of function Function again: service lambda.amazonaws.com needs ecr:${action} on arn:aws:ecr:eu-west-1:111111111111:repository/catalog-ID; missing: resource`,
      ),
    ),
  );
  breaks(
    "what CloudFormation does for a template",
    role("delivery-catalog--test-execution", "codedeploy:CreateDeployment"),
    [
      "catalog to test, Deploy-test: Deploy (update): CloudFormation updates Alias (AWS::Lambda::Alias): delivery-catalog--test-execution needs codedeploy:CreateDeployment on arn:aws:codedeploy:eu-west-1:222222222222:deploymentgroup:catalog--test-DeploymentApplication-ID/catalog--test-DeploymentGroup-ID; missing: identity (and 1 more calls like it)",
    ],
  );
  breaks("the passing of a role", role("delivery-catalog--test-execution", "PassCodeDeployRole"), [
    "catalog to test, Deploy-test: Deploy (first deployment): CloudFormation creates DeploymentGroup (AWS::CodeDeploy::DeploymentGroup): delivery-catalog--test-execution needs iam:PassRole on arn:aws:iam::222222222222:role/delivery-catalog--test-codedeploy; missing: identity (and 2 more calls like it)",
  ]);
  breaks(
    "what the boundary leaves of a function's own calls",
    (record) =>
      without(
        record,
        "aws:iam/policy:Policy",
        ({ inputs }) => inputs["name"] === "delivery-catalog--test-boundary",
        "dynamodb:PutItem",
        "policy",
      ),
    [
      "catalog to test, test: in use (every release): function Function uses what its template grants: catalog--test-FunctionRole-ID needs dynamodb:PutItem on arn:aws:dynamodb:eu-west-1:222222222222:table/catalog--test-Products-ID; missing: boundary",
    ],
  );
  breaks(
    "an operator's roll-back of a stage",
    (record) =>
      without(
        record,
        "aws:iam/policy:Policy",
        ({ name }) => name === "catalog-operator",
        "codepipeline:RollbackStage",
      ),
    ["Build", "Deploy-test", "Approve-prod", "Deploy-prod"].map(
      (stage) =>
        `catalog, Operation (roll-back): an operator rolls a stage back: catalog-operator-ID needs codepipeline:RollbackStage on arn:aws:codepipeline:eu-west-1:111111111111:catalog/${stage}; missing: identity`,
    ),
  );
});
