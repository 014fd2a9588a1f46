import { LAMBDA_COMPUTE_REGIONS } from "../../components/regions";
import { buildspecOf } from "../record/pipelines";
import { ofType } from "../record/record";
import { judgeResources, type Rule } from "./rule";
import { map, text, type Values } from "../../packages/iam/src/json";

/** What a project asks for that Lambda's compute has not. */
function lacking(inputs: Values): string[] {
  const environment = map(inputs["environment"]);
  const asked = {
    buildTimeout: inputs["buildTimeout"],
    queuedTimeout: inputs["queuedTimeout"],
    vpcConfig: inputs["vpcConfig"],
    cache: inputs["cache"],
    badgeEnabled: inputs["badgeEnabled"],
    privilegedMode: environment["privilegedMode"],
    "runtime-versions": map(map(buildspecOf({ inputs })?.["phases"])["install"])["runtime-versions"],
  };
  return Object.entries(asked).flatMap(([name, value]) =>
    value === undefined || value === false ? [] : [`asks for ${name}, which Lambda's compute lacks`],
  );
}

/** CodeBuild says so when the project is made; of a runtime, when it runs. */
export const compute: Rule = {
  id: "compute",
  title: "a job has a size and an image of its compute, and on Lambda's asks for nothing that this lacks",
  source: "https://docs.aws.amazon.com/codebuild/latest/userguide/lambda.html",
  judge: (record) =>
    judgeResources(ofType(record, "aws:codebuild/project:Project"), ({ inputs, region = "" }) => {
      const environment = map(inputs["environment"]);
      const isLambda = (text(environment, "type") ?? "").includes("_LAMBDA_");
      const wrong = [
        ["computeType", /^BUILD_LAMBDA_/],
        ["image", /^aws\/codebuild\/.*-lambda-/],
      ] as const;
      return [
        ...wrong.flatMap(([key, of]) => {
          const value = text(environment, key) ?? "";
          return of.test(value) === isLambda
            ? []
            : [`${key} ${value} is not for type ${text(environment, "type")}`];
        }),
        ...(isLambda ? lacking(inputs) : []),
        ...(isLambda && !LAMBDA_COMPUTE_REGIONS.includes(region)
          ? [`Lambda's compute is not in ${region}`]
          : []),
      ];
    }),
};
