/** What templates need, beside what a pipeline's settings have: in words and as data. Pure. */
import { environmentName } from "../../components/names";
import type { Statement } from "../../components/policies";
import { USE_NAMES, type UseName } from "../../components/uses/list";
import { partOf, runs } from "../../components/uses/using";
import { WORKLOADS, type WorkloadKind } from "../../components/workloads/list";
import { type WorkloadSite, workloadSiteOf } from "../../components/workloads/workload";
import { allowedWords } from "../../packages/iam/src/growth/sentence";
import type { Values } from "../../packages/iam/src/json";
import type { Pipeline } from "../../stacks/settings/model";
import { count } from "../format";
import { type Needs, needsOf, servicesOf, type Stranger } from "./needs";
import type { ReadTemplate } from "./reading";

type PipelineId = Pipeline["id"];
type Scope = WorkloadSite["scope"];

/** For whom the templates are read. */
export interface Asked {
  readonly kind: WorkloadKind;
  readonly scope: Scope;
  readonly id: PipelineId;
  /** What the settings have already; undefined where nobody named a pipeline. */
  readonly chosen?: Pick<Pipeline, "uses" | "transforms" | "permissions">;
  /** Services that the code uses and no template shows. */
  readonly also: readonly UseName[];
}

/** What a service adds to the rights of one role. */
interface Addition {
  readonly role: string;
  readonly words: string;
  readonly statements: readonly Statement[];
}

export interface Report {
  readonly kind: WorkloadKind;
  readonly templates: readonly { readonly file: string; readonly resources: number }[];
  readonly services: readonly {
    readonly name: UseName;
    readonly because: readonly string[];
    /** Others that would let the same in. */
    readonly or: readonly UseName[];
    readonly adds: readonly Addition[];
  }[];
  readonly transforms: readonly string[];
  readonly settings: string;
  /** What no setting of the kind lets in. */
  readonly refused: readonly Stranger[];
  readonly unread: readonly string[];
  readonly notCovered: readonly string[];
  /** Where the settings of the pipeline are others; undefined where they were not asked. */
  readonly disagreements?: readonly string[];
}

const ENVIRONMENT = "<environment>";

/** Any environment of a pipeline. */
export const siteOf = ({ scope, id }: Pick<Asked, "scope" | "id">): WorkloadSite =>
  workloadSiteOf({
    scope,
    account: "<account>",
    pipeline: id,
    environment: ENVIRONMENT,
    functionNetwork: { subnets: ["<subnet>"], securityGroups: ["<security group>"] },
  });

/** What a service adds, role by role, beside the others that are used. */
export function additions(
  name: UseName,
  asked: Pick<Asked, "kind" | "scope" | "id">,
  uses: readonly UseName[],
): Addition[] {
  const { kind, scope, id } = asked;
  const made = runs(WORKLOADS[kind]);
  const part = partOf(WORKLOADS[kind], name);
  if (!part) return [];
  const site = siteOf(asked);
  const role = (of: "execution" | "boundary" | "task" | "task-execution") =>
    environmentName(scope, id, ENVIRONMENT, of);
  const own =
    made === "functions"
      ? {
          role: role("boundary"),
          words: `roles of the template may, within boundary ${role("boundary")}, also be given`,
        }
      : { role: role("task"), words: `role ${role("task")}, of the tasks, may also` };
  return [
    {
      role: role("execution"),
      words: `role ${role("execution")}, CloudFormation's, may also`,
      statements: part.execution(site, uses),
    },
    { ...own, statements: part.workload(site) },
    {
      role: role("task-execution"),
      words: `role ${role("task-execution")}, which starts the tasks, may also`,
      statements: part.start?.(site) ?? [],
    },
  ].filter(({ statements }) => statements.length > 0);
}

const listed = (all: readonly string[]): string => all.join(", ");

/** `uses: [sqs, s3]`, and the transforms that the pipeline has to permit. */
function lineOf(uses: readonly string[], transforms: readonly string[]): string {
  const lines = [
    ...(uses.length > 0 ? [`uses: [${listed(uses)}]`] : []),
    ...(transforms.length > 0 ? [`transforms: [${listed(transforms)}]`] : []),
  ];
  return lines.join("\n");
}

/** Both ways: what settings lack, and what they have without need. */
function disagreementsOf(
  { id, chosen, also }: Asked,
  services: Report["services"],
  transforms: readonly string[],
  whole: boolean,
  has: ReadonlySet<string>,
): string[] {
  if (!chosen) return [];
  const needed = services.map(({ name }) => name);
  const wanted = USE_NAMES.filter((name) => needed.includes(name) || also.includes(name));
  const pipeline = `pipeline ${id.name}`;
  const types = chosen.permissions?.types.filter((type) => whole && !has.has(type)) ?? [];
  const lines = [
    ...types.map(
      (type) => `${pipeline} lets ${type} in by permissions.types, and no template has it: take it out`,
    ),
    ...services
      .filter(({ name }) => !chosen.uses.includes(name))
      .map(({ name, because: [first, ...more] }) => {
        const others = more.length > 0 ? `, and ${more.length} more` : "";
        return `${pipeline} lacks ${name}, for ${first}${others}`;
      }),
    ...also
      .filter((name) => !needed.includes(name) && !chosen.uses.includes(name))
      .map((name) => `${pipeline} lacks ${name}, for its code (--also)`),
    ...chosen.uses
      .filter((name) => whole && !wanted.includes(name))
      .map(
        (name) =>
          `${pipeline} has ${name}, and nothing in the template needs it: take it out, or give --also ${name} where its code does`,
      ),
    ...transforms
      .filter((each) => !chosen.transforms.includes(each))
      .map((each) => `${pipeline} does not permit transform ${each}`),
    ...chosen.transforms
      .filter((each) => !transforms.includes(each))
      .map((each) => `${pipeline} permits transform ${each}, and no template has it`),
  ];
  if (lines.length === 0) return [];
  const kept = USE_NAMES.filter((name) => wanted.includes(name) || (!whole && chosen.uses.includes(name)));
  const settings = `uses: [${listed(kept)}], transforms: [${listed(transforms)}]`;
  return [...lines, `write for ${pipeline} in Pulumi.tooling.yaml: ${settings}`];
}

/** What these templates need. */
export function reportOf(asked: Asked, templates: readonly ReadTemplate[]): Report {
  const { kind, chosen, also } = asked;
  const site = siteOf(asked);
  const all = templates.map(({ resources }) => needsOf(kind, site, resources, chosen?.permissions));
  const together: Needs = {
    needs: all.flatMap(({ needs }) => needs),
    strangers: all.flatMap(({ strangers }) => strangers),
    unread: [...new Set(all.flatMap(({ unread }) => unread))],
  };
  const needed = servicesOf(together, chosen?.uses);
  const uses = needed.map(({ name }) => name);
  const services = needed.map((each) => ({ ...each, adds: additions(each.name, asked, uses) }));
  const transforms = [...new Set(templates.flatMap((each) => each.transforms))];
  const notCovered = templates.flatMap((each) => each.notCovered);
  const names = USE_NAMES.filter(
    (name) => services.some((service) => service.name === name) || also.includes(name),
  );
  return {
    kind,
    templates: templates.map(({ file, resources }) => ({ file, resources: resources.length })),
    services,
    transforms,
    settings: lineOf(names, transforms),
    refused: together.strangers,
    unread: together.unread,
    notCovered,
    ...(chosen && {
      disagreements: disagreementsOf(
        asked,
        services,
        transforms,
        notCovered.length === 0,
        new Set(templates.flatMap(({ resources }) => resources.map(({ type }) => type))),
      ),
    }),
  };
}

const under = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((each) => `  ${each}`)];

/** For people. */
export function words({
  kind,
  templates,
  services,
  settings,
  refused,
  unread,
  notCovered,
}: Report): string[] {
  const files = templates.map(({ file, resources }) => `${file} (${count(resources, "resource")})`);
  return [
    `${listed(files)}, as workload ${kind}`,
    ...(services.length > 0
      ? under(
          "Services that it needs beside those of its kind:",
          services.flatMap(({ name, because, or }) => [
            `${[name, ...or].join(", or ")}, for`,
            ...because.map((each) => `  ${each}`),
          ]),
        )
      : ["It needs no service beside those of its kind."]),
    ...(settings === "" ? [] : under("For its pipeline in Pulumi.tooling.yaml:", settings.split("\n"))),
    ...services.flatMap(({ name, adds }) =>
      under(
        `What ${name} adds:`,
        adds.flatMap((each) =>
          each.statements.map((statement) => `${each.words} ${allowedWords(statement as unknown as Values)}`),
        ),
      ),
    ),
    ...under(
      "No setting lets in:",
      refused.map(({ what, next }) => `${what}: ${next}`),
    ),
    ...under("Rights that the template asks for beside these:", unread),
    ...notCovered,
  ];
}

/** For programs; its fields stay as they are as long as its version does. */
export const asData = ({ services, ...report }: Report) => ({
  version: 1,
  ...report,
  services: services.map(({ adds, ...service }) => ({
    ...service,
    adds: adds.map(({ role, statements }) => ({ role, statements })),
  })),
});
