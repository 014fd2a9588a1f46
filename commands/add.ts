import { parseArgs } from "node:util";
import { EXIT_CODES, ROOT, run } from "./command";
import { type Delivery, readDelivery } from "./delivery";
import { sourceOf } from "./init/options";
import { typed } from "./questions";
import { Refusal } from "./refusal";
import { type Change, writingsOf } from "./stackFiles/change";
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

const text = { type: "string" } as const;
const flag = { type: "boolean", default: false } as const;
const OF_ENVIRONMENT = ["account", "before", "approval", "email", "profile", "region"] as const;

/** What is asked for: one of the two kinds, with options of that kind alone. */
function wanted(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...{ account: text, before: text, profile: text, region: text, approval: flag },
      email: { type: "string", multiple: true, default: [] as string[] },
      ...{ codecommit: text, github: text, connection: text, repository: text, branch: text },
      ...{ workload: text, directory: text, template: text, help: flag },
    },
  });
  return { values, positionals };
}

type Values = ReturnType<typeof wanted>["values"];

/** Refuses options that say nothing of this kind. */
function checkOptions(kind: "environment" | "pipeline", values: Values): void {
  const given = Object.entries(values)
    .filter(([, value]) => value !== false && (!Array.isArray(value) || value.length > 0))
    .map(([key]) => key);
  const stray = given.find((key) => OF_ENVIRONMENT.some((each) => each === key) !== (kind === "environment"));
  if (stray !== undefined)
    throw new Refusal(`--${stray} says nothing of a new ${kind}: npm run add -- --help shows the options`);
}

async function environment(delivery: Delivery, name: string, values: Values): Promise<Change> {
  const { before, profile, region, approval, email } = values;
  const account = values.account ?? (await typed(`Account id of ${name}:`, "--account"));
  return addEnvironment(delivery, {
    ...{ name, account },
    ...((approval || email.length > 0) && { approval: email }),
    ...(profile !== undefined && { profile }),
    ...(region !== undefined && { region }),
    ...(before !== undefined && { before }),
  });
}

function pipeline(delivery: Delivery, name: string, values: Values): Change {
  const { workload, directory, template } = values;
  const source = sourceOf(values);
  if (source === undefined)
    throw new Refusal("name the source: --codecommit, --github, or --connection with --repository");
  return addPipeline(delivery, {
    ...{ name, source },
    ...(workload !== undefined && { workload }),
    ...(directory !== undefined && { directory }),
    ...(template !== undefined && { template }),
  });
}

run("add", async (args) => {
  const { values, positionals } = wanted(args);
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [kind, name, more] = positionals;
  if ((kind !== "environment" && kind !== "pipeline") || name === undefined || more !== undefined)
    throw new Refusal("say what is added: npm run add -- environment NAME, or npm run add -- pipeline NAME");
  checkOptions(kind, values);
  const delivery = readDelivery(ROOT);
  const change = await (kind === "environment"
    ? environment(delivery, name, values)
    : pipeline(delivery, name, values));
  const writings = writingsOf(delivery, change);
  writeAll(writings);
  tell(writings, change.next, (line) => console.log(line));
  return 0;
});
