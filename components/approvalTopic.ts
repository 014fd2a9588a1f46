import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface ApprovalTopicArgs {
  /** What mails begin with. */
  readonly displayName: string;
  /** Who gets approvals and failed runs; each address has to confirm once. */
  readonly emails: readonly string[];
}

/** Where a pipeline asks for approval and tells of failed runs. Only roles of its own account publish to it. */
export class ApprovalTopic extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: ApprovalTopicArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:ApprovalTopic", name, {}, opts);
    const topic = new aws.sns.Topic(
      name,
      { displayName: args.displayName, kmsMasterKeyId: "alias/aws/sns" },
      { parent: this },
    );
    for (const email of new Set(args.emails)) {
      new aws.sns.TopicSubscription(
        `${name}--${email}`,
        { topic: topic.arn, protocol: "email", endpoint: email },
        { parent: this },
      );
    }
    this.arn = topic.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
