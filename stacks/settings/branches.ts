/** A pipeline's setting `branches`: each branch that is pushed has a stack of its own. */
import { z } from "zod";
import { list, object, text, told } from "./schemas";

/** Eight of them fit EventBridge's 2,048 characters, and one with every * doubled the 255 of a trigger's filter. */
const PATTERN_LENGTH = 100;

/** One pattern is read by EventBridge or by a trigger, and by our job: allowed is what all of them read alike. */
export const pattern = text(
  /^(?!.*\*\*)[\p{L}\p{N}._/@+=#%*-]+$/u,
  "allowed is the name of a branch in which * stands for any characters, such as feature/*: " +
    "letters, digits, and . _ / @ + = # % -, without ** and other patterns, at most 100 characters",
  PATTERN_LENGTH,
);
const whole = (what: string, max: number, ifNone: string) => {
  const allowed = `allowed are whole ${what} from 1 to ${max}: ${ifNone}`;
  return z.int(allowed).min(1, allowed).max(max, allowed);
};

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html: 1 to 50,000
const PLACES =
  "allowed are whole numbers from 1 to 49951: the first of as many places among the listener's rules as 'branches.max'";

export const branches = object({
  include: list(pattern, [1, 8], "patterns of branches")
    .describe("Which branches have a stack of their own; `*` stands for any characters, slashes too")
    .register(told, {
      allowed: "list of 1 to 8 patterns of up to 100 characters",
      source: "more could fill the 2,048 characters of an EventBridge pattern",
    }),
  environment: z
    .string("allowed is the name of an environment")
    .describe("Environment in whose account the stacks of branches are; one without approval")
    .register(told, { allowed: "name of an environment" }),
  expireAfterDays: whole("days", 30, "every branch's stack is removed some day")
    .default(7)
    .describe("How long after its last deployment a branch's stack is removed")
    .register(told, { unit: "days" }),
  priority: z
    .int(PLACES)
    .min(1, PLACES)
    .max(49_951, PLACES)
    .default(1)
    .describe(
      "First place among the rules of the environment's listener, of as many as `max`; for the kind `ecs-service` alone",
    )
    .register(told, {
      allowed: "1 to 49951",
      source: "a listener's places are 1 to 50000, and `max` is 50 at most",
    }),
  max: whole("numbers", 50, "remove 'branches' if no branch may have a stack")
    .default(5)
    .describe("How many branches may have a stack at a time")
    .register(told, { unit: "branches" }),
});
