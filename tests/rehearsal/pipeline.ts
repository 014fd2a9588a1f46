import { type Action, actionsOf } from "../../rehearsal/record/pipelines";
import type { Rehearsed, Resource } from "../../rehearsal/record/record";
import { first } from "./sample";
import type { Values } from "../../packages/iam/src/json";

/** The sample's pipeline. */
export const pipeline = (record: Rehearsed): Resource => first(record, "aws:codepipeline/pipeline:Pipeline");

/** Its first action of some kind; fails where it has none. */
export function find(record: Rehearsed, which: (action: Action) => boolean): Action {
  const found = actionsOf(pipeline(record)).find(which);
  if (!found) throw new Error("the pipeline has no such action");
  return found;
}

export const approval = (record: Rehearsed): Action =>
  find(record, ({ category }) => category === "Approval");
/** The same in the registered inputs. */
export const isApproval = (each: Values): boolean => each["category"] === "Approval";

export const builds = (record: Rehearsed): Action[] =>
  actionsOf(pipeline(record)).filter(({ provider }) => provider === "CodeBuild");

/** An action that nothing reads from: it gives no artifact and has no namespace. */
export const leaf = (record: Rehearsed): Action =>
  find(
    record,
    (each) =>
      each.provider === "CodeBuild" && each.namespace === undefined && each.outputArtifacts.length === 0,
  );
/** The same in the registered inputs. */
export const isLeaf = (each: Values): boolean =>
  each["provider"] === "CodeBuild" &&
  each["namespace"] === undefined &&
  each["outputArtifacts"] === undefined;
