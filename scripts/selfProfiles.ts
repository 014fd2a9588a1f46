/** The AWS profiles by which the jobs that bring this program up reach each stack's account: under the names that settings ask for. */
import { resolve } from "node:path";
import { z } from "zod";
import { readStackFiles } from "../rehearsal/record/stackFiles";
import type { Settings } from "../stacks/settings/model";
import { settingsOf } from "./previewMatrix";

/** What a job may take. */
export interface Roles {
  /** ARN by environment. */
  readonly environments: Readonly<Record<string, string>>;
  /** ARN in tooling's account. Default: the job's own role does. */
  readonly tooling?: string | undefined;
}

/** Role of a stack; undefined where the job's own does. What is wrong with it is added to `problems`. */
function roleOf(
  settings: Settings,
  { environments, tooling }: Roles,
  problems: string[],
): string | undefined {
  if (settings.kind === "tooling") return tooling;
  const { stack, environment } = settings;
  if (Object.hasOwn(environments, environment)) return environments[environment];
  const known = Object.keys(environments).join(", ") || "none";
  problems.push(
    `${stack}: this pipeline knows no environment ${environment}, only ${known}: somebody brings up tooling and it with npm run up first`,
  );
  return undefined;
}

/** The text of an AWS configuration file. Throws an Error that lists every problem. */
export function selfProfiles(all: readonly Settings[], roles: Roles): string {
  const problems: string[] = [];
  const profiles = new Map<
    string,
    { readonly stack: string; readonly role: string | undefined; readonly text: string }
  >();
  for (const settings of all) {
    const { stack, provider } = settings;
    const { profile, region, assumeRoles } = provider;
    const role = roleOf(settings, roles, problems);
    const file = `Pulumi.${stack}.yaml`;
    if (assumeRoles.length > 0)
      problems.push(
        `${stack}: its aws:assumeRoles lead elsewhere than to this job's role: set aws:profile alone in ${file}`,
      );
    if (profile === undefined) {
      if (role !== undefined)
        problems.push(
          `${stack}: it has no aws:profile: set one in ${file}, under which this job puts its role`,
        );
      continue;
    }
    const other = profiles.get(profile);
    if (other !== undefined && other.role !== role)
      problems.push(
        `${stack}: its aws:profile ${profile} is that of ${other.stack}, which has another role: give each its own`,
      );
    // A profile without a role has to say where its credentials come from: those of the job.
    const lines =
      role === undefined
        ? ["credential_process = aws configure export-credentials --format process"]
        : [`role_arn = ${role}`, "role_session_name = delivery-self", "credential_source = EcsContainer"];
    if (other === undefined)
      profiles.set(profile, {
        stack,
        role,
        text: [`[profile ${profile}]`, `region = ${region}`, ...lines, ""].join("\n"),
      });
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return [...profiles.values()].map(({ text }) => text).join("");
}

const environments = z.record(z.string(), z.string());

/** `selfProfiles.ts ROLES TOOLING_ROLE_ARN`, as the jobs have these: a JSON object by environment, and an ARN or nothing. */
function main([given = "", tooling = ""]: readonly string[]): void {
  const { project, stacks } = readStackFiles(resolve(__dirname, ".."), "");
  const roles = {
    environments: environments.parse(JSON.parse(given)),
    tooling: tooling === "" ? undefined : tooling,
  };
  console.log(selfProfiles(settingsOf(project, stacks), roles));
}

if (require.main === module) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
