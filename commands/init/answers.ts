/** What init needs to know, and the stack files that follow from it. Pure. */
import { stringify } from "yaml";

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
  /** Kind of service. Default: the settings' own. */
  readonly workload?: string;
  /** Folder of the service in its source. */
  readonly directory?: string;
  /** CloudFormation template, in that folder. */
  readonly template?: string;
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

/** What every stack file holds beside the settings of its kind. */
export interface Common {
  readonly region: string;
  readonly profile?: string | undefined;
  readonly secretsProvider?: string | undefined;
  /** Where the schemas are, as seen from the stack files' folder: editors find them by the first line. */
  readonly schemas: string;
}

/** A stack's file; account ids are in quotes, since YAML would take them for numbers. */
export function stackContent(
  { region, profile, secretsProvider, schemas }: Common,
  settings: { readonly kind: string; readonly [key: string]: unknown },
): string {
  const config = {
    "aws:region": region,
    ...(profile !== undefined && { "aws:profile": profile }),
    ...settings,
  };
  const content = { ...(secretsProvider !== undefined && { secretsprovider: secretsProvider }), config };
  return `# yaml-language-server: $schema=${schemas}/${settings.kind}.json\n${HEADER}${stringify(content)}`;
}

/** An environment as tooling lists it. */
export const listed = ({ name, account, approval }: Answers["environments"][number]) => ({
  ...{ name, account },
  ...(approval && { approval: approval.length > 0 ? { emails: [...approval] } : true }),
});

/** The pipeline as tooling has it. */
export const pipelineOf = ({ pipeline, workload, directory, template, source }: Answers) => ({
  name: pipeline,
  ...(workload !== undefined && { workload }),
  ...(directory !== undefined && { directory }),
  ...(template !== undefined && { template }),
  source: { ...source },
});

/** Contents by stack. */
export function stackContents(answers: Answers, schemas = "docs/schemas"): Record<string, string> {
  const { region, environments, profiles, secretsProvider } = answers;
  const file = (stack: string, settings: Parameters<typeof stackContent>[1]): string =>
    stackContent({ region, profile: profiles[stack], secretsProvider, schemas }, settings);
  return {
    tooling: file("tooling", {
      ...{ kind: "tooling", account: answers.tooling },
      environments: environments.map(listed),
      pipelines: [pipelineOf(answers)],
    }),
    ...Object.fromEntries(
      environments.map(({ name, account }) => [name, file(name, { kind: "environment", account })]),
    ),
  };
}

/** In quotes, where a shell would take it for something else. */
const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** The options that answer the same, so that no answer has to be typed twice. */
export function asOptions(answers: Answers): string {
  const { region, tooling, environments, pipeline, source, workload, directory, template } = answers;
  const options: [option: string, value: string | undefined][] = [
    ["region", region],
    ["tooling", tooling],
    ...environments.map(({ name, account }): [string, string] => ["environment", `${name}=${account}`]),
    ...environments.flatMap(({ name, approval }): [string, string][] =>
      approval ? [["approval", approval.length > 0 ? `${name}=${approval.join(",")}` : name]] : [],
    ),
    ["pipeline", pipeline],
    ...Object.entries(source),
    ["workload", workload],
    ["directory", directory],
    ["template", template],
    ...Object.entries(answers.profiles).map(([stack, profile]): [string, string] => [
      "profile",
      `${stack}=${profile}`,
    ]),
    ["secrets-provider", answers.secretsProvider],
  ];
  const written = options.flatMap(([option, value]) =>
    value === undefined ? [] : [`--${option} ${quoted(value)}`],
  );
  return `npm run init -- ${written.join(" ")}`;
}
