/** Another Region takes over: the stacks forget what is lost, take what was copied for their own, and their files name the Region. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { allParts, type Delivery, type Part } from "../delivery";
import { count } from "../format";
import { lockHolder } from "../engine/locks";
import { messageOf, Refusal } from "../refusal";
import type { Session } from "../session";
import { changed, onlyTooling, settingPath, writingsOf } from "../stackFiles/change";
import { withValue, without } from "../stackFiles/edits";
import { textsOf, writeAll } from "../stackFiles/files";
import { exportedStack, type ExportedStack, type Moved, moved, regionOf, replicaRegion } from "./moving";

export interface Options {
  readonly from: string;
  readonly to: string;
  /** Shows what would be done, and no more. */
  readonly dryRun: boolean;
  readonly yes: boolean;
}

/** Below the project's folder: each stack's state as it was, and what lies in the Region that is lost. */
export const KEPT_IN = join(".out", "failover");

interface Moving {
  readonly part: Part;
  readonly before: ExportedStack;
  readonly after: Moved;
}

async function stateOf({ engine }: Session, { stack }: Part): Promise<ExportedStack> {
  try {
    return exportedStack.parse(JSON.parse(await engine.exported(stack)));
  } catch (error) {
    throw new Refusal(`the state of stack ${stack} cannot be read: ${messageOf(error)}; nothing was changed`);
  }
}

/** Throws a Refusal where the copies are elsewhere. */
function checkReplica(part: Part, state: ExportedStack, { from, to }: Options): void {
  const there = replicaRegion(state);
  if (regionOf(state) === from && there !== undefined && there !== to)
    throw new Refusal(`the replica of stack ${part.stack} is in ${there}: give --to ${there}`);
}

/** The stack files with the Region that takes over; without what copied to it. */
function contentsIn(delivery: Delivery, { from, to }: Options): Record<string, string> {
  const { project } = delivery;
  const texts = textsOf(delivery);
  return Object.fromEntries(
    allParts(delivery)
      .filter(({ settings }) => settings.provider.region === from)
      .map(({ stack, file, settings }) => {
        const text = texts[stack] ?? "";
        const there = changed(file, () => withValue(text, ["config", "aws:region"], to));
        const copies = settings.kind === "tooling" && settings.replication !== undefined;
        return [
          stack,
          copies ? changed(file, () => without(there, settingPath(there, project, "replication"))) : there,
        ];
      }),
  );
}

const line = ({ part: { stack }, after: { lost, kept, adopted } }: Moving, { from, to }: Options): string =>
  `${stack}: forgets ${count(lost.length, "resource")} in ${from}, keeps ${kept} of no Region` +
  (adopted > 0 ? `, takes ${adopted} of the replica in ${to} for its own` : "");

/** Where somebody can look, and go back from. */
function note(root: string, { part: { stack }, before, after }: Moving): void {
  const folder = join(root, KEPT_IN);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${stack}.before.json`), JSON.stringify(before));
  writeFileSync(join(folder, `${stack}.lost.json`), `${JSON.stringify(after.lost, undefined, 1)}\n`);
}

/** Returns the exit code. */
export async function takeOver(session: Session, delivery: Delivery, options: Options): Promise<number> {
  const { from, to, dryRun, yes } = options;
  const { say, engine } = session;
  const tooling = onlyTooling(delivery);
  const contents = contentsIn(delivery, options);
  // What the programs would refuse is told before anything is changed.
  const writings = writingsOf(delivery, { contents, next: [] });
  const movings: Moving[] = [];
  for (const part of allParts(delivery)) {
    const before = await stateOf(session, part);
    checkReplica(part, before, options);
    if (regionOf(before) === from) movings.push({ part, before, after: moved(before, from, to) });
    else say(`${part.stack}: has nothing in ${from}`);
  }
  for (const each of movings) say(line(each, options));
  if (movings.some(({ part, after }) => part === tooling && after.adopted === 0))
    say(`${tooling.stack}: has no replica in ${to}: each release is built anew from its source`);
  for (const { path } of writings) say(`${path}: aws:region becomes ${to}`);
  if (movings.length === 0 && writings.length === 0) {
    say(`nothing is left to do: npm run up`);
    return 0;
  }
  if (dryRun) return 0;
  const question = `Is ${from} lost, and is ${to} to take over? What is in ${from} will be nobody's.`;
  if (!yes && !(await session.confirmed(question, "--yes"))) {
    say("nothing was changed");
    return 1;
  }
  for (const each of movings) {
    const { stack } = each.part;
    note(delivery.root, each);
    try {
      await engine.imported(stack, JSON.stringify(each.after.exported));
    } catch (error) {
      const message = messageOf(error);
      const holder = lockHolder(message);
      throw new Refusal(
        `${stack}: its state was not changed: ` +
          (holder === undefined
            ? `${message}; run this again`
            : `it is locked by ${holder}: pulumi cancel --stack ${stack} --yes, then this again`),
      );
    }
    say(`${stack}: done; its state as it was: ${join(KEPT_IN, `${stack}.before.json`)}`);
  }
  writeAll(writings);
  [
    "Next:",
    "  npm run up",
    "  then as docs/disaster-recovery.md says: the source, its connection, a release",
  ].forEach(say);
  return 0;
}
