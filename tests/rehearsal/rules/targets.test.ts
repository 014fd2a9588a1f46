import type { Rehearsed, Resource } from "../../../rehearsal/record/record";
import { eventTargets } from "../../../rehearsal/rules/targets";
import { breaks, document, first, inputs, one } from "../sample";

const PIPELINE = "aws:codepipeline/pipeline:Pipeline";
const TOPIC = "aws:sns/topic:Topic";
const arnOf = ({ outputs }: Resource): string => String(outputs["arn"]);
/** What starts the pipeline. */
const target = (record: Rehearsed): Resource =>
  first(
    record,
    "aws:cloudwatch/eventTarget:EventTarget",
    ({ inputs }) => inputs["arn"] === arnOf(first(record, PIPELINE)),
  );

describe("rules/targets", () => {
  breaks(eventTargets, "a target that does not exist", (record) =>
    one(
      target(record),
      inputs({ arn: `${arnOf(first(record, PIPELINE))}-2` }),
      `its target ${arnOf(first(record, PIPELINE))}-2 does not exist in account ${record[0]?.account}`,
    ),
  );
  breaks(eventTargets, "a target without a role", (record) =>
    one(
      target(record),
      inputs({ roleArn: undefined }),
      `it has no role to start ${first(record, PIPELINE).name} with`,
    ),
  );
  breaks(eventTargets, "a target of a type that no event starts", (record) => {
    const bucket = first(record, "aws:s3/bucket:Bucket");
    return one(
      target(record),
      inputs({ arn: arnOf(bucket) }),
      "the rehearsal does not know targets of type aws:s3/bucket:Bucket: add them to its rules",
    );
  });
  const toTopic = (record: Rehearsed) => inputs({ arn: arnOf(first(record, TOPIC)), roleArn: undefined });
  breaks(eventTargets, "a topic that does not let events in", (record) =>
    one(
      target(record),
      toTopic(record),
      `topic ${first(record, TOPIC).name} does not let events.amazonaws.com publish`,
    ),
  );
  breaks(eventTargets, "nothing is found for a topic that lets events in", (record) => {
    const topic = first(record, TOPIC);
    const statement = {
      Sid: "Events",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sns:Publish",
      Resource: arnOf(topic),
    };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    return {
      changes: [
        [target(record), toTopic(record)],
        [topic, inputs({ policy })],
      ],
      found: [],
    };
  });
  breaks(eventTargets, "a role that may not start the pipeline", (record) => {
    const role = first(
      record,
      "aws:iam/role:Role",
      (each) => arnOf(each) === target(record).inputs["roleArn"],
    );
    const policy = first(
      record,
      "aws:iam/rolePolicy:RolePolicy",
      ({ stack, inputs }) => stack === role.stack && inputs["role"] === role.outputs["name"],
    );
    const arn = arnOf(first(record, PIPELINE));
    const text = (content: object) =>
      JSON.stringify(content).replaceAll("codepipeline:StartPipelineExecution", "codepipeline:GetPipeline");
    return {
      changes: [[policy, document((content) => JSON.parse(text(content)) as typeof content)]],
      found: [
        [target(record), `role ${role.name} does not allow codepipeline:StartPipelineExecution on ${arn}`],
      ],
    };
  });
});
