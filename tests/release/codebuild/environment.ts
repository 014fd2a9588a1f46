import type { Resource } from "../../../rehearsal/record/record";
import { list, map, text } from "../../../packages/iam/src/json";
import type { Buildspec } from "./buildspec";

/** A variable of a project, or of one build, as the API has it. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
}

/** Values that a variable only names: `PARAMETER_STORE` and `SECRETS_MANAGER`. */
export type Lookup = (type: "PARAMETER_STORE" | "SECRETS_MANAGER", name: string) => string;

/** As the API has them. Throws for what is no list of variables. */
export const variablesIn = (value: unknown): Variable[] =>
  list(value).map((each) => {
    const variable = map(each);
    const type = text(variable, "type");
    return {
      name: String(variable["name"]),
      value: String(variable["value"]),
      ...(type !== undefined && { type }),
    };
  });

function valueOf({ name, value, type = "PLAINTEXT" }: Variable, lookup: Lookup): string {
  if (type === "PLAINTEXT") return value;
  if (type === "PARAMETER_STORE" || type === "SECRETS_MANAGER") return lookup(type, value);
  throw new Error(`variable ${name} is of type ${type}, which CodeBuild does not have`);
}

/**
 * What wins is what the build was started with, then the project's, then the buildspec's.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.env.variables
 */
export function variablesOf(
  project: Resource,
  { env }: Buildspec,
  overrides: readonly Variable[],
  lookup: Lookup,
): Record<string, string> {
  const named = (of: Record<string, string>, type: "PARAMETER_STORE" | "SECRETS_MANAGER"): Variable[] =>
    Object.entries(of).map(([name, value]) => ({ name, value, type }));
  const chosen = new Map<string, Variable>();
  for (const variable of [
    ...Object.entries(env.variables).map(([name, value]) => ({ name, value })),
    ...named(env["parameter-store"], "PARAMETER_STORE"),
    ...named(env["secrets-manager"], "SECRETS_MANAGER"),
    ...variablesIn(map(project.inputs["environment"])["environmentVariables"]),
    ...overrides,
  ]) {
    if (variable.name.startsWith("CODEBUILD_"))
      throw new Error(`variable ${variable.name}: CodeBuild keeps names that begin CODEBUILD_ for itself`);
    chosen.set(variable.name, variable);
  }
  return Object.fromEntries([...chosen].map(([name, variable]) => [name, valueOf(variable, lookup)]));
}
