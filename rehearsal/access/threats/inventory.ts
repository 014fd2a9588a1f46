import { type PipelineView, pipelines } from "../../record/pipelines";
import { ofType } from "../../record/record";
import { accountOf, arnOf } from "../estate/collect";
import { branchesOf, required } from "../estate/jobs";
import type { World } from "../estate/world";
import { branchFacts } from "./branchInventory";
import { only, pipelineFacts } from "./pipelineInventory";
import { text } from "../../../packages/iam/src/json";
import type { AccessModel } from "../../../packages/iam/src/model";
import type { Facts } from "./inventoryModel";

function reservedSid({ guarded }: AccessModel, bucket: string): string | undefined {
  const refusals = guarded.get(bucket)?.policy?.statements.filter(({ effect }) => effect === "Deny") ?? [];
  return refusals.find(({ content }) => JSON.stringify(content["Condition"]).includes("aws:PrincipalArn"))
    ?.sid;
}

/** Finds who and what there is in the registered stacks. Throws NotKnown where there is no pipeline. */
export function factsOf(world: World): Facts {
  const { record, model } = world;
  const views = pipelines(record);
  const [first] = views;
  const pipeline = only(first?.resource, "pipeline");
  const [, partition = "", , region = ""] = arnOf(pipeline).split(":");
  const logging = only(ofType(record, "aws:s3/bucketLogging:BucketLogging")[0], "logging of a bucket");
  const bucketArn = (property: string) =>
    `arn:${partition}:s3:::${required(logging.inputs, property, logging.name)}`;
  const bucket = bucketArn("bucket");
  const nameOf = ({ resource }: PipelineView) => String(resource.outputs["name"]);
  const released = views.filter((view) => branchesOf(record, nameOf(view)) === undefined);
  const all = released.map((view) => pipelineFacts(world, view, bucket));
  // Whatever the order in which a program makes them: that with the most environments, by name.
  const byReach = [...all].sort(
    (a, b) => b.environments.length - a.environments.length || a.name.localeCompare(b.name),
  );
  const [main, other] = [only(byReach[0], "pipeline"), byReach[1]];
  return {
    model,
    partition,
    region,
    tooling: accountOf(pipeline),
    stranger: only(
      ["999999999999", "888888888888", "777777777777"].find((account) => !model.accounts.has(account)),
      "account that is nobody's",
    ),
    bucket,
    reserved: reservedSid(model, bucket),
    logs: bucketArn("targetBucket"),
    key: only(
      ofType(record, "aws:codebuild/project:Project").map(({ inputs }) => text(inputs, "encryptionKey"))[0],
      "key",
    ),
    main,
    other,
    pipelines: byReach,
    branches: views
      .filter((view) => !released.includes(view))
      .map((view) => branchFacts(world, view, bucket, byReach))
      .sort((a, b) => byReach.indexOf(a.main) - byReach.indexOf(b.main))[0],
  };
}
