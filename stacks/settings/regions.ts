/** Whether AWS has what these settings need in their Region. */
import { closest } from "fastest-levenshtein";
import { z } from "zod";
import { partition } from "../../components/names";
import { AS_OF, PARTITIONS, type RegionalService, REGIONS, regionOf } from "../../components/regions";
import type { Draft } from "./draft";
import { didYouMean, isMap, line } from "./problems";

const TABLE = "components/regions.ts";
const FORM = "allowed is a Region such as eu-west-1: pulumi config set aws:region <region>";
const SERVICES: Readonly<Record<RegionalService, string>> = {
  codepipeline: "CodePipeline",
  codebuild: "CodeBuild",
  codecommit: "CodeCommit",
  connections: "CodePipeline's connections",
};
/** What every stack's Region needs: environments are in tooling's. */
const NEEDED = ["codepipeline", "codebuild"] as const;

const since = (region: string, services: readonly string[]): string =>
  `if AWS has added ${services.length === 1 ? "it" : "them"} since, add ${services.map((each) => JSON.stringify(each)).join(", ")} to the line of ${region} in ${TABLE}`;

function problem(written: string): string | undefined {
  const known = Object.keys(REGIONS);
  if (!/^[a-z]{2,4}(-[a-z]+)+-\d+$/.test(written)) return `${didYouMean(written, known)}${FORM}`;
  const region = regionOf(written);
  if (region === undefined) {
    return `AWS had no such Region on ${AS_OF}: did you mean ${JSON.stringify(closest(written, known))}? If it is newer, add a line for it to ${TABLE}`;
  }
  if (!PARTITIONS.some((each) => each === region.partition)) {
    return `it is of partition ${region.partition}, whose ARNs and endpoints this program does not make: choose a Region of ${PARTITIONS.join(", ")}`;
  }
  const missing = NEEDED.filter((service) => !region.services.includes(service));
  return missing.length === 0
    ? undefined
    : `${missing.map((each) => SERVICES[each]).join(" and ")} ${missing.length === 1 ? "was" : "were"} not there on ${AS_OF}: choose another Region, or, ${since(written, missing)}`;
}

/** `aws:region` */
export const region = z.string(FORM).superRefine((written, context) => {
  const message = problem(written);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

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
