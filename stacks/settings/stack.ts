/** Every setting by itself, as it may be written in a stack's file. What must hold between settings is in rules.ts. */
import { z } from "zod";
import { IMAGE, LOG_RETENTION_IN_DAYS } from "../../components/defaults";
import { RUNNER_STEPS } from "../../components/stage";
import { approval, approvalTerms, verify } from "./approval";
import { chat } from "./chats";
import { account, environmentName } from "./names";
import { pipeline } from "./pipeline";
import { id, platform } from "./platform";
import { previews } from "./previews";
import { environmentRegion, otherRegion, region, regionOfStack } from "./regions";
import { flag, list, nonEmpty, object, oneOf, text, told } from "./schemas";
import { selfUpdate } from "./selfUpdate";

const role = text(
  /^arn:aws[\w-]*:iam::\d{12}:role\/([^\s*?$]+\/)?[\w+=,.@-]{1,64}$/,
  "allowed is the ARN of one role, arn:aws:iam::<account>:role/<path and name>, without wildcards",
);

const functionNetwork = object({
  subnets: list(id("subnet"), [1, 16], "ids of subnets")
    .describe("Subnets of the functions")
    .register(told, { allowed: "list of 1 to 16 of `subnet-…`", source: "Lambda takes no more" }),
  securityGroups: list(id("sg"), [1, 5], "ids of security groups")
    .describe("Security groups of the functions")
    .register(told, { allowed: "list of 1 to 5 of `sg-…`", source: "Lambda takes no more" }),
});

/** A network of CodeBuild's, for whose containers. */
const network = (whose: string) =>
  object({
    vpcId: id("vpc").describe(`VPC of ${whose}`).register(told, { allowed: "`vpc-…`" }),
    subnets: list(id("subnet"), [1, 16], "ids of subnets")
      .describe(`Subnets of ${whose}; they lead out to AWS's services`)
      .register(told, { allowed: "list of 1 to 16 of `subnet-…`", source: "CodeBuild takes no more" }),
    securityGroupIds: list(id("sg"), [1, 5], "ids of security groups")
      .describe(`Security groups of ${whose}`)
      .register(told, { allowed: "list of 1 to 5 of `sg-…`", source: "CodeBuild takes no more" }),
  });

const runner = object({
  vpc: network("what runs inside the environment").describe(
    "Network that it reaches what is private from: { vpcId, subnets: [], securityGroupIds: [] }",
  ),
  steps: list(oneOf(RUNNER_STEPS), [1, RUNNER_STEPS.length], "steps")
    .default(["verify"])
    .describe("What of the service's own runs inside the environment")
    .register(told, { allowed: "list of `beforeDeploy`, `afterDeploy` and `verify`" }),
});

const environment = object({
  name: environmentName
    .describe("The environment's name; pipelines release in the order of this list")
    .register(told, { allowed: "lower-case words joined by hyphens" }),
  account: account
    .describe("Its AWS account, which several may share and which may be tooling's own")
    .register(told, { allowed: "12 digits in quotes" }),
  region: environmentRegion
    .exactOptional()
    .describe("Its Region; its stack's `aws:region` says the same")
    .register(told, { allowed: "name of a Region", unset: "tooling's Region" }),
  approval: approval.exactOptional().describe("Ask before deploying").register(told, { unset: "`false`" }),
  verify: verify
    .exactOptional()
    .describe("Run the service's end-to-end tests after each deployment")
    .register(told, { unset: "`true`" }),
  readers: list(role, [0, 20], "ARNs of roles")
    .default([])
    .describe("Roles that may take the role that looks at the environment and reads no data")
    .register(told, { allowed: "list of up to 20 ARNs of roles" }),
  platform: platform
    .exactOptional()
    .describe("What container services run on: build it, or the ids of one that exists")
    .register(told, { unset: "`false`" }),
  functionNetwork: functionNetwork
    .exactOptional()
    .describe(
      "Network of functions of pipelines whose `uses` has functionNetwork: { subnets: [], securityGroups: [] }",
    )
    .register(told, { unset: "none" }),
  runner: runner
    .exactOptional()
    .describe(
      "Runs steps of the service's own inside the environment's account and network: { vpc: { vpcId, subnets: [], securityGroupIds: [] }, steps: [] }",
    )
    .register(told, { unset: "none: Verify runs in tooling's account" }),
}).transform(({ approval, ...others }) => ({
  ...others,
  ...(approval !== undefined &&
    approval !== false && { approval: approval === true ? approvalTerms.parse({}) : approval }),
}));

const iam = object({
  path: text(
    /^\/([!-~]+\/)?$/,
    "allowed is an IAM path: it begins and ends with a slash, at most 512 characters, no white space, no wildcards",
  )
    .regex(/^[^*?$]*$/, "allowed is an IAM path without *, ? and $: policies name roles by it")
    .regex(
      /^(?!\/aws-(service-role|reserved)\/)/,
      "IAM keeps paths that begin with /aws-service-role/ and /aws-reserved/ for AWS: choose another",
    )
    .default("/")
    .describe("Path of every role")
    .register(told, { allowed: "`/…/`", unset: "`/`; an environment: as tooling has it" }),
  permissionsBoundary: text(
    /^[\w+=,.@-]{1,128}$/,
    "allowed is the name of a managed policy, which every account has: write its name only, no ARN and no path",
  )
    .exactOptional()
    .describe("Name of the organization's managed policy that bounds every role of ours; each account has it")
    .register(told, { allowed: "name of a policy", unset: "none; an environment: as tooling has it" }),
});

// What CloudWatch Logs takes.
const RETENTION = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const retention = `allowed are CloudWatch's ${RETENTION.join(", ")}`;

const environments = "allowed is a list of environments, { name, account, … }, in the order of promotion";
const pipelines = "allowed is a list of pipelines, { name, source, … }";
const toolingKeys = {
  environments: nonEmpty(environment, environments).describe(
    "In the order of promotion: { name, account, region, approval: { emails: [], timeoutDays: 7 }, verify, readers: [], platform, functionNetwork, runner }",
  ),
  pipelines: nonEmpty(pipeline, pipelines).describe(
    "One for each service: { name, source: { codecommit: repository }, … }",
  ),
  chats: list(chat, [0, Infinity], "chats, { name, slack or teams }")
    .default([])
    .describe(
      "Channels that pipelines tell of approvals and failed runs: { name, slack: { workspaceId, channelId } }",
    ),
  vpc: network("the jobs")
    .exactOptional()
    .describe("Network of the jobs: { vpcId, subnets: [], securityGroupIds: [] }")
    .register(told, { unset: "CodeBuild's own" }),
  image: text(
    /^[A-Za-z0-9][\w.-]*(:\d+)?(\/[\w.-]+)*(:\w[\w.-]{0,127})?(@sha256:[0-9A-Fa-f]{64})?$/,
    "allowed is an image of CodeBuild's or a registry's, such as aws/codebuild/standard:7.0",
  )
    .default(IMAGE)
    .describe(
      "CodeBuild image of the jobs, but those that build for ARM; with another than the default, none runs on Lambda's compute",
    )
    .register(told, { allowed: "image of CodeBuild's or a registry's" }),
  logRetentionInDays: z
    .literal(RETENTION, retention)
    .default(LOG_RETENTION_IN_DAYS)
    .describe("Days that logs of the jobs are kept, one of CloudWatch's values")
    .register(told, { unit: "days", source: "CloudWatch Logs takes no others" }),
  artifactRoles: list(role, [1, 20], "ARNs of roles")
    .exactOptional()
    .describe("The only roles, besides the project's own, that may touch artifacts")
    .register(told, { allowed: "list of up to 20 ARNs of roles", unset: "whom IAM lets" }),
  replication: object({
    region: otherRegion
      .describe("Region that can take over once tooling's is lost")
      .register(told, { allowed: "name of a Region" }),
  })
    .exactOptional()
    .describe(
      "Copies kept releases and images, for disaster recovery alone: { region }. A registry has one replication configuration in a Region, which this replaces",
    )
    .register(told, { unset: "nothing is copied" }),
  selfUpdate,
};
const environmentKeys = {
  environment: environmentName
    .exactOptional()
    .describe("Name of the environment, as tooling lists it")
    .register(told, { allowed: "name of an environment", unset: "the stack's name" }),
  tooling: text(
    /^[\w.-]+\/[\w.-]+\/[\w.-]+$/,
    "allowed is the full name of tooling's stack: <organization>/<project>/<stack>",
  )
    .exactOptional()
    .describe("Full name of tooling's stack")
    .register(told, {
      allowed: "`<organization>/<project>/<stack>`",
      unset: "`<organization>/<project>/tooling`",
    }),
};
const kind = oneOf(["tooling", "environment"]).describe(
  "What this stack is: tooling (builds, one stack) or environment (runs, one stack each)",
);
const IAM = "Of every role: { path: /delivery/, permissionsBoundary: policy-name }";
const IAM_UNSET = "path /, no boundary; an environment: as tooling has it";
const own = account
  .describe("Id of this stack's AWS account, 12 digits in quotes; no other account is touched")
  .register(told, { allowed: "12 digits in quotes" });
const deletable = flag()
  .default(false)
  .describe(
    "Lifts the protection of what other stacks read, so that pulumi destroy works after one pulumi up",
  );
/** `reason` for each of these keys, and what to do about a Region in the wrong namespace. */
const reasons = (keys: object, reason: string) => ({
  reasons: {
    region: "the Region is aws:region: set that key",
    ...Object.fromEntries(Object.keys(keys).map((key) => [key, reason])),
  },
});

/** What the project's own keys hold, by the kind of stack; `undecided` for a stack whose kind is not known. */
export const shapes = {
  tooling: object(
    {
      kind,
      account: own,
      ...toolingKeys,
      iam: iam.prefault({}).describe(IAM).register(told, { unset: IAM_UNSET }),
      previews,
      deletable,
    },
    reasons(environmentKeys, "this key belongs to an environment's stack: remove it here"),
  ),
  environment: object(
    {
      kind,
      account: own,
      ...environmentKeys,
      iam: iam.exactOptional().describe(IAM).register(told, { unset: IAM_UNSET }),
      previews,
      deletable,
    },
    reasons(toolingKeys, "this key belongs to tooling's stack: remove it here"),
  ),
  undecided: object(
    {
      kind,
      account: own,
      ...object({ ...toolingKeys, ...environmentKeys, iam, previews, deletable }).partial().shape,
    },
    reasons({}, ""),
  ),
};

const TAGS = 50; // AWS's, for one resource
const OWN_TAGS = 3; // those of account.ts, and the connection's
const TAG = String.raw`[\p{L}\p{N}\p{Z}_.:/=+@-]`;
const tags = z
  .record(
    z.string(),
    z
      .string("allowed is text: write it in quotes")
      .regex(
        new RegExp(`^${TAG}{0,256}$`, "u"),
        "allowed in a tag's value are letters, digits, spaces and _ . : / = + - @, at most 256 characters",
      ),
    "allowed is a map of tags",
  )
  .superRefine((written, context) => {
    const form = new RegExp(`^(?!aws:)${TAG}{1,128}$`, "iu");
    for (const key of Object.keys(written).filter((each) => !form.test(each))) {
      const message =
        "allowed in a tag's key are letters, digits, spaces and _ . : / = + - @, 1 to 128 characters that do not begin with aws:";
      context.addIssue({ code: "custom", path: [key], message });
    }
    const keys = Object.keys(written);
    for (const [i, key] of keys.entries()) {
      const twin = keys.slice(0, i).find((other) => other.toLowerCase() === key.toLowerCase());
      const message = /^delivery:/i.test(key)
        ? "keys that begin with delivery: are this program's own, and its permissions go by them: choose another key"
        : `IAM takes it for ${String(twin)}, which is there too, and refuses a key that is given twice: remove one`;
      if (twin !== undefined || /^delivery:/i.test(key))
        context.addIssue({ code: "custom", path: [key], message });
    }
    if (Object.keys(written).length > TAGS - OWN_TAGS) {
      const message = `AWS allows ${TAGS} tags of a resource, of which the stacks add ${OWN_TAGS}: remove some`;
      context.addIssue({ code: "custom", message });
    }
  });

/** The keys of the `aws:` namespace that are passed on; the explicit provider takes no other from there. */
const awsWith = (its: typeof region) =>
  object(
    {
      region: its
        .describe(
          "Region of the stack; tooling's must have what pipelines need, an environment's is as tooling lists it",
        )
        .register(told, { allowed: "name of a Region" }),
      profile: z
        .string("allowed is the name of a profile")
        .exactOptional()
        .describe("Profile of the AWS configuration, passed on to the provider")
        .register(told, { allowed: "name of a profile" }),
      assumeRoles: z
        .array(
          z.record(z.string(), z.unknown(), "allowed is a map such as { roleArn: … }"),
          "allowed is a list of roles",
        )
        .default([])
        .describe("Roles that are taken, one with the other, passed on to the provider")
        .register(told, { allowed: "list of maps such as `{ roleArn }`" }),
      defaultTags: object({ tags })
        .prefault({ tags: {} })
        .describe("Tags of every resource, passed on to the provider")
        .register(told, {
          allowed: `\`{ tags: { … } }\` with up to ${TAGS - OWN_TAGS} tags`,
          unset: "none",
          source: `AWS allows ${TAGS} of a resource, of which the stacks add ${OWN_TAGS}`,
          closed: true,
        }),
    },
    { unknown: "this key does not reach the provider" },
  );

/** By the kind of stack: pipelines need what an environment's Region may lack. */
export const aws = awsWith(region);
export const awsOfEnvironment = awsWith(regionOfStack);
