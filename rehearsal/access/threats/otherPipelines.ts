import { replaced } from "./change";
import { as, holderOf } from "./cast";
import { arnIn, lastOf, logOf, OWN_SET, stackArn } from "./pairs";
import { type Attack, call, type Scene, stopped, upload, viaS3 } from "./scene";
import type { EnvironmentFacts, Facts, PipelineFacts } from "./inventoryModel";

const LACKS = { lacks: "another pipeline" };

/** A scene that needs a second pipeline. */
const between =
  (
    make: (facts: Facts, other: PipelineFacts, last: EnvironmentFacts) => Scene | { readonly lacks: string },
  ) =>
  (facts: Facts) => (facts.other ? make(facts, facts.other, lastOf(facts)) : LACKS);

/** One team's pipeline against another's, with the same store and the same accounts. */
export const OTHER_PIPELINES: readonly Attack[] = [
  {
    id: "another-pipelines-job-overwrites-release",
    title: "Another pipeline's job overwrites what this one will deploy",
    scene: between((facts, other, last) => {
      const [theirs] = other.environments;
      if (!theirs) return LACKS;
      return {
        story:
          `Both pipelines share bucket and key. A release job of ${other.name} writes a template of its ` +
          `own over ${facts.main.name}'s for ${last.name}: a team reaches production with another team's ` +
          "approval. The folder begins with the pipeline's name, in the policy as on the disk.",
        steps: [
          call(as(theirs.releaseJob.role), "kms:GenerateDataKey", facts.key, viaS3(facts)),
          stopped(as(theirs.releaseJob.role), "s3:PutObject", last.releaseFile, upload()),
        ],
        change: replaced(
          { policyOf: theirs.releaseJob.role },
          "WriteReleaseFiles",
          "for the releases of all pipelines",
          {
            Resource: [`${facts.bucket}/releases/*`],
          },
        ),
      };
    }),
  },
  {
    id: "another-pipelines-build-reads-artifacts",
    title: "Another pipeline's build reads this one's source and release",
    scene: between((facts, other) => ({
      story:
        `Code inside the build of ${other.name} looks for ${facts.main.name}'s source, which lies in the ` +
        "same bucket for the length of a release, encrypted with a key that it has. Its policy names the " +
        "prefix that CodePipeline gives its own artifacts.",
      steps: [
        call(as(other.build.role), "kms:Decrypt", facts.key, viaS3(facts)),
        stopped(as(other.build.role), "s3:GetObject", `${facts.main.artifacts}/Source/a1b2c3d`),
      ],
      change: replaced({ policyOf: other.build.role }, "ReadArtifacts", "for the whole bucket", {
        Resource: [`${facts.bucket}/*`],
      }),
    })),
  },
  {
    id: "another-pipeline-runs-release-job",
    title: "Another pipeline runs this one's release job",
    scene: between((facts, other, last) => ({
      story:
        `Whoever may edit the pipeline ${other.name} adds an action that runs ${facts.main.name}'s ` +
        `release job for ${last.name}, past its build and its approval. The job would not ask who ` +
        `started it. The role of ${other.name} starts the jobs of ${other.name} and of its environments.`,
      steps: [
        stopped(as(other.role), "codebuild:StartBuild", last.releaseJob.project),
        call(as(last.releaseJob.role), "sts:AssumeRole", last.deploy),
      ],
      change: replaced({ policyOf: other.role }, "RunJobs", "for every project", {
        Resource: [arnIn(facts, "codebuild", facts.tooling, "project/*")],
      }),
    })),
  },
  {
    id: "another-pipelines-clean-up-reads-logs",
    title: "Another pipeline's clean-up reads this one's logs",
    scene: between((facts, other) => {
      const clean = other.cleanup.role;
      return {
        story:
          `A job's log holds what its scripts print, a token among it when somebody was careless. The clean-up ` +
          `of ${other.name} reads logs to mail the reason of a failed run to its own team: subverted, it ` +
          `mails them the log of ${facts.main.name}'s build. Its policy names the jobs of its own pipeline.`,
        steps: [
          stopped(as(clean), "logs:GetLogEvents", logOf(facts, facts.main.build)),
          call(as(clean), "sns:Publish", other.topic),
        ],
        change: replaced({ policyOf: clean }, "ReadReasons", "for the logs of every job", {
          Resource: [arnIn(facts, "logs", facts.tooling, "log-group:/aws/codebuild/*")],
        }),
      };
    }),
  },
  {
    id: "another-pipelines-operator-reads-logs",
    title: "Another pipeline's operator reads this one's logs",
    scene: between((facts, other) => {
      const operator = holderOf(facts, other.operator);
      return {
        story:
          `Whoever operates ${other.name} knows the names of ${facts.main.name}'s jobs, since both are in one ` +
          "account, and asks for the log of a build. The policies for people name the jobs of one pipeline, " +
          "and what is mailed of a log goes to the pipeline's own people.",
        steps: [
          call(operator, "codepipeline:GetPipelineState", other.arn),
          stopped(operator, "logs:GetLogEvents", logOf(facts, facts.main.build)),
        ],
        change: replaced({ managed: other.operator }, "ReadJobLogs", "for the logs of every job", {
          Resource: [arnIn(facts, "logs", facts.tooling, "log-group:/aws/codebuild/*")],
        }),
      };
    }),
  },
  {
    id: "another-pipelines-plan-on-this-stack",
    title: "Another pipeline's plan role makes a change set for this one's stack",
    scene: between((facts, other) => {
      const shared = facts.main.environments
        .map((mine) => ({ mine, theirs: other.environments.find(({ account }) => account === mine.account) }))
        .at(-1);
      if (!shared?.theirs) return { lacks: "an account that two pipelines release to" };
      const { mine, theirs } = shared;
      return {
        story:
          `${other.name} and ${facts.main.name} release to the same account. A subverted job of ` +
          `${other.name} takes its own plan role there and makes a change set for ${mine.stackName}, so ` +
          "that the right one is obsolete and this one lies in its place. A plan role knows the stack of " +
          "its own pipeline.",
        steps: [
          call(as(theirs.releaseJob.role), "sts:AssumeRole", theirs.plan),
          stopped(
            as(theirs.plan),
            "cloudformation:CreateChangeSet",
            stackArn(facts, mine.account, mine.stackName),
            {
              context: { ...OWN_SET, "cloudformation:RoleArn": theirs.execution },
            },
          ),
        ],
        change: replaced({ policyOf: theirs.plan }, "CreateChangeSets", "for every stack of the account", {
          Resource: [stackArn(facts, mine.account, "*").replace(/[^/]*$/, "*")],
        }),
      };
    }),
  },
];
