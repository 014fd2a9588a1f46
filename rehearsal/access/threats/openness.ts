import { anonymous, service } from "../../../packages/iam/src/policy/principals";
import { administrator, as, somethingOf } from "./cast";
import { added, removed, replaced, withoutCondition } from "./change";
import { type Attack, call, stopped, viaS3 } from "./scene";

/** What is open to nobody: the buckets, the mails to people. */
export const OPENNESS: readonly Attack[] = [
  {
    id: "administrator-of-tooling-reads-artifacts",
    title: "An administrator of tooling reads another team's release",
    scene: (facts) => {
      const { reserved } = facts;
      if (reserved === undefined) return { lacks: "artifacts that settings reserve for some roles" };
      const curious = administrator(facts, facts.tooling);
      return {
        story:
          "Somebody may do everything in tooling, which he needs for another system there. One evening he " +
          "opens releases, to see how others do it, and finds what is in their parameters. His permissions " +
          "are enough. The bucket refuses every role that is neither the project's nor named in settings, " +
          "and no allowance outweighs a refusal.",
        roles: [curious],
        steps: [
          call(as(curious), "kms:Decrypt", facts.key, viaS3(facts)),
          stopped(as(curious), "s3:GetObject", facts.main.keptFile),
        ],
        change: removed({ guarding: facts.bucket }, reserved),
      };
    },
  },
  {
    id: "anybody-lists-bucket",
    title: "Anybody on the internet lists the artifact bucket",
    scene: (facts) => ({
      story:
        "Scanners try every bucket name that they come across, without credentials. What they would get " +
        "here are the names of all pipelines, accounts, runs and commits; the objects themselves are " +
        "encrypted, the list is not. The bucket names everybody in refusals only. (S3 blocks public " +
        "access to it as well, which is not counted here.)",
      steps: [stopped(anonymous, "s3:ListBucket", facts.bucket)],
      change: replaced({ guarding: facts.bucket }, facts.main.readSid, "for everybody and everything", {
        Principal: "*",
        Action: ["s3:*"],
        Resource: [facts.bucket, `${facts.bucket}/*`],
        Condition: undefined,
      }),
    }),
  },
  {
    id: "anybody-reads-access-log",
    title: "Anybody on the internet reads the access log",
    scene: (facts) => ({
      story:
        "Somebody who found the bucket's name in a log line asks for the access log without any " +
        "credentials. It is the one bucket here without a key of KMS, since S3 itself writes it, so the " +
        "bucket policy decides alone: it lets one service write, and nobody read. (S3 blocks public " +
        "access to it as well, which is not counted here.)",
      steps: [stopped(anonymous, "s3:GetObject", `${facts.logs}/artifacts/2026-01-01-00-00-00`)],
      change: replaced({ guarding: facts.logs }, "DeliverAccessLogs", "for everybody and everything", {
        Principal: "*",
        Action: ["s3:*"],
        Condition: undefined,
      }),
    }),
  },
  {
    id: "forged-access-log",
    title: "A stranger has S3 write lines into our access log",
    scene: (facts) => {
      const bucket = `arn:${facts.partition}:s3:::strangers-bucket`;
      const eve = administrator(facts, facts.stranger);
      return {
        story:
          "A confused deputy: a stranger sets our log bucket as the target of her own bucket's access " +
          "log, and S3's log service, which we trust, carries her lines into our evidence. Whoever reads " +
          "the log after a break-in reads what she wrote. The bucket takes lines about the one artifact " +
          "bucket, of the one account.",
        roles: [eve],
        guarded: [somethingOf(facts.stranger, bucket, "bucket")],
        steps: [
          call(as(eve), "s3:PutBucketLogging", bucket),
          stopped(
            service("logging.s3.amazonaws.com"),
            "s3:PutObject",
            `${facts.logs}/artifacts/2026-01-01-00-00-00`,
            {
              context: { "aws:SourceArn": bucket, "aws:SourceAccount": facts.stranger },
            },
          ),
        ],
        change: withoutCondition({ guarding: facts.logs }, "DeliverAccessLogs"),
      };
    },
  },
  {
    id: "stranger-subscribes",
    title: "A stranger subscribes to the mails about releases",
    scene: (facts) => {
      const eve = administrator(facts, facts.stranger);
      return {
        story:
          "A competitor would like to read along when something is released and what failed. Topics take " +
          "subscriptions from other accounts where their policy says so, and her own account lets her " +
          "ask. The topic's policy has a refusal in it and no permission at all.",
        roles: [eve],
        steps: [stopped(as(eve), "sns:Subscribe", facts.main.topic)],
        change: added(
          { guarding: facts.main.topic },
          {
            Sid: "SubscribeAll",
            Principal: { AWS: "*" },
            Action: "sns:Subscribe",
            Resource: facts.main.topic,
          },
          "added, which lets everybody subscribe",
        ),
      };
    },
  },
  {
    id: "verify-sends-forged-approval-mail",
    title: "The app's tests send a forged mail to the approvers",
    scene: (facts) => ({
      story:
        "A poisoned end-to-end test writes to the approvers in the pipeline's name: 'hotfix, approve at " +
        "once', with a link of its own. SNS's default policy would let every role of the account " +
        "publish. It has been replaced, so that only those publish who have a permission of their own; " +
        "Verify has none.",
      steps: [stopped(as(facts.main.verify.role), "sns:Publish", facts.main.topic)],
      change: added(
        { guarding: facts.main.topic },
        {
          Sid: "AwsDefault",
          Principal: { AWS: "*" },
          Action: "sns:Publish",
          Resource: facts.main.topic,
          Condition: { StringEquals: { "aws:SourceOwner": facts.tooling } },
        },
        "added, as AWS itself writes it where nobody gives a policy",
      ),
    }),
  },
];
