/** One service through the same environments, with CDK's own pipelines: the pipeline updates itself, each environment is a stage. */
import {
  type App,
  aws_codecommit as codecommit,
  aws_ecr as ecr,
  aws_iam as iam,
  aws_lambda as lambda,
  pipelines,
  Stack,
  Stage,
} from "aws-cdk-lib";
import type { Construct } from "constructs";
import { REGION, type Size, synthesize, TOOLING } from "./size";

/** What an environment runs. */
class Service extends Stage {
  constructor(scope: Construct, name: string, account: string, pipeline: string) {
    super(scope, name, { env: { account, region: REGION } });
    const stack = new Stack(this, pipeline);
    const images = ecr.Repository.fromRepositoryArn(
      stack,
      "images",
      `arn:aws:ecr:${REGION}:${TOOLING}:repository/${pipeline}`,
    );
    const role = new iam.Role(stack, "role", { assumedBy: new iam.ServicePrincipal("lambda.amazonaws.com") });
    const code = lambda.DockerImageCode.fromEcr(images, { tagOrDigest: "latest" });
    const service = new lambda.DockerImageFunction(stack, "function", { code, role });
    service.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.AWS_IAM });
  }
}

synthesize((app: App, size: Size) => {
  const stack = new Stack(app, "tooling", { env: { account: TOOLING, region: REGION } });
  for (const name of size.pipelines) {
    const repository = new codecommit.Repository(stack, `${name}-source`, { repositoryName: name });
    new ecr.Repository(stack, `${name}-images`, { repositoryName: name, imageScanOnPush: true });
    const pipeline = new pipelines.CodePipeline(stack, name, {
      pipelineName: name,
      crossAccountKeys: true,
      synth: new pipelines.ShellStep("Synth", {
        input: pipelines.CodePipelineSource.codeCommit(repository, "main"),
        commands: ["npm ci", "npx cdk synth"],
      }),
    });
    size.environments.forEach((environment, index) =>
      pipeline.addStage(new Service(stack, `${name}-${environment.name}`, environment.account, name), {
        ...(index === size.environments.length - 1
          ? { pre: [new pipelines.ManualApprovalStep("Approve")] }
          : {}),
        post: [new pipelines.ShellStep("Verify", { commands: ["./verify.sh"] })],
      }),
    );
  }
});
