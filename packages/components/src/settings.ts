/** Arguments of a program are what a stack's file would say: checked by the same rules, with the same defaults. */
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../../stacks/settings/model";
import { readWritten } from "../../../stacks/settings/read";

interface Written {
  readonly region: string;
  readonly project?: string;
}

/** The settings that they amount to. Throws one RunError that lists every problem, a line each. */
export function settingsOf<K extends Settings["kind"]>(
  kind: K,
  name: string,
  { region, project = pulumi.getProject(), ...args }: Written,
): Extract<Settings, { kind: K }> {
  // What is undefined is not written; what is known only later is no text.
  const written = JSON.parse(JSON.stringify({ ...args, kind })) as Record<string, unknown>;
  const from = { organization: pulumi.getOrganization(), project, stack: name };
  const { settings, problems = [] } = readWritten(from, written, { region });
  if (settings?.kind === kind) return settings as Extract<Settings, { kind: K }>;
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  throw new pulumi.RunError([`${count} in the arguments of ${kind} ${name}:`, ...problems].join("\n  "));
}
