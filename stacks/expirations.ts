/** How long the store keeps what pipelines hand on. */
import type { Expiration } from "../components/store/artifactStore";
import { artifactPrefix, branchPipeline, releaseFolder } from "../components/names";
import { WORKLOADS } from "../components/workloads/list";
import type { Pipeline } from "./settings/model";

/**
 * A roll-back runs with the artifacts of the release that it goes back to, which may have been the last one for long. It
 * is longer than any approval waits.
 */
const RELEASE_IN_DAYS = 365;
/** Build alone takes a source, at once or when its stage is retried; of branches nothing is rolled back. */
const SHORT_IN_DAYS = 30;

/** Where release files of a pipeline are, if they expire by age: where code is an image, nothing that runs reads them. */
export const releaseExpirations = (
  { id, workload }: Pick<Pipeline, "id" | "workload">,
  days: number,
): Expiration[] => (WORKLOADS[workload].packaging === "image" ? [{ prefix: releaseFolder(id), days }] : []);

/** Where release files of a pipeline's branches are: nothing of them is kept. */
export const branchExpiration = ({ id }: Pick<Pipeline, "id">): Expiration => ({
  prefix: releaseFolder(branchPipeline(id)),
  days: SHORT_IN_DAYS,
});

/**
 * Where artifacts and release files of pipelines and of their branches are, as far as they expire by age. Deployed code
 * that is files is not among them: the job that promotes it removes what is old. No prefix begins with another: S3 would go
 * by the shorter time.
 */
export const expirations = (pipelines: readonly Pipeline[], expirationInDays: number): Expiration[] =>
  pipelines.flatMap(({ id, branches, workload }) => [
    { prefix: `${artifactPrefix(id)}/Release/`, days: RELEASE_IN_DAYS },
    { prefix: `${artifactPrefix(id)}/Source/`, days: SHORT_IN_DAYS },
    ...releaseExpirations({ id, workload }, expirationInDays),
    ...(branches
      ? [{ prefix: `${artifactPrefix(branchPipeline(id))}/`, days: SHORT_IN_DAYS }, branchExpiration({ id })]
      : []),
  ]);
