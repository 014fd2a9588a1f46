/** Where a pipeline's source comes from: what its source action, its trigger and its role need for that. Pure. */
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { arn, partition, type Scope } from "../names";
import { allow, type Statement } from "../policies";
import { made, type Told } from "../told";
import { SOURCE_ACTION } from "./stageActions";

export interface CodeCommit {
  readonly kind: "codecommit";
  readonly repository: string;
  readonly branch: string;
}

/** A repository that a connection gives access to. */
export interface Connected {
  /** `owner/name`, as the provider spells it. */
  readonly repository: string;
  readonly branch: string;
  /** Globs, at most 8: only changes to these files start a release. Empty: all do. */
  readonly paths: readonly string[];
  /** Globs, at most 8: pushed tags that start a release too. Empty: none does. */
  readonly tags: readonly string[];
  /** Pull requests into these branches that start a release: of the code of whoever may open one. Default: none. */
  readonly pullRequests?: { readonly branches: readonly string[]; readonly events: readonly string[] };
}

export interface Connection extends Connected {
  readonly kind: "connection";
  /** ARN of the CodeConnections connection, which a person has authorised. */
  readonly connection: Told;
}

export type Source = CodeCommit | Connection;

/** Provider and configuration of the source action. Nothing polls: a rule or the trigger starts the pipeline. */
export const sourceAction = (
  source: Source,
): { provider: string; configuration: Record<string, pulumi.Input<string>> } =>
  source.kind === "codecommit"
    ? {
        provider: "CodeCommit",
        configuration: {
          RepositoryName: source.repository,
          BranchName: source.branch,
          PollForSourceChanges: "false",
          OutputArtifactFormat: "CODE_ZIP",
        },
      }
    : {
        // The action kept its name when the service was renamed to CodeConnections.
        provider: "CodeStarSourceConnection",
        configuration: {
          ConnectionArn: source.connection,
          FullRepositoryId: source.repository,
          BranchName: source.branch,
          DetectChanges: "false",
          OutputArtifactFormat: "CODE_ZIP",
        },
      };

/** The pipeline's own triggers; CodeCommit has none, it is started by a rule. */
export function sourceTriggers(source: Source): aws.types.input.codepipeline.PipelineTrigger[] {
  if (source.kind === "codecommit") return [];
  const paths = source.paths.length > 0 && { filePaths: { includes: [...source.paths] } };
  const push = { branches: { includes: [source.branch] }, ...paths };
  // AWS takes no tags beside branches in one entry.
  const tags = source.tags.length > 0 ? [{ tags: { includes: [...source.tags] } }] : [];
  const { pullRequests } = source;
  return [
    {
      providerType: "CodeStarSourceConnection",
      gitConfiguration: {
        sourceActionName: SOURCE_ACTION,
        pushes: [push, ...tags],
        ...(pullRequests && {
          pullRequests: [
            {
              branches: { includes: [...pullRequests.branches] },
              events: [...pullRequests.events],
              ...paths,
            },
          ],
        }),
      },
    },
  ];
}

export const codecommitArn = (scope: Scope, repository: string): string =>
  arn(scope, "codecommit", scope.toolingAccount, repository);

/** What the pipeline's role needs to fetch the source. */
export const sourceStatements = (scope: Scope, source: Source): Statement[] =>
  source.kind === "codecommit"
    ? [
        allow(
          "FetchSource",
          [
            "codecommit:CancelUploadArchive",
            "codecommit:GetBranch",
            "codecommit:GetCommit",
            "codecommit:GetRepository",
            "codecommit:GetUploadArchiveStatus",
            "codecommit:UploadArchive",
          ],
          [codecommitArn(scope, source.repository)],
        ),
      ]
    : // Both prefixes are asked for, whichever the connection's own ARN has.
      (["codeconnections", "codestar-connections"] as const).map((service) =>
        allow(
          service === "codeconnections" ? "UseConnection" : "UseConnectionByItsOldName",
          [`${service}:UseConnection`],
          // No condition on the repository: AWS documents it for CodeBuild's clones, not for this action.
          [
            made(source.connection, (arn) =>
              arn.replace(/:(codeconnections|codestar-connections):/, `:${service}:`),
            ),
          ],
        ),
      );

/** What CodeCommit tells of branches; `*` in a name stands for any characters. */
export const branchEvent = (
  scope: Scope,
  { repository }: CodeCommit,
  event: readonly string[],
  branches: readonly string[],
) => ({
  source: ["aws.codecommit"],
  "detail-type": ["CodeCommit Repository State Change"],
  resources: [codecommitArn(scope, repository)],
  detail: {
    event,
    referenceType: ["branch"],
    referenceName: branches.map((name) => (name.includes("*") ? { wildcard: name } : name)),
  },
});

/** The event that starts the pipeline where it has no trigger of its own. */
export const sourceEvent = (scope: Scope, source: Source): object | undefined =>
  source.kind === "codecommit"
    ? branchEvent(scope, source, ["referenceCreated", "referenceUpdated"], [source.branch])
    : undefined;

/** Where people push to. */
export const cloneUrl = (scope: Scope, source: Source): string =>
  source.kind === "codecommit"
    ? `https://git-codecommit.${scope.region}.amazonaws.com${partition(scope.region) === "aws-cn" ? ".cn" : ""}/v1/repos/${source.repository}`
    : source.repository;
