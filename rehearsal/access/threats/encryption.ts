import { policy } from "../../../packages/iam/src/policy/policies";
import { as, somebody, somethingOf } from "./cast";
import { removed } from "./change";
import { arnIn, lastOf, unreserved } from "./pairs";
import { type Attack, call, stopped, upload, viaS3 } from "./scene";

/** Transport, and what a release is encrypted with. */
export const ENCRYPTION: readonly Attack[] = [
  {
    id: "plain-http",
    title: "A release goes over plain HTTP",
    scene: (facts) => {
      const last = lastOf(facts);
      const { context = {}, absent = [] } = upload();
      return {
        story:
          `Somebody has set an endpoint without TLS in the image of ${last.name}'s release job, and ` +
          "waits on the network for the template to come by, to change it under way. The job's role may " +
          "write exactly this object. The bucket refuses every call that does not come over TLS, whoever " +
          "makes it.",
        steps: [
          call(as(last.releaseJob.role), "kms:GenerateDataKey", facts.key, viaS3(facts)),
          stopped(as(last.releaseJob.role), "s3:PutObject", last.releaseFile, {
            context: { ...context, "aws:SecureTransport": "false" },
            absent,
          }),
        ],
        change: removed({ guarding: facts.bucket }, "RequireTls"),
      };
    },
  },
  {
    id: "another-key",
    title: "A release is encrypted with a stranger's key",
    scene: (facts) => {
      const lacks = unreserved(facts);
      if (lacks) return lacks;
      const key = arnIn(facts, "kms", facts.stranger, "key/5eec0de0-0000-4000-8000-000000000000");
      const statement = {
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: "kms:GenerateDataKey",
        Resource: "*",
      };
      const open = policy(
        "key policy of the stranger's key",
        "key",
        { Statement: [statement] },
        facts.model.keys,
      );
      const eve = somebody(facts, facts.tooling, "data-engineer", {
        "s3:PutObject kms:GenerateDataKey": "*",
      });
      return {
        story:
          "A data engineer in tooling may put objects into every bucket. He writes a release over with a " +
          "key of another company's account, that everybody may use until it is withdrawn: from then on " +
          "no environment can read what it is to deploy, and only that company can. The bucket refuses " +
          "any key but its own.",
        roles: [eve],
        guarded: [somethingOf(facts.stranger, key, "key", open)],
        steps: [
          call(as(eve), "kms:GenerateDataKey", key, viaS3(facts)),
          stopped(
            as(eve),
            "s3:PutObject",
            lastOf(facts).releaseFile,
            upload({ "": "aws:kms", "-aws-kms-key-id": key }),
          ),
        ],
        change: removed({ guarding: facts.bucket }, "RefuseOtherKey"),
      };
    },
  },
  {
    id: "customer-key",
    title: "A poisoned build encrypts a release with a key that it alone knows",
    scene: (facts) => ({
      story:
        "Ransom: code inside Build writes the release again, this time with a key sent along in the " +
        "request (SSE-C). AWS keeps no copy of it, so whoever has the key has the only release. Build " +
        "may write this object, and no policy of KMS is ever asked. The bucket refuses keys that " +
        "customers bring along.",
      steps: [
        stopped(
          as(facts.main.build.role),
          "s3:PutObject",
          `${facts.main.artifacts}/Release/a1b2c3d`,
          upload({ "-customer-algorithm": "AES256" }),
        ),
      ],
      change: removed({ guarding: facts.bucket }, "RefuseCustomerKey"),
    }),
  },
  {
    id: "another-algorithm",
    title: "A release is encrypted with S3's own key, past the key policy",
    scene: (facts) => {
      const last = lastOf(facts);
      return {
        story:
          `${last.name}'s release job asks S3 to encrypt with S3's own key. That looks harmless, it even ` +
          "says encrypted; but the key policy, which decides who reads releases in which account, is out " +
          "of the game from then on. The bucket takes this store's key or none named, which comes to the " +
          "same.",
        steps: [
          stopped(as(last.releaseJob.role), "s3:PutObject", last.releaseFile, upload({ "": "AES256" })),
        ],
        change: removed({ guarding: facts.bucket }, "RefuseOtherAlgorithm"),
      };
    },
  },
];
