import { using } from "../../../components/uses/using";
import { ecsService } from "../../../components/workloads/ecsService";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { MOST } from "../workloads/functions";
import { are, arn, may, SITE, useTables } from "../workloads/site";

const TOPICS = [arn("sns", "cat--test-*")];
const FUNCTIONS = arn("lambda", "function:cat--test-*");
const MANAGE = may(
  "ManageTopics",
  "sns",
  `CreateTopic DeleteTopic GetDataProtectionPolicy GetSubscriptionAttributes GetTopicAttributes
   ListSubscriptionsByTopic ListTagsForResource SetSubscriptionAttributes SetTopicAttributes TagResource Unsubscribe
   UntagResource`,
  TOPICS,
);
const subscribe = (Sid: string, protocol: string, endpoint: string) =>
  may(Sid, "sns", "Subscribe", TOPICS, {
    StringEquals: { "sns:Protocol": protocol },
    StringLike: { "sns:Endpoint": endpoint },
  });
const QUEUES = subscribe("SubscribeQueues", "sqs", arn("sqs", "cat--test-*"));

describe("uses sns", () => {
  const functions = using(lambdaZip, ["sns"]);
  const tasks = using(ecsService, ["sns"]);

  it("lets CloudFormation make topics of the stack's name, and subscribe functions and queues of that name", async () => {
    await are(
      functions.further?.(SITE) ?? [],
      MANAGE,
      subscribe("SubscribeFunctions", "lambda", FUNCTIONS),
      QUEUES,
      may("LetTopicsInvoke", "lambda", "AddPermission RemovePermission", [FUNCTIONS], {
        StringEquals: { "lambda:Principal": "sns.amazonaws.com" },
      }),
    );
    await are(tasks.further?.(SITE) ?? [], MANAGE, QUEUES);
  });

  it("lets functions publish to their topics, and nobody else who takes their role", () =>
    are(
      functions.boundary?.(SITE) ?? [],
      ...MOST,
      may("Publish", "sns", "Publish", TOPICS, { ArnLike: { "lambda:SourceFunctionArn": FUNCTIONS } }),
    ));

  it("lets tasks publish to theirs", () =>
    are(tasks.roles.task?.statements(SITE) ?? [], useTables(), may("Publish", "sns", "Publish", TOPICS)));
});
