import { administrator, as, given, nameOf, somebody } from "./cast";
import { replaced, withoutCondition } from "./change";
import { ownStack } from "./execution";
import { lastOf, OWN_SET, twoOf } from "./pairs";
import { type Attack, call, stopped } from "./scene";

/** Whoever is not the right job, and wants to take an environment's role. */
export const ROLES: readonly Attack[] = [
  {
    id: "sibling-job-takes-deploy-role",
    title: "One environment's release job takes the deploy role of another",
    scene: (facts) => {
      const pair = twoOf(facts);
      if ("lacks" in pair) return pair;
      const { first, last } = pair;
      const { project, role } = first.releaseJob;
      const maintainer = somebody(facts, facts.tooling, "maintainer-of-jobs", {
        "iam:PutRolePolicy": role,
        "codebuild:StartBuild": project,
      });
      const rewritten = given(facts, role, { "sts:AssumeRole": "*" });
      return {
        story:
          `A maintainer may edit the role of ${first.name}'s release job and start it, which seemed safe ` +
          "enough. She gives it the right to take any role and starts it: half of the way to " +
          `${last.name} is open, since across accounts both sides must agree and she owns one. The other ` +
          `side is the trust of ${last.name}'s deploy role. It names one job's role by its ARN, and that ` +
          "is not this one.",
        roles: [maintainer],
        also: [rewritten],
        steps: [
          call(as(maintainer), "iam:PutRolePolicy", role),
          call(as(maintainer), "codebuild:StartBuild", project),
          stopped(as(role), "sts:AssumeRole", last.deploy),
          call(as(last.deploy), "cloudformation:ExecuteChangeSet", ownStack(facts, last), {
            context: OWN_SET,
          }),
        ],
        change: withoutCondition({ trustOf: last.deploy }, "AssumedByJobs"),
      };
    },
  },
  {
    id: "build-takes-deploy-role",
    title: "A poisoned build takes the deploy role of the last environment",
    scene: (facts) => {
      const last = lastOf(facts);
      const { role } = facts.main.build;
      return {
        story:
          "Build once had to fetch packages from another account, and somebody gave it sts:AssumeRole on " +
          "everything 'for now'. A malicious dependency tries the obvious: the deploy role of " +
          `${last.name}, whose ARN can be guessed from the documentation. Being in the right account is ` +
          "not enough there; being the release job is.",
        also: [given(facts, role, { "sts:AssumeRole": "*" })],
        steps: [stopped(as(role), "sts:AssumeRole", last.deploy)],
        change: replaced({ trustOf: last.deploy }, "AssumedByJobs", "for every role of tooling", {
          Condition: {
            ArnLike: { "aws:PrincipalArn": `arn:${facts.partition}:iam::${facts.tooling}:role/*` },
          },
        }),
      };
    },
  },
  {
    id: "session-named-like-the-job",
    title: "Somebody names his session like the release job",
    scene: (facts) => {
      const { deploy, releaseJob } = lastOf(facts);
      const name = nameOf(releaseJob.role);
      const intern = somebody(facts, facts.tooling, "intern", { "sts:AssumeRole": "*" });
      return {
        story:
          "Whoever takes a role chooses the name of the session, and it stands in the ARN that every log " +
          "shows. An intern in tooling calls his session like the release job and knocks at the deploy " +
          "role. The trust compares the role that a session was made from, which nobody chooses.",
        roles: [intern],
        steps: [
          stopped(as(intern, name), "sts:AssumeRole", deploy, {
            context: { "aws:userid": `AROAINTERNINTERNINTER:${name}` },
          }),
        ],
        change: replaced(
          { trustOf: deploy },
          "AssumedByJobs",
          "with the name of the session in place of the role's ARN",
          {
            Condition: { StringLike: { "aws:userid": `*:${name}` } },
          },
        ),
      };
    },
  },
  {
    id: "job-role-recreated-by-stranger",
    title: "A stranger recreates the release job's role and takes the deploy role",
    scene: (facts) => {
      const { deploy, releaseJob } = lastOf(facts);
      const eve = administrator(facts, facts.stranger);
      const twin = { ...eve, arn: releaseJob.role.replace(facts.tooling, facts.stranger) };
      return {
        story:
          "This tool is public, so are its names. A stranger makes the release job's role in an account " +
          "of his own, gives it everything and takes the deploy role from there. The trust names " +
          "tooling's account, and the ARN in its condition begins with the same: a name alone opens " +
          "nothing.",
        roles: [eve, twin],
        steps: [call(as(eve), "iam:CreateRole", twin.arn), stopped(as(twin), "sts:AssumeRole", deploy)],
        change: replaced({ trustOf: deploy }, "AssumedByJobs", "for roles of that name in any account", {
          Principal: { AWS: "*" },
          Condition: { ArnLike: { "aws:PrincipalArn": releaseJob.role.replace(facts.tooling, "*") } },
        }),
      };
    },
  },
];
