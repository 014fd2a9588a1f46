import type { Rehearsed, Resource } from "../../../rehearsal/record/record";
import { runtimes } from "../../../rehearsal/rules/runtimes";
import { breaks, first, inputs, one } from "../sample";
import { map } from "../../../packages/iam/src/json";

const runs =
  (script: string) =>
  (record: Rehearsed): Resource =>
    first(record, "aws:codebuild/project:Project", ({ inputs: made }) =>
      String(map(made["source"])["buildspec"]).includes(`bash "$JOB/${script}.sh"`),
    );
const specified = (change: (buildspec: string) => string) => (resource: Resource) => {
  const source = map(resource.inputs["source"]);
  return inputs({ source: { ...source, buildspec: change(String(source["buildspec"])) } })(resource);
};
const on = (image: string) => (resource: Resource) =>
  inputs({ environment: { ...map(resource.inputs["environment"]), image } })(resource);

describe("rules/runtimes", () => {
  breaks(runtimes, "build names no Node.js", (record) =>
    one(
      runs("build")(record),
      specified((text) => text.replace(/^ *runtime-versions:\n *nodejs: 22\n/m, "  commands: []\n")),
      "runs npm and names no runtime nodejs: it would run on the image's default",
    ),
  );
  breaks(runtimes, "build names one that its image lacks", (record) =>
    one(
      runs("build")(record),
      specified((text) => text.replace("nodejs: 22", "nodejs: 26")),
      "names nodejs 26, which aws/codebuild/amazonlinux-x86_64-standard:5.0 does not have (it has 18, 20, 22, 24)",
    ),
  );
  breaks(runtimes, "an image that has no Node.js of today", (record) =>
    one(
      runs("build")(record),
      on("aws/codebuild/standard:6.0"),
      "names nodejs 22, which aws/codebuild/standard:6.0 does not have (it has older ones)",
    ),
  );
  breaks(runtimes, "verify on Lambda's compute, in an image without Node.js", (record) =>
    one(
      runs("verify")(record),
      on("aws/codebuild/amazonlinux-x86_64-lambda-standard:python3.13"),
      "runs npm, which aws/codebuild/amazonlinux-x86_64-lambda-standard:python3.13 does not have",
    ),
  );
  breaks(runtimes, "an image of the team's own is not judged", (record) => ({
    changes: [[runs("build")(record), on("111111111111.dkr.ecr.eu-west-1.amazonaws.com/ci:1")]],
    found: [],
  }));
  breaks(runtimes, "a job that runs no npm needs none", (record) => ({
    changes: [[runs("cleanup")(record), on("aws/codebuild/standard:6.0")]],
    found: [],
  }));
});
