import { readFileSync } from "node:fs";
import type { Call } from "./commands";
import type { Service } from "./aws";

const one = (call: Call, name: string): string => call.options[name]?.[0] ?? "";

/** STS and SNS as the jobs see them. */
export const release: Service = (call, who, world) => {
  switch (call.operation) {
    case "sts get-caller-identity":
      return { Account: who.account };
    case "sns publish": {
      const message = one(call, "message").replace(/^file:\/\/(.*)$/, (_, file: string) =>
        readFileSync(file, "utf8"),
      );
      world.messages.push({ topic: one(call, "topic-arn"), subject: one(call, "subject"), message });
      return { MessageId: "1" };
    }
    default:
      return undefined;
  }
};
