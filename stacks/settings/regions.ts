/** Regions that AWS has what every stack needs in. */
import { closest } from "fastest-levenshtein";
import { z } from "zod";
import { AS_OF, PARTITIONS, type RegionalService, REGIONS, regionOf } from "../../components/regions";
import { didYouMean } from "./problems";

const TABLE = "components/regions.ts";
const FORM = "allowed is a Region such as eu-west-1";
const SET = "pulumi config set aws:region <region>";
export const SERVICES: Readonly<Record<RegionalService, string>> = {
  codepipeline: "CodePipeline",
  codebuild: "CodeBuild",
  codecommit: "CodeCommit",
  connections: "CodePipeline's connections",
  notifications: "notification rules",
};
/** What tooling's Region needs; jobs call every environment's Region from there. */
const NEEDED = ["codepipeline", "codebuild"] as const;

export const since = (region: string, services: readonly string[]): string =>
  `if AWS has added ${services.length === 1 ? "it" : "them"} since, add ${services.map((each) => JSON.stringify(each)).join(", ")} to the line of ${region} in ${TABLE}`;

function problem(written: string, form: string, needed: readonly RegionalService[]): string | undefined {
  const known = Object.keys(REGIONS);
  if (!/^[a-z]{2,4}(-[a-z]+)+-\d+$/.test(written)) return `${didYouMean(written, known)}${form}`;
  const region = regionOf(written);
  if (region === undefined) {
    return `AWS had no such Region on ${AS_OF}: did you mean ${JSON.stringify(closest(written, known))}? If it is newer, add a line for it to ${TABLE}`;
  }
  if (!PARTITIONS.some((each) => each === region.partition)) {
    return `it is of partition ${region.partition}, whose ARNs and endpoints this program does not make: choose a Region of ${PARTITIONS.join(", ")}`;
  }
  const missing = needed.filter((service) => !region.services.includes(service));
  return missing.length === 0
    ? undefined
    : `${missing.map((each) => SERVICES[each]).join(" and ")} ${missing.length === 1 ? "was" : "were"} not there on ${AS_OF}: choose another Region, or, ${since(written, missing)}`;
}

const regionWith = (form: string, needed: readonly RegionalService[] = []) =>
  z.string(form).superRefine((written, context) => {
    const message = problem(written, form, needed);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

/** `aws:region` of tooling's stack. */
export const region = regionWith(`${FORM}: ${SET}`, NEEDED);
/** One that takes over from that. */
export const otherRegion = regionWith(FORM, NEEDED);

/** `aws:region` of an environment's stack. */
export const regionOfStack = regionWith(`${FORM}: ${SET}`);

/** `environments[].region` */
export const environmentRegion = regionWith(FORM);
