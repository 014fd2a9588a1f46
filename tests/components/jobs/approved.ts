import { RELEASED_FUNCTION } from "./kinds";
import { changeSet, liveStack, type Stack } from "./stack";
import { EXECUTION_ID, emptyWorld, type World } from "./world";

/** What Deploy finds: a stack with the set that Plan made and that was approved. */

export const OWN = `d-${EXECUTION_ID}`;
export const added = {
  ResourceChange: {
    Action: "Add",
    LogicalResourceId: "Function",
    ResourceType: "AWS::Lambda::Function",
    AfterContext: RELEASED_FUNCTION,
  },
};

/** A stack with the set that Plan made and that was approved. */
export const approved = (changes: Partial<Stack> = {}): Stack =>
  liveStack("UPDATE_COMPLETE", { sets: [changeSet(OWN)], protected: false, ...changes });
export const worldWith = (stacks: Stack[], changes: Partial<World> = {}): World => ({
  ...emptyWorld(),
  stacks,
  ...changes,
});
export const ran = (type: string): Partial<World> => ({
  executions: { [EXECUTION_ID]: { type, status: "InProgress" } },
});
