import { as } from "./cast";
import { added, replaced, withoutCondition } from "./change";
import { lastOf, oneAccount, twoOf } from "./pairs";
import { type Attack, call, stopped, upload, viaS3 } from "./scene";

/** Jobs that run the team's code, or nobody's, and the objects that they have no business with. */
export const HAND_OVER: readonly Attack[] = [
  {
    id: "build-overwrites-approved-release",
    title: "A poisoned build rewrites a release that is already being approved",
    scene: (facts) => {
      const [last, build] = [lastOf(facts), as(facts.main.build.role)];
      return {
        story:
          "A dependency turned malicious runs inside Build. It waits until an older, honest release is " +
          `up for approval and writes its own template over the files that ${last.name} was handed. ` +
          "Build has the key and may upload, but only below its own artifact; what a plan has checked is " +
          "elsewhere.",
        steps: [
          call(build, "kms:GenerateDataKey", facts.key, viaS3(facts)),
          stopped(build, "s3:PutObject", last.releaseFile, upload()),
        ],
        change: replaced({ policyOf: facts.main.build.role }, "WriteRelease", "for the whole bucket", {
          Resource: [`${facts.bucket}/*`],
        }),
      };
    },
  },
  {
    id: "build-finds-artifacts",
    title: "A poisoned build looks for the artifact that a roll-back needs, to write over it",
    scene: (facts) => {
      const build = as(facts.main.build.role);
      return {
        story:
          "Code inside Build may write below the pipeline's artifacts, since that is how it hands over its own. " +
          "It wants the artifact of the release before, so that nothing can be rolled back to. CodePipeline makes " +
          "the names of artifacts at random. The list of actions would tell them, so it asks for that.",
        steps: [
          call(build, "s3:PutObject", `${facts.main.artifacts}/Release/0a1B2c3`, upload()),
          stopped(build, "codepipeline:ListActionExecutions", facts.main.arn),
        ],
        change: added(
          { policyOf: facts.main.build.role },
          {
            Sid: "AskPipeline",
            Effect: "Allow",
            Action: ["codepipeline:ListActionExecutions"],
            Resource: [facts.main.arn],
          },
          "may ask what earlier jobs have handed on",
        ),
      };
    },
  },
  {
    id: "build-lists-artifacts",
    title: "A poisoned build lists the bucket for the artifact that a roll-back needs",
    scene: (facts) => {
      const build = as(facts.main.build.role);
      return {
        story:
          "The other place that tells the names of artifacts is the bucket. Build may list what is kept of earlier " +
          "releases, and by the same call it tries the folder of the artifacts.",
        steps: [
          call(build, "s3:ListBucket", facts.bucket, {
            context: { "s3:prefix": `kept/${facts.main.name}/` },
          }),
          stopped(build, "s3:ListBucket", facts.bucket, {
            context: { "s3:prefix": `${facts.main.artifacts.slice(facts.bucket.length + 1)}/Release/` },
          }),
        ],
        change: withoutCondition({ policyOf: facts.main.build.role }, "FindKeptReleases"),
      };
    },
  },
  {
    id: "verify-asks-for-variables",
    title: "Verify, which runs the app's own code, asks what the jobs of a run were handed",
    scene: (facts) => {
      const verify = as(facts.main.verify.role);
      return {
        story:
          "The tests of the app run in Verify. They read what Deploy has left for them, and go on to ask for the " +
          "actions of every run: the names of all artifacts, whose commit and approval each was. Verify is handed " +
          "what it needs, and may ask for nothing.",
        steps: [
          call(verify, "s3:GetObject", lastOf(facts).releaseFile.replace(/[^/]*$/, "deployed.json")),
          stopped(verify, "codepipeline:ListActionExecutions", facts.main.arn),
        ],
        change: added(
          { policyOf: facts.main.verify.role },
          {
            Sid: "AskPipeline",
            Effect: "Allow",
            Action: ["codepipeline:ListActionExecutions"],
            Resource: [facts.main.arn],
          },
          "may ask what earlier jobs have handed on",
        ),
      };
    },
  },
  {
    id: "build-deletes-kept-release",
    title: "A poisoned build removes the way back",
    scene: (facts) => ({
      story:
        "Code inside Build deletes the release that is kept for a roll-back, just before it ships " +
        "something that will need one. Build may read kept releases, since it must be able to take one " +
        "up again. It may not delete any.",
      steps: [
        call(as(facts.main.build.role), "s3:GetObject", facts.main.keptFile),
        stopped(as(facts.main.build.role), "s3:DeleteObject", facts.main.keptFile),
      ],
      change: replaced(
        { policyOf: facts.main.build.role },
        "TakeBackKeptReleases",
        "with every action of S3",
        { Action: ["s3:*"] },
      ),
    }),
  },
  {
    id: "promote-writes-release",
    title: "Promote writes a release instead of keeping one",
    scene: (facts) => {
      const [last, promote] = [lastOf(facts), as(facts.main.promote.role)];
      return {
        story:
          "Promote copies a verified release to where it is kept, so it reads release files, writes, and " +
          "has the key: the best equipped job for a forger. Somebody who found a way into its commands " +
          `copies the other way, over what ${last.name} waits to deploy. Promote writes below kept/ and ` +
          "nowhere else.",
        steps: [
          call(promote, "s3:GetObject", last.releaseFile),
          call(promote, "kms:GenerateDataKey", facts.key, viaS3(facts)),
          stopped(promote, "s3:PutObject", last.releaseFile, upload()),
        ],
        change: replaced({ policyOf: facts.main.promote.role }, "KeepReleases", "for the whole bucket", {
          Resource: [`${facts.bucket}/*`],
        }),
      };
    },
  },
  {
    id: "verify-reads-release-files",
    title: "Verify, which runs the app's own code, reads what environments were handed",
    scene: (facts) => {
      const [last, verify] = [lastOf(facts), as(facts.main.verify.role)];
      return {
        story:
          "Verify runs the app's end-to-end tests: whatever the repository says, with network access. A " +
          `test reads ${last.name}'s parameters out of the artifact bucket and posts them to a pastebin. ` +
          "Verify can decrypt, since its own input is encrypted too, so all depends on it being given " +
          "the pipeline's artifacts and nothing beside them.",
        steps: [
          call(verify, "kms:Decrypt", facts.key, viaS3(facts)),
          stopped(verify, "s3:GetObject", last.releaseFile),
        ],
        change: replaced({ policyOf: facts.main.verify.role }, "ReadArtifacts", "for the whole bucket", {
          Resource: [`${facts.bucket}/*`],
        }),
      };
    },
  },
  {
    id: "sibling-overwrites-release",
    title: "One environment's job overwrites what another environment will deploy",
    scene: (facts) => {
      const pair = twoOf(facts);
      if ("lacks" in pair) return pair;
      const { first, last } = pair;
      const job = as(first.releaseJob.role);
      return {
        story:
          `Commands of ${first.name}'s release job have been subverted. The job may write release files ` +
          `and use the key, so it writes another template over the one that ${last.name} has under ` +
          `review. Its policy names the folder of its own environment, and ${last.name} is not below it.`,
        steps: [
          call(job, "kms:GenerateDataKey", facts.key, viaS3(facts)),
          stopped(job, "s3:PutObject", last.releaseFile, upload()),
        ],
        change: replaced(
          { policyOf: first.releaseJob.role },
          "WriteReleaseFiles",
          "for all environments of the pipeline",
          { Resource: [`${facts.bucket}/releases/${facts.main.name}/*`] },
        ),
      };
    },
  },
  {
    id: "neighbour-reads-release",
    title: "Two environments share an account, and one reads the other's release",
    scene: (facts) => {
      const pair = oneAccount(facts);
      if ("lacks" in pair) return pair;
      const { first, last } = pair;
      return {
        story:
          `${first.name} and ${last.name} are in one account, so the bucket lets both plan roles read ` +
          `below its number. A subverted job of ${first.name} takes its plan role and asks for ` +
          `${last.name}'s files. What is left is the role's own policy, which names its own environment.`,
        steps: [
          call(as(first.releaseJob.role), "sts:AssumeRole", first.plan),
          call(as(first.plan), "kms:Decrypt", facts.key, viaS3(facts)),
          stopped(as(first.plan), "s3:GetObject", last.releaseFile),
        ],
        change: replaced(
          { policyOf: first.plan },
          "ReadReleaseFiles",
          "for all environments of the account",
          {
            Resource: [`${facts.bucket}/releases/${facts.main.name}/${first.account}/*`],
          },
        ),
      };
    },
  },
];
