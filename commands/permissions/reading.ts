/** Reads templates of any kind for what they need: plain CloudFormation, SAM, what the Serverless Framework compiles. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { readTemplate, type Template } from "../../rehearsal/release/cloudformation/template";
import { list } from "../../packages/iam/src/json";
import { messageOf, Stopped } from "../../rehearsal/release/stopped";
import { printable } from "../format";
import { Refusal } from "../refusal";
import { maps } from "./values";

/** A resource, apart from all else that its template has. */
export interface Declared {
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface ReadTemplate {
  readonly file: string;
  readonly resources: readonly Declared[];
  /** Names of transforms that the template asks for. */
  readonly transforms: readonly string[];
  /** Parameters that it declares. */
  readonly parameters: readonly string[];
  /** Whether the Serverless Framework has compiled it. */
  readonly framework: boolean;
  /** What nothing is said of, and why. */
  readonly notCovered: readonly string[];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html, of a template in S3. */
const BYTES = 1_000_000;
const MOST = { Resources: 500, Parameters: 200, Outputs: 200, Mappings: 200 } as const;

/** SAM's own transform, and what its types begin with. */
const SAM = "AWS::Serverless-2016-10-31";
const SAM_TYPES = "AWS::Serverless::";
/** A bucket that the Serverless Framework writes into each template, with its policy. Build takes both out. */
const FRAMEWORKS_BUCKET = "ServerlessDeploymentBucket";
/** The translator asks for one; nothing that it answers here depends on it. */
const REGION = "eu-west-1";

const cut = (text: string): string => (text.length > 300 ? `${text.slice(0, 299)}…` : text);
const of = (file: string, problem: string): string => `${printable(file)}: ${cut(printable(problem))}`;

/** The file that is meant: a folder has its template under the usual name. */
function fileAt(path: string, file: string): string {
  if (!existsSync(path)) throw new Refusal(of(file, "is not there: name a CloudFormation template"));
  if (!statSync(path).isDirectory()) return path;
  const inner = join(path, "template.yaml");
  if (!existsSync(inner) || !statSync(inner).isFile())
    throw new Refusal(of(file, "is a folder without a template.yaml: name the file"));
  return inner;
}

/** Its text. Throws a Refusal where it is longer than CloudFormation takes. */
function textOf(path: string, file: string): string {
  const checked = (size: number): void => {
    if (size > BYTES)
      throw new Refusal(of(file, `has ${size} bytes, CloudFormation takes ${BYTES}: split it into several`));
  };
  checked(statSync(path).size);
  try {
    const content = readFileSync(path);
    checked(content.length); // a pipe has no size before
    return content.toString("utf8");
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(of(file, `can't be read: ${messageOf(error)}`));
  }
}

const LOOPS =
  "has loops (Fn::ForEach), which are not expanded here: give what CloudFormation makes of it (aws cloudformation get-template --template-stage Processed)";

function parsed(text: string, file: string): Template {
  try {
    return readTemplate(text, file);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    throw new Refusal(text.includes("Fn::ForEach::") ? of(file, LOOPS) : cut(printable(error.message)));
  }
}

/** What exceeds CloudFormation's limits, and names that it refuses. */
function limitProblems(template: Template, file: string): string[] {
  const many = Object.entries(MOST).flatMap(([section, most]) => {
    const count = Object.keys(template[section as keyof typeof MOST]).length;
    return count > most
      ? [of(file, `has ${count} ${section}, CloudFormation takes ${most}: split it into several`)]
      : [];
  });
  const odd = Object.keys(template.Resources).filter((id) => !/^[A-Za-z0-9]{1,255}$/.test(id));
  const named = odd.map((id) =>
    of(file, `has the resource ${JSON.stringify(id)}: its name may have up to 255 letters and digits alone`),
  );
  const empty =
    Object.keys(template.Resources).length === 0
      ? [of(file, "has no resources, so it is no template that CloudFormation takes")]
      : [];
  return [...empty, ...many, ...named];
}

const declared = (resources: Template["Resources"]): Declared[] =>
  Object.entries(resources).map(([id, { Type, Properties }]) => ({
    id,
    type: printable(Type),
    properties: Properties,
  }));

/** What SAM makes of a template; why it does not, in words, where nothing makes it here. */
function expanded(template: Template, file: string): Template | string {
  const { status, stdout, error } = spawnSync("python3", [join(__dirname, "expand.py"), REGION], {
    input: JSON.stringify(template),
    encoding: "utf8",
    maxBuffer: 64 * BYTES,
  });
  if (error !== undefined || status === 3)
    return "python3 finds no aws-sam-translator here (pip install aws-sam-translator)";
  if (status === 0) return parsed(stdout, file);
  if (status === 4) throw new Refusal(of(file, `SAM refuses it: ${stdout}`));
  return "aws-sam-translator ends without an answer";
}

/** Reads one. Throws a Refusal with a line for each thing that is wrong with it. */
export function readAny(path: string, file: string): ReadTemplate {
  const template = parsed(textOf(fileAt(path, file), file), file);
  const problems = limitProblems(template, file);
  if (problems.length > 0) throw new Refusal(problems.join("\n"));
  const transforms = list(template.Transform).map((each) =>
    typeof each === "string" ? printable(each) : "AWS::Include",
  );
  const foreign = [
    ...transforms.filter((each) => each !== SAM && each !== "AWS::LanguageExtensions"),
    ...(maps(template.Resources).some((each) => "Fn::Transform" in each) ? ["Fn::Transform"] : []),
  ].map((each) => of(file, `not covered: what ${each} makes of it, which CloudFormation alone expands`));
  const own = declared(template.Resources);
  const bySam = own.filter(({ type }) => type.startsWith(SAM_TYPES));
  const made = transforms.includes(SAM) && bySam.length > 0 ? expanded(template, file) : template;
  const [resources, notBySam] =
    typeof made !== "string"
      ? [declared(made.Resources), []]
      : [
          own.filter((each) => !bySam.includes(each)),
          [
            of(
              file,
              `not covered: ${bySam.map(({ id, type }) => `${id} (${type})`).join(", ")}, since ${made}`,
            ),
          ],
        ];
  return {
    file: printable(file),
    framework: resources.some(({ id }) => id.startsWith(FRAMEWORKS_BUCKET)),
    resources: resources.filter(({ id }) => !id.startsWith(FRAMEWORKS_BUCKET)),
    transforms,
    parameters: Object.keys(template.Parameters),
    notCovered: [...foreign, ...notBySam],
  };
}
