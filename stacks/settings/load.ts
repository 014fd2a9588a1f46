/** The only reader of configuration: what a stack is told, checked as a whole before anything is made. */
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./model";
import { readSettings } from "./read";

/** Reads this stack's configuration; throws one RunError that lists every problem, a line each. */
export function loadSettings(): Settings {
  const stack = pulumi.getStack();
  const { settings, problems = [] } = readSettings({
    organization: pulumi.getOrganization(),
    project: pulumi.getProject(),
    stack,
    config: pulumi.runtime.allConfig(),
  });
  if (settings) return settings;
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  throw new pulumi.RunError([`${count} in the settings of stack ${stack}:`, ...problems].join("\n  "));
}
