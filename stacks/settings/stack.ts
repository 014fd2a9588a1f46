/** The shape of every setting by itself. What must hold between settings is in rules.ts. */
import { z } from "zod";
import type { Environment } from "./model";
import { approval, pipeline, verify } from "./pipeline";
import { isMap, list, object, oneOf, text } from "./problems";
import { account, environmentName } from "./names";
import { id, platform } from "./platform";
import { previews } from "./previews";
import { region } from "./regions";

const role = text(
  /^arn:aws[\w-]*:iam::\d{12}:role\/([^\s*?$]+\/)?[\w+=,.@-]{1,64}$/,
  "allowed is the ARN of one role, arn:aws:iam::<account>:role/<path and name>, without wildcards",
);
const roles = list(role, [0, 20], "ARNs of roles");

/** `approval` may also be written true, which means its defaults, or false, which means none. */
const environment = z.preprocess(
  (value) => {
    if (!isMap(value) || typeof value["approval"] !== "boolean") return value;
    const { approval, ...others } = value;
    return approval ? { ...others, approval: {} } : others;
  },
  object(
    {
      name: environmentName,
      account,
      approval: approval.exactOptional(),
      verify: verify.exactOptional(),
      readers: roles.default([]),
      platform: platform.exactOptional(),
    },
    { reasons: { region: "for now every environment is in tooling's Region: remove this key" } },
  ),
) satisfies z.ZodType<Environment>;

const vpc = object({
  vpcId: id("vpc"),
  subnets: list(id("subnet"), [1, 16], "ids of subnets"),
  securityGroupIds: list(id("sg"), [1, 5], "ids of security groups"),
});

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
    .default("/"),
  permissionsBoundary: text(
    /^[\w+=,.@-]{1,128}$/,
    "allowed is the name of a managed policy, which every account has: write its name only, no ARN and no path",
  ).exactOptional(),
});

// What CloudWatch Logs takes.
const RETENTION = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const retention = `allowed are CloudWatch's ${RETENTION.join(", ")}`;

const deletable = z.boolean("allowed are true and false").default(false);
const environments = "allowed is a list of environments, { name, account, … }, in the order of promotion";
const pipelines = "allowed is a list of pipelines, { name, source, … }";
const toolingKeys = {
  environments: z.array(environment, environments).min(1, environments),
  pipelines: z.array(pipeline, pipelines).min(1, pipelines),
  vpc: vpc.exactOptional(),
  image: text(
    /^[a-z0-9][\w.-]*(:\d+)?(\/[\w.-]+)*(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/i,
    "allowed is an image of CodeBuild's or a registry's, such as aws/codebuild/standard:7.0",
  ).default("aws/codebuild/amazonlinux-x86_64-standard:5.0"),
  logRetentionInDays: z.literal(RETENTION, retention).default(365),
  artifactRoles: list(role, [1, 20], "ARNs of roles").exactOptional(),
};
const environmentKeys = {
  environment: environmentName.exactOptional(),
  tooling: text(
    /^[\w.-]+\/[\w.-]+\/[\w.-]+$/,
    "allowed is the full name of tooling's stack: <organization>/<project>/<stack>",
  ).exactOptional(),
};
/** `reason` for each of these keys, and what to do about a Region in the wrong namespace. */
const reasons = (keys: object, reason: string) => ({
  reasons: {
    region: "the Region is aws:region: set that key",
    ...Object.fromEntries(Object.keys(keys).map((key) => [key, reason])),
  },
});

const kind = oneOf(["tooling", "environment"]);
/** What the project's own keys hold, by the kind of stack; `undecided` for a stack whose kind is not known. */
export const shapes = {
  tooling: object(
    { kind, account, ...toolingKeys, iam: iam.prefault({}), previews: previews.exactOptional(), deletable },
    reasons(environmentKeys, "this key belongs to an environment's stack: remove it here"),
  ),
  environment: object(
    {
      kind,
      account,
      ...environmentKeys,
      iam: iam.exactOptional(),
      previews: previews.exactOptional(),
      deletable,
    },
    reasons(toolingKeys, "this key belongs to tooling's stack: remove it here"),
  ),
  undecided: object(
    {
      kind,
      account,
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
    if (Object.keys(written).length > TAGS - OWN_TAGS) {
      const message = `AWS allows ${TAGS} tags of a resource, of which the stacks add ${OWN_TAGS}: remove some`;
      context.addIssue({ code: "custom", message });
    }
  });

/** The keys of the `aws:` namespace that are passed on; the explicit provider takes no other from there. */
export const aws = object(
  {
    region,
    profile: z.string("allowed is the name of a profile").exactOptional(),
    assumeRoles: z
      .array(
        z.record(z.string(), z.unknown(), "allowed is a map such as { roleArn: … }"),
        "allowed is a list of roles",
      )
      .default([]),
    defaultTags: object({ tags }).prefault({ tags: {} }),
  },
  { unknown: "this key does not reach the provider" },
);
