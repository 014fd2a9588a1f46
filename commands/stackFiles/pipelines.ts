/** A pipeline more, or one less: what becomes of the stack files, and what is to be run. */
import { parseDocument } from "yaml";
import { workloadName } from "../../components/names";
import { cloneUrl } from "../../components/pipeline/source";
import { hasStack } from "../../components/stage";
import type { Pipeline } from "../../stacks/settings/model";
import { cliOptions } from "../aws/accounts";
import type { Delivery } from "../delivery";
import { oneOf } from "../known";
import { Refusal } from "../refusal";
import { type Change, changed, onlyTooling, settingPath } from "./change";
import { withItem, without, withValue } from "./edits";
import { fileOf, textsOf } from "./files";
import { inline } from "./inline";

export interface NewPipeline {
  readonly name: string;
  /** As settings have it, such as `{ codecommit: catalog }`. */
  readonly source: Readonly<Record<string, string>>;
  readonly workload?: string;
  readonly directory?: string;
  readonly template?: string;
}

export function addPipeline(delivery: Delivery, wanted: NewPipeline): Change {
  const tooling = onlyTooling(delivery);
  const { stack, settings } = tooling;
  const { name, source } = wanted;
  if (settings.pipelines.some(({ id }) => id.name === name))
    throw new Refusal(`there is a pipeline ${name} already`);
  const text = textsOf(delivery)[stack] ?? "";
  const { workload, directory, template } = wanted;
  const item = {
    name,
    ...(workload !== undefined && { workload }),
    ...(directory !== undefined && { directory }),
    ...(template !== undefined && { template }),
    source,
  };
  const lines = Object.entries(item).map(([key, value]) => `${key}: ${inline(value)}`);
  const path = settingPath(text, delivery.project, "pipelines");
  return {
    contents: {
      [stack]: changed(fileOf(stack), () => withItem(text, path, settings.pipelines.length, item, lines)),
    },
    next: [
      "npm start, or npm run doctor, checks the settings",
      "npm run up: tooling, then the environments, which all have roles for it",
      source["codecommit"] === undefined
        ? "then push the service to its repository: the first release"
        : `then git push ${cloneUrl(settings.scope, { kind: "codecommit", repository: source["codecommit"], branch: "" })} HEAD:${source["branch"] ?? "main"}: the first release`,
    ],
  };
}

/** What deletes the CloudFormation stacks of its service, by hand: they are guarded against being deleted by mistake. */
const deleteCommands = ({ environments, tooling: [part] }: Delivery, pipeline: string): string[] =>
  (part?.settings.pipelines ?? [])
    .filter(({ id }) => id.name === pipeline)
    .flatMap((each) =>
      each.environments.filter(hasStack).flatMap(({ name }) =>
        environments
          .filter(({ settings: { environment } }) => environment === name)
          .map(({ settings: { provider } }) => {
            const options = ` --stack-name ${workloadName(each.id, name)}${cliOptions(provider)}`;
            return (
              `aws cloudformation update-termination-protection --no-enable-termination-protection${options} && ` +
              `aws cloudformation delete-stack${options}`
            );
          }),
      ),
    );

/**
 * In two steps, since what others read, and the repository with the service's code, is protected: the first writes
 * `deletable: true`, which the next up carries out; the second takes the pipeline out, and `deletable` with it.
 */
export function removePipeline(delivery: Delivery, name: string): Change {
  const { stack, settings } = onlyTooling(delivery);
  const known = settings.pipelines.map(({ id }) => id.name);
  const index = known.indexOf(oneOf("pipeline", name, known));
  const pipeline = settings.pipelines[index] as Pipeline;
  if (known.length === 1)
    throw new Refusal(`${name} is the only pipeline: npm run down takes everything down`);
  const parts = [
    ...delivery.tooling,
    ...delivery.environments.filter(({ settings: { environment } }) =>
      pipeline.environments.some((each) => each.name === environment),
    ),
  ];
  const texts = textsOf(delivery);
  const stacks = parts.map((part) => part.stack).join(" ");
  const guarded = parts.filter((part) => !part.settings.deletable);
  const each = (of: typeof parts, change: (text: string, path: readonly [string, string]) => string) =>
    Object.fromEntries(
      of.map((part) => {
        const text = texts[part.stack] ?? "";
        const path = settingPath(text, delivery.project, "deletable");
        return [part.stack, changed(fileOf(part.stack), () => change(text, path))];
      }),
    );
  if (guarded.length > 0)
    return {
      contents: each(guarded, (text, path) => withValue(text, path, true)),
      next: [
        `npm run up -- ${stacks}: from then on what others read is not protected any more`,
        ...deleteCommands(delivery, name),
        "  (tables stay with their data, where the template keeps them)",
        `npm run remove -- pipeline ${name} again: takes it out of ${fileOf(stack)}, and deletable out of ${parts.map((part) => fileOf(part.stack)).join(", ")}`,
      ],
    };
  const undone = each(parts, (text, path) => (parseDocument(text).hasIn(path) ? without(text, path) : text));
  const text = undone[stack] ?? "";
  const path = settingPath(text, delivery.project, "pipelines");
  const made = pipeline.source.kind === "codecommit" && pipeline.source.create;
  return {
    contents: {
      ...undone,
      [stack]: changed(fileOf(stack), () => without(text, [...path, index])),
    },
    only: { when: "unprotected", stacks: parts.map((part) => part.stack) },
    next: [
      `npm run up -- ${stacks}: removes it, its images and its roles, and protects the rest again`,
      ...(made
        ? [
            `  CodeCommit repository ${pipeline.source.repository} goes with all of its code: push it somewhere else first`,
          ]
        : []),
      "  its artifacts stay in the bucket until they expire; tables stay with their data",
    ],
  };
}
