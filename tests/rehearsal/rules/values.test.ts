import { values } from "../../../rehearsal/rules/values";
import { breaks, first, inputs, one } from "../sample";

const broken = (type: string, input: string, value: string | number, words: string): void =>
  breaks(values, `${input} of ${type}`, (record) =>
    one(first(record, type), inputs({ [input]: value }), `its ${input} is ${value}; allowed is ${words}`),
  );

describe("rules/values", () => {
  broken(
    "aws:iam/role:Role",
    "description",
    "a “quoted” word",
    "at most 1000 characters that match ^[\\t\\n\\r\\x20-\\x7E\\xA1-\\xFF]*$",
  );
  broken("aws:iam/role:Role", "maxSessionDuration", 60, "3600 to 43200");
  broken("aws:iam/policy:Policy", "description", "a".repeat(1001), "at most 1000 characters");
  broken("aws:codebuild/project:Project", "description", "a".repeat(256), "at most 255 characters");
  broken("aws:codebuild/project:Project", "buildTimeout", 4, "5 to 2160");
  broken("aws:codebuild/project:Project", "queuedTimeout", 481, "5 to 480");
  broken("aws:cloudwatch/eventRule:EventRule", "description", "a".repeat(513), "at most 512 characters");
  broken("aws:cloudwatch/eventRule:EventRule", "eventPattern", "{", "a JSON object");
  broken(
    "aws:cloudwatch/logGroup:LogGroup",
    "retentionInDays",
    31,
    "one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653",
  );
  broken("aws:kms/key:Key", "description", "a".repeat(8193), "at most 8192 characters");
  broken("aws:kms/key:Key", "deletionWindowInDays", 6, "7 to 30");
});
