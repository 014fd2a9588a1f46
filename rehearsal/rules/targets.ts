import { identityAllows, policyDocuments } from "../aws/policyDocuments";
import { principals } from "../record/policyDocuments";
import { allResources, ofType, type Rehearsed, type Resource } from "../record/record";
import { roleByArn } from "../record/roles";
import { judgeResources, type Rule } from "./rule";
import { texts, text } from "../../packages/iam/src/json";

/** What EventBridge calls on a target, as the target's role. */
const CALLS: Readonly<Record<string, string>> = {
  "aws:codepipeline/pipeline:Pipeline": "codepipeline:StartPipelineExecution",
  "aws:codebuild/project:Project": "codebuild:StartBuild",
};

/** Topics have no role: their own policy must let EventBridge in. */
const topicLetsEvents = (record: Rehearsed, topicArn: string): boolean =>
  policyDocuments(record)
    .filter(
      ({ kind, resource: { inputs, outputs } }) =>
        kind === "topic" && (inputs["arn"] ?? outputs["arn"]) === topicArn,
    )
    .flatMap(({ statements }) => statements)
    .some(
      (statement) =>
        statement["Effect"] === "Allow" &&
        principals(statement, "Service").includes("events.amazonaws.com") &&
        texts(statement["Action"]).some((each) => each.toLowerCase() === "sns:publish"),
    );

function problem(record: Rehearsed, target: Resource): string | undefined {
  const arn = String(target.inputs["arn"]);
  const started = allResources(record).find(
    (each) => each.outputs["arn"] === arn && each.account === target.account,
  );
  if (!started) return `its target ${arn} does not exist in account ${target.account}`;
  if (started.type === "aws:sns/topic:Topic") {
    return topicLetsEvents(record, arn)
      ? undefined
      : `topic ${started.name} does not let events.amazonaws.com publish`;
  }
  const call = CALLS[started.type];
  if (call === undefined)
    return `the rehearsal does not know targets of type ${started.type}: add them to its rules`;
  const roleArn = text(target.inputs, "roleArn");
  const role = roleArn === undefined ? undefined : roleByArn(record, roleArn);
  if (!role) return `it has no role to start ${started.name} with`;
  return identityAllows(record, role, call, arn)
    ? undefined
    : `role ${role.name} does not allow ${call} on ${arn}`;
}

/** EventBridge accepts any target, and drops events that it cannot deliver. */
export const eventTargets: Rule = {
  id: "event-target",
  title: "what an event starts exists, and the target's role or the topic's policy lets it",
  source: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html",
  judge: (record) =>
    judgeResources(ofType(record, "aws:cloudwatch/eventTarget:EventTarget"), (target) => {
      const found = problem(record, target);
      return found === undefined ? [] : [found];
    }),
};
