import { type Action, endsBefore, pipelines, where } from "../record/pipelines";
import { judgeEach, type Rule } from "./rule";

/** How many artifacts an action takes and gives: [least in, most in, least out, most out]. */
const ARTIFACTS: Readonly<Record<string, readonly [number, number, number, number]>> = {
  Source: [0, 0, 1, 1],
  Build: [1, 5, 0, 5],
  Test: [1, 5, 0, 5],
  Approval: [0, 0, 0, 0],
};

function artifactProblems(action: Action, all: readonly Action[]): string[] {
  const { inputArtifacts: inputs, outputArtifacts: outputs } = action;
  const [leastIn, mostIn, leastOut, mostOut] = ARTIFACTS[action.category] ?? [0, Infinity, 0, Infinity];
  const found: string[] = [];
  if (inputs.length < leastIn || inputs.length > mostIn) found.push(`takes ${inputs.length} artifacts`);
  if (outputs.length < leastOut || outputs.length > mostOut) found.push(`gives ${outputs.length} artifacts`);
  for (const artifact of inputs) {
    const producer = all.find((each) => each.outputArtifacts.includes(artifact));
    if (!producer) found.push(`takes artifact ${artifact}, which no action gives`);
    else if (!endsBefore(producer, action))
      found.push(`takes artifact ${artifact} before ${where(producer)} gives it`);
  }
  for (const artifact of outputs) {
    if (!/^[a-zA-Z0-9_-]{1,100}$/.test(artifact))
      found.push(`gives artifact ${artifact}, which is no artifact name`);
    const first = all.find((each) => each.outputArtifacts.includes(artifact));
    if (first && first !== action)
      found.push(`gives artifact ${artifact}, which ${where(first)} gives already`);
  }
  return found.map((problem) => `${where(action)} ${problem}`);
}

/** An artifact is what an earlier action gave, once. */
export const artifacts: Rule = {
  id: "artifact",
  title: "every artifact is given by one action, before another takes it",
  source: "https://docs.aws.amazon.com/codepipeline/latest/userguide/welcome-introducing-artifacts.html",
  judge: (record) => {
    const all = pipelines(record).flatMap(({ resource, actions }) =>
      actions.map((action) => ({ resource, action, actions })),
    );
    return judgeEach(all, ({ action, actions }) => artifactProblems(action, actions));
  },
};
