import { lostValues } from "../../../rehearsal/rules/texts";
import { breaks, first, inputs, one } from "../sample";

const TOPIC = "aws:sns/topic:Topic";
const found = (path: string, text: string): string =>
  `its input ${path} contains the text ${text}: a value was missing, or not awaited`;

describe("rules/texts", () => {
  breaks(lostValues, "undefined inside a text", (record) =>
    one(first(record, TOPIC), inputs({ displayName: "from undefined" }), found("displayName", "undefined")),
  );
  breaks(lostValues, "an object that became text, inside a list", (record) =>
    one(
      first(record, TOPIC),
      inputs({ tags: { of: ["a", "[object Object]"] } }),
      found("tags.of[1]", "[object Object]"),
    ),
  );
  breaks(lostValues, "an Output that became text", (record) =>
    one(
      first(record, TOPIC),
      inputs({ displayName: "Calling [toString] on an [Output<T>] is not supported." }),
      found("displayName", "Calling [toString] on an [Output<T>]"),
    ),
  );
});
