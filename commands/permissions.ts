import { resolve } from "node:path";
import { commandLine } from "../rehearsal/bringUp/commandLine";
import { USE_NAMES, type UseName } from "../components/uses/list";
import { usable } from "../components/uses/using";
import { TEMPLATE_KINDS, WORKLOADS } from "../components/workloads/list";
import { codeAlone } from "../components/workloads/workload";
import { EXIT_CODES, HERE, ROOT, run } from "./command";
import { type Delivery, projectName, readDelivery } from "./delivery";
import { oneOf } from "./known";
import type { ReadTemplate } from "./permissions/reading";
import type { Asked } from "./permissions/report";
import { Refusal } from "./refusal";

const USAGE = `npm run permissions -- TEMPLATE ... [options]: which AWS services CloudFormation templates need beside those of their kind,
the line for the settings, and what each service adds to the rights of which role. It asks AWS nothing.

A template is a file (YAML or JSON; plain, of SAM where python3 has aws-sam-translator, or what the Serverless Framework
has packaged) or a folder with a template.yaml.

  --check           exit code 1 where the pipeline's settings lack a service, or have one that nothing needs
  --pipeline NAME   the pipeline whose settings count; default for --check: the only one
  --workload KIND   ${TEMPLATE_KINDS.join(", ")};
                    default: the pipeline's, or what fits the resources best
  --also SERVICE    its code uses this one too, which no template shows; once for each
  --json            for programs; its fields stay as they are as long as its version does
  --help            show this

${EXIT_CODES}`;

/** The pipeline that is meant, in the settings of whichever stack has it. */
function pipelineOf({ tooling }: Delivery, name: string | undefined) {
  const all = tooling.flatMap(({ settings }) =>
    settings.pipelines.map((pipeline) => ({ pipeline, scope: settings.scope })),
  );
  const names = all.map(({ pipeline }) => pipeline.id.name);
  if (name === undefined && all.length > 1)
    throw new Refusal(`name the pipeline, by --pipeline: the pipelines are ${names.join(", ")}`);
  const wanted = name === undefined ? names[0] : oneOf("pipeline", name, names);
  return all.find(({ pipeline }) => pipeline.id.name === wanted);
}

/** What is asked, by the settings where a pipeline counts, and else for any. */
async function askedOf(
  templates: readonly ReadTemplate[],
  values: { check: boolean; pipeline?: string; workload?: string; also: string[] },
): Promise<Asked> {
  const { likelyKind } = await import("./permissions/needs");
  const { siteOf } = await import("./permissions/report");
  const found =
    values.check || values.pipeline !== undefined
      ? pipelineOf(readDelivery(ROOT), values.pipeline)
      : undefined;
  const given =
    values.workload === undefined ? undefined : oneOf("workload", values.workload, TEMPLATE_KINDS);
  if (found && codeAlone(WORKLOADS[found.pipeline.workload]))
    throw new Refusal(
      `pipeline ${found.pipeline.id.name} is of workload ${found.pipeline.workload}, which has no template: name another with --pipeline`,
    );
  const of = {
    scope: found?.scope ?? {
      project: projectName(ROOT),
      region: "<region>",
      toolingAccount: "<tooling>",
      path: "/",
    },
    id: found?.pipeline.id ?? { name: "<pipeline>", prefix: "<pipeline>" },
  };
  const kind =
    given ??
    found?.pipeline.workload ??
    likelyKind(
      templates.flatMap(({ resources }) => resources),
      {
        parameters: templates.flatMap(({ parameters }) => parameters),
        framework: templates.some(({ framework }) => framework),
      },
      siteOf(of),
    );
  if (found && kind !== found.pipeline.workload)
    throw new Refusal(
      `--workload ${kind}: pipeline ${found.pipeline.id.name} is of workload ${found.pipeline.workload}; leave --workload out`,
    );
  const able = usable(WORKLOADS[kind]);
  const also = values.also.map((each): UseName => {
    const name = oneOf("service", each, USE_NAMES);
    if (able.includes(name)) return name;
    throw new Refusal(`--also ${name}: workload ${kind} can't use it; allowed are ${able.join(", ")}`);
  });
  return { kind, ...of, also, ...(found && { chosen: found.pipeline }) };
}

async function permissions(args: string[]): Promise<number> {
  const { values, positionals } = commandLine({
    args,
    allowPositionals: true,
    options: {
      check: { type: "boolean", default: false },
      pipeline: { type: "string" },
      workload: { type: "string" },
      also: { type: "string", multiple: true, default: [] as string[] },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (positionals.length === 0)
    throw new Refusal("name a template: npm run permissions -- TEMPLATE, such as app/template.yaml");
  // What the prover knows is loaded here, so that wrong options are answered at once.
  const { readAny } = await import("./permissions/reading");
  const { asData, reportOf, words } = await import("./permissions/report");
  const templates = positionals.map((file) => readAny(resolve(HERE, file), file));
  const report = reportOf(await askedOf(templates, values), templates);
  if (values.json) console.log(JSON.stringify(asData(report), null, 2));
  else for (const line of words(report)) console.log(line);
  const disagreements = values.check ? (report.disagreements ?? []) : [];
  for (const line of disagreements) console.error(line);
  const seen = templates.some(({ resources }) => resources.length > 0);
  if (values.check && !seen) console.error("nothing was checked: no resource of these templates is covered");
  if (values.check && seen && disagreements.length === 0 && !values.json)
    console.log("Settings and templates agree.");
  return report.refused.length > 0 || disagreements.length > 0 || (values.check && !seen) ? 1 : 0;
}

run("permissions", permissions);
