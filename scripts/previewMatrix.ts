/** The stacks that a pull request previews, one for each stack file: what the workflow makes its matrix of. */
import { resolve } from "node:path";
import { previewName, roleArn } from "../components/names";
import { audience } from "../components/environment/previewAccess";
import { readStackFiles, type StackFile } from "../rehearsal/record/stackFiles";
import type { Settings } from "../stacks/settings/model";
import { readSettings } from "../stacks/settings/read";

/** One stack; `role` is empty where its settings have no previews, and `backend` where they name no state. */
export interface PreviewRow {
  readonly stack: string;
  readonly region: string;
  /** Audience of the token that the role is taken with. */
  readonly audience: string;
  readonly role: string;
  /** URL of an S3 backend. */
  readonly backend: string;
  /** `aws:profile` of the stack; empty if it has none. */
  readonly profile: string;
  /** The environment that it is, where tooling's file beside it lists that; empty otherwise. */
  readonly listed: string;
}

/** Settings of each stack. Throws an Error that lists every problem. */
export function settingsOf(project: string, stacks: readonly StackFile[]): Settings[] {
  const readings = stacks.map(({ stack, config }) => ({
    stack,
    // An environment without the setting `tooling` counts on tooling's stack of its own organization.
    ...readSettings({ organization: "", project, stack, config }),
  }));
  const problems = readings.flatMap(({ stack, problems = [] }) =>
    problems.map((each) => `${stack}: ${each}`),
  );
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return readings.flatMap(({ settings }) => settings ?? []);
}

/** The IAM path that a stack's role is under: an environment has tooling's, whose file is beside it or not. */
function pathOf(settings: Settings, project: string, all: readonly Settings[]): string {
  if (settings.iam !== undefined) return settings.iam.path;
  const [, owner, name] = settings.kind === "environment" ? settings.tooling.split("/") : [];
  const tooling =
    owner === project ? all.find(({ stack, kind }) => stack === name && kind === "tooling") : undefined;
  if (tooling?.iam !== undefined) return tooling.iam.path;
  throw new Error(
    `${settings.stack}: the settings of tooling's stack, ${String(name)} of project ${String(owner)}, are not in this folder, ` +
      "and they have the IAM path of the preview role: set iam.path in this stack's settings to the same",
  );
}

/** The name under which tooling's file lists a stack's environment with its account; empty where it does not. */
function listedAs(settings: Settings, project: string, all: readonly Settings[]): string {
  if (settings.kind !== "environment") return "";
  const { environment, provider, tooling } = settings;
  const [, owner, name] = tooling.split("/");
  const beside = owner === project ? all.find(({ stack }) => stack === name) : undefined;
  return beside?.kind === "tooling" &&
    beside.environments.some(({ name, account }) => name === environment && account === provider.account)
    ? environment
    : "";
}

/** Rows for all stack files of a folder, in the order of their names. */
export function previewMatrix(folder: string): PreviewRow[] {
  const { project, stacks } = readStackFiles(folder, "");
  const all = settingsOf(project, stacks);
  return all.map((settings) => {
    const { stack, provider, previews } = settings;
    const { region, account, profile = "" } = provider;
    const row = (path: string) => {
      const scope = { project, region, toolingAccount: account, path };
      const environment = settings.kind === "environment" ? settings.environment : undefined;
      const role = previews ? roleArn(scope, account, previewName(scope, environment)) : "";
      return {
        ...{ stack, region, audience: audience(scope), role, backend: previews?.state?.url ?? "", profile },
        listed: listedAs(settings, project, all),
      };
    };
    return row(previews ? pathOf(settings, project, all) : "/");
  });
}

/** Outputs of the workflow's first job, a line each; `wanted` says whether any stack has previews. */
export const outputLines = (rows: readonly PreviewRow[]): string[] => [
  `matrix=${JSON.stringify(rows)}`,
  `wanted=${rows.some(({ role }) => role !== "")}`,
];

if (require.main === module) console.log(outputLines(previewMatrix(resolve(__dirname, ".."))).join("\n"));
