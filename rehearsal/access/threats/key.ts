import { administrator, as, takenOver } from "./cast";
import { withoutOperator } from "./change";
import { apart } from "./pairs";
import { type Attack, call, DIRECTLY, stopped } from "./scene";
import { map } from "../../../packages/iam/src/json";

/** The one key, used from an environment. */
export const KEY: readonly Attack[] = [
  {
    id: "decrypt-outside-s3",
    title: "An environment uses the key for ciphertext of its own choosing",
    scene: (facts) => {
      const own = apart(facts);
      if ("lacks" in own) return own;
      const [mallory, plan] = [administrator(facts, own.account), takenOver(facts, own.plan)];
      return {
        story:
          `The administrator of ${own.name} has got hold of encrypted data keys from a backup of ` +
          "tooling. The plan role over there may decrypt; so he takes it and feeds the data keys to KMS " +
          "himself, one after the other. The key works for environments through S3 only, and S3 asks " +
          "only for objects that the caller may read.",
        roles: [mallory, plan],
        steps: [
          call(as(mallory), "sts:AssumeRole", own.plan),
          stopped(as(plan), "kms:Decrypt", facts.key, DIRECTLY),
        ],
        change: withoutOperator(
          { guarding: facts.key },
          "DecryptReleases",
          "StringEquals",
          "without its condition on S3",
        ),
      };
    },
  },
  {
    id: "environment-schedules-deletion-of-key",
    title: "An environment has the key deleted",
    scene: (facts) => {
      const own = apart(facts);
      if ("lacks" in own) return own;
      const [mallory, plan] = [administrator(facts, own.account), takenOver(facts, own.plan)];
      return {
        story:
          `Leaving in anger, the administrator of ${own.name} schedules the deletion of the store's key: ` +
          "in seven days no pipeline has an artifact any more. His plan role is named in the key policy " +
          "and he has given it all rights. The key policy grants environments Decrypt, and that is one " +
          "action.",
        roles: [mallory, plan],
        steps: [
          call(as(mallory), "sts:AssumeRole", own.plan),
          stopped(as(plan), "kms:ScheduleKeyDeletion", facts.key, DIRECTLY),
        ],
        change: {
          at: { guarding: facts.key },
          sid: "DecryptReleases",
          words: "with every action of KMS, and without its condition on S3",
          to: (statement) => ({
            ...statement,
            Action: ["kms:*"],
            Condition: { ArnEquals: map(statement?.["Condition"])["ArnEquals"] },
          }),
        },
      };
    },
  },
];
