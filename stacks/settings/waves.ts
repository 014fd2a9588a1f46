/** A pipeline's own list of environments: names, changed environments, and lists of both, which are waves. */
import { didYouMean, isMap, line } from "./problems";

const STAGES = 50; // CodePipeline's, for one pipeline

/** One entry, whatever is wrong with it. */
export interface Listed {
  readonly key: string;
  readonly written: unknown;
  /** What it says of approval; undefined where that is as the environment's own. */
  readonly approval: unknown;
  /** The list that it stands in, and how it looks there. */
  readonly twin: string;
}

/** What these rules are about. */
interface Pipeline {
  readonly key: string;
  readonly waves: readonly (readonly Listed[])[];
}

const listed = (item: unknown, key: string, list: string): Listed => {
  const map = isMap(item) ? item : { name: item };
  return {
    key: isMap(item) ? `${key}.name` : key,
    written: map["name"],
    approval: isMap(item) ? item["approval"] : undefined,
    twin: `${list} ${JSON.stringify(map)}`,
  };
};

/** A pipeline's own list as waves; one environment is a wave of its own. */
export const wavesOf = (value: unknown, key: string): Listed[][] =>
  Array.isArray(value)
    ? value.map((item: unknown, i) =>
        Array.isArray(item)
          ? item.map((each, j) => listed(each, `${key}[${i}][${j}]`, `${key}[${i}]`))
          : [listed(item, `${key}[${i}]`, key)],
      )
    : [];

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

/** Pipelines with more stages than CodePipeline takes. */
export const stages = (pipelines: readonly Pipeline[], approved: readonly string[]): string[] =>
  pipelines.flatMap(({ key, waves }) => {
    const asks = ({ written, approval }: Listed) =>
      approval === undefined ? approved.includes(String(written)) : approval !== false;
    const count = waves.reduce((sum, wave) => sum + 1 + (wave.some(asks) ? 1 : 0), 2);
    const tooMany =
      `with Source, Build, and a stage for each approval the pipeline has ${count} stages, and CodePipeline allows ` +
      `${STAGES}: divide the environments among several pipelines`;
    const shown = waves.map((wave) =>
      wave.length === 1 ? wave[0]?.written : wave.map(({ written }) => written),
    );
    return count > STAGES ? [line(`${key}.environments`, shown, tooMany)] : [];
  });
