/** Asks whoever sits at the terminal for what init needs and no flag has given. */
import { z } from "zod";
import { TEMPLATE_KINDS } from "../../components/workloads/list";
import { account, environmentName, pipelineName } from "../../stacks/settings/names";
import { workloadKind } from "../../stacks/settings/pipeline";
import { aws } from "../../stacks/settings/stack";
import type { Answers } from "./answers";

const mail = z.email("allowed are e-mail addresses");

/** What flags have given already. */
export type Given = { -readonly [K in keyof Answers]?: Answers[K] };

/** The settings' own check, in its own words. */
const checked = (schema: z.ZodType) => (value: string) => {
  const { error } = schema.safeParse(value);
  // Nobody types YAML here, so nothing needs quotes.
  return error ? (error.issues[0]?.message ?? "not allowed").replace(/: write it in quotes$/, "") : true;
};

const list = (text: string): string[] => text.split(/[\s,]+/).filter((each) => each !== "");

async function environments(): Promise<Answers["environments"]> {
  const { confirm, input } = await import("@inquirer/prompts");
  const names = list(
    await input({
      message: "Environments, in the order of promotion",
      default: "test, prod",
      validate: (text) =>
        list(text)
          .map(checked(environmentName))
          .find((each) => each !== true) ?? list(text).length > 0,
    }),
  );
  const asked: { name: string; account: string; approval?: string[] }[] = [];
  for (const [i, name] of names.entries()) {
    const id = await input({ message: `Account id of ${name}`, validate: checked(account) });
    const approved = await confirm({
      message: `Ask before releasing to ${name}?`,
      default: names.length > 1 && i === names.length - 1,
    });
    const mails = approved
      ? await input({
          message: "Who is asked by mail (addresses; empty: nobody)",
          validate: (text) =>
            list(text)
              .map(checked(mail))
              .find((each) => each !== true) ?? true,
        })
      : undefined;
    asked.push({ name, account: id, ...(mails !== undefined && { approval: list(mails) }) });
  }
  return asked;
}

async function source(pipeline: string): Promise<Answers["source"]> {
  const { input, select } = await import("@inquirer/prompts");
  const kind = await select({
    message: "Where the service's source is",
    choices: [
      { value: "codecommit", name: "a CodeCommit repository, which is made" },
      { value: "github", name: "GitHub; a connection is made, which a person authorises" },
      { value: "connection", name: "behind a connection that exists" },
    ],
  });
  const branch = () => input({ message: "Branch", default: "main" });
  switch (kind) {
    case "github":
      return { github: await input({ message: "Repository (owner/name)" }), branch: await branch() };
    case "connection":
      return {
        connection: await input({ message: "ARN of the connection" }),
        repository: await input({ message: "Repository (owner/name)" }),
        branch: await branch(),
      };
    default:
      return {
        codecommit: await input({ message: "Repository", default: pipeline }),
        branch: await branch(),
      };
  }
}

/** Which kind of service it is; none where it is the default. */
async function workload(): Promise<string | undefined> {
  const { select } = await import("@inquirer/prompts");
  const standard = workloadKind.parse(undefined);
  const kinds = TEMPLATE_KINDS;
  const kind = await select({
    message: "Kind of service",
    default: standard,
    choices: kinds.map((value) => ({ value, name: value })),
  });
  return kind === standard ? undefined : kind;
}

/** Asks for the rest. */
export async function askForRest(given: Given): Promise<Answers> {
  const { input } = await import("@inquirer/prompts");
  const region = given.region ?? (await input({ message: "Region", validate: checked(aws.shape.region) }));
  const tooling =
    given.tooling ??
    (await input({ message: "Account id of tooling, which builds", validate: checked(account) }));
  const all = given.environments ?? (await environments());
  const pipeline =
    given.pipeline ??
    (await input({ message: "Name of the service's pipeline", validate: checked(pipelineName) }));
  const kind = given.workload ?? (await workload());
  const from = given.source ?? (await source(pipeline));
  const directory =
    given.directory ?? (await input({ message: "Folder of the service in its source", default: "." }));
  const profiles: Record<string, string> = { ...given.profiles };
  for (const stack of ["tooling", ...all.map(({ name }) => name)].filter(
    (each) => profiles[each] === undefined,
  )) {
    const profile = await input({ message: `AWS profile of ${stack} (empty: what the environment gives)` });
    if (profile !== "") profiles[stack] = profile;
  }
  return {
    ...given,
    ...{ region, tooling, environments: all, pipeline, source: from, profiles },
    ...(kind !== undefined && { workload: kind }),
    ...(directory !== "." && { directory }),
  };
}
