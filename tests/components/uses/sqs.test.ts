import { ecsService } from "../../../components/workloads/ecsService";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { using } from "../../../components/uses/using";
import { MOST } from "../workloads/functions";
import { are, arn, may, SITE, tagged, useTables } from "../workloads/site";

const QUEUES = [arn("sqs", "cat--test-*")];
const MAPPINGS = [arn("lambda", "event-source-mapping:*")];
const FUNCTION = { ArnLike: { "lambda:FunctionArn": arn("lambda", "function:cat--test-*") } };
const MANAGE = may(
  "ManageQueues",
  "sqs",
  `CreateQueue DeleteQueue GetQueueAttributes GetQueueUrl ListQueueTags SetQueueAttributes
   TagQueue UntagQueue`,
  QUEUES,
);

describe("uses sqs", () => {
  const functions = using(lambdaZip, ["sqs"]);
  const tasks = using(ecsService, ["sqs"]);

  it("lets CloudFormation make queues of the stack's name, and map them to functions of that name", () =>
    are(
      functions.further?.(SITE) ?? [],
      MANAGE,
      may("MapEventSources", "lambda", "CreateEventSourceMapping", ["*"], FUNCTION),
      may(
        "ManageEventSources",
        "lambda",
        "DeleteEventSourceMapping GetEventSourceMapping UpdateEventSourceMapping",
        MAPPINGS,
        FUNCTION,
      ),
      may("TagEventSources", "lambda", "TagResource", MAPPINGS, tagged("Request")),
      may("UntagEventSources", "lambda", "UntagResource", MAPPINGS, tagged("Resource")),
      may("ReadTagsOfEventSources", "lambda", "ListTags", MAPPINGS),
    ));

  it("lets functions send to their queues, and receive from them also where Lambda does it for them", () =>
    are(
      functions.boundary?.(SITE) ?? [],
      ...MOST,
      may("SendToQueues", "sqs", "GetQueueUrl SendMessage", QUEUES, {
        ArnLike: { "lambda:SourceFunctionArn": arn("lambda", "function:cat--test-*") },
      }),
      may(
        "ReceiveFromQueues",
        "sqs",
        "ChangeMessageVisibility DeleteMessage GetQueueAttributes ReceiveMessage",
        QUEUES,
      ),
    ));

  it("maps nothing for tasks, which use queues with their role", async () => {
    await are(tasks.further?.(SITE) ?? [], MANAGE);
    await are(
      tasks.roles.task?.statements(SITE) ?? [],
      useTables(),
      may(
        "UseQueues",
        "sqs",
        `ChangeMessageVisibility DeleteMessage GetQueueAttributes GetQueueUrl ReceiveMessage SendMessage`,
        QUEUES,
      ),
    );
  });
});
