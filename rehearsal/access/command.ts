import { resolve } from "node:path";
import { commandLine, type Ended, HERE, isRefusal, refusal, ROOT, spelledOut } from "../bringUp/commandLine";
import { stacksOf } from "../bringUp/stacksOf";
import { textOf } from "../record/yamlFile";
import type { Told } from "../../packages/iam/src/evaluate/ask";
import { notKnown } from "../../packages/iam/src/policy/notKnown";

const USAGE = `npm run access -- can <principal> <action> <resource> [options]
npm run access -- who-can <action> <resource> [options]
npm run access -- matrix [--config DIR]

answers from the policies that the stacks register, without AWS: the verdict, the statements that decide, what is missing;
matrix prints, as CSV, all that each principal may do with these settings: who, may, on, when, why

  <principal>  a role's name or ARN, service:lambda.amazonaws.com, anonymous, an account's id or root ARN; whoever has a
               policy that the stacks offer people, by its name: catalog-operator
  <action>     s3:GetObject
  <resource>   ARN of one resource, or * for an action that knows none

  --context key=value  a condition key of the request; several times for several. Others that a policy asks for
                       are taken for absent, and named
  --tag key=value      a tag of the principal's session, such as branch=1a2b3c4d for what deploys a branch; of several
                       who can, of all sessions. Default: none; where the resource is a branch's, that branch
  --policy ARN=FILE    document of a managed policy that no stack makes, such as an organization's boundary
  --config DIR         folder of Pulumi.<stack>.yaml files; default: this project's own
  --help               show this

Names that AWS completes (buckets, repositories, topics, keys) are the rehearsal's own: a wrong one is answered with the
nearest. What a workload's template makes is not in the answer, nor are organization policies and KMS grants.
exit code: 0 allowed, 1 denied, 2 no answer`;

/** Documents by the ARN that they are given for. */
function documents(given: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    given.map((each) => {
      const [, arn = "", file = ""] =
        /^(arn:[^=]+)=(.+)$/.exec(each) ?? notKnown(`--policy ${each} is not ARN=FILE`);
      return [arn, textOf(resolve(HERE, file), `--policy ${file}`)];
    }),
  );
}

/** The model of a folder's stacks, and the services that their policies name. */
async function loadModel(config: string, policies: Record<string, unknown>) {
  const { record } = await stacksOf(resolve(HERE, config));
  const { policyDocuments } = await import("../aws/policyDocuments");
  const { principals } = await import("../record/policyDocuments");
  const { conditionKeys } = await import("../../packages/iam/src/policy/conditionKeys");
  const { accessModel } = await import("./estate/model");
  const named = policyDocuments(record).flatMap(({ statements }) =>
    statements.flatMap((each) => principals(each, "Service")),
  );
  return {
    model: accessModel(record, { keys: await conditionKeys(), policies }),
    services: [...new Set(named)].sort(),
  };
}

/** Words that each question takes. */
const WORDS = new Map([
  ["can", 3],
  ["who-can", 2],
  ["matrix", 0],
]);

async function answer(args: readonly string[]): Promise<Told | undefined> {
  const { values, positionals } = commandLine({
    args: spelledOut(args),
    allowPositionals: true,
    options: {
      context: { type: "string", multiple: true, default: [] },
      tag: { type: "string", multiple: true, default: [] },
      policy: { type: "string", multiple: true, default: [] },
      config: { type: "string", default: ROOT },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const [question, ...words] = positionals;
  const wanted =
    WORDS.get(question ?? "") ??
    notKnown(
      question === undefined
        ? "say what is asked: can, who-can or matrix"
        : `${question} is neither can nor who-can nor matrix`,
    );
  if (words.length !== wanted) notKnown(`${question} takes ${wanted} words, and has ${words.length}`);
  if (question === "matrix") {
    if (values.context.length + values.policy.length + values.tag.length > 0)
      notKnown("matrix takes no --context, no --tag and no --policy");
    const { matrixRows, csv } = await import("./matrix/csv");
    const { kindsOf } = await import("./estate/kindTraits");
    const rows = matrixRows({ ...(await stacksOf(resolve(HERE, values.config))), kinds: kindsOf() });
    return { lines: [csv(rows)], allowed: true };
  }
  const { can, whoCan } = await import("../../packages/iam/src/evaluate/ask");
  const { actionCalled, contextOf, principalCalled, tagsOf } =
    await import("../../packages/iam/src/evaluate/parseQuestion");
  const [resource = "", written = "", principal = ""] = [...words].reverse();
  const asking = {
    ...{ action: await actionCalled(written), resource, context: contextOf(values.context) },
    ...(values.tag.length > 0 && { tags: tagsOf(values.tag) }),
  };
  const { model, services } = await loadModel(values.config, documents(values.policy));
  return question === "can"
    ? can(model, principalCalled(model, principal), asking)
    : whoCan(model, services, asking);
}

/** Answers one command line. What people cannot put right is thrown. */
export async function run(args: readonly string[]): Promise<Ended> {
  try {
    const told = await answer(args);
    return { code: !told || told.allowed ? 0 : 1, stdout: told ? told.lines.join("\n") : USAGE, stderr: "" };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { code: 2, stdout: "", stderr: refusal(error, "npm run access -- --help shows the options") };
  }
}
