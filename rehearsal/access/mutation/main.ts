import { endWithReader, isRefusal, refusal } from "../../bringUp/commandLine";
import { mutateAccess } from "./command";

endWithReader();
mutateAccess(process.argv.slice(2), (line) => console.log(line)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(
      isRefusal(error) ? refusal(error, "npm run mutate:access -- --help shows the options") : error,
    );
    process.exitCode = 2;
  },
);
