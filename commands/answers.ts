/** What init needs to know, and the stack files that follow from it. Pure. */
import { stringify } from "yaml";
import { addedLines } from "./newStacks";

export interface Answers {
  readonly region: string;
  /** Account that builds. */
  readonly tooling: string;
  /** In the order of promotion. */
  readonly environments: readonly {
    readonly name: string;
    readonly account: string;
    /** Who is asked by mail before a release; nobody is asked where it is missing. */
    readonly approval?: readonly string[];
  }[];
  /** Name of the pipeline. */
  readonly pipeline: string;
  /** As settings have it, such as `{ codecommit: catalog }`. */
  readonly source: Readonly<Record<string, string>>;
  /** Folder of the service in its source. */
  readonly directory?: string;
  /** Profiles by stack. */
  readonly profiles: Readonly<Record<string, string>>;
  /** How every stack's secrets are encrypted. Default: a passphrase, or Pulumi Cloud. */
  readonly secretsProvider?: string;
}

const HEADER = "# All settings are in the README; npm run doctor checks them.\n";

/** Contents by stack; account ids are in quotes, since YAML would take them for numbers. */
export function stackContents(answers: Answers): Record<string, string> {
  const { region, environments, pipeline, source, directory, profiles, secretsProvider } = answers;
  const file = (stack: string, settings: object): string => {
    const profile = profiles[stack];
    const config = {
      "aws:region": region,
      ...(profile !== undefined && { "aws:profile": profile }),
      ...settings,
    };
    const content = { ...(secretsProvider !== undefined && { secretsprovider: secretsProvider }), config };
    return HEADER + stringify(content);
  };
  const listed = environments.map(({ name, account, approval }) => ({
    name,
    account,
    ...(approval && { approval: approval.length > 0 ? { emails: [...approval] } : true }),
  }));
  const pipelines = [
    { name: pipeline, ...(directory !== undefined && { directory }), source: { ...source } },
  ];
  return {
    tooling: file("tooling", { kind: "tooling", account: answers.tooling, environments: listed, pipelines }),
    ...Object.fromEntries(
      environments.map(({ name, account }) => [name, file(name, { kind: "environment", account })]),
    ),
  };
}

/** The new content, encrypted as the stack is already: without that nothing of it could be decrypted any more. */
export function keepEncryption(existing: string, content: string): string {
  const kept = addedLines(existing);
  if (kept.length === 0) return content;
  const fresh = addedLines(content);
  const others = content.split("\n").filter((line) => !fresh.includes(line));
  return `${others.join("\n")}${kept.join("\n")}\n`;
}
