/** What has Lambda read a queue or a stream and call a function with what it finds. Pure. */
import { arn, WORKLOAD_TAG } from "../names";
import { allow, type Statement } from "../policies";
import { functions } from "../workloads/lambdaExecution";
import type { WorkloadSite } from "../workloads/workload";
import type { Part } from "./use";

const TYPE = "AWS::Lambda::EventSourceMapping";

/** Templates may have mappings of these sources to functions of their own. */
export const eventSources = (
  sources: Readonly<Record<string, readonly string[]>>,
): Pick<Part["template"], "types" | "own" | "never"> => ({
  types: [TYPE],
  own: {
    [TYPE]: {
      EventSourceArn: sources,
      FunctionName: {
        "AWS::Lambda::Alias": ["Ref", "AliasArn"],
        "AWS::Lambda::Function": ["Ref", "Arn"],
        "AWS::Lambda::Version": ["Ref", "FunctionArn"],
      },
    },
  },
  never: {
    [TYPE]: {
      AmazonManagedKafkaEventSourceConfig: "is for sources that are not of this template",
      DestinationConfig: "sends what failed to a place that the boundary does not let Lambda write to",
      DocumentDBEventSourceConfig: "is for sources that are not of this template",
      KmsKeyArn: "takes rights to a key, which nothing here has",
      Queues: "is for sources that are not of this template",
      SelfManagedEventSource: "is for sources that are not of this template",
      SelfManagedKafkaEventSourceConfig: "is for sources that are not of this template",
      SourceAccessConfigurations: "is for sources that are not of this template",
      Topics: "is for sources that are not of this template",
    },
  },
});

/** Mappings have ids, so they go by the function that they call. */
export function eventSourceStatements(site: WorkloadSite): Statement[] {
  const { scope, account, name } = site;
  const mappings = [arn(scope, "lambda", account, "event-source-mapping:*")];
  const own = { ArnLike: { "lambda:FunctionArn": functions(site) } };
  return [
    allow("MapEventSources", ["lambda:CreateEventSourceMapping"], ["*"], own),
    allow(
      "ManageEventSources",
      ["lambda:DeleteEventSourceMapping", "lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"],
      mappings,
      own,
    ),
    // Where tags are written, AWS says nothing of the function. A mapping that has our tag is still its function's.
    allow("TagEventSources", ["lambda:TagResource"], mappings, {
      StringEquals: { [`aws:RequestTag/${WORKLOAD_TAG}`]: name },
    }),
    allow("UntagEventSources", ["lambda:UntagResource"], mappings, {
      StringEquals: { [`aws:ResourceTag/${WORKLOAD_TAG}`]: name },
    }),
    // Also of one that has no tag yet, or no longer.
    allow("ReadTagsOfEventSources", ["lambda:ListTags"], mappings),
  ];
}
