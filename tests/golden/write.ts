/** `npm run golden -- [SET...]`: writes the kept answers anew, of all sets or of those that are named. */
import { closest } from "fastest-levenshtein";
import { answersOf, mutationOfSample } from "./answers";
import { write } from "./files";
import { type SetName, SETS } from "./sets";

const ALL = Object.keys(SETS) as SetName[];

async function main(args: readonly string[]): Promise<0 | 2> {
  const wrong = args.find((each) => !(ALL as string[]).includes(each));
  if (wrong !== undefined) {
    console.error(
      `${wrong} is no set; the nearest is ${closest(wrong, ALL)}, and there are ${ALL.join(", ")}`,
    );
    return 2;
  }
  for (const set of ALL.filter((each) => args.length === 0 || args.includes(each))) {
    write(set, await answersOf(set));
    if (set === "sample") write(set, (await mutationOfSample()).answers);
    console.log(`tests/golden/files/${set}`);
  }
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
