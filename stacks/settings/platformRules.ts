/** Who needs a container platform, and what must hold between one and its environment. */
import type { EnvironmentDraft, PipelineDraft } from "./draft";
import { FORMS } from "./platform";
import { isMap, line } from "./problems";

/** What these rules are about. */
type Environment = Pick<EnvironmentDraft, "key" | "name" | "account" | "platform">;
type Pipeline = Pick<PipelineDraft, "key" | "workload"> & { readonly environments: readonly string[] };

/** Environments without a platform that a pipeline with a workload of these kinds releases to: a line each. */
export function missingPlatforms(
  environments: readonly Environment[],
  pipelines: readonly Pipeline[],
  kinds: readonly string[],
): string[] {
  const needing = pipelines.filter(({ workload }) => workload !== undefined && kinds.includes(workload));
  return environments.flatMap(({ key, name, platform }) => {
    const pipeline = needing.find((each) => name !== undefined && each.environments.includes(name));
    return pipeline && (platform === undefined || platform === false)
      ? [
          line(
            `${key}.platform`,
            platform,
            `${pipeline.key} releases a workload of kind ${pipeline.workload} to it, which runs on one; allowed are ${FORMS}: ` +
              `set it, or leave ${name} out of ${pipeline.key}.environments`,
          ),
        ]
      : [];
  });
}

/** Certificates and listeners of another account than the environment's, which AWS refuses. */
export const foreignPlatforms = (environments: readonly Environment[]): string[] =>
  environments.flatMap(({ key, account, platform }) =>
    ["certificateArn", "listener"].flatMap((property) => {
      const written = isMap(platform) ? platform[property] : undefined;
      const owner =
        typeof written === "string" ? /^arn:(?:[^:]*:){3}(\d{12}):/.exec(written)?.[1] : undefined;
      return owner === undefined || account === undefined || owner === account
        ? []
        : [
            line(
              `${key}.platform.${property}`,
              written,
              `it is of account ${owner}, the environment of ${account}: give one of that account`,
            ),
          ];
    }),
  );
