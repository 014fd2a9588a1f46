import { UnusableFile } from "../../record/yamlFile";
import { NotKnown } from "../../../packages/iam/src/policy/notKnown";
import { mutateAccess } from "./command";

/** What the person who typed the command can put right. */
const isRefusal = (error: unknown): error is Error =>
  error instanceof NotKnown ||
  error instanceof UnusableFile ||
  (error instanceof Error && "code" in error && /^(ERR_PARSE_ARGS|E[A-Z]+$)/.test(String(error.code)));

mutateAccess(process.argv.slice(2), (line) => console.log(line)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    const line = isRefusal(error) ? error.message.split(/\n|\. /)[0] : undefined;
    console.error(line ? `${line}; npm run mutate:access -- --help shows the options` : error);
    process.exitCode = 2;
  },
);
