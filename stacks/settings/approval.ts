/** Approval and verification, which an environment has and a pipeline may change. */
import { z } from "zod";
import { byLooks, flag, list, object, told } from "./schemas";

const days = "allowed are whole days from 1 to 60";
export const approvalTerms = object(
  {
    emails: list(z.email("allowed is an e-mail address"), [0, Infinity], "e-mail addresses")
      .default([])
      .describe("Who gets approvals and failed runs by mail")
      .register(told, { allowed: "list of e-mail addresses" }),
    timeoutDays: z
      .int(days)
      .min(1, days)
      .max(60, days)
      .default(7)
      .describe(
        "How long an approval is waited for; a `pulumi up` that changes the pipeline ends a waiting approval",
      )
      .register(told, { unit: "days", source: "CodePipeline waits no longer than 60 days" }),
  },
  { allowed: "allowed are true, false, or a map of emails, timeoutDays" },
);
const yesOrNo = z.boolean();

/** `true`: as the environment has it, or else with defaults; `false`: none. */
export const approval = byLooks<typeof yesOrNo | typeof approvalTerms>([yesOrNo, approvalTerms], (value) =>
  typeof value === "boolean" ? yesOrNo : approvalTerms,
);

export const verify = flag();
