import { firstSentence, isRefusal } from "../../bringUp/commandLine";
import { mutateAccess } from "./command";

mutateAccess(process.argv.slice(2), (line) => console.log(line)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    const line = isRefusal(error) ? firstSentence(error) : undefined;
    console.error(line ? `${line}; npm run mutate:access -- --help shows the options` : error);
    process.exitCode = 2;
  },
);
