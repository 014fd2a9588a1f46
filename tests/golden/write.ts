/** `npm run golden -- [SET...]`: writes the kept answers anew, of all sets or of those that are named. */
import { closest } from "fastest-levenshtein";
import { answered, commandLine, end, spelledOut } from "../../rehearsal/bringUp/commandLine";
import { UnusableFile } from "../../rehearsal/record/yamlFile";
import { answersOf, mutationOfSample } from "./answers";
import { write } from "./files";
import { type SetName, SETS } from "./sets";

const ALL = Object.keys(SETS) as SetName[];
const USAGE = `npm run golden -- [SET...]: writes the kept answers below tests/golden/files anew

  SET     a set of settings, by its name in tests/golden/sets.ts; default: all
  --help  show this

exit code: 0 written, 2 not`;

async function answer(args: readonly string[]): Promise<string> {
  const options = { help: { type: "boolean", default: false } } as const;
  const { values, positionals: named } = commandLine({
    args: spelledOut(args),
    options,
    allowPositionals: true,
  });
  if (values.help) return USAGE;
  const wrong = named.find((each) => !(ALL as string[]).includes(each));
  if (wrong !== undefined)
    throw new UnusableFile(
      `${wrong} is no set; the nearest is ${closest(wrong, ALL)}, and there are ${ALL.join(", ")}`,
    );
  const sets = ALL.filter((each) => named.length === 0 || named.includes(each));
  for (const set of sets) {
    write(set, await answersOf(set));
    if (set === "sample") write(set, (await mutationOfSample()).answers);
    console.log(`tests/golden/files/${set}`);
  }
  return "";
}

end(answered("golden", answer(process.argv.slice(2))));
