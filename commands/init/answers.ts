/** What init needs to know, and the stack files that follow from it. Pure. */
import { stringify } from "yaml";
import { addedLines } from "../up/newStacks";

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

const stacksOf = ({ environments }: Answers): string[] => [
  "tooling",
  ...environments.map(({ name }) => name),
];

/** Profiles of stacks that there are not, such as a misspelt one. */
export const strayProfiles = (answers: Answers): string[] =>
  Object.keys(answers.profiles).filter((stack) => !stacksOf(answers).includes(stack));

/** Stacks without a profile beside others that have one: mostly forgotten. Undefined where there are none. */
export function missingProfiles(answers: Answers): string | undefined {
  const [having, missing] = [true, false].map((wanted) =>
    stacksOf(answers).filter((stack) => (answers.profiles[stack] !== undefined) === wanted),
  );
  if (!having?.length || !missing?.length) return undefined;
  const files = missing.map((stack) => `Pulumi.${stack}.yaml`).join(", ");
  return (
    `${missing.join(", ")}: no profile, while ${having.join(", ")} ${having.length === 1 ? "has" : "have"} one: what the ` +
    `shell gives is used there (AWS_PROFILE, …); if that is not meant, set aws:profile in ${files}`
  );
}

const HEADER = "# All settings are in docs/settings.md; npm run doctor checks them.\n";

/**
 * Contents by stack; account ids are in quotes, since YAML would take them for numbers. Editors find the schema that the first
 * line names; `schemas` is where these are, as seen from the stack files' folder.
 */
export function stackContents(answers: Answers, schemas = "docs/schemas"): Record<string, string> {
  const { region, environments, pipeline, source, directory, profiles, secretsProvider } = answers;
  const file = (
    stack: string,
    settings: { readonly kind: string; readonly [key: string]: unknown },
  ): string => {
    const profile = profiles[stack];
    const config = {
      "aws:region": region,
      ...(profile !== undefined && { "aws:profile": profile }),
      ...settings,
    };
    const content = { ...(secretsProvider !== undefined && { secretsprovider: secretsProvider }), config };
    const schema = `# yaml-language-server: $schema=${schemas}/${settings.kind}.json\n`;
    return schema + HEADER + stringify(content);
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
