import { EXIT_CODES, ROOT, run } from "./command";
import { readDelivery } from "./delivery";
import { typed } from "./questions";
import { Refusal } from "./refusal";
import { addOptions, checkOptions, environmentOf, pipelineOf } from "./stackFiles/addOptions";
import { writingsOf } from "./stackFiles/change";
import { addEnvironment } from "./stackFiles/environments";
import { tell, writeAll } from "./stackFiles/files";
import { addPipeline } from "./stackFiles/pipelines";

const USAGE = `npm run add -- environment NAME [options]
npm run add -- pipeline NAME [options]: adds it to the stack files and leaves their comments and everything else as they are.
Nothing is written that the programs would refuse. It ends with what is to be run.

An environment:
  --account ID            its account
  --before NAME           it is released to before this one; default: it comes last
  --approval              ask before releasing there
  --email ADDRESS         who is asked by mail, once for each; means --approval
  --profile NAME          AWS profile of its stack
  --region REGION         its Region; default: tooling's

A pipeline:
  --codecommit REPOSITORY its source: a CodeCommit repository, which is made
  --github OWNER/NAME     or GitHub, by a connection that is made and that a person authorises
  --connection ARN        or an existing connection, with --repository OWNER/NAME
  --branch BRANCH         default: main
  --workload KIND         kind of service; default: lambda-container
  --directory DIR         folder of the service in its source; default: its root
  --template FILE         CloudFormation template, in that folder; default: template.yaml

  --help                  show this

${EXIT_CODES}`;

run("add", async (args) => {
  const { values, positionals } = addOptions(args);
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [kind, name, more] = positionals;
  if ((kind !== "environment" && kind !== "pipeline") || name === undefined || more !== undefined)
    throw new Refusal(
      `received ${positionals.join(" ") || "nothing"}: write npm run add -- environment NAME, or npm run add -- pipeline NAME`,
    );
  checkOptions(kind, values);
  const delivery = readDelivery(ROOT);
  const account = async () => values.account ?? (await typed(`Account id of ${name}:`, "--account"));
  const change =
    kind === "environment"
      ? addEnvironment(delivery, environmentOf(name, await account(), values))
      : addPipeline(delivery, pipelineOf(name, values));
  const writings = writingsOf(delivery, change);
  writeAll(writings);
  tell(writings, change.next, (line) => console.log(line));
  return 0;
});
