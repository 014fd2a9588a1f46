import { policy } from "../../../packages/iam/src/policy/policies";
import { root } from "../../../packages/iam/src/policy/principals";
import { administrator, as, rootArn, somethingOf, takenOver } from "./cast";
import { replaced, withoutCondition } from "./change";
import { apart, twoAccounts, unreserved } from "./pairs";
import { type Attack, call, stopped, viaS3 } from "./scene";

/** Environments, and what was handed to others. */
export const RELEASES: readonly Attack[] = [
  {
    id: "administrator-reads-next-release",
    title: "An environment's administrator reads what another environment is about to run",
    scene: (facts) => {
      const pair = twoAccounts(facts);
      if ("lacks" in pair) return pair;
      const { first, last } = pair;
      const [mallory, plan] = [administrator(facts, first.account), takenOver(facts, first.plan)];
      return {
        story:
          `Mallory administers the account of ${first.name}. She gives ${first.name}'s plan role all ` +
          "rights and lets herself take it: the one name over there that the artifact bucket knows. Then " +
          `she asks for the template and parameters that were handed to ${last.name}. The key would ` +
          "decrypt them for her; the bucket lets each account read below its own number only, and that " +
          "is no name she can recreate.",
        roles: [mallory, plan],
        steps: [
          call(as(mallory), "iam:PutRolePolicy", first.plan),
          call(as(mallory), "iam:UpdateAssumeRolePolicy", first.plan),
          call(as(mallory), "sts:AssumeRole", first.plan),
          call(as(plan), "kms:Decrypt", facts.key, viaS3(facts)),
          stopped(as(plan), "s3:GetObject", last.releaseFile),
        ],
        change: replaced(
          { guarding: facts.bucket },
          facts.main.readSid,
          "for all releases of the pipeline, whichever account reads",
          { Resource: [`${facts.bucket}/releases/${facts.main.name}/*`] },
        ),
      };
    },
  },
  {
    id: "root-reads-release-without-role",
    title: "The root user of an environment's account reads a release without the plan role",
    scene: (facts) => {
      const own = unreserved(facts) ?? apart(facts);
      if ("lacks" in own) return own;
      const owner = root(own.account, facts.partition);
      const statement = {
        Effect: "Allow",
        Principal: { AWS: rootArn(facts, own.account) },
        Action: "kms:Decrypt",
        Resource: "*",
      };
      const widened = policy("key policy, widened", "key", { Statement: [statement] }, facts.model.keys);
      return {
        story:
          `The plan role of ${own.name} is watched: whoever uses it is seen. So somebody with the root ` +
          "password of the account goes without it. A key administrator in tooling has already widened " +
          "the key to that whole account, for a backup, and nothing stands between but the bucket, which " +
          "trusts the account and takes one role of it.",
        guarded: [somethingOf(facts.tooling, facts.key, "key", widened)],
        steps: [
          call(owner, "kms:Decrypt", facts.key, viaS3(facts)),
          stopped(owner, "s3:GetObject", own.releaseFile),
        ],
        change: withoutCondition({ guarding: facts.bucket }, facts.main.readSid),
      };
    },
  },
  {
    id: "environment-lists-bucket",
    title: "An environment looks around in the artifact bucket",
    scene: (facts) => {
      const own = apart(facts);
      if ("lacks" in own) return own;
      const [mallory, plan] = [administrator(facts, own.account), takenOver(facts, own.plan)];
      return {
        story:
          `An administrator of ${own.name} has taken its plan role and rewritten its policy to ` +
          "everything. Before stealing anything he wants a map: the names of all pipelines, runs and " +
          "commits, which S3 gives to whoever may list. His own account would let him; the bucket gives " +
          "environments objects by exact name, and no list.",
        roles: [mallory, plan],
        steps: [
          call(as(mallory), "sts:AssumeRole", own.plan),
          stopped(as(plan), "s3:ListBucket", facts.bucket),
        ],
        change: replaced(
          { guarding: facts.bucket },
          facts.main.readSid,
          "for every action on the whole bucket",
          {
            Action: ["s3:*"],
            Resource: [facts.bucket, `${facts.bucket}/*`],
          },
        ),
      };
    },
  },
  {
    id: "deploy-role-writes-artifacts",
    title: "A deploy role writes into the artifact bucket",
    scene: (facts) => {
      const own = unreserved(facts) ?? apart(facts);
      if ("lacks" in own) return own;
      const [mallory, deploy] = [administrator(facts, own.account), takenOver(facts, own.deploy)];
      return {
        story:
          `${own.name}'s deploy role, rewritten by the administrator of its account, writes a delete ` +
          "marker over the release that is kept for roll-backs. It needs no key for that, and nobody " +
          "would notice before the night on which the roll-back is wanted. The bucket has no word for " +
          "deploy roles at all, and for nobody abroad one that writes.",
        roles: [mallory, deploy],
        steps: [
          call(as(mallory), "sts:AssumeRole", own.deploy),
          stopped(as(deploy), "s3:DeleteObject", facts.main.keptFile),
        ],
        change: replaced(
          { guarding: facts.bucket },
          facts.main.readSid,
          "for everything, for whomever the environments' accounts let",
          { Action: ["s3:*"], Resource: [`${facts.bucket}/*`], Condition: undefined },
        ),
      };
    },
  },
];
