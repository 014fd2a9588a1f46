import assert from "node:assert/strict";
import { ApprovalTopic } from "../../../components/pipeline/approvalTopic";
import { inputsOf, only, registered } from "../../programs";

const topic = (...emails: string[]) =>
  registered((opts) => new ApprovalTopic("asks", { displayName: "Pipeline catalog", emails }, opts));
const SUBSCRIPTION = "sns/topicSubscription:TopicSubscription";

describe("ApprovalTopic", () => {
  it("is one encrypted topic whose policy allows nobody anything, and refuses to be published to in the clear", async () => {
    const made = await topic();
    assert.deepEqual(inputsOf(made, "sns/topic:Topic"), {
      asks: { displayName: "Pipeline catalog", kmsMasterKeyId: "alias/aws/sns" },
    });
    const { arn } = only(made, "sns/topic:Topic").outputs;
    assert.deepEqual(inputsOf(made, "sns/topicPolicy:TopicPolicy"), {
      asks: {
        arn,
        policy: {
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "RequireTls",
              Effect: "Deny",
              Principal: { AWS: "*" },
              Action: ["sns:Publish"],
              Resource: [arn],
              Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
          ],
        },
      },
    });
  });

  it("asks nobody by mail without addresses", async () => {
    assert.deepEqual(inputsOf(await topic(), SUBSCRIPTION), {});
  });

  it("asks each address by mail, and once however often it is given", async () => {
    const made = await topic("a@example.com", "b@example.com", "a@example.com");
    const { arn } = only(made, "sns/topic:Topic").outputs;
    assert.deepEqual(
      Object.values(inputsOf(made, SUBSCRIPTION)),
      ["a@example.com", "b@example.com"].map((endpoint) => ({ topic: arn, protocol: "email", endpoint })),
    );
  });
});
