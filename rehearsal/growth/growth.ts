/** What the stacks let more, or less, than before: a sentence for each class of rights. */
import { compare, type Change } from "../../packages/iam/src/growth/compare";
import { sentenceOf } from "../../packages/iam/src/growth/sentence";
import { list, map } from "../../packages/iam/src/json";
import { conditionKeys } from "../../packages/iam/src/policy/conditionKeys";
import type { AccessModel } from "../../packages/iam/src/model";
import { ofType, type Rehearsed } from "../record/record";
import { accessModel } from "../access/estate/model";
import { liftedGuards } from "./guards";
import { newNames, renamed } from "./renamed";

/** Changes that are the same but for the pipeline, the environment and the account. */
export interface ChangeClass {
  readonly grows: boolean;
  /** The sentence, with `<pipeline>`, `<environment>` and `<account>` where their names stand. */
  readonly words: string;
  /** The sentences as they are, one for each that there is. */
  readonly each: readonly string[];
}

/** Names of pipelines, environments and accounts, with what stands for them. */
function placeholders(records: readonly Rehearsed[]): ReadonlyMap<string, string> {
  const all = records.flat();
  const pipelines = ofType(all, "aws:codepipeline/pipeline:Pipeline").map(({ inputs }) =>
    String(inputs["name"]),
  );
  const environments = ofType(all, "aws:codebuild/project:Project").flatMap(({ inputs }) =>
    list(map(inputs["environment"])["environmentVariables"])
      .map(map)
      .flatMap(({ name, value }) => (name === "ENVIRONMENT" ? [String(value)] : [])),
  );
  const accounts = all.flatMap(({ resources }) => resources.flatMap(({ account }) => account ?? []));
  return new Map([
    ...pipelines.map((each) => [each, "<pipeline>"] as const),
    ...environments.map((each) => [each, "<environment>"] as const),
    ...accounts.map((each) => [each, "<account>"] as const),
  ]);
}

/** The words of a class: what AWS completes is `*`, since it is another name each time that it is made. */
export function classOf(sentence: string, standing: ReadonlyMap<string, string>): string {
  const longest = [...standing.keys()].sort((one, other) => other.length - one.length);
  const names = longest.map((each) => each.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")).join("|");
  const classed =
    names === ""
      ? sentence
      : sentence.replace(
          new RegExp(`(?<![A-Za-z0-9])(?:${names})(?![A-Za-z0-9])`, "g"),
          (each) => standing.get(each) ?? each,
        );
  return classed
    .replace(/-[0-9a-f]{7}(?![0-9A-Za-z])/g, "-*")
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "*");
}

interface Said {
  readonly grows: boolean;
  readonly sentence: string;
}

function classesOf(all: readonly Said[], standing: ReadonlyMap<string, string>): ChangeClass[] {
  const found = new Map<string, ChangeClass>();
  for (const { grows, sentence } of all) {
    const words = classOf(sentence, standing);
    const key = `${grows} ${words}`;
    const each = [...new Set([...(found.get(key)?.each ?? []), sentence])];
    found.set(key, { grows, words, each });
  }
  return [...found.values()];
}

const ownerOf = (change: Change): string => (change.of === "boundary" ? change.role : change.layer.owner);
const isIn = ({ roles, managed, guarded }: AccessModel, arn: string): boolean =>
  roles.has(arn) || managed.has(arn) || guarded.has(arn);
const NOBODY = { roles: new Map(), managed: new Map(), guarded: new Map() };

/**
 * Of the changes those that are of something new, such as a further environment's roles, and that others of their class
 * could make before: one line for all. Whoever was there before is never among them.
 */
async function likeOthers(
  changes: readonly Change[],
  before: AccessModel,
  standing: ReadonlyMap<string, string>,
): Promise<readonly Change[]> {
  const news = changes.filter((each) => each.grows && !isIn(before, ownerOf(each)));
  if (news.length === 0) return [];
  const all = await compare({ ...before, ...NOBODY }, before);
  const had = new Set(all.map((each) => classOf(sentenceOf(each), standing)));
  return news.filter((each) => had.has(classOf(sentenceOf(each), standing)));
}

/** One line for changes of several: `delivery-catalog--prod-deploy, delivery-catalog--prod-plan: new, …: 12`. */
function together(
  changes: readonly Change[],
  what: string,
  standing: ReadonlyMap<string, string>,
): ChangeClass[] {
  const [first] = changes;
  const owners = [...new Set(changes.map((each) => ownerOf(each).split(/[:/]/).at(-1) ?? ""))].sort();
  const sentence = `${owners.join(", ")}: ${what}: ${changes.length}`;
  return first ? [{ grows: first.grows, words: classOf(sentence, standing), each: [sentence] }] : [];
}

/** Compares two records, each of all stacks. Throws NotKnown for whatever may carry access and is not understood. */
export async function growthOf(before: Rehearsed, after: Rehearsed): Promise<ChangeClass[]> {
  const keys = await conditionKeys();
  const renamedRecord = renamed(before, newNames(before, after));
  const [old, now] = [accessModel(renamedRecord, { keys }), accessModel(after, { keys })];
  const standing = placeholders([renamedRecord, after]);
  // What somebody new is denied, or somebody who is gone no longer, is no change of anybody's rights.
  const changes = (await compare(old, now)).filter((each) =>
    each.grows ? isIn(now, ownerOf(each)) : isIn(old, ownerOf(each)),
  );
  const gone = changes.filter((each) => !each.grows && !isIn(now, ownerOf(each)));
  const like = await likeOthers(changes, old, standing);
  return [
    ...classesOf(
      [
        ...liftedGuards(before, after).map((sentence) => ({ grows: true, sentence })),
        ...changes
          .filter((each) => !like.includes(each) && !gone.includes(each))
          .map((change) => ({ grows: change.grows, sentence: sentenceOf(change) })),
      ],
      standing,
    ),
    ...together(like, "new, with rights that others of their class had before", standing),
    ...together(gone, "gone, with their rights", standing),
  ].sort((one, other) => Number(other.grows) - Number(one.grows));
}

/** The line of a class: the sentence itself where there is one. */
export function lineOf({ each, words }: ChangeClass): string {
  return each.length === 1 ? (each[0] ?? "") : `${words} (${each.length} times)`;
}
