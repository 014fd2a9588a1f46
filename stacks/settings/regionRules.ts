/** Whether AWS has what these settings need in their Region. */
import { partition } from "../../components/names";
import { AS_OF, regionOf } from "../../components/regions";
import type { Draft } from "./draft";
import { isMap, line, valid } from "./problems";
import { environmentRegion, SERVICES, since } from "./regions";

/** Sources that CodePipeline has not in that Region, which is one that has CodePipeline. */
export const sourceProblems = ({ pipelines, selfUpdate }: Draft, name: string): string[] => {
  const own = isMap(selfUpdate) && isMap(selfUpdate["source"]) ? selfUpdate["source"] : {};
  return [...pipelines, { key: "selfUpdate", source: own }].flatMap(({ key, source }) => {
    const services = regionOf(name)?.services ?? [];
    return (["codecommit", "connection", "github"] as const).flatMap((kind) => {
      const service = kind === "codecommit" ? "codecommit" : "connections";
      if (source[kind] === undefined || services.includes(service)) return [];
      const other = service === "codecommit" ? "connections" : "codecommit";
      const instead = !services.includes(other)
        ? "choose another Region"
        : `choose ${other === "codecommit" ? "a repository in CodeCommit" : "github or a connection"}, or another Region`;
      return [
        line(
          `${key}.source.${kind}`,
          source[kind],
          `${SERVICES[service]} ${service === "codecommit" ? "was" : "were"} not in ${name} on ${AS_OF}: ${instead}, or, ${since(name, [service])}`,
        ),
      ];
    });
  });
};

/** Environments whose Region tooling's jobs can't release to, or that lacks what the environment needs there. */
export function environmentProblems({ environments }: Draft, name: string): string[] {
  return environments.flatMap(({ key, region, runner }) => {
    if (region === undefined) return [];
    if (partition(region) !== partition(name)) {
      const text = `it is of partition ${partition(region)}, and tooling's ${name} of ${partition(name)}, which shares no accounts with it: choose a Region of ${partition(name)}, or give these accounts a project of their own`;
      return [line(`${key}.region`, region, text)];
    }
    return !isMap(runner) || (regionOf(region)?.services ?? []).includes("codebuild")
      ? []
      : [
          line(
            `${key}.runner`,
            runner,
            `${SERVICES.codebuild}, which a runner is, was not in ${region} on ${AS_OF}: remove the runner, choose another Region, or, ${since(region, ["codebuild"])}`,
          ),
        ];
  });
}

/** Services whose resources an Application Load Balancer takes from its own Region alone. */
const SAME_REGION = ["acm", "elasticloadbalancing"];

/** ARNs anywhere in the settings that are of another partition than the Region's or, where that matters, of another Region. */
export function arnProblems(value: unknown, name: string, key = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((each, i) => arnProblems(each, name, `${key}[${i}]`));
  if (isMap(value)) {
    // What belongs to an environment is in that environment's Region.
    const its = /^environments\[\d+\]$/.test(key) ? valid(environmentRegion, value["region"]) : undefined;
    const here = its !== undefined && partition(its) === partition(name) ? its : name;
    return Object.entries(value).flatMap(([own, each]) =>
      arnProblems(each, here, key === "" ? own : `${key}.${own}`),
    );
  }
  const [, written, service = "", region = ""] =
    /^arn:([\w-]+):([\w-]*):([\w-]*):/.exec(typeof value === "string" ? value : "") ?? [];
  if (written === undefined) return [];
  if (written !== partition(name)) {
    return [
      line(key, value, `it is of partition ${written}, and ${name} of ${partition(name)}: give one of that`),
    ];
  }
  return SAME_REGION.includes(service) && region !== name
    ? [line(key, value, `it is of Region ${region}, and the environment of ${name}: give one of that Region`)]
    : [];
}
