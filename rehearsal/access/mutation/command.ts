import { resolve } from "node:path";
import { closest } from "fastest-levenshtein";
import { commandLine, HERE, ROOT, spelledOut } from "../../bringUp/commandLine";
import { stacksOf } from "../../bringUp/stacksOf";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import type { Verdict } from "../../../packages/iam/src/mutation/verdict";

export const USAGE = `npm run mutate:access -- [options]

changes every policy statement that the stacks and the service's template write, one place at a time, and shows that
the access matrix, or a simulated call of a release, tells each changed policy from the real one, and that what
npm run growth says of it is that change alone

  --only POLICY  only the policies whose name has this in it, such as: role delivery-catalog-build
  --all          list every mutant with what came of it
  --config DIR   folder of Pulumi.<stack>.yaml files; default: this project's own
  --help         show this

exit code: 0 every mutant is killed or shown to say the same, and said so; 1 some survive, could not be judged or
are said in other words; 2 nothing could be judged`;

/** Positions of the policies that are meant. Throws NotKnown, with the nearest, where none is. */
export function chosen(names: readonly string[], only: string | undefined): number[] {
  const found = names.flatMap((name, index) => (only === undefined || name.includes(only) ? [index] : []));
  if (names.length === 0) notKnown("the stacks write no policy: there is nothing to change");
  return found.length > 0
    ? found
    : notKnown(`no policy has ${only ?? ""} in its name; the nearest is ${closest(only ?? "", [...names])}`);
}

const killed = (verdicts: readonly Verdict[]) =>
  verdicts.filter(({ outcome }) => outcome === "killed").length;

const shown = ({ outcome, by, policy, direction, name, finding }: Verdict): string =>
  `${[outcome, by && `(${by})`, direction].filter(Boolean).join(" ")}: ${policy}, ${name}${finding && `: ${finding}`}`;

/** Brings the stacks up and judges all mutants. Returns the exit code. */
export async function mutateAccess(args: readonly string[], say: (line: string) => void): Promise<0 | 1> {
  const { values } = commandLine({
    args: spelledOut(args),
    options: {
      only: { type: "string" },
      all: { type: "boolean", default: false },
      config: { type: "string", default: ROOT },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    say(USAGE);
    return 0;
  }
  const started = Date.now();
  const seconds = () => (Date.now() - started) / 1000;
  const config = resolve(HERE, values.config);
  const { folder, record } = await stacksOf(config);
  const { judgeAll } = await import("./pool");
  const { report } = await import("./report");
  const verdicts = await judgeAll(
    { folder, record, places: [...new Set([config, ROOT])] },
    {
      choose: (names, left) => {
        left.forEach((each) => say(`  not changed: ${each}`));
        return chosen(names, values.only);
      },
      judged: (name, done, of, all) =>
        say(
          `  ${done}/${of} ${name}: ${killed(all)} of ${all.length} killed so far, ${seconds().toFixed(0)} s`,
        ),
    },
  );
  if (values.all) verdicts.forEach((each) => say(shown(each)));
  say(`\n${report(verdicts, seconds())}`);
  const allSeen = verdicts.every(
    ({ outcome, missaid }) => (outcome === "killed" || outcome === "excused") && missaid === undefined,
  );
  return verdicts.length > 0 && allSeen ? 0 : 1;
}
