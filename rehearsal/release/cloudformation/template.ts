import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Tags,
} from "yaml";
import { z } from "zod";
import { isTooDeep, MOST_LEVELS } from "../../record/yamlFile";
import { Stopped } from "../stopped";

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const section = <T extends z.ZodType>(of: T) => z.record(z.string(), of).default({});

const shape = z.looseObject({
  Transform: z.unknown().optional(),
  Parameters: section(
    z.looseObject({
      Type: z.string(),
      Default: scalar.optional(),
      AllowedValues: z.array(scalar).optional(),
      AllowedPattern: z.string().optional(),
    }),
  ),
  Mappings: section(z.record(z.string(), z.record(z.string(), z.unknown()))),
  Conditions: section(z.unknown()),
  Resources: z.record(
    z.string(),
    z.looseObject({
      // Tables are asked by it, where a name alone could be one that every object has: constructor.
      Type: z.string().includes("::"),
      Condition: z.string().optional(),
      DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
      Properties: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
  Outputs: section(z.looseObject({ Value: z.unknown(), Condition: z.string().optional() })),
});

/** A CloudFormation template; its functions are in their long form, `{ "Fn::GetAtt": ["Table", "Arn"] }`. */
export type Template = z.output<typeof shape>;

/** Functions that YAML may write as a tag. Which of them can be resolved is for the resolver to say. */
const SHORT_FORMS = [
  ...["And", "Base64", "Cidr", "Condition", "Equals", "FindInMap", "GetAtt", "GetAZs", "If", "ImportValue"],
  ...["Join", "Length", "Not", "Or", "Ref", "Select", "Split", "Sub", "ToJsonString", "Transform"],
];

const customTags: Tags = SHORT_FORMS.flatMap((name) => [
  { tag: `!${name}`, resolve: (text: string) => text },
  { tag: `!${name}`, collection: "seq" as const },
  { tag: `!${name}`, collection: "map" as const },
]);

function longForm(tag: string, value: unknown): unknown {
  const name = tag.slice(1);
  if (name === "Ref" || name === "Condition") return { [name]: value };
  const [, resource, attribute] = (typeof value === "string" && /^([^.]+)\.(.+)$/.exec(value)) || [];
  return { [`Fn::${name}`]: name === "GetAtt" && resource ? [resource, attribute] : value };
}

/** Aliases of aliases can stand for more than any machine holds; a template of 1 MB without them has fewer than this. */
const MOST_VALUES = 500_000;

const CORRECT = "correct the template, then start a new release";

/** Reads a template, YAML or JSON. Throws Stopped, with the line where there is one, for what is none. */
export function readTemplate(text: string, name = "template.yaml"): Template {
  const nested = `${name}: is nested too deeply, or refers to itself: write it with fewer levels`;
  if (isTooDeep(text)) throw new Stopped(nested, CORRECT);
  const lines = new LineCounter();
  const document = parseDocument(text, { customTags, lineCounter: lines });
  // What is a warning to a YAML reader, such as a tag that nobody knows, is an error to CloudFormation.
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) {
    const what = problem.message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? "";
    throw new Stopped(`${name}:${lines.linePos(problem.pos[0]).line}: ${what}`, CORRECT);
  }
  let values = 0;
  const resolved = new Map<Alias, Node | undefined>(); // each is looked for in the whole document
  function resolve(alias: Alias): Node | undefined {
    if (!resolved.has(alias)) resolved.set(alias, alias.resolve(document));
    return resolved.get(alias);
  }
  function plain(node: unknown, level = 0): unknown {
    if (level > MOST_LEVELS) throw new Stopped(nested, CORRECT);
    if (++values > MOST_VALUES)
      throw new Stopped(`${name}: its aliases stand for more than ${MOST_VALUES} values`, CORRECT);
    if (isAlias(node)) return plain(resolve(node), level + 1);
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) return null;
    const value = isMap(node)
      ? Object.fromEntries(
          node.items.map((pair) => [
            String(isScalar(pair.key) ? pair.key.value : pair.key),
            plain(pair.value, level + 1),
          ]),
        )
      : isSeq(node)
        ? node.items.map((item) => plain(item, level + 1))
        : node.value;
    return node.tag?.startsWith("!") ? longForm(node.tag, value) : value;
  }
  const { data, error } = shape.safeParse(plain(document.contents));
  if (data) return data;
  const [issue] = error.issues;
  const at = issue?.path.join(".") || "it";
  const what = issue?.message.endsWith("received undefined") ? "it is missing" : (issue?.message ?? "");
  throw new Stopped(`${name}: ${at} is not what CloudFormation takes: ${what}`, CORRECT);
}
