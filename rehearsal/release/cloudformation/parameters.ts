import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { textOf } from "../../record/yamlFile";
import { messageOf, Stopped } from "../stopped";
import type { Template } from "./template";

export type Parameters = Readonly<Record<string, string>>;

/** What a release puts into the values that the pipeline gives. */
export interface Released {
  /** Id of the run. */
  readonly run: string;
  /** Image by digest; empty where the code is files. */
  readonly image: string;
  /** Bucket of the release's files, and their folder in it with a slash at its end. */
  readonly bucket: string;
  readonly files: string;
  /** SHA-256 of the code, in hexadecimal and in base64. */
  readonly sha256: string;
  readonly base64: string;
}

/** Parameters that the app's files may set although the pipeline does so too, in a roll-back. */
const SHARED = "DeploymentConfig";

/** The pipeline's parameters with `<run>` and the like replaced, as the jobs do it. */
export function fill(parameters: Parameters, released: Released): Parameters {
  const values = new Map<string, string>(Object.entries(released));
  const filled = (value: string): string =>
    value.replace(/<(\w+)>/g, (written, name: string) => values.get(name) ?? written);
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, filled(value)]));
}

const file = z.array(z.strictObject({ ParameterKey: z.string(), ParameterValue: z.string() }));

/** What `<environment>.json` in the folder `parameters` sets; nothing where there is none. Throws Stopped. */
export function readParameterFile(folder: string, environment: string): Parameters {
  const name = `parameters/${environment}.json`;
  const path = join(folder, `${environment}.json`);
  if (!existsSync(path)) return {};
  const wrong = (what: string): Stopped =>
    new Stopped(`${name}: ${what}`, "correct the file, then start a new release");
  const content = textOf(path, name);
  let written: unknown;
  try {
    written = JSON.parse(content);
  } catch (error) {
    throw wrong(`is not JSON: ${messageOf(error)}`);
  }
  const { data } = file.safeParse(written);
  if (!data) throw wrong('must be a list of {"ParameterKey": ..., "ParameterValue": ...}, both strings');
  const keys = data.map(({ ParameterKey }) => ParameterKey);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) throw wrong(`${twice} is set twice: keep one`);
  return Object.fromEntries(data.map(({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue]));
}

function valueProblems(template: Template, values: Parameters): string[] {
  return Object.entries(template.Parameters).flatMap(([name, { AllowedValues, AllowedPattern }]) => {
    const value = values[name];
    if (value === undefined) return [];
    if (AllowedValues && !AllowedValues.map(String).includes(value))
      return [`parameter ${name} is "${value}"; template.yaml allows ${AllowedValues.join(", ")}`];
    if (AllowedPattern !== undefined && !new RegExp(`^(?:${AllowedPattern})$`).test(value))
      return [`parameter ${name} is "${value}"; template.yaml allows ${AllowedPattern}`];
    return [];
  });
}

/**
 * Values of all parameters: the pipeline's, those of the environment's file, the template's defaults. `required` are
 * those that the template must declare, whether they are given this time or not. Throws one Stopped with every problem.
 */
export function parameterValues(
  template: Template,
  environment: string,
  own: Parameters,
  given: Parameters,
  required: readonly string[] = Object.keys(given),
): Parameters {
  const declared = template.Parameters;
  const source = `parameters/${environment}.json`;
  const reserved = required.filter((name) => name !== SHARED && name in own);
  const defaults = Object.entries(declared).flatMap(([name, { Default }]) =>
    Default === undefined ? [] : [[name, String(Default)] as const],
  );
  const values = { ...Object.fromEntries(defaults), ...own, ...given };
  const problems = [
    ...required
      .filter((name) => !(name in declared))
      .map((name) => `template.yaml: declare parameter ${name} as a String: the pipeline gives it`),
    ...reserved.map((name) => `${source}: ${name} is given by the pipeline: remove it`),
    ...Object.keys(own)
      .filter((name) => !(name in declared))
      .map((name) => `${source}: template.yaml declares no parameter ${name}: remove it, or declare it`),
    ...Object.keys(declared)
      .filter((name) => !(name in values))
      .map((name) => `${source}: parameter ${name} has no default in template.yaml: set it`),
    ...valueProblems(template, values),
  ];
  if (problems.length === 0) return values;
  throw new Stopped(
    `template and parameters can't be deployed to ${environment}`,
    "correct what is named above, then start a new release",
    problems,
  );
}
