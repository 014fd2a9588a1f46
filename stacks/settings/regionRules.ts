/** Whether AWS has what these settings need in their Region. */
import { partition } from "../../components/names";
import { AS_OF, regionOf } from "../../components/regions";
import type { Draft } from "./draft";
import { isMap, line } from "./problems";
import { SERVICES, since } from "./regions";

/** Sources that CodePipeline has not in that Region, which is one that has CodePipeline. */
export const sourceProblems = ({ pipelines }: Draft, name: string): string[] =>
  pipelines.flatMap(({ key, source }) => {
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

/** Services whose resources an Application Load Balancer takes from its own Region alone. */
const SAME_REGION = ["acm", "elasticloadbalancing"];

/** ARNs anywhere in the settings that are of another partition than the Region's or, where that matters, of another Region. */
export function arnProblems(value: unknown, name: string, key = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((each, i) => arnProblems(each, name, `${key}[${i}]`));
  if (isMap(value)) {
    return Object.entries(value).flatMap(([own, each]) =>
      arnProblems(each, name, key === "" ? own : `${key}.${own}`),
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
