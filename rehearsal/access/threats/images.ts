import { service } from "../../../packages/iam/src/policy/principals";
import { administrator, as, somebody, somethingOf, takenOver } from "./cast";
import { replaced, withoutCondition } from "./change";
import { arnIn, imaged, pulled } from "./pairs";
import { type Attack, call, stopped } from "./scene";
import type { PipelineFacts } from "./inventoryModel";

const LAMBDA = service("lambda.amazonaws.com");

/** The repository's statement for the role that fetches images. */
const pullSid = ({ pipeline }: { readonly pipeline: PipelineFacts }): string =>
  pipeline.traits.fetchedBy === "execution" ? "PullToCreateFunctions" : "PullToStartTasks";

/** Who gets the image, and who puts another in its place. */
export const IMAGES: readonly Attack[] = [
  {
    id: "foreign-function-pulls",
    title: "A function in a stranger's account runs our image",
    scene: (facts) => {
      const last = pulled(facts);
      if ("lacks" in last) return last;
      const theirs = arnIn(facts, "lambda", facts.stranger, "function:copy-cat");
      return {
        story:
          "A stranger points a function of his own at our repository. It is not he who pulls but Lambda, " +
          "which we have to trust, or no function of ours would start: the classic confused deputy. Our " +
          "repository asks Lambda for which function, and takes those of the environments' accounts " +
          "under the workload's name. (That he would also need the image in his own name is another " +
          "attack.)",
        steps: [
          stopped(LAMBDA, "ecr:BatchGetImage", last.repository, {
            context: { "aws:SourceArn": theirs },
          }),
        ],
        change: withoutCondition({ guarding: last.repository }, "PullToRunFunctions"),
      };
    },
  },
  {
    id: "sibling-function-pulls",
    title: "Another team's function in the environment's account pulls the image",
    scene: (facts) => {
      const last = pulled(facts);
      if ("lacks" in last) return last;
      const theirs = arnIn(facts, "lambda", last.account, "function:payroll-report");
      const dev = somebody(facts, last.account, "payroll-developer", { "lambda:*": "*" });
      return {
        story:
          `Another team has functions in the account of ${last.name}. One of its developers sets our ` +
          "image on one of them, to look inside or to run it with his team's rights and our name on the " +
          "bill. The account is right, and so is the service; the function's name is not under the " +
          "workload's prefix.",
        roles: [dev],
        steps: [
          call(as(dev), "lambda:UpdateFunctionCode", theirs),
          stopped(LAMBDA, "ecr:BatchGetImage", last.repository, {
            context: { "aws:SourceArn": theirs },
          }),
        ],
        change: replaced(
          { guarding: last.repository },
          "PullToRunFunctions",
          `for every function of account ${last.account}`,
          { Condition: { ArnLike: { "aws:SourceArn": arnIn(facts, "lambda", last.account, "function:*") } } },
        ),
      };
    },
  },
  {
    id: "execution-role-recreated",
    title: "A stranger recreates the role that pulls the image in his account, and pulls it",
    scene: (facts) => {
      const last = imaged(facts);
      if ("lacks" in last) return last;
      const { fetches, account } = last;
      const eve = administrator(facts, facts.stranger);
      const twin = { ...eve, arn: fetches.replace(account, facts.stranger) };
      return {
        story:
          "Roles are trusted here by name, before they exist: so a stranger who read our repository " +
          "makes a role of that very name in an account of his own, with all rights. The name is right " +
          "to the letter. The condition compares whole ARNs, and the account is part of them.",
        roles: [eve, twin],
        steps: [
          call(as(eve), "iam:CreateRole", twin.arn),
          stopped(as(twin), "ecr:BatchGetImage", last.repository),
        ],
        change: replaced(
          { guarding: last.repository },
          pullSid(last),
          "for roles of that name in any account",
          {
            Principal: { AWS: "*" },
            Condition: { ArnLike: { "aws:PrincipalArn": fetches.replace(account, "*") } },
          },
        ),
      };
    },
  },
  {
    id: "environment-pushes-image",
    title: "An environment's administrator puts an image of his own into the repository",
    scene: (facts) => {
      const last = imaged(facts);
      if ("lacks" in last) return last;
      const own = last.pipeline.environments.find(({ account }) => account !== facts.tooling);
      if (!own)
        return { lacks: "a workload in an image, and an account apart from tooling that it is released to" };
      const [mallory, puller] = [administrator(facts, own.account), takenOver(facts, own.fetches)];
      return {
        story:
          `The role that fetches ${own.name}'s image may pull, and its administrator has made it all-powerful at ` +
          "home. He pushes an image of his own, for some build or job to take up. The repository grants " +
          "pulling to that role; pushing it grants to nobody abroad.",
        roles: [mallory, puller],
        steps: [
          call(as(mallory), "iam:PutRolePolicy", own.fetches),
          call(as(mallory), "sts:AssumeRole", own.fetches),
          call(as(puller), "ecr:BatchGetImage", last.repository),
          stopped(as(puller), "ecr:PutImage", last.repository),
        ],
        change: replaced({ guarding: last.repository }, pullSid(last), "with every action of ECR", {
          Action: ["ecr:*"],
        }),
      };
    },
  },
  {
    id: "build-pushes-elsewhere",
    title: "A poisoned build replaces the base image that everybody builds on",
    scene: (facts) => {
      const last = imaged(facts);
      if ("lacks" in last) return last;
      const { role } = last.pipeline.build;
      const base = arnIn(facts, "ecr", facts.tooling, "repository/base-images");
      const build = as(role);
      return {
        story:
          "Code inside Build is logged in to the registry, as it must be, and the registry holds the " +
          "company's base images too. It pushes a base image with a back door, and all other teams build " +
          "it in for it. The login is good for the whole registry; the permission to push is for the " +
          "pipeline's own repository, and its cache of layers if it has one.",
        guarded: [somethingOf(facts.tooling, base, "repository")],
        steps: [call(build, "ecr:GetAuthorizationToken", "*"), stopped(build, "ecr:PutImage", base)],
        change: replaced({ policyOf: role }, "PushImages", "for every repository", {
          Resource: [arnIn(facts, "ecr", facts.tooling, "repository/*")],
        }),
      };
    },
  },
];
