/** Settings of a whole project, and parts that several of them have. */
import { environment, pipeline, type Values } from "./settingsSample";

export interface Case {
  readonly files: Readonly<Record<string, Values>>;
  readonly project?: string;
}

/** Tooling and a stack for each environment that it lists, with some settings of their own. */
export function all(settings: Values, each: Values = {}): Case {
  const listed = settings["environments"] as { name: string; account: string; region?: string }[];
  const stacks = listed.map(({ name, account, region }) => {
    const own = { "aws:region": region ?? settings["aws:region"] };
    return [name, environment({ account, ...own, ...each })] as const;
  });
  return { files: { tooling: settings, ...Object.fromEntries(stacks) } };
}
export const approval = { emails: ["release@example.com"], timeoutDays: 60 };
export const codecommit = (name: string, changes: Values = {}) =>
  pipeline({ name, source: { codecommit: name }, ...changes });
