import { CODE_SHA256 } from "../estate/deployedParameters";
import { policy } from "../../../packages/iam/src/policy/policies";
import { administrator, as, rootArn, somethingOf, takenOver } from "./cast";
import { replaced } from "./change";
import { carriedOut } from "./execution";
import { arnIn, filed, type Lacks } from "./pairs";
import { type Attack, call, PLAIN_FUNCTION, stopped, viaS3 } from "./scene";
import type { EnvironmentFacts, Facts, PipelineFacts } from "./inventoryModel";

/** The code of a release to an environment, where it is a file. */
const codeFile = ({ releaseFile }: EnvironmentFacts): string =>
  releaseFile.replace(/(?<=\/)[^/]*$/, `code/${CODE_SHA256}.zip`);

/** Two environments of a pipeline whose code is files: where the attacker is, and where it would hurt. */
function filedPair(
  facts: Facts,
  lacks: string,
  fit: (first: EnvironmentFacts, last: EnvironmentFacts) => boolean,
): { readonly pipeline: PipelineFacts; first: EnvironmentFacts; last: EnvironmentFacts } | Lacks {
  for (const pipeline of facts.pipelines.filter(({ traits }) => traits.code === "files"))
    for (const last of [...pipeline.environments].reverse()) {
      const first = pipeline.environments.find((each) => each !== last && fit(each, last));
      if (first) return { pipeline, first, last };
    }
  return { lacks };
}

/** Code that is a file of its release. */
export const CODE_FILES: readonly Attack[] = [
  {
    id: "administrator-reads-next-code",
    title: "An environment's administrator reads the code that another environment is about to run",
    scene: (facts) => {
      const pair = filedPair(
        facts,
        "two environments in two accounts, the attacker's apart from tooling, of a workload whose code is files",
        (first, last) => first.account !== facts.tooling && first.account !== last.account,
      );
      if ("lacks" in pair) return pair;
      const { pipeline, first, last } = pair;
      const [mallory, fetching] = [administrator(facts, first.account), takenOver(facts, first.fetches)];
      return {
        story:
          `Code that is a zip lies in the artifact bucket, and the role of ${first.name} that CloudFormation ` +
          "works with may fetch it from there. Mallory, who administers that account, gives the role all " +
          `rights, takes it, and asks for the zip that ${last.name} is about to run. The key would decrypt ` +
          "it for her. The bucket lets each account read below its own number.",
        roles: [mallory, fetching],
        steps: [
          call(as(mallory), "iam:PutRolePolicy", first.fetches),
          call(as(mallory), "sts:AssumeRole", first.fetches),
          call(as(fetching), "kms:Decrypt", facts.key, viaS3(facts)),
          stopped(as(fetching), "s3:GetObject", codeFile(last)),
        ],
        change: replaced(
          { guarding: facts.bucket },
          pipeline.readSid,
          "for the code of all environments, whichever account reads",
          { Resource: [`${facts.bucket}/releases/${pipeline.name}/*`] },
        ),
      };
    },
  },
  {
    id: "neighbour-runs-code",
    title: "A template runs the code of another environment in the same account",
    scene: (facts) => {
      const pair = filedPair(
        facts,
        "two environments in one account, of a workload whose code is files",
        (first, last) => first.account === last.account,
      );
      if ("lacks" in pair) return pair;
      const { pipeline, first, last } = pair;
      return {
        story:
          `${first.name} and ${last.name} share an account, so the bucket lets the roles of both read below ` +
          `its number. A template of ${first.name} names the zip that was approved for ${last.name}, to run ` +
          "it with other settings and no approval. What is left is the execution role's own policy, which " +
          "ends with the environment's name.",
        steps: [
          carriedOut(first),
          call(as(first.fetches), "kms:Decrypt", facts.key, viaS3(facts)),
          stopped(as(first.fetches), "s3:GetObject", codeFile(last)),
        ],
        change: replaced({ policyOf: first.fetches }, "ReadCode", "for all environments of the account", {
          Resource: [`${facts.bucket}/releases/${pipeline.name}/${first.account}/*`],
        }),
      };
    },
  },
  {
    id: "template-runs-another-pipelines-code",
    title: "A template runs the code of another pipeline",
    scene: (facts) => {
      const last = filed(facts);
      if ("lacks" in last) return last;
      const theirs = facts.pipelines
        .filter((each) => each !== last.pipeline)
        .flatMap(({ environments }) => environments.filter(({ account }) => account === last.account))[0];
      if (!theirs)
        return { lacks: "another pipeline that releases to the account of a workload whose code is files" };
      const statement = {
        Effect: "Allow",
        Principal: { AWS: rootArn(facts, last.account) },
        Action: "s3:GetObject",
        Resource: `${facts.bucket}/releases/*`,
      };
      const widened = policy(
        "bucket policy, widened",
        "bucket",
        { Statement: [statement] },
        facts.model.keys,
      );
      return {
        story:
          `Somebody has let the account of ${last.name} read all releases, for a backup that was never made. ` +
          `A poisoned template of ${last.pipeline.name} sees its chance: it makes a function of another ` +
          "team's code, with a role of its own, and asks it for whatever keys are baked in. The execution " +
          "role fetches the code of its own pipeline, and the bucket was not the only lock.",
        guarded: [somethingOf(facts.tooling, facts.bucket, "bucket", widened)],
        steps: [
          carriedOut(last),
          call(as(last.fetches), "kms:Decrypt", facts.key, viaS3(facts)),
          stopped(as(last.fetches), "s3:GetObject", codeFile(theirs)),
          call(
            as(last.fetches),
            "lambda:CreateFunction",
            arnIn(facts, "lambda", last.account, `function:${last.stackName}-Copy`),
            PLAIN_FUNCTION,
          ),
        ],
        change: replaced({ policyOf: last.fetches }, "ReadCode", "for the releases of all pipelines", {
          Resource: [`${facts.bucket}/releases/*`],
        }),
      };
    },
  },
];
