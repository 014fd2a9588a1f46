/** What must hold of a pipeline's own list of environments. */
import type { EnvironmentDraft, PipelineDraft } from "./draft";
import { WAVE } from "./pipeline";
import { didYouMean, isMap, line } from "./problems";
import type { Listed } from "./waves";

const STAGES = 50; // CodePipeline's, for one pipeline
const ACTIONS = 50; // and for one stage

/** What these rules are about. */
type Pipeline = Pick<PipelineDraft, "key" | "waves">;

/** Names that no environment has. */
export const unknownEnvironments = (pipelines: readonly Pipeline[], known: readonly string[]): string[] =>
  pipelines.flatMap(({ waves }) =>
    waves
      .flat()
      .flatMap(({ key, written }) =>
        typeof written !== "string" || known.includes(written)
          ? []
          : [
              line(
                key,
                written,
                `${didYouMean(written, known)}allowed are ${JSON.stringify(known).slice(1, -1)}`,
              ),
            ],
      ),
  );

/** Environments that a pipeline would release to twice. The shape of a list reports entries that are alike. */
export const repeatedEnvironments = (pipelines: readonly Pipeline[]): string[] =>
  pipelines.flatMap(({ waves }) => {
    const all = waves.flat();
    return all.flatMap((item, i) => {
      const earlier = all.slice(0, i).find(({ written }) => written === item.written);
      return typeof item.written === "string" && earlier && earlier.twin !== item.twin
        ? [line(item.key, item.written, `${earlier.key} is this environment: name it once`)]
        : [];
    });
  });

/** Whether a release asks for approval there; `approved`: where it does unless the pipeline says otherwise. */
const asksIn =
  (approved: readonly string[]) =>
  ({ written, approval }: Listed): boolean =>
    approval === undefined ? approved.includes(String(written)) : approval !== false;

/** Approvals that are to be ended where there are none, or where each run has its turn. */
export const staleApprovals = (
  pipelines: readonly Pick<PipelineDraft, "key" | "waves" | "staleApprovals" | "executionMode">[],
  approved: readonly string[],
): string[] =>
  pipelines.flatMap(({ key, waves, staleApprovals: stale, executionMode }) => {
    if (stale !== "stop") return [];
    const refused = (why: string) => [line(`${key}.staleApprovals`, stale, why)];
    if (!waves.flat().some(asksIn(approved)))
      return refused("the pipeline asks for no approval: remove this key, or set an environment's approval");
    return executionMode === "QUEUED"
      ? refused(`with executionMode "QUEUED" each run has its turn: remove this key, or that one`)
      : [];
  });

/** Pipelines with more stages than CodePipeline takes. */
export const stages = (pipelines: readonly Pipeline[], approved: readonly string[]): string[] =>
  pipelines.flatMap(({ key, waves }) => {
    const count = waves.reduce((sum, wave) => sum + 1 + (wave.some(asksIn(approved)) ? 1 : 0), 2);
    const tooMany =
      `with Source, Build, and a stage for each approval the pipeline has ${count} stages, and CodePipeline allows ` +
      `${STAGES}: divide the environments among several pipelines`;
    const shown = waves.map((wave) =>
      wave.length === 1 ? wave[0]?.written : wave.map(({ written }) => written),
    );
    return count > STAGES ? [line(`${key}.environments`, shown, tooMany)] : [];
  });

/** Environments that are released side by side with more actions than CodePipeline takes in a stage. Of too many the list itself says so. */
export const actions = (
  pipelines: readonly Pipeline[],
  environments: readonly Pick<EnvironmentDraft, "written" | "verify" | "runner">[],
): string[] => {
  const countIn = ({ written, verify: own }: Listed): number => {
    const { runner, verify } = environments.find((each) => each.written === written) ?? {};
    const steps = isMap(runner) && Array.isArray(runner["steps"]) ? runner["steps"] : [];
    const inside = ["beforeDeploy", "afterDeploy"].filter((step) => steps.includes(step));
    return ["Deploy", "Promote", ...((own ?? verify) === false ? [] : ["Verify"]), ...inside].length;
  };
  return pipelines.flatMap(({ key, waves }) =>
    waves.flatMap((wave, i) => {
      const count = wave.reduce((sum, each) => sum + countIn(each), 0);
      const tooMany =
        `the stage that releases these side by side would have ${count} actions, with what runs inside them, and CodePipeline allows ` +
        `${ACTIONS}: release fewer of them together, or take steps out of their runners`;
      const shown = wave.map(({ written }) => written);
      return count > ACTIONS && wave.length <= WAVE
        ? [line(`${key}.environments[${i}]`, shown, tooMany)]
        : [];
    }),
  );
};
