/*
 * How long others take from a commit to the last environment, in seconds, with the sample's service: what is done as
 * their pages have it on DATE, in the order of docs/coming-from.md, whose fifth page has no pipeline. What the service
 * itself takes is the same for all.
 */
import { CHANGE_SET, SERVICE, SOURCE, START, UPDATE } from "./durations";

/** The day on which the pages were read, and on which the tools were installed to see how long it takes. */
export const DATE = "2026-11-26";

export interface Peer {
  readonly name: string;
  /** Before the first environment, and after it. */
  readonly once: Readonly<Record<string, number>>;
  /** For each environment, one after the other. */
  readonly each: Readonly<Record<string, number>>;
}

/** Tools that jobs install each time, from empty caches on a machine that others use too; rounded up to five seconds. */
const TOOLS = { awsCli: 15, cdk: 5, sam: 55, serverless: 45 } as const;
/** The CLI updates the code, publishes a version and moves the alias. */
const UPDATE_FUNCTION = 10;

/** https://github.com/aws-samples/cicd-lambda-container: codepipeline.yaml and the buildspecs of the folder `pipeline`. */
const SAM: Peer = {
  name: "SAM, function of an image",
  once: {
    Source: SOURCE,
    "UpdatePipeline, where nothing has changed": CHANGE_SET,
    BuildAndPackage: START + TOOLS.sam + SERVICE.install + SERVICE.push,
  },
  each: { Deploy: START + TOOLS.sam + CHANGE_SET + UPDATE },
};

const SERVERLESS = { Deploy: START + TOOLS.serverless + CHANGE_SET + UPDATE };

export const PEERS: readonly Peer[] = [
  SAM,
  {
    ...SAM,
    name: "the same, with the tests that it has as comments",
    once: {
      ...SAM.once,
      UnitTest: START + SERVICE.install + SERVICE.test,
      "IntegrationTest of the first environment": START + SERVICE.install + SERVICE.verify,
    },
  },
  {
    name: "function in a zip, by the CLI; one file, no test",
    once: { Source: SOURCE },
    each: { Deploy: START + TOOLS.awsCli + UPDATE_FUNCTION },
  },
  {
    name: "Serverless Framework, no test",
    once: { Source: SOURCE },
    each: SERVERLESS,
  },
  {
    name: "Serverless Framework, with unit tests",
    once: { Source: SOURCE, Build_and_Test: START + SERVICE.install + SERVICE.test },
    each: SERVERLESS,
  },
  {
    // https://docs.aws.amazon.com/cdk/v2/guide/cdk-pipeline.html
    name: "CDK Pipelines, as shipped, no test",
    once: {
      Source: SOURCE,
      "Build (synth)": START + SERVICE.install + TOOLS.cdk,
      "UpdatePipeline, where nothing has changed": START + TOOLS.cdk + CHANGE_SET,
      Assets: START + TOOLS.cdk + SERVICE.install + SERVICE.push,
    },
    each: { Prepare: CHANGE_SET, Deploy: UPDATE },
  },
];

const sum = (parts: Readonly<Record<string, number>>): number =>
  Object.values(parts).reduce((total, each) => total + each, 0);

/** Seconds with so many environments. */
export const peerSeconds = ({ once, each }: Peer, environments: number): number =>
  sum(once) + environments * sum(each);
