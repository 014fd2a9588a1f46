import { type Action, pipelines } from "../record/pipelines";
import { ofType, type Rehearsed, type Resource } from "../record/record";
import { judgeEach, type Rule } from "./rule";
import { list, map, text } from "../../packages/iam/src/json";

/** Days. A pipeline that releases less often than once a year has nothing to go back to. */
const YEAR = 365;

/** CodePipeline's keys begin so: it cuts both names. */
const keyOf = (pipeline: string, artifact: string): string =>
  `${pipeline.slice(0, 20)}/${artifact.slice(0, 10)}/`;

/** Days after which S3 deletes what is below a key: of several rules the soonest. Infinity: it never does. */
function daysOf(record: Rehearsed, { account, region }: Resource, bucket: unknown, key: string): number {
  const rules = ofType(record, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
    .filter((each) => each.account === account && each.region === region && each.inputs["bucket"] === bucket)
    .flatMap(({ inputs }) => list(inputs["rules"]).map(map));
  const days = rules
    .filter(({ filter }) => key.startsWith(text(map(filter), "prefix") ?? ""))
    .flatMap(({ expiration }) => list(map(expiration)["days"]).map(Number));
  return Math.min(Infinity, ...days);
}

/** The stages that go back to a release before, and so need its artifacts. */
const rollingBack = (pipeline: Resource): string[] =>
  list(pipeline.inputs["stages"])
    .map(map)
    .filter(({ onFailure }) => map(onFailure)["result"] === "ROLLBACK")
    .map(({ name }) => String(name));

function problems(record: Rehearsed, resource: Resource, actions: readonly Action[]): string[] {
  const stages = rollingBack(resource);
  const needed = new Set(
    actions.filter(({ stage }) => stages.includes(stage)).flatMap(({ inputArtifacts }) => inputArtifacts),
  );
  const bucket = map(list(resource.inputs["artifactStores"])[0])["location"];
  return actions
    .flatMap(({ outputArtifacts }) => outputArtifacts)
    .flatMap((artifact) => {
      const days = daysOf(record, resource, bucket, keyOf(String(resource.inputs["name"]), artifact));
      return needed.has(artifact) && days < YEAR
        ? [`keeps artifact ${artifact} ${days} days, but a roll-back needs it for ${YEAR}`]
        : [];
    });
}

/** A roll-back runs a stage with the artifacts of the run that it goes back to. */
export const artifactAges: Rule = {
  id: "artifact-age",
  title: "what a stage needs to roll back is kept for a year",
  source: "https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html",
  judge: (record) =>
    judgeEach(pipelines(record), ({ resource, actions }) => problems(record, resource, actions)),
};
