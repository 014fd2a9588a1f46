import { allResources } from "../record/record";
import { judgeResources, type Rule } from "./rule";
import { map } from "../../packages/iam/src/json";

/** What a value becomes that was turned into text too early. */
const LOST = /\bundefined\b|\[object \w+\]|Calling \[to(String|JSON)\] on an \[Output<T>\]/;

function lost(value: unknown, path: string): string[] {
  if (typeof value === "string") {
    const found = LOST.exec(value);
    return found
      ? [`its input ${path} contains the text ${found[0]}: a value was missing, or not awaited`]
      : [];
  }
  if (Array.isArray(value)) return value.flatMap((each, index) => lost(each, `${path}[${index}]`));
  return Object.entries(map(value)).flatMap(([key, each]) => lost(each, path ? `${path}.${key}` : key));
}

/** Pulumi passes such text on without a word, and AWS may accept it. */
export const lostValues: Rule = {
  id: "lost-value",
  title: "no input contains the text of a value that got lost",
  source: "https://www.pulumi.com/docs/iac/concepts/inputs-outputs/apply/",
  judge: (record) =>
    judgeResources(
      allResources(record).filter(({ type }) => type !== "pulumi:pulumi:Stack"),
      ({ inputs }) => lost(inputs, ""),
    ),
};
