/** Variables as CodePipeline resolves them: pasted into the text of a configuration, before anybody reads that as JSON. */
import type { Execution } from "./state";

/** Throws in CodePipeline's words for a variable that nothing has given. */
export function paste(text: string, execution: Execution, pastedId: string): string {
  return text.replace(/#\{([^}.]+)\.([^}]+)\}/g, (reference, namespace: string, name: string) => {
    const value =
      namespace === "codepipeline"
        ? { PipelineExecutionId: pastedId }[name]
        : namespace === "variables"
          ? execution.variables[name]
          : execution.namespaces.get(namespace)?.[name];
    if (value === undefined)
      throw new Error(
        `The action configuration contains a variable that could not be resolved: ${reference.slice(2, -1)}`,
      );
    return value;
  });
}
