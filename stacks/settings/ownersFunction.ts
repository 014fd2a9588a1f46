/** What a pipeline is told of the functions that other stacks own, and it releases code to. */
import type { OwnersFunction } from "../../components/stage";
import type { Packaging } from "../../components/workloads/workload";
import { object, text, told } from "./schemas";

/** Stands for the environment's name. */
const ENVIRONMENT = "${environment}";
const allowedIn = (what: string) => `allowed is ${what}; ${ENVIRONMENT} stands for the environment's name`;

/** Lambda's forms, and an https URL as the jobs take one. */
export const FORMS = {
  name: /^[\w-]{1,64}$/,
  alias: /^(?!\d+$)[\w-]{1,128}$/,
  runtime: /^[a-z][a-z0-9.]{1,63}$/,
  endpoint: /^https:\/\/([a-z0-9-]+\.)+[a-z][a-z0-9-]*(:\d{1,5})?(\/[\w.~-]+)*$/i,
} as const satisfies Record<keyof OwnersFunction, RegExp>;

const ALLOWED = {
  name: "the name of a function, letters, digits, - and _",
  alias: "the name of an alias, letters, digits, - and _, not digits alone",
  runtime: "a runtime as Lambda calls it, such as nodejs22.x",
  endpoint: "an https URL without a slash at its end",
} as const satisfies Record<keyof OwnersFunction, string>;

/** As in an environment `e`: whether the form of the rest is right shows so. */
const form = (key: keyof OwnersFunction) =>
  text(/./, allowedIn(ALLOWED[key])).refine((value) => FORMS[key].test(filled(value, "e")), {
    error: allowedIn(ALLOWED[key]),
  });

/** Alias where settings name none. */
const ALIAS = "live";

export const ownersFunction = object({
  name: form("name")
    .exactOptional()
    .describe("Name of the function")
    .register(told, { allowed: `name, with \`${ENVIRONMENT}\``, unset: "none: it must be said" }),
  alias: form("alias")
    .exactOptional()
    .describe("Alias that the service is called by: it goes to the version of each release")
    .register(told, { allowed: `name, with \`${ENVIRONMENT}\``, unset: `\`${ALIAS}\`` }),
  runtime: form("runtime")
    .exactOptional()
    .describe(
      "Runtime that the code is built for, as Lambda calls it; Plan refuses a function that runs on another. Not for images",
    )
    .register(told, { allowed: "such as `nodejs22.x`", unset: "none: it must be said" }),
  endpoint: form("endpoint")
    .exactOptional()
    .describe("Where the service is reached through the alias: what the end-to-end tests call")
    .register(told, { allowed: `https URL, with \`${ENVIRONMENT}\``, unset: "none: it must be said" }),
});

const filled = (value: string, environment: string): string =>
  value.replaceAll(ENVIRONMENT, () => environment);

/** What is written of it: for the whole pipeline, or for one environment. */
export type WrittenFunction = { readonly [K in keyof OwnersFunction]?: OwnersFunction[K] | undefined };

/** The function of one environment: what is written for that comes before what is written for the pipeline. */
export function functionIn(
  environment: string,
  ofPipeline: WrittenFunction = {},
  ofEnvironment: WrittenFunction = {},
): WrittenFunction {
  const written = { alias: ALIAS, ...ofPipeline, ...ofEnvironment };
  return Object.fromEntries(
    Object.entries(written).map(([key, value]) => [key, value && filled(value, environment)]),
  );
}

/** The keys that nobody has said. An image has its own runtime. */
export const missingIn = (found: WrittenFunction, packaging: Packaging): (keyof OwnersFunction)[] =>
  (Object.keys(FORMS) as (keyof OwnersFunction)[]).filter(
    (key) => found[key] === undefined && !(key === "runtime" && packaging === "image"),
  );

/** The same, once settings are right. */
export function wholeFunction(found: WrittenFunction, packaging: Packaging): OwnersFunction {
  if (missingIn(found, packaging).length > 0)
    throw new Error("a function is not whole: functionRules.ts refuses that");
  return found as OwnersFunction;
}
