import { run } from "./command";

run(process.argv.slice(2)).then(
  ({ code, stdout, stderr }) => {
    if (stdout) console.log(stdout);
    if (stderr) console.error(stderr);
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 2;
  },
);
