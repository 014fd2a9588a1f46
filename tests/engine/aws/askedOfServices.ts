/** What is missing, what a service tries out in vain, and what cannot be deleted. */
import { type Account, ACCOUNT, type Asked } from "./accounts";
import type { Values } from "./declared";
import type { RefusalId } from "./refusals";
import { bucket, document, rights, role, STATEMENTS, trust } from "./samples";

const BUILD = "codebuild.amazonaws.com";
const PIPELINE = "codepipeline.amazonaws.com";

export const project = (own: Account, serviceRole: unknown, more: Values = {}) =>
  own.make("codebuild/project:Project", "build", {
    name: "build",
    serviceRole,
    artifacts: { type: "CODEPIPELINE" },
    environment: { type: "LINUX_CONTAINER", computeType: "BUILD_GENERAL1_SMALL", image: "standard:7.0" },
    source: { type: "CODEPIPELINE" },
    ...more,
  });
export const pipeline = (
  own: Account,
  roleArn: unknown,
  actions: readonly Values[] = [],
  more: Values = {},
) =>
  own.make("codepipeline/pipeline:Pipeline", "release", {
    name: "release",
    roleArn,
    artifactStores: [{ type: "S3", location: "artifacts" }],
    stages: [{ name: "Deploy", actions }],
    ...more,
  });
/** A bucket that is copied to another; these of the two keep versions. */
async function replicated(own: Account, roleArn: unknown, ...versioned: string[]): Promise<void> {
  const replica = await bucket(own, "replica");
  await bucket(own, "data");
  for (const each of versioned)
    await own.make("s3/bucketVersioning:BucketVersioning", each, {
      bucket: each,
      versioningConfiguration: { status: "Enabled" },
    });
  await own.make("s3/bucketReplicationConfig:BucketReplicationConfig", "data", {
    bucket: "data",
    role: roleArn,
    rules: [{ status: "Enabled", destination: { bucket: replica.outputs["arn"] } }],
  });
}

const lifecycle = (own: Account, repository: string, ...statuses: string[]) =>
  own.make("ecr/lifecyclePolicy:LifecyclePolicy", "images", {
    repository,
    policy: {
      rules: statuses.map((tagStatus, index) => ({
        rulePriority: index + 1,
        selection: { tagStatus },
        action: { type: "expire" },
      })),
    },
  });

export const SERVICES = {
  "lifecycle-form": async ({ own }) => {
    await own.make("ecr/repository:Repository", "images", { name: "images" });
    await lifecycle(own, "images", "any", "untagged");
  },

  "role-missing": ({ own }) =>
    own.make("iam/rolePolicy:RolePolicy", "rights", { role: "job", policy: document(STATEMENTS.inline) }),
  "boundary-missing": ({ own }) =>
    own.make("iam/role:Role", "job", {
      assumeRolePolicy: trust(BUILD),
      permissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/most`,
    }),
  "policy-missing": async ({ own }) => {
    await role(own, "job", trust(BUILD));
    await own.make("iam/rolePolicyAttachment:RolePolicyAttachment", "job", {
      role: "job",
      policyArn: `arn:aws:iam::${ACCOUNT}:policy/rights`,
    });
  },
  "bucket-missing": ({ own }) =>
    own.make("s3/bucketOwnershipControls:BucketOwnershipControls", "data", {
      bucket: "data",
      rule: { objectOwnership: "BucketOwnerEnforced" },
    }),
  "images-missing": ({ own }) => lifecycle(own, "images", "any"),
  "key-missing": async ({ own }) => {
    const key = await own.make("kms/key:Key", "key", {});
    await own.remove(key);
    await own.make("kms/alias:Alias", "key", { targetKeyId: key.id });
  },
  "rule-missing": ({ own }) =>
    own.make("cloudwatch/eventTarget:EventTarget", "start", {
      rule: "pushed",
      arn: `arn:aws:codebuild:eu-west-1:${ACCOUNT}:project/x`,
    }),
  "topic-missing": ({ own }) =>
    own.make("sns/topicSubscription:TopicSubscription", "me", {
      topic: `arn:aws:sns:eu-west-1:${ACCOUNT}:topic`,
      protocol: "email",
      endpoint: "me@example.com",
    }),

  "log-delivery": async ({ own }) => {
    await bucket(own, "data");
    await bucket(own, "logs");
    await own.make("s3/bucketLogging:BucketLogging", "data", {
      bucket: "data",
      targetBucket: "logs",
      targetPrefix: "data/",
    });
  },
  "replication-versions": async ({ own }) =>
    replicated(own, (await role(own, "copies", trust("s3.amazonaws.com"))).outputs["arn"], "data"),
  "replication-role": async ({ own }) =>
    replicated(own, (await role(own, "copies", trust(BUILD))).outputs["arn"], "data", "replica"),
  "project-role": async ({ own }) => project(own, (await role(own, "job", trust(PIPELINE))).outputs["arn"]),
  "project-vpc": async ({ own }) =>
    project(own, (await role(own, "job", trust(BUILD))).outputs["arn"], {
      vpcConfig: { vpcId: "vpc-1", subnets: ["subnet-1"], securityGroupIds: ["sg-1"] },
    }),
  "pipeline-role": async ({ own }) => pipeline(own, (await role(own, "job", trust(BUILD))).outputs["arn"]),
  "action-role": async ({ own, other }) => {
    const caller = await role(own, "pipeline", trust(PIPELINE));
    await rights(own, caller, "assume", "sts:AssumeRole");
    const deploy = await role(other, "deploy", trust(BUILD));
    await pipeline(own, caller.outputs["arn"], [
      {
        name: "Deploy",
        category: "Deploy",
        owner: "AWS",
        provider: "CloudFormation",
        version: "1",
        roleArn: deploy.outputs["arn"],
      },
    ]);
  },

  "bucket-not-empty": async ({ own }) => {
    const made = await bucket(own, "data");
    own.fill(made);
    await own.remove(made);
  },
  "images-left": async ({ own }) => {
    const made = await own.make("ecr/repository:Repository", "images", {});
    own.fill(made);
    await own.remove(made);
  },
  "reports-left": async ({ own }) => {
    const made = await own.make("codebuild/reportGroup:ReportGroup", "tests", {
      type: "TEST",
      exportConfig: { type: "NO_EXPORT" },
    });
    own.fill(made);
    await own.remove(made);
  },
  "role-in-use": async ({ own }) => {
    const made = await role(own, "job", trust(BUILD));
    await rights(own, made, "rights", "s3:GetObject");
    await own.remove(made);
  },
  "policy-attached": async ({ own }) => {
    await role(own, "job", trust(BUILD));
    const made = await own.make("iam/policy:Policy", "rights", { policy: document(STATEMENTS.managed) });
    await own.make("iam/rolePolicyAttachment:RolePolicyAttachment", "job", {
      role: "job",
      policyArn: made.id,
    });
    await own.remove(made);
  },
  "rule-in-use": async ({ own }) => {
    const rule = await own.make("cloudwatch/eventRule:EventRule", "pushed", { eventPattern: "{}" });
    await own.make("cloudwatch/eventTarget:EventTarget", "start", {
      rule: rule.id,
      arn: `arn:aws:codebuild:eu-west-1:${ACCOUNT}:project/x`,
    });
    await own.remove(rule);
  },
} satisfies Partial<Record<RefusalId, Asked>>;
