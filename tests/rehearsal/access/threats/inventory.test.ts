import assert from "node:assert/strict";
import { factsOf } from "../../../../rehearsal/access/threats/inventory";
import { EXECUTION_ID } from "../../../../rehearsal/access/estate/deployedParameters";
import { NotKnown } from "../../../../packages/iam/src/policy/notKnown";
import { upOf } from "../../../stacks/together.cases";
import { changed } from "../models";
import { sample, worldOf } from "./sampleWorld";

const role = (account: string, name: string) => `arn:aws:iam::${account}:role/delivery-${name}`;
const job = (name: string) => ({
  project: `arn:aws:codebuild:eu-west-1:111111111111:project/delivery-${name}`,
  role: role("111111111111", name),
});

describe("access/threats/inventory", () => {
  it("finds environments by the jobs that deploy to them", () => {
    const { main, bucket } = sample.facts;
    const pipeline = "arn:aws:codepipeline:eu-west-1:111111111111:catalog";
    const [test, prod] = main.environments;
    assert.deepEqual(
      [test?.name, test?.account, test?.planJob, test?.approval, test?.approver],
      ["test", "222222222222", undefined, undefined, undefined],
    );
    const inProd = (name: string) => role("333333333333", `catalog--prod-${name}`);
    const { approver, ...rest } = prod ?? {};
    assert.match(approver ?? "", /^arn:aws:iam::111111111111:policy\/catalog--prod-approver-[0-9a-f]{7}$/);
    assert.deepEqual(rest, {
      name: "prod",
      account: "333333333333",
      stackName: "catalog--prod",
      planJob: job("catalog--prod-plan-job"),
      releaseJob: job("catalog--prod-release-job"),
      plan: inProd("plan"),
      deploy: inProd("deploy"),
      cleanup: inProd("cleanup"),
      execution: inProd("execution"),
      fetches: inProd("execution"),
      codedeploy: inProd("codedeploy"),
      task: undefined,
      taskExecution: undefined,
      boundary: "arn:aws:iam::333333333333:policy/delivery-catalog--prod-boundary",
      rolePath: "/",
      releaseFile: `${bucket}/releases/catalog/333333333333/prod/${EXECUTION_ID}/template.yaml`,
      stage: `${pipeline}/Deploy-prod`,
      approval: `${pipeline}/Approve-prod/Approval`,
    });
  });

  it("finds a pipeline's jobs, roles and things", () => {
    const { main, other, tooling, stranger, bucket } = sample.facts;
    assert.deepEqual(
      [main.build, main.verify, main.promote, main.cleanup],
      ["build", "verify", "promote", "cleanup"].map((kind) => job(`catalog-${kind}`)),
    );
    assert.deepEqual(
      [main.role, main.trigger],
      ["pipeline", "trigger"].map((kind) => role("111111111111", `catalog-${kind}`)),
    );
    assert.deepEqual([main.readSid, main.artifacts], ["ReadCatalog", `${bucket}/catalog`]);
    assert.equal(main.codecommit, "arn:aws:codecommit:eu-west-1:111111111111:catalog");
    assert.match(main.repository ?? "", /:repository\/catalog-[0-9a-f]{7}$/);
    assert.match(main.operator, /:policy\/catalog-operator-[0-9a-f]{7}$/);
    assert.deepEqual([other, tooling, stranger], [undefined, "111111111111", "999999999999"]);
  });

  it("takes the pipeline with the most environments, and another one beside it", async () => {
    const { main, other } = factsOf(await worldOf(await upOf("seven environments and three pipelines")));
    assert.deepEqual([main.name, other?.name], ["a-very-long-name-of-a-service", "catalog"]);
  });

  it("refuses stacks without a pipeline, or with something of it missing", () => {
    const without = (type: string) =>
      changed(sample.world.record, (each) => (each.type === type ? undefined : each));
    const refuses = (type: string, message: RegExp) =>
      assert.throws(
        () => factsOf({ ...sample.world, record: without(type) }),
        (error) => error instanceof NotKnown && message.test(error.message),
      );
    refuses("aws:codepipeline/pipeline:Pipeline", /^there is no pipeline$/);
    refuses("aws:s3/bucketLogging:BucketLogging", /^there is no logging of a bucket$/);
    refuses("aws:cloudwatch/eventTarget:EventTarget", /^trigger of catalog has no roleArn$/);
  });
});
