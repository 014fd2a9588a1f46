/** An environment more, or one less: what becomes of the stack files, and what is to be run. */
import { existsSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { isSeq, parseDocument } from "yaml";
import { type Delivery, type Part, stackFolder } from "../delivery";
import { stackContent } from "../init/answers";
import { oneOf } from "../known";
import { Refusal } from "../refusal";
import { isMap } from "../../stacks/settings/problems";
import { type Change, changed, onlyTooling, settingPath } from "./change";
import { type Path, withItem, without } from "./edits";
import { fileOf, textsOf } from "./files";

export interface NewEnvironment {
  readonly name: string;
  readonly account: string;
  /** Who is asked by mail before a release; nobody is asked where it is missing. */
  readonly approval?: readonly string[];
  readonly profile?: string;
  /** Default: tooling's. */
  readonly region?: string;
  /** Name of the environment that it comes before, in the order of promotion. Default: it comes last. */
  readonly before?: string;
}

const namesIn = ({ settings }: ReturnType<typeof onlyTooling>): string[] =>
  settings.environments.map(({ name }) => name);

function placed(tooling: ReturnType<typeof onlyTooling>, name: string): number {
  const known = namesIn(tooling);
  return known.indexOf(oneOf("environment", name, known));
}

/** Full name of tooling's stack, where an environment's own file gives one: the new one's needs it too. */
function toolingKey(delivery: Delivery, [part]: readonly Part[]): string | undefined {
  if (!part) return undefined;
  const text = textsOf(delivery)[part.stack] ?? "";
  const value: unknown = parseDocument(text).getIn(settingPath(text, delivery.project, "tooling"));
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function addEnvironment(delivery: Delivery, wanted: NewEnvironment): Change {
  const { name, account, approval, profile, before } = wanted;
  const tooling = onlyTooling(delivery);
  const { settings, stack } = tooling;
  const { region = settings.provider.region } = wanted;
  if (namesIn(tooling).includes(name)) throw new Refusal(`there is an environment ${name} already`);
  const folder = stackFolder(delivery.root);
  if (existsSync(join(folder, fileOf(name))))
    throw new Refusal(`${fileOf(name)} is there already: delete it, or choose another name`);
  const text = textsOf(delivery)[stack] ?? "";
  const path = settingPath(text, delivery.project, "environments");
  const index = before === undefined ? namesIn(tooling).length : placed(tooling, before);
  const listed = {
    ...{ name, account },
    ...(region !== settings.provider.region && { region }),
    ...(approval && { approval: approval.length > 0 ? { emails: [...approval] } : true }),
  };
  const of = toolingKey(delivery, delivery.environments);
  const common = {
    ...{ region, profile, secretsProvider: tooling.secretsProvider },
    schemas: relative(folder, join(delivery.root, "docs/schemas")).replaceAll(sep, "/"),
  };
  const elsewhere = dataAt(text, settingPath(text, delivery.project, "pipelines")).flatMap((each) =>
    isMap(each) && Array.isArray(each["environments"]) ? [String(each["name"])] : [],
  );
  return {
    contents: {
      [stack]: changed(fileOf(stack), () => withItem(text, path, index, listed)),
      [name]: stackContent(common, {
        ...{ kind: "environment", account },
        ...(of !== undefined && { tooling: of }),
      }),
    },
    next: [
      ...elsewhere.map(
        (each) =>
          `pipeline ${each} has a list of environments of its own: add ${name} there if it is to release there`,
      ),
      "npm start, or npm run doctor, checks the settings",
      `npm run up -- ${stack} ${name}`,
      `then parameters/${name}.json beside the service's template, unless the template's defaults are right, and a release`,
    ],
  };
}

/** What a text's list of pipelines says, as data. */
function dataAt(text: string, path: Path): unknown[] {
  const node: unknown = parseDocument(text).getIn(path, true);
  const data: unknown = isSeq(node) ? node.toJSON() : undefined;
  return Array.isArray(data) ? data : [];
}

const nameOf = (entry: unknown): unknown => (isMap(entry) ? entry["name"] : entry);

/** Where pipelines' own lists name this environment: the last first, so that each stays where it is while others go. */
function listings(text: string, path: Path, name: string): Path[] {
  return dataAt(text, path)
    .flatMap((pipeline, at): Path[] => {
      const own: unknown = isMap(pipeline) ? pipeline["environments"] : undefined;
      if (!Array.isArray(own)) return [];
      return own.flatMap((entry: unknown, index): Path[] => {
        const here: Path = [...path, at, "environments", index];
        if (!Array.isArray(entry)) return nameOf(entry) === name ? [here] : [];
        const within = entry.findIndex((each: unknown) => nameOf(each) === name);
        if (within < 0) return [];
        return [entry.length === 1 ? here : [...here, within]];
      });
    })
    .reverse();
}

export function removeEnvironment(delivery: Delivery, name: string): Change {
  const tooling = onlyTooling(delivery);
  const { settings, stack } = tooling;
  const index = placed(tooling, name);
  if (settings.environments.length === 1)
    throw new Refusal(`${name} is the only environment: npm run down takes everything down`);
  const alone = settings.pipelines.filter(({ environments }) =>
    environments.every((each) => each.name === name),
  );
  if (alone.length > 0) {
    const names = alone.map(({ id }) => id.name).join(", ");
    throw new Refusal(`${names} releases to ${name} alone: npm run remove -- pipeline NAME first`);
  }
  const branches = settings.pipelines.filter((pipeline) => pipeline.branches?.environment === name);
  if (branches.length > 0) {
    const names = branches.map(({ id }) => id.name).join(", ");
    throw new Refusal(
      `branches of ${names} have their stacks in ${name}: give branches.environment another first`,
    );
  }
  const own = delivery.environments.filter(({ settings: { environment } }) => environment === name);
  const text = textsOf(delivery)[stack] ?? "";
  const pipelines = settingPath(text, delivery.project, "pipelines");
  const environments = settingPath(text, delivery.project, "environments");
  const content = changed(fileOf(stack), () =>
    [...listings(text, pipelines, name), [...environments, index]].reduce<string>(without, text),
  );
  return {
    contents: {
      [stack]: content,
      ...Object.fromEntries(own.map((part) => [part.stack, undefined])),
    },
    only: { when: "down", stacks: own.map((part) => part.stack) },
    next: [
      `npm run up -- ${stack}`,
      ...own.map(
        (part) => `pulumi stack rm ${part.stack} --yes: what Pulumi remembers of it, which is nothing by now`,
      ),
      `its tables and their data stay in account ${settings.environments[index]?.account ?? ""}: npm run down has printed the commands that delete them`,
    ],
  };
}
