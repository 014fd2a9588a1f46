import * as sns from "@pulumi/aws/sns";
import * as pulumi from "@pulumi/pulumi";
import { deny, document, forPrincipal, type Statement } from "../policies";

const requireTls = (arn: pulumi.Output<string>): Statement =>
  forPrincipal(
    { AWS: "*" },
    deny("RequireTls", ["sns:Publish"], [arn], { Bool: { "aws:SecureTransport": "false" } }),
  );

export interface ApprovalTopicArgs {
  /** What mails begin with. */
  readonly displayName: string;
  /** Who gets approvals and failed runs; each address has to confirm once. */
  readonly emails: readonly string[];
}

/** Where a pipeline asks for approval and tells of failed runs. Who publishes needs a policy of its own for that. */
export class ApprovalTopic extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: ApprovalTopicArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:ApprovalTopic", name, {}, opts);
    const topic = new sns.Topic(
      name,
      { displayName: args.displayName, kmsMasterKeyId: "alias/aws/sns" },
      { parent: this },
    );
    // In place of SNS's own policy, which lets every principal of the account publish and subscribe.
    new sns.TopicPolicy(name, { arn: topic.arn, policy: document(requireTls(topic.arn)) }, { parent: this });
    for (const email of new Set(args.emails)) {
      new sns.TopicSubscription(
        `${name}--${email}`,
        { topic: topic.arn, protocol: "email", endpoint: email },
        { parent: this },
      );
    }
    this.arn = topic.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
