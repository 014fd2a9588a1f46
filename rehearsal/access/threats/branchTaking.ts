import { withBranches } from "./branchInventory";
import { as, given, roleArn } from "./cast";
import { replaced, withoutOperator } from "./change";
import { ownStack } from "./execution";
import { OWN_SET } from "./pairs";
import { type Attack, call, stopped } from "./scene";

/** Who takes the role of branches, for whom, and which roles the jobs of branches take. */
export const BRANCH_TAKING: readonly Attack[] = [
  {
    id: "branch-session-without-tag",
    title: "A branch's job takes the role without saying for which branch",
    scene: withBranches((_, { releaseJob, deploy }) => ({
      story:
        "One role deploys all branches, and the tag of its session says which. Somebody finds the tag " +
        "a nuisance and leaves it out of the job's commands, to see what happens. A session without a " +
        "tag could match no stack, but none comes to be: the trust asks for the tag.",
      steps: [
        stopped(as(releaseJob.role), "sts:AssumeRole", deploy, {
          absent: ["aws:RequestTag/branch", "aws:TagKeys"],
        }),
      ],
      change: withoutOperator(
        { trustOf: deploy },
        "AssumedByJobs",
        "StringLike",
        "without asking for the tag",
      ),
    })),
  },
  {
    id: "branch-session-with-more-tags",
    title: "A branch's job gives its session a second tag",
    scene: withBranches((_, { releaseJob, deploy, one }) => ({
      story:
        "Other teams let sessions in by a tag team=payments. The job of branches may tag sessions, so " +
        "somebody who found a way into its commands adds that one and goes shopping with it. The trust " +
        "takes the branch's tag and no other key.",
      steps: [
        stopped(as(releaseJob.role), "sts:AssumeRole", deploy, {
          context: { "aws:RequestTag/branch": one.hash, "aws:RequestTag/team": "payments" },
        }),
      ],
      change: withoutOperator(
        { trustOf: deploy },
        "AssumedByJobs",
        "ForAllValues:StringEquals",
        "with any other tags beside the branch's",
      ),
    })),
  },
  {
    id: "branch-build-takes-deploy-role",
    title: "A branch's own build takes the role for another branch",
    scene: withBranches((facts, { build, deploy, other }) => ({
      story:
        "Build of branches runs whatever was pushed last, by whomever. Somebody once gave it all of STS " +
        "'for now'. So a pushed test takes the role of branches, and says that it is another branch. " +
        "Only the job that deploys and the one that cleans up are let in, and neither runs the branch's code.",
      also: [given(facts, build.role, { "sts:*": "*" })],
      steps: [
        stopped(as(build.role), "sts:AssumeRole", deploy, {
          context: { "aws:RequestTag/branch": other.hash },
        }),
      ],
      change: withoutOperator({ trustOf: deploy }, "AssumedByJobs", "ArnEquals", "for every role of tooling"),
    })),
  },
  {
    id: "main-job-takes-branch-role",
    title: "A release job takes the role of branches",
    scene: withBranches((facts, { last, deploy, one }) => ({
      story:
        `A maintainer gives the release job for ${last.name} the right to take any role, to save herself ` +
        "a second job. With it a subverted release would plant its template in a branch's stack, where " +
        "no approval is asked for. The role of branches knows the jobs of branches.",
      also: [given(facts, last.releaseJob.role, { "sts:*": "*" })],
      steps: [
        stopped(as(last.releaseJob.role), "sts:AssumeRole", deploy, {
          context: { "aws:RequestTag/branch": one.hash },
        }),
      ],
      change: replaced({ trustOf: deploy }, "AssumedByJobs", "for every release job of tooling", {
        Condition: {
          ArnLike: { "aws:PrincipalArn": roleArn(facts, facts.tooling, "*-release-job") },
          StringLike: { "aws:RequestTag/branch": "????????" },
        },
      }),
    })),
  },
  {
    id: "branch-job-takes-main-role",
    title: "A branch after production: the job of branches takes an environment's deploy role",
    scene: withBranches((facts, { last, releaseJob }) => ({
      story:
        "Branches ask nobody for approval, so their release job would be the short way to " +
        `${last.name}. Given the right to take any role, it knocks at the deploy role there. That one's trust ` +
        "names the release job of this one environment.",
      also: [given(facts, releaseJob.role, { "sts:AssumeRole": "*" })],
      steps: [
        stopped(as(releaseJob.role), "sts:AssumeRole", last.deploy),
        call(as(last.deploy), "cloudformation:ExecuteChangeSet", ownStack(facts, last), {
          context: OWN_SET,
        }),
      ],
      change: replaced({ trustOf: last.deploy }, "AssumedByJobs", "for every role of tooling", {
        Condition: { ArnLike: { "aws:PrincipalArn": roleArn(facts, facts.tooling, "*") } },
      }),
    })),
  },
];
