import { plain } from "./mockRows";
import type { Service } from "./types";

export const codestarnotifications: Service = {
  file: "codestarnotifications",
  pulumi: {
    "aws:codestarnotifications/notificationRule:NotificationRule": plain(
      ({ arn, hash }) => {
        const own = arn("codestar-notifications", `notificationrule/${hash(40)}`);
        return { id: own, outputs: { arn: own } };
      },
      { setOn: ["resource", "arn", "aws:codepipeline/pipeline:Pipeline"] },
    ),
  },
};
