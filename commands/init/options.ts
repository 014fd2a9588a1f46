/** The flags of init. */
import { commandLine } from "../../rehearsal/bringUp/commandLine";
import type { Given } from "./asking";
import { Refusal } from "../refusal";

const text = { type: "string" } as const;
const texts = { type: "string", multiple: true, default: [] as string[] } as const;
const flag = { type: "boolean", default: false } as const;

/** `test=222222222222` */
function pair(option: string, written: string, what: string): [string, string] {
  const at = written.indexOf("=");
  if (at < 1) throw new Refusal(`--${option} ${written}: write --${option} ${what}`);
  return [written.slice(0, at), written.slice(at + 1)];
}

/** Exactly one kind of source, where there is one. */
export function sourceOf(values: Readonly<Record<string, unknown>>): Record<string, string> | undefined {
  const keys = ["codecommit", "github", "connection", "repository", "branch"];
  const given = keys.flatMap((key) => (typeof values[key] === "string" ? [[key, values[key]] as const] : []));
  if (given.length === 0) return undefined;
  if (!given.some(([key]) => ["codecommit", "github", "connection"].includes(key))) {
    throw new Refusal(
      "name the source: --codecommit REPOSITORY, --github OWNER/NAME, or --connection ARN --repository OWNER/NAME",
    );
  }
  return Object.fromEntries(given);
}

/** Whether a service is to be written, and no stack files. */
export const wantsService = (args: readonly string[]): boolean =>
  args.some((arg) => /^--(service|language)(=|$)/.test(arg)) && !args.includes("--help");

/** What the flags say. Throws a Refusal, or what is thrown of a wrong command line. */
export function initOptions(args: string[]) {
  const { values } = commandLine({
    args,
    options: {
      ...{ region: text, tooling: text, environment: texts, approval: texts, pipeline: text },
      ...{ codecommit: text, github: text, connection: text, repository: text, branch: text },
      ...{ workload: text, directory: text, template: text, profile: texts, "secrets-provider": text },
      ...{ overwrite: flag, yes: flag, help: flag },
    },
  });
  const approvals = new Map(
    values.approval.map((each) => {
      const [name = "", mails = ""] = each.split("=", 2);
      return [name, mails.split(",").filter((mail) => mail !== "")] as const;
    }),
  );
  const environments = values.environment.map((each) => {
    const [name, account] = pair("environment", each, "NAME=ACCOUNT");
    const approval = approvals.get(name);
    return { name, account, ...(approval && { approval }) };
  });
  const unknown = [...approvals.keys()].find((name) => !environments.some((each) => each.name === name));
  if (unknown !== undefined) throw new Refusal(`--approval ${unknown}: no --environment has this name`);
  const source = sourceOf(values);
  const given: Given = {
    profiles: Object.fromEntries(values.profile.map((each) => pair("profile", each, "STACK=PROFILE"))),
    ...(values.region !== undefined && { region: values.region }),
    ...(values.tooling !== undefined && { tooling: values.tooling }),
    ...(environments.length > 0 && { environments }),
    ...(values.pipeline !== undefined && { pipeline: values.pipeline }),
    ...(source && { source }),
    ...(values.workload !== undefined && { workload: values.workload }),
    ...(values.directory !== undefined && { directory: values.directory }),
    ...(values.template !== undefined && { template: values.template }),
    ...(values["secrets-provider"] !== undefined && { secretsProvider: values["secrets-provider"] }),
  };
  return { given, overwrite: values.overwrite, yes: values.yes, help: values.help };
}
