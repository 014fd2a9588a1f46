import { App } from "aws-cdk-lib";

export const REGION = "eu-west-1";
export const TOOLING = "111111111111";

/** What is measured: so many environments, each in an account of its own, and so many pipelines through all of them. */
export interface Size {
  readonly environments: readonly { readonly name: string; readonly account: string }[];
  readonly pipelines: readonly string[];
}

/** `node FILE OUTPUT ENVIRONMENTS PIPELINES`: the program, synthesized into that folder. */
export function synthesize(program: (app: App, size: Size) => void): void {
  const [outdir, environments, pipelines] = process.argv.slice(2);
  if (outdir === undefined || !(Number(environments) > 0) || !(Number(pipelines) > 0))
    throw new Error(
      `arguments are OUTPUT ENVIRONMENTS PIPELINES, and not ${process.argv.slice(2).join(" ")}`,
    );
  const context = {
    // As `cdk init` sets it: without it no bucket that takes access logs can have ACLs off.
    "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": true,
    // CloudFormation takes 500 resources in a stack, and 30 environments make more in tooling's: measured all the same.
    "@aws-cdk/core:stackResourceLimit": 0,
  };
  const app = new App({ outdir, context });
  program(app, {
    environments: Array.from({ length: Number(environments) }, (_, n) => ({
      name: `env-${n + 1}`,
      account: String(200000000001 + n),
    })),
    pipelines: Array.from({ length: Number(pipelines) }, (_, n) => `service-${n + 1}`),
  });
  app.synth();
}
