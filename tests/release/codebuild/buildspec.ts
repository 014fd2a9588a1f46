import { parse } from "yaml";
import { z } from "zod";

/*
 * A buildspec as CodeBuild reads it. What this small CodeBuild does not do is refused, and never passed over:
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
 */

/** YAML 1.1 reads `yes` as true, the texts are what the page names. */
const yesNo = z
  .union([z.boolean(), z.enum(["yes", "no"]).transform((word) => word === "yes")])
  .default(false);
const names = z.record(z.string(), z.union([z.string(), z.number()]).transform(String));
const commands = z.array(z.string()).default([]);

const phase = z.strictObject({
  // Whether a build whose phase failed under CONTINUE has succeeded no page says, and RETRY is another build.
  "on-failure": z.literal("ABORT").optional(),
  commands,
  finally: commands,
});

const files = {
  files: z.array(z.string()).min(1),
  "base-directory": z.string().default("."),
  "discard-paths": yesNo,
};

const schema = z.strictObject({
  version: z.literal(0.2),
  // Without a shell it would be sh.
  env: z.strictObject({
    shell: z.literal("bash"),
    variables: names.default({}),
    "parameter-store": names.default({}),
    "secrets-manager": names.default({}),
    "exported-variables": z.array(z.string()).default([]),
  }),
  phases: z.strictObject({
    install: phase.extend({ "runtime-versions": names.default({}) }).optional(),
    pre_build: phase.optional(),
    build: phase.optional(),
    post_build: phase.optional(),
  }),
  reports: z
    .record(z.string(), z.strictObject({ ...files, "file-format": z.string().default("JUNITXML") }))
    .default({}),
  artifacts: z
    .strictObject({
      ...files,
      name: z.string().optional(),
      "secondary-artifacts": z
        .record(z.string(), z.strictObject({ ...files, name: z.string().optional() }))
        .default({}),
    })
    .optional(),
});

export type Buildspec = z.infer<typeof schema>;

/** Which files of a folder are meant. */
export type Files = Pick<NonNullable<Buildspec["artifacts"]>, "files" | "base-directory" | "discard-paths">;

export const PHASES = ["install", "pre_build", "build", "post_build"] as const;
export type PhaseName = (typeof PHASES)[number];

/** Throws for what is no buildspec, or has something that is not modelled here. */
export function readBuildspec(text: string): Buildspec {
  const read = schema.safeParse(parse(text));
  if (!read.success)
    throw new Error(`the buildspec has what this CodeBuild does not do:\n${z.prettifyError(read.error)}`);
  const reserved = read.data.env["exported-variables"].filter((name) => name.startsWith("AWS_"));
  if (reserved.length > 0) throw new Error(`CodeBuild exports no variables like ${reserved.join(", ")}`);
  return read.data;
}
