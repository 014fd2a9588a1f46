/** What a pipeline is told of the functions that other stacks own, and it releases code to. */
import type { OwnersFunction } from "../../components/stage";
import { ENDPOINT, ENVIRONMENT, type Form, key, type Owned } from "./owned";
import { object, told } from "./schemas";

/** Lambda's forms. */
const FORMS = {
  name: { form: /^[\w-]{1,64}$/, allowed: "the name of a function, letters, digits, - and _" },
  alias: {
    form: /^(?!\d+$)[\w-]{1,128}$/,
    allowed: "the name of an alias, letters, digits, - and _, not digits alone",
  },
  runtime: { form: /^[a-z][a-z0-9.]{1,63}$/, allowed: "a runtime as Lambda calls it, such as nodejs22.x" },
  endpoint: ENDPOINT,
} as const satisfies Record<keyof OwnersFunction, Form>;

/** Alias where settings name none. */
const ALIAS = "live";

export const ownersFunction = object({
  name: key(FORMS.name)
    .exactOptional()
    .describe("Name of the function")
    .register(told, { allowed: `name, with \`${ENVIRONMENT}\``, unset: "none: it must be said" }),
  alias: key(FORMS.alias)
    .exactOptional()
    .describe("Alias that the service is called by: it goes to the version of each release")
    .register(told, { allowed: `name, with \`${ENVIRONMENT}\``, unset: `\`${ALIAS}\`` }),
  runtime: key(FORMS.runtime)
    .exactOptional()
    .describe(
      "Runtime that the code is built for, as Lambda calls it; Plan refuses a function that runs on another. Not for images",
    )
    .register(told, { allowed: "such as `nodejs22.x`", unset: "none: it must be said" }),
  endpoint: key(FORMS.endpoint)
    .exactOptional()
    .describe("Where the service is reached through the alias: what the end-to-end tests call")
    .register(told, { allowed: `https URL, with \`${ENVIRONMENT}\``, unset: "none: it must be said" }),
});

export const ownedFunction: Owned = {
  kind: "function",
  several: "functions",
  takenBy: "Lambda",
  forms: FORMS,
  defaults: { alias: ALIAS },
  // An image has its own runtime.
  optional: (packaging) => (packaging === "image" ? ["runtime"] : []),
  named: ["name", "alias"],
  unique: [["name"]],
  apart: ["name"],
  example: (packaging) =>
    `{ name: quotes-\${environment}, ${packaging === "image" ? "" : "runtime: nodejs22.x, "}endpoint: https://quotes.example.com }`,
};
