import { as } from "./cast";
import { replaced } from "./change";
import { passed } from "./execution";
import { approved, arnIn, lastOf } from "./pairs";
import { type Attack, call, stopped } from "./scene";

/** The pipeline itself: its jobs, its definition, its source. */
export const PIPELINE: readonly Attack[] = [
  {
    id: "verify-starts-release-job",
    title: "The app's tests start the last environment's release job with variables of their own",
    scene: (facts) => {
      const last = lastOf(facts);
      return {
        story:
          "A poisoned end-to-end test cannot deploy, but there is a job that can. It starts " +
          `${last.name}'s release job with other variables: another run, another digest. CodeBuild would ` +
          "take them from whoever may start a build. Verify may write its own reports, and start nothing.",
        steps: [
          stopped(as(facts.main.verify.role), "codebuild:StartBuild", last.releaseJob.project),
          call(as(last.releaseJob.role), "sts:AssumeRole", last.deploy),
        ],
        change: replaced(
          { policyOf: facts.main.verify.role },
          "ReportTests",
          "with every action of CodeBuild on everything",
          {
            Action: ["codebuild:*"],
            Resource: "*",
          },
        ),
      };
    },
  },
  {
    id: "build-edits-its-commands",
    title: "A poisoned build rewrites its own commands, to stay",
    scene: (facts) => ({
      story:
        "The malicious dependency will be found and removed. Before that it writes itself into the " +
        "commands of the Build project, where no commit shows it, and every later build is its own. The " +
        "commands belong to the project and the project to the stack; Build can write reports about " +
        "itself, and not itself.",
      steps: [stopped(as(facts.main.build.role), "codebuild:UpdateProject", facts.main.build.project)],
      change: replaced(
        { policyOf: facts.main.build.role },
        "ReportTests",
        "with every action of CodeBuild on every project",
        {
          Action: ["codebuild:*"],
          Resource: [arnIn(facts, "codebuild", facts.tooling, "project/*")],
        },
      ),
    }),
  },
  {
    id: "build-edits-the-pipeline",
    title: "A poisoned build takes the approval out of the pipeline",
    scene: (facts) => ({
      story:
        "Shorter still: Build sends CodePipeline a definition without the approval stage. That takes two " +
        "permissions, for the definition and for handing CodePipeline the pipeline's role, and Build has " +
        "neither. (The change is the kind that a hurried colleague makes to the one statement that is on " +
        "'*' already.)",
      steps: [
        stopped(as(facts.main.build.role), "codepipeline:UpdatePipeline", facts.main.arn),
        call(
          as(facts.main.build.role),
          "iam:PassRole",
          facts.main.role,
          passed("codepipeline.amazonaws.com"),
        ),
      ],
      change: replaced({ policyOf: facts.main.build.role }, "CheckTemplate", "with every action", {
        Action: ["*"],
      }),
    }),
  },
  {
    id: "job-approves",
    title: "The job of one environment approves the deployment to another",
    scene: (facts) => {
      const last = approved(facts);
      if ("lacks" in last) return last;
      const first = facts.main.environments.find(({ name }) => name !== last.name);
      if (!first) return { lacks: "another environment beside the one with an approval" };
      return {
        story:
          `${first.name}'s release job asks the pipeline whose run it is, and what that was handed. ` +
          `Subverted, it answers what it sees waiting there: the approval for ${last.name}, an hour ` +
          "after it was asked for, when it looks human. Following reads; answering is another action, on " +
          "another resource.",
        steps: [
          call(as(first.releaseJob.role), "codepipeline:GetPipelineExecution", facts.main.arn),
          stopped(as(first.releaseJob.role), "codepipeline:PutApprovalResult", last.approval),
        ],
        change: replaced(
          { policyOf: first.releaseJob.role },
          "AskPipeline",
          "with every action of CodePipeline, on the pipeline and all in it",
          { Action: ["codepipeline:*"], Resource: [facts.main.arn, `${facts.main.arn}/*`] },
        ),
      };
    },
  },
  {
    id: "source-of-anothers",
    title: "The source action fetches another team's repository",
    scene: (facts) => {
      if (facts.main.codecommit === undefined) {
        return {
          lacks: "a source in CodeCommit: what a connection reaches is decided where it is authorised",
        };
      }
      const theirs = `${facts.main.codecommit}-payroll`;
      return {
        story:
          "Another name in the source action, and the pipeline's role brings the code of another team's " +
          "repository into a build whose log one can read. CodeCommit asks for the repository, and the " +
          "role has its own.",
        steps: [
          call(as(facts.main.role), "codecommit:UploadArchive", facts.main.codecommit),
          stopped(as(facts.main.role), "codecommit:UploadArchive", theirs),
        ],
        change: replaced({ policyOf: facts.main.role }, "FetchSource", "for every repository", {
          Resource: [arnIn(facts, "codecommit", facts.tooling, "*")],
        }),
      };
    },
  },
];
