import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Answers, asOptions, missingProfiles, strayProfiles } from "./init/answers";
import { stackFolder } from "./delivery";
import type { Given } from "./init/asking";
import { EXIT_CODES, HERE, ROOT, run } from "./command";
import { initOptions, wantsService } from "./init/options";
import { Refusal } from "./refusal";
import { LANGUAGES, writtenService } from "./init/service";
import { type NewFile, newFiles, otherFiles } from "./init/writing";
import { fileOf, writeAll } from "./stackFiles/files";

const USAGE = `npm run init -- [options]: writes Pulumi.tooling.yaml and a Pulumi.<environment>.yaml for each environment.
What the options leave open is asked; nothing is written that the programs would refuse.

  --region REGION                 the one Region of all stacks
  --tooling ACCOUNT               id of the account that builds
  --environment NAME=ACCOUNT      once for each, in the order of promotion
  --approval NAME[=MAIL,...]      ask before releasing there
  --pipeline NAME                 the service's pipeline
  --codecommit REPOSITORY         its source: a CodeCommit repository, which is made
  --github OWNER/NAME             or GitHub, by a connection that is made and that a person authorises
  --connection ARN                or an existing connection, with --repository OWNER/NAME
  --branch BRANCH                 default: main
  --workload KIND                 lambda-container (default), lambda-zip, ecs-service or serverless
  --directory DIR                 folder of the service in its source; default: its root
  --template FILE                 CloudFormation template in that folder; default: template.yaml
  --profile STACK=PROFILE         AWS profile of a stack, once for each that has one
  --secrets-provider URL          such as awskms://alias/pulumi?region=eu-west-1; default: the backend's own, or a passphrase
  --overwrite                     put the answers into files that are there; their comments and other settings stay
  --yes                           ask nothing
  --help                          show this

npm run init -- --service KIND DIR [--language LANGUAGE]: writes a small service of this kind into DIR, to begin with.
KIND is as for --workload; LANGUAGE is ${Object.keys(LANGUAGES).join(", ")}: as far as the kind has it, the first by default.

${EXIT_CODES}`;

const say = (line: string): void => console.log(line);

/** What has no default, by the option that gives it. */
const NEEDED = {
  region: "--region",
  tooling: "--tooling",
  environments: "--environment",
  pipeline: "--pipeline",
  source: "--codecommit, --github or --connection",
} as const;

function complete(given: Given): Answers {
  const missing = (Object.keys(NEEDED) as (keyof typeof NEEDED)[]).filter((key) => given[key] === undefined);
  if (missing.length > 0) {
    throw new Refusal(`there is nobody to ask: give ${missing.map((key) => NEEDED[key]).join(", ")}`);
  }
  return { profiles: {}, ...given } as Answers;
}

/** The files, or why there are none, and then with the options that answer the same. */
function filesOf(answers: Answers, asked: boolean): NewFile[] {
  try {
    return newFiles(ROOT, answers);
  } catch (error) {
    if (!(error instanceof Refusal) || !asked) throw error;
    throw new Refusal(`${error.message}\nWhat was answered, to be corrected:\n  ${asOptions(answers)}`);
  }
}

run("init", async (args) => {
  if (wantsService(args)) {
    for (const line of writtenService(args, HERE)) say(line);
    return 0;
  }
  const { given, overwrite, yes, help } = initOptions(args);
  if (help) {
    say(USAGE);
    return 0;
  }
  const asks = !yes && process.stdin.isTTY;
  const { confirmed } = await import("./questions");
  const agreed = async (question: string): Promise<boolean> => {
    if (yes) throw new Refusal(`${question} Give --overwrite for yes`);
    return confirmed(question, "--overwrite");
  };
  // Whoever would be asked a dozen questions is asked this one before them.
  const early = asks && !overwrite && existsSync(join(stackFolder(ROOT), fileOf("tooling")));
  if (early && !(await agreed(`${fileOf("tooling")} is there already. Put the answers into the files?`))) {
    say("Nothing was written");
    return 1;
  }
  const answers = asks ? await (await import("./init/asking")).askForRest(given) : complete(given);
  const [stray] = strayProfiles(answers);
  if (stray !== undefined) {
    throw new Refusal(
      `--profile ${stray}: no stack has this name; write tooling or the name of an environment`,
    );
  }
  const files = filesOf(answers, asks);
  const there = files.filter(({ exists }) => exists).map(({ file }) => file);
  const question = `${there.join(", ")} ${there.length === 1 ? "is" : "are"} there already. Put the answers into ${there.length === 1 ? "it" : "them"}?`;
  if (there.length > 0 && !overwrite && !early && !(await agreed(question))) {
    say("Nothing was written");
    return 1;
  }
  writeAll(files);
  say(files.length > 0 ? `Wrote ${files.map(({ file }) => file).join(", ")}` : "Everything is there already");
  for (const file of otherFiles(ROOT, answers))
    say(`${file} describes a stack that tooling does not list: delete it, or add it`);
  const missing = missingProfiles(answers);
  if (missing !== undefined) say(missing);
  say("Next: npm start checks these settings without AWS; then npm run doctor, and npm run up");
  return 0;
});
