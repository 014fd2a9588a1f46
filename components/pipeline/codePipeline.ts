import type * as aws from "@pulumi/aws";
import * as codepipeline from "@pulumi/aws/codepipeline";
import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import type { JobScope } from "../jobs/jobStatements";
import { pipelineStatements } from "./pipelineStatements";
import { principalName } from "../names";
import { pipelineStages } from "./pipelineDefinition";
import { document, trustService } from "../policies";
import { type Source, sourceStatements } from "./source";
import { asksForApproval, type PipelineEnvironment, type Stage } from "../stage";

export interface CodePipelineArgs extends JobScope {
  readonly source: Source;
  readonly stages: readonly Stage[];
  /** Those that approvals may be asked for. */
  readonly environments: readonly Pick<PipelineEnvironment, "name" | "approvalTimeoutDays">[];
  readonly executionMode: "SUPERSEDED" | "QUEUED";
  /** Names of its jobs, or patterns for them. */
  readonly jobNames: readonly string[];
  readonly triggers: aws.types.input.codepipeline.PipelineTrigger[];
  /** Pipeline variables with their defaults. Default: none. */
  readonly variables?: aws.types.input.codepipeline.PipelineVariable[];
  /** Where approvals are asked for; not given where there are none. */
  readonly topicArn?: pulumi.Input<string>;
  /** ARN of the organization's permissions boundary for its role. */
  readonly permissionsBoundary?: string | undefined;
}

/** A pipeline with its role, which may do what the stages ask for. */
export function codePipeline(
  name: string,
  args: CodePipelineArgs,
  { parent, dependsOn }: { readonly parent: pulumi.Resource; readonly dependsOn: pulumi.Resource[] },
): codepipeline.Pipeline {
  const { scope, pipeline, permissionsBoundary, source, store, topicArn } = args;
  const role = new iam.Role(
    name,
    {
      name: principalName(scope, pipeline, "pipeline"),
      path: scope.path,
      description: `Runs pipeline ${pipeline.name}`,
      assumeRolePolicy: trustService("codepipeline.amazonaws.com"),
      ...(permissionsBoundary && { permissionsBoundary }),
    },
    { parent },
  );
  const statements = [
    ...pipelineStatements(
      args,
      args.jobNames,
      args.environments.some(asksForApproval) ? topicArn : undefined,
    ),
    ...sourceStatements(scope, source),
  ];
  const policy = new iam.RolePolicy(name, { role: role.name, policy: document(...statements) }, { parent });
  return new codepipeline.Pipeline(
    name,
    {
      name: pipeline.name,
      pipelineType: "V2",
      executionMode: args.executionMode,
      roleArn: role.arn,
      // By ARN: CodePipeline would look an alias up in the action's account.
      artifactStores: [
        { type: "S3", location: store.bucketName, encryptionKey: { type: "KMS", id: store.keyArn } },
      ],
      stages: pipelineStages(args.stages, source, topicArn),
      triggers: args.triggers,
      ...(args.variables && { variables: args.variables }),
    },
    { parent, dependsOn: [policy, ...dependsOn] },
  );
}
