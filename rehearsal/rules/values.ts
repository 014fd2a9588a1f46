import { ofType } from "../record/record";
import { judgeEach, type Rule } from "./rule";
import { list } from "../../packages/iam/src/json";

/** One input that AWS limits, and what it may be. */
interface Limit {
  readonly type: string;
  readonly input: string;
  readonly allowed: (value: string) => boolean;
  /** What is allowed, in words. */
  readonly words: string;
}

const number = (type: string, input: string, least: number, most: number): Limit => ({
  ...{ type, input, words: `${least} to ${most}` },
  allowed: (value) => Number(value) >= least && Number(value) <= most && Number.isInteger(Number(value)),
});
const length = (type: string, input: string, most: number, pattern?: RegExp): Limit => ({
  ...{ type, input, words: `at most ${most} characters${pattern ? ` that match ${pattern.source}` : ""}` },
  allowed: (value) => value.length <= most && (pattern?.test(value) ?? true),
});
const oneOf = (type: string, input: string, values: readonly (string | number)[]): Limit => ({
  ...{ type, input, words: `one of ${values.join(", ")}` },
  allowed: (value) => values.map(String).includes(value),
});

const json = (value: string): boolean => {
  try {
    return typeof JSON.parse(value) === "object";
  } catch {
    return false;
  }
};

const PROJECT = "aws:codebuild/project:Project";
const RETENTION = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
/** Printable Latin-1 and line breaks: IAM refuses any other character, such as typographic quotes. */
const IAM_TEXT = /^[\t\n\r\x20-\x7E\xA1-\xFF]*$/;

const LIMITS: readonly Limit[] = [
  length("aws:iam/role:Role", "description", 1000, IAM_TEXT),
  number("aws:iam/role:Role", "maxSessionDuration", 3600, 43_200),
  length("aws:iam/policy:Policy", "description", 1000),
  length(PROJECT, "description", 255),
  number(PROJECT, "buildTimeout", 5, 2160),
  number(PROJECT, "queuedTimeout", 5, 480),
  length("aws:cloudwatch/eventRule:EventRule", "description", 512),
  {
    ...{ type: "aws:cloudwatch/eventRule:EventRule", input: "eventPattern", words: "a JSON object" },
    allowed: (value) => json(value) && value.length <= 4096,
  },
  oneOf("aws:cloudwatch/logGroup:LogGroup", "retentionInDays", [0, ...RETENTION]),
  length("aws:kms/key:Key", "description", 8192),
  number("aws:kms/key:Key", "deletionWindowInDays", 7, 30),
  // Of the standard tier; EC2 takes no other characters in a description.
  length("aws:ssm/parameter:Parameter", "value", 4096),
  length("aws:ssm/parameter:Parameter", "insecureValue", 4096),
  length("aws:ssm/parameter:Parameter", "description", 1024),
  length("aws:ec2/securityGroup:SecurityGroup", "description", 255, /^[\w .:/()#,@[\]+=&;{}!$*-]*$/),
];

/** Lengths and ranges that the provider does not check before AWS does. */
export const values: Rule = {
  id: "value",
  title: "descriptions, durations and the like have values that AWS takes",
  source: "https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html",
  judge: (record) => {
    const given = LIMITS.flatMap((limit) =>
      ofType(record, limit.type).flatMap((resource) =>
        list(resource.inputs[limit.input]).map((value) => ({ resource, limit, value: String(value) })),
      ),
    );
    return judgeEach(given, ({ limit: { input, allowed, words }, value }) =>
      allowed(value) ? [] : [`its ${input} is ${value}; allowed is ${words}`],
    );
  },
};
