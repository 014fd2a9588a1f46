/** The form of names and account ids. */
import { z } from "zod";
import { BRANCHES, FOLDERS } from "../../components/names";
import { text } from "./schemas";

const WORDS_LENGTH = 100;
/** The form of all three names; `what` is what to change. How long one may be is said by what is made of it. */
export const words = (what: string) => {
  const allowed =
    "allowed are lower-case words (letters and digits, a letter first) joined by single hyphens: choose another " +
    what;
  return (
    z
      .string(allowed)
      .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, allowed)
      .max(
        WORDS_LENGTH,
        `nothing that is made of it can have more than ${WORDS_LENGTH} characters: choose a much shorter ${what}`,
      )
      // The only word of this form that every object of JavaScript has: tables by name would find it where it is not.
      .refine(
        (name) => name !== "constructor",
        `this word means something in programs: choose another ${what}`,
      )
  );
};
export const pipelineName = words("name").refine((name) => !(FOLDERS as readonly string[]).includes(name), {
  error: `${FOLDERS.join(" and ")} are folders of the artifact bucket: choose another name`,
});
export const prefix = words("prefix");
export const environmentName = words("name")
  .refine((name) => name !== "tooling", {
    error: "parameters of tooling's own stack are below this name: choose another name",
  })
  .refine((name) => name !== BRANCHES, {
    error: "br is reserved for the environments of branches: choose another name",
  })
  .refine((name) => !name.endsWith("-previous"), {
    error: "marks of what an environment ran before end in -previous: choose another name",
  })
  .refine((name) => !name.startsWith(`${BRANCHES}-`), {
    error: "names of branches' stacks begin with br-: choose another name",
  });
export const account = text(/^\d{12}$/, "allowed is an account id of 12 digits: write it in quotes");
