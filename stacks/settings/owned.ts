/** What settings say of what other stacks own, and code alone is released to: functions, or services of ECS. */
import type { OwnedKind, Packaging } from "../../components/workloads/workload";
import { text } from "./schemas";

/** Stands for the environment's name. */
export const ENVIRONMENT = "${environment}";

/** A key of it: its form, and how errors say that. */
export interface Form {
  readonly form: RegExp;
  readonly allowed: string;
}

/** An https URL as the jobs take one. */
export const ENDPOINT: Form = {
  form: /^https:\/\/([a-z0-9-]+\.)+[a-z][a-z0-9-]*(:\d{1,5})?(\/[\w.~-]+)*$/i,
  allowed: "an https URL without a slash at its end",
};

/** What is written of one: for the whole pipeline, or for one environment. */
export type Written = Readonly<Record<string, string | undefined>>;

/** What the rules know of one kind of it. */
export interface Owned {
  /** Of the setting. */
  readonly kind: OwnedKind;
  /** How errors call several. */
  readonly several: string;
  /** Who has to take its names. */
  readonly takenBy: string;
  readonly forms: Readonly<Record<string, Form>>;
  /** Values of keys that nobody has said. */
  readonly defaults: Written;
  /** Keys that need not be said, by how the code is packaged. */
  readonly optional: (packaging: Packaging) => readonly string[];
  /** Keys whose length depends on the environment's. */
  readonly named: readonly string[];
  /** Keys by whose values one account has it once, each list together. */
  readonly unique: readonly (readonly string[])[];
  /** Keys that may not begin as the name of a stack of our own does. */
  readonly apart: readonly string[];
  /** As settings might name one. */
  readonly example: (packaging: Packaging) => string;
}

const filled = (value: string, environment: string): string =>
  value.replaceAll(ENVIRONMENT, () => environment);

/** A key as settings have it; as in an environment `e`: whether the form of the rest is right shows so. */
export function key({ form, allowed }: Form) {
  const error = `allowed is ${allowed}; ${ENVIRONMENT} stands for the environment's name`;
  return text(/./, error).refine((value) => form.test(filled(value, "e")), { error });
}

/** That of one environment: what is written for it comes before what is written for the pipeline. */
export const inEnvironment = (
  { defaults }: Owned,
  environment: string,
  ofPipeline: Written = {},
  ofEnvironment: Written = {},
): Written =>
  Object.fromEntries(
    Object.entries({ ...defaults, ...ofPipeline, ...ofEnvironment }).map(([name, value]) => [
      name,
      value && filled(value, environment),
    ]),
  );

/** The keys that nobody has said. */
export const missingIn = ({ forms, optional }: Owned, found: Written, packaging: Packaging): string[] =>
  Object.keys(forms).filter((name) => found[name] === undefined && !optional(packaging).includes(name));
