import { list } from "../../packages/iam/src/json";
import { pulumiTypes } from "../aws/registry";
import { ofType } from "../record/record";
import { judgeEach, type Rule } from "./rule";

/** Lengths and ranges that the provider does not check before AWS does. */
export const values: Rule = {
  id: "value",
  title: "descriptions, durations and the like have values that AWS takes",
  source: "https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html",
  judge: (record) => {
    const given = pulumiTypes().flatMap(([type, { limits = [] }]) =>
      limits.flatMap((limit) =>
        ofType(record, type).flatMap((resource) =>
          list(resource.inputs[limit.input]).map((value) => ({ resource, limit, value: String(value) })),
        ),
      ),
    );
    return judgeEach(given, ({ limit: { input, allowed, words }, value }) =>
      allowed(value) ? [] : [`its ${input} is ${value}; allowed is ${words}`],
    );
  },
};
