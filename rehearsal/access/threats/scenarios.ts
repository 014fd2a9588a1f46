/** Reads the threat scenarios: scenarios/*.yaml, and names.yaml for what they call roles, things and calls. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { list, texts, type Values } from "../../../packages/iam/src/json";
import { parseGrouped } from "../../record/groupedYaml";
import { FILE, NAMES, type Names, SCENARIO, type Scenario } from "./format";

const FOLDER = "rehearsal/access/threats";
/** In the order in which a report tells them. */
export const FILES = [
  "jobs.yaml",
  "store.yaml",
  "images.yaml",
  "roles.yaml",
  "stacks.yaml",
  "templates.yaml",
  "tasks.yaml",
  "branches.yaml",
  "runners.yaml",
  "regions.yaml",
  "codeAlone.yaml",
  "ownersServices.yaml",
  "uses.yaml",
  "permissions.yaml",
  "pullRequests.yaml",
  "selfUpdate.yaml",
];

/** A group's needs, sentences and steps come before a scenario's own. */
function joined(group: Values, own: Values): Values {
  const both = (field: string): Values =>
    field in group && field in own ? { [field]: [...list(group[field]), ...list(own[field])] } : {};
  const because = texts([group["because"] ?? [], own["because"] ?? []].flat()).join(" ");
  return { ...group, ...own, ...both("needs"), ...both("steps"), ...(because && { because }) };
}

/** Scenarios of one file. Throws UnusableFile with one line for each problem. */
export const parseScenarios = (text: string, file: string): Scenario[] =>
  parseGrouped(text, file, {
    items: "threats",
    file: FILE,
    item: SCENARIO,
    joined,
    called: ({ id }) => `threat scenario ${String(id)}`,
  }).map(({ values }) => SCENARIO.parse(values));

const read = (file: string): string => readFileSync(join(__dirname, file), "utf8");

let byFile: ReadonlyMap<string, readonly Scenario[]> | undefined;
const files = () =>
  (byFile ??= new Map(
    FILES.map((file) => [file, parseScenarios(read(`scenarios/${file}`), `${FOLDER}/scenarios/${file}`)]),
  ));
let all: readonly Scenario[] | undefined;
/** Every scenario, as written. */
export const scenarios = (): readonly Scenario[] => (all ??= [...files().values()].flat());

/** What the scenarios of each file are about, in the words of a report. */
const SUBJECTS: Readonly<Record<string, string>> = {
  "jobs.yaml": "Jobs of the pipelines",
  "store.yaml": "Artifacts, and the key that encrypts them",
  "images.yaml": "Images",
  "roles.yaml": "Roles, and who takes them",
  "stacks.yaml": "Plans, change sets and deployments",
  "templates.yaml": "What a service's template may make",
  "tasks.yaml": "Container services on a shared platform",
  "branches.yaml": "Branch environments",
  "runners.yaml": "Runners inside environments",
  "regions.yaml": "Environments in other Regions",
  "codeAlone.yaml": "Functions that other stacks own",
  "ownersServices.yaml": "Services of ECS that other stacks own",
  "uses.yaml": "Other AWS services that templates use",
  "permissions.yaml": "What teams' own policy documents permit",
  "pullRequests.yaml": "Pull requests that are previewed",
  "selfUpdate.yaml": "The pipeline that brings the stacks up",
};

let subjects: ReadonlyMap<string, string> | undefined;
/** What a scenario is about. */
export function subjectOf(id: string): string {
  subjects ??= new Map(
    [...files()].flatMap(([file, own]) => own.map((each) => [each.id, SUBJECTS[file] ?? file] as const)),
  );
  return subjects.get(id) ?? "Others";
}

let known: Names | undefined;
export const names = (): Names => (known ??= NAMES.parse(parse(read("names.yaml"))));
