/** Which environments must say where functions may be. */
import type { EnvironmentDraft, PipelineDraft } from "./draft";
import { isMap, line } from "./problems";

/** What this rule is about. */
type Environment = Pick<EnvironmentDraft, "key" | "name" | "functionNetwork">;
type Pipeline = Pick<PipelineDraft, "key" | "uses" | "branches" | "environments">;

/** Environments without a network that a pipeline puts functions into one, or those of its branches: a line each. */
export function missingNetworks(
  environments: readonly Environment[],
  pipelines: readonly Pipeline[],
): string[] {
  const needing = pipelines.filter(({ uses }) => uses.includes("functionNetwork"));
  const released = ({ environments: names, branches }: Pipeline): unknown[] => [
    ...names,
    ...(isMap(branches) ? [branches["environment"]] : []),
  ];
  return environments.flatMap(({ key, name, functionNetwork }) => {
    const pipeline = needing.find((each) => name !== undefined && released(each).includes(name));
    return pipeline && functionNetwork === undefined
      ? [
          line(
            `${key}.functionNetwork`,
            functionNetwork,
            `${pipeline.key}.uses has functionNetwork, and it has functions in ${name}; allowed is a map of subnets, securityGroups: ` +
              `set it, or take functionNetwork out of ${pipeline.key}.uses`,
          ),
        ]
      : [];
  });
}
