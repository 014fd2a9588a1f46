/** What a runner inside an environment must have to do. */
import type { EnvironmentDraft, PipelineDraft } from "./draft";
import { isMap, line } from "./problems";

/** What this rule is about. */
type Environment = Pick<EnvironmentDraft, "key" | "name" | "verify" | "runner">;
type Pipeline = Pick<PipelineDraft, "waves">;

/** Runners that would never be started, since nothing is verified where they are: a line each. */
export function idleRunners(environments: readonly Environment[], pipelines: readonly Pipeline[]): string[] {
  const verifiedIn = ({ name, verify }: Environment): boolean =>
    pipelines.some(({ waves }) =>
      waves.flat().some((each) => each.written === name && (each.verify ?? verify) !== false),
    );
  return environments.flatMap((environment) => {
    const { key, name, runner } = environment;
    const steps = isMap(runner) ? (runner["steps"] ?? ["verify"]) : undefined;
    return name === undefined || JSON.stringify(steps) !== '["verify"]' || verifiedIn(environment)
      ? []
      : [
          line(
            `${key}.runner`,
            runner,
            `its only step is verify, and no pipeline verifies in ${name}: remove the runner, or let a pipeline verify there`,
          ),
        ];
  });
}
