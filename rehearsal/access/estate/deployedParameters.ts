/** What a template's parameters are: the pipeline's values, the service's, and those that parameters of SSM hold. */
import { dirname, join } from "node:path";
import { ofType, type Rehearsed } from "../../record/record";
import type { Parameters } from "../../release/cloudformation/parameters";
import type { Site } from "../../aws/physicalNames";
import { Stopped } from "../../release/stopped";
import type { Template } from "../../release/cloudformation/template";
import { type Job, told } from "../../record/inventory";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { map, text } from "../../../packages/iam/src/json";

/** The rehearsal's code, commit and run: any of the right form are as good. */
export const CODE_SHA256 = "0".repeat(64);
export const COMMIT_ID = "0".repeat(40);
export const EXECUTION_ID = "00000000-0000-4000-8000-000000000000";

/** Folder of a run's release files in the bucket, with a slash at its end. */
export const releaseFolder = (job: Pick<Job, "variables" | "project">): string => {
  const value = (key: string) => told(job, key);
  const whose = job.variables["BRANCH_HASH"] ?? value("ENVIRONMENT");
  return `releases/${value("PIPELINE")}/${value("ENVIRONMENT_ACCOUNT")}/${whose}/${EXECUTION_ID}/`;
};

/** The pipeline's parameters, filled in as change-set.sh does. Throws NotKnown for a placeholder that it does not know. */
export function given(job: Pick<Job, "variables" | "project">): Parameters {
  const put: Readonly<Record<string, () => string>> = {
    run: () => EXECUTION_ID,
    image: () => `${told(job, "REPOSITORY_URI")}@sha256:${CODE_SHA256}`,
    bucket: () => job.variables["ENVIRONMENT_BUCKET"] ?? told(job, "ARTIFACT_BUCKET"),
    files: () => releaseFolder(job),
    sha256: () => CODE_SHA256,
    stack: () => told(job, "STACK_NAME"),
    priority: () => "1",
    base64: () => Buffer.from(CODE_SHA256, "hex").toString("base64"),
  };
  const fill = (written: string): string =>
    written.replace(/<([^>]*)>/g, (whole, name: string) =>
      (
        put[name] ??
        (() => notKnown(`${job.project.name} puts ${whole} into a parameter, which is not known here`))
      )(),
    );
  const written = map(JSON.parse(told(job, "PARAMETERS")));
  return Object.fromEntries(Object.entries(written).map(([key, value]) => [key, fill(String(value))]));
}

/** Throws Stopped for a template that Build of branches refuses: it may have all that environments give it, and yet not this. */
export function requireDeclared(pipeline: string, { Parameters }: Template, pipelines: Parameters): void {
  const missing = Object.keys(pipelines).filter((name) => !Object.hasOwn(Parameters, name));
  if (missing.length > 0)
    throw new Stopped(
      `the template of ${pipeline} has no parameter ${missing.join(", ")}, which its branches are given`,
      "declare it, or remove 'branches' from the pipeline's settings",
    );
}

/** The resources that the job adds to a template, as branch-deploy.sh does. */
export function added(job: Pick<Job, "variables" | "project">): Template["Resources"] {
  const { ADDED: written } = job.variables;
  if (written === undefined) return {};
  const resources = map(JSON.parse(written.replaceAll("<stack>", told(job, "STACK_NAME"))));
  return Object.fromEntries(
    Object.entries(resources).map(([name, each]) => {
      const { Type, Properties } = map(each);
      return [name, { Type: String(Type), Properties: map(Properties) }];
    }),
  );
}

const OF_SSM = /^AWS::SSM::Parameter::Value<(.+)>$/;

/** What the stacks put into a parameter of SSM. `asked` is where it is asked for. */
function published(record: Rehearsed, account: string, name: string, asked: string): string {
  const found = ofType(record, "aws:ssm/parameter:Parameter").find(
    (each) => each.account === account && each.inputs["name"] === name,
  );
  const { inputs = {} } = found ?? {};
  return (
    text(inputs, "value") ??
    text(inputs, "insecureValue") ?? // one that is no secret
    notKnown(`${asked} is the SSM parameter ${name} of account ${account}, which no stack makes`)
  );
}

/** A template whose parameters of SSM's types have become plain ones, and their values. */
export interface Resolved {
  readonly template: Template;
  readonly values: Parameters;
  /** Names of the parameters in SSM that CloudFormation reads for it. */
  readonly read: readonly string[];
}

/** Values of all parameters of a template, which is this file. Throws Stopped where one has none. */
export function resolved(
  record: Rehearsed,
  { environment, account, file }: Pick<Site, "environment" | "account"> & { readonly file: string },
  template: Template,
  own: Parameters,
  pipelines: Parameters,
): Resolved {
  const all = { ...own, ...pipelines };
  const read: string[] = [];
  const without = (name: string): never => {
    throw new Stopped(
      `${file}: parameter ${name} has no value in ${environment}: the pipeline gives ${Object.keys(pipelines).join(", ") || "none"}`,
      `give it a Default there, or a value in ${join(dirname(file), "parameters", `${environment}.json`)}; ` +
        "if the template is one of another kind, set the workload of the pipeline to that, or its template to another file",
    );
  };
  const declared = Object.entries(template.Parameters).map(([name, parameter]) => {
    const { Type, Default } = parameter;
    const written = all[name] ?? (Default === undefined ? without(name) : String(Default));
    const [, inner] = OF_SSM.exec(Type) ?? [];
    if (inner === undefined) return { name, parameter, value: written };
    read.push(written);
    return {
      name,
      parameter: { ...parameter, Type: inner },
      value: published(record, account, written, `${file}: parameter ${name}`),
    };
  });
  return {
    template: {
      ...template,
      Parameters: Object.fromEntries(declared.map(({ name, parameter }) => [name, parameter])),
    },
    values: Object.fromEntries(declared.map(({ name, value }) => [name, value])),
    read: [...new Set(read)],
  };
}
