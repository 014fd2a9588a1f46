import { service } from "../../../packages/iam/src/policy/principals";
import { as, somebody } from "./cast";
import { replaced, withoutCondition } from "./change";
import { passed } from "./execution";
import { arnIn, lastOf } from "./pairs";
import { type Attack, call, stopped } from "./scene";

const CODEBUILD = service("codebuild.amazonaws.com");

/** Services that are trusted, and do what somebody else tells them. */
export const DEPUTIES: readonly Attack[] = [
  {
    id: "another-project-runs-as-the-job",
    title: "A forgotten CodeBuild project runs with the release job's role",
    scene: (facts) => {
      const { deploy, releaseJob } = lastOf(facts);
      const old = arnIn(facts, "codebuild", facts.tooling, "project/old-ci");
      const dev = somebody(facts, facts.tooling, "ci-developer", { "codebuild:*": old, "iam:PassRole": "*" });
      return {
        story:
          "In tooling there is still a project old-ci, and a developer who may edit it and pass roles to " +
          "CodeBuild. He sets the release job's role on it and commands of his own: the role is real, " +
          "the service is the trusted one. But the role trusts CodeBuild for one project, and CodeBuild " +
          "says for which it asks.",
        roles: [dev],
        steps: [
          call(as(dev), "codebuild:UpdateProject", old),
          call(as(dev), "iam:PassRole", releaseJob.role, passed("codebuild.amazonaws.com")),
          call(as(dev), "codebuild:StartBuild", old),
          stopped(CODEBUILD, "sts:AssumeRole", releaseJob.role, { context: { "aws:SourceArn": old } }),
          call(as(releaseJob.role), "sts:AssumeRole", deploy),
        ],
        change: withoutCondition({ trustOf: releaseJob.role }, "AssumedByService"),
      };
    },
  },
  {
    id: "foreign-project-runs-as-build",
    title: "A stranger's CodeBuild project asks for Build's role",
    scene: (facts) => {
      const { role, project } = facts.main.build;
      const theirs = project.replace(facts.tooling, facts.stranger);
      return {
        story:
          "A confused deputy across accounts: a stranger's project of the same name has our Build's role " +
          "set on it. AWS lets nobody pass a role out of its account, so this should fail long before; " +
          "the trust does not count on it. It names the project with its account.",
        steps: [stopped(CODEBUILD, "sts:AssumeRole", role, { context: { "aws:SourceArn": theirs } })],
        change: replaced({ trustOf: role }, "AssumedByService", "for projects of that name in any account", {
          Condition: { ArnLike: { "aws:SourceArn": project.replace(facts.tooling, "*") } },
        }),
      };
    },
  },
  {
    id: "trigger-starts-release-job",
    title: "A rule of somebody else's starts the release job with the trigger's role",
    scene: (facts) => {
      const last = lastOf(facts);
      const rule = arnIn(facts, "events", facts.tooling, "rule/nightly-report");
      const dev = somebody(facts, facts.tooling, "events-developer", {
        "events:PutTargets iam:PassRole": "*",
      });
      return {
        story:
          "A developer in tooling may write EventBridge rules and pass roles to them. He makes a rule of " +
          `his own with the trigger's role, whose target is ${last.name}'s release job and whose input ` +
          "are variables that he likes. EventBridge is trusted without saying for which rule. What it " +
          "can start is written in the role: one pipeline, one clean-up job.",
        roles: [dev],
        steps: [
          call(as(dev), "events:PutTargets", rule),
          call(as(dev), "iam:PassRole", facts.main.trigger, passed("events.amazonaws.com")),
          call(service("events.amazonaws.com"), "sts:AssumeRole", facts.main.trigger, {
            context: { "aws:SourceArn": rule },
          }),
          stopped(as(facts.main.trigger), "codebuild:StartBuild", last.releaseJob.project),
        ],
        change: replaced({ policyOf: facts.main.trigger }, "StartCleanup", "for every project", {
          Resource: [arnIn(facts, "codebuild", facts.tooling, "project/*")],
        }),
      };
    },
  },
  {
    id: "pipeline-runs-anothers-job",
    title: "Somebody who may edit this pipeline runs another team's job with it",
    scene: (facts) => {
      const theirs = arnIn(facts, "codebuild", facts.tooling, "project/payroll-nightly");
      const editor = somebody(facts, facts.tooling, "pipeline-editor", {
        "codepipeline:UpdatePipeline": facts.main.arn,
        "iam:PassRole": facts.main.role,
      });
      return {
        story:
          "An editor of this pipeline, and of no other, adds an action that runs payroll-nightly, a " +
          "project of another team's with rights of its own, and gives it variables. CodePipeline starts " +
          "it with the pipeline's role. That role starts this pipeline's jobs, by name and by a prefix " +
          "that no other pipeline's jobs have.",
        roles: [editor],
        steps: [
          call(as(editor), "codepipeline:UpdatePipeline", facts.main.arn),
          call(as(editor), "iam:PassRole", facts.main.role, passed("codepipeline.amazonaws.com")),
          call(service("codepipeline.amazonaws.com"), "sts:AssumeRole", facts.main.role),
          stopped(as(facts.main.role), "codebuild:StartBuild", theirs),
        ],
        change: replaced({ policyOf: facts.main.role }, "RunJobs", "for every project", {
          Resource: [arnIn(facts, "codebuild", facts.tooling, "project/*")],
        }),
      };
    },
  },
];
