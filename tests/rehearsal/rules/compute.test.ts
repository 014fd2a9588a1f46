import assert from "node:assert/strict";
import type { Rehearsed, Resource } from "../../../rehearsal/record/record";
import { ofType } from "../../../rehearsal/record/record";
import { compute } from "../../../rehearsal/rules/compute";
import { map, type Values } from "../../../packages/iam/src/json";
import { breaks, inputs, one, unbroken } from "../sample";

const onLambda = ({ inputs: own }: Resource) => map(own["environment"])["type"] === "LINUX_LAMBDA_CONTAINER";
const project = (record: Rehearsed, lambda: boolean): Resource => {
  const found = ofType(record, "aws:codebuild/project:Project").find((each) => onLambda(each) === lambda);
  if (!found) throw new Error("there is no such project");
  return found;
};
const environment = (changes: Values) => (resource: Resource) =>
  inputs({ environment: { ...map(resource.inputs["environment"]), ...changes } })(resource);

describe("rules/compute", () => {
  const lacks = (what: string, changes: Values, name = Object.keys(changes)[0]) =>
    breaks(compute, `${what} on Lambda's compute`, (record) =>
      one(project(record, true), inputs(changes), `asks for ${name}, which Lambda's compute lacks`),
    );
  lacks("a time limit", { buildTimeout: 60 });
  lacks("a limit of waiting", { queuedTimeout: 60 });
  lacks("a network", { vpcConfig: { vpcId: "vpc-1" } });
  lacks("a cache", { cache: { type: "S3" } });
  lacks("a badge", { badgeEnabled: true });
  lacks(
    "a runtime",
    {
      source: {
        type: "CODEPIPELINE",
        buildspec: "{ phases: { install: { runtime-versions: { nodejs: 22 } } } }",
      },
    },
    "runtime-versions",
  );
  breaks(compute, "Docker on Lambda's compute", (record) =>
    one(
      project(record, true),
      environment({ privilegedMode: true }),
      "asks for privilegedMode, which Lambda's compute lacks",
    ),
  );
  it("compute: Lambda's compute in a Region that has none", async () => {
    const { runs } = await unbroken();
    const elsewhere = ofType(runs, "aws:codebuild/project:Project").map((each) => ({
      ...each,
      region: "eu-west-2",
    }));
    const [run] = runs;
    assert.ok(run);
    const { findings } = compute.judge([{ ...run, resources: elsewhere }]);
    assert.deepEqual(
      findings.map(({ message }) => message),
      elsewhere.filter(onLambda).map(() => "Lambda's compute is not in eu-west-2"),
    );
    assert.ok(findings.length > 3);
  });
  breaks(compute, "a container's size on Lambda's compute", (record) =>
    one(
      project(record, true),
      environment({ computeType: "BUILD_GENERAL1_SMALL" }),
      "computeType BUILD_GENERAL1_SMALL is not for type LINUX_LAMBDA_CONTAINER",
    ),
  );
  breaks(compute, "an image of Lambda's compute in a container", (record) =>
    one(
      project(record, false),
      environment({ image: "aws/codebuild/amazonlinux-x86_64-lambda-standard:nodejs22" }),
      "image aws/codebuild/amazonlinux-x86_64-lambda-standard:nodejs22 is not for type LINUX_CONTAINER",
    ),
  );
});
