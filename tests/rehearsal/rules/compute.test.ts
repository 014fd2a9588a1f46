import type { Rehearsed, Resource } from "../../../rehearsal/record/record";
import { ofType } from "../../../rehearsal/record/record";
import { compute } from "../../../rehearsal/rules/compute";
import { map, type Values } from "../../../packages/iam/src/json";
import { breaks, inputs, one } from "../sample";

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
