/** What must hold of a pipeline's own list of environments. */
import type { PipelineDraft } from "./draft";
import { didYouMean, line } from "./problems";
import type { Listed } from "./waves";

const STAGES = 50; // CodePipeline's, for one pipeline

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
