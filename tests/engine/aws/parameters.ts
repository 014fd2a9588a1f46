/** What Parameter Store refuses. */
import type { Cloud, Thing } from "./cloud";
import { Refusal } from "./refusals";

const LEVELS = 15;
const LONGEST_NAME = 1011; // of 2048, what is left without the ARN before it
const LARGEST_VALUE = 4096; // bytes, of a parameter of the standard tier

export function judgeParameter(_: Cloud, { inputs }: Thing): void {
  const name = String(inputs["name"]);
  const value = String(inputs["insecureValue"] ?? inputs["value"]);
  const levels = name.split("/").length - 1;
  const form = /^(\/?[\w.-]+)+$/.test(name) && name.length <= LONGEST_NAME && levels <= LEVELS;
  if (!form || /^\/?(aws|ssm)/i.test(name) || (levels > 0 && !name.startsWith("/"))) {
    throw new Refusal("parameter-name", `Parameter name ${name} is not valid`);
  }
  const size = Buffer.byteLength(value);
  if (size === 0 || (inputs["tier"] === "Standard" && size > LARGEST_VALUE) || /\{\{.*\}\}/s.test(value)) {
    throw new Refusal("parameter-value", `The value of ${name} is empty, too long or a reference`);
  }
}
