import { join } from "node:path";
import type { Command } from "./measure";
import type { Size } from "./stackFiles";

/** Cases of one comparison are measured beside each other, and beside no others. */
export const COMPARISONS = {
  evaluated: "Like for like: both programs are evaluated, and nothing is judged (CDK_VALIDATION=false)",
  judged: "With judging: this project with its rules and its access check, CDK as it is shipped",
  rehearsed: "This project alone",
  installed: "npm ci with a full cache, into an empty folder; MB on disk",
  engine: "The sample under Pulumi's command line, over a doubled AWS: nothing changes",
} as const;

export interface Case {
  readonly comparison: keyof typeof COMPARISONS;
  readonly name: string;
  /** CDK's figure that this project's is divided by; none of CDK itself. */
  readonly beside?: string;
  readonly command: (place: Place) => Command;
  readonly fits?: (size: Size) => boolean;
  /** It takes minutes: one run is enough. */
  readonly once?: true;
}

/** Where one size is written to: stack files, and what programs make of them. */
export interface Place {
  readonly size: Size;
  readonly stacks: string;
  readonly out: string;
}

/** As package.json starts every command of this project. */
const REGISTER = { args: ["-r", join(__dirname, "../scripts/register.cjs")], env: {} };
/** As those start CDK who use it, but for type checks. */
const TS_NODE = {
  args: ["-r", "ts-node/register"],
  env: { TS_NODE_PROJECT: join(__dirname, "cdk/tsconfig.json") },
};
const cdk =
  (program: string, env: Command["env"] = {}, runner: typeof REGISTER | typeof TS_NODE = TS_NODE) =>
  ({ size: { environments, pipelines }, out }: Place): Command => ({
    args: [
      ...runner.args,
      join(__dirname, "cdk", program),
      join(out, program),
      String(environments),
      String(pipelines),
    ],
    env: { ...env, ...runner.env },
  });
const NOT_JUDGED = { CDK_VALIDATION: "false" };
const sample = ({ environments, pipelines }: Size) => environments === 2 && pipelines === 1;
/** CodePipeline has 50 stages at most, and CDK Pipelines takes two for each environment. */
const onePipeline = ({ pipelines }: Size) => pipelines === 1;

export const typesFile = (out: string) => join(out, "types.json");

const TESTS = ["tests/**/*.test.ts", "packages/*/tests/**/*.test.ts"];

export const CASES: readonly Case[] = [
  {
    comparison: "evaluated",
    name: "this project",
    beside: "CDK, aws-codepipeline",
    command: ({ stacks, out }) => ({
      args: [...REGISTER.args, join(__dirname, "evaluate.ts"), stacks, typesFile(out)],
    }),
  },
  { comparison: "evaluated", name: "CDK, aws-codepipeline", command: cdk("classic.ts", NOT_JUDGED) },
  {
    comparison: "evaluated",
    name: "CDK, aws-codepipeline, by register.cjs",
    command: cdk("classic.ts", NOT_JUDGED, REGISTER),
  },
  {
    comparison: "evaluated",
    name: "CDK, aws-cdk-lib/pipelines",
    command: cdk("pipelines.ts", NOT_JUDGED),
    fits: onePipeline,
  },
  {
    comparison: "judged",
    name: "this project",
    beside: "CDK, aws-codepipeline",
    command: ({ stacks }) => ({ args: [...REGISTER.args, join(__dirname, "judge.ts"), stacks] }),
  },
  { comparison: "judged", name: "CDK, aws-codepipeline", command: cdk("classic.ts") },
  {
    comparison: "judged",
    name: "CDK, aws-codepipeline, by register.cjs",
    command: cdk("classic.ts", {}, REGISTER),
  },
  {
    comparison: "judged",
    name: "CDK, aws-cdk-lib/pipelines",
    command: cdk("pipelines.ts"),
    fits: onePipeline,
  },
  {
    comparison: "rehearsed",
    name: "npm start",
    command: ({ out }) => ({
      args: [...REGISTER.args, "rehearsal/main.ts", "--yes", "--page", join(out, "report.html")],
    }),
    fits: sample,
  },
  {
    comparison: "rehearsed",
    name: "npm run resources",
    command: () => ({ args: [...REGISTER.args, "rehearsal/resources/main.ts"] }),
    fits: sample,
  },
  {
    comparison: "rehearsed",
    name: "npm test",
    command: () => ({ args: ["node_modules/mocha/bin/mocha.js", ...TESTS] }),
    fits: sample,
    once: true,
  },
];
