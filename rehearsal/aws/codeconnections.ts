import { plain } from "./mockRows";
import type { Service } from "./types";

export const codeconnections: Service = {
  file: "codeconnections",
  pulumi: {
    "aws:codeconnections/connection:Connection": plain(({ named, arn, hash }) => {
      const made = arn("codeconnections", `connection/${hash(36)}`);
      return { id: made, outputs: { name: named("name"), arn: made, connectionStatus: "PENDING" } };
    }),
  },
};
