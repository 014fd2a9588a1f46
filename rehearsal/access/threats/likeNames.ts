import { service } from "../../../packages/iam/src/policy/principals";
import { as } from "./cast";
import { replaced } from "./change";
import { carriedOut } from "./execution";
import { arnIn, lastOf, pulled } from "./pairs";
import { type Attack, call, stopped, upload, viaS3 } from "./scene";

const LAMBDA = service("lambda.amazonaws.com");

/** Names that begin like others: every pattern must end its name. */
export const LIKE_NAMES: readonly Attack[] = [
  {
    id: "pipeline-that-begins-alike",
    title: "A pipeline reads the artifacts of one whose name begins like its own",
    scene: (facts) => {
      const build = as(facts.main.build.role);
      return {
        story:
          `Next year somebody adds a pipeline ${facts.main.name}-payments to the same store. Code in ` +
          `${facts.main.name}'s build tries its artifacts at once: same bucket, same key, and a prefix ` +
          "that starts with the very same letters. The slash at the end of the pattern is all there is " +
          "between the two, and it is there.",
        steps: [
          call(build, "kms:Decrypt", facts.key, viaS3(facts)),
          stopped(build, "s3:GetObject", `${facts.main.artifacts}-payments/Release/a1b2c3d`),
        ],
        change: replaced(
          { policyOf: facts.main.build.role },
          "ReadArtifacts",
          "without the slash after the pipeline's name",
          { Resource: [`${facts.main.artifacts}*`] },
        ),
      };
    },
  },
  {
    id: "environment-that-begins-alike",
    title: "A job writes the release files of an environment whose name begins like its own",
    scene: (facts) => {
      const { name, account, releaseJob } = lastOf(facts);
      const folder = `${facts.bucket}/releases/${facts.main.name}/${account}/${name}`;
      return {
        story:
          `Next year ${name} gets a twin, ${name}2, in the same account. The release job of ${name} ` +
          "writes into the twin's folder, whose name starts with every letter of its own. In the policy " +
          "the folder's name ends with a slash, so that it is a folder and not a beginning.",
        steps: [
          call(as(releaseJob.role), "kms:GenerateDataKey", facts.key, viaS3(facts)),
          stopped(as(releaseJob.role), "s3:PutObject", `${folder}2/template.yaml`, upload()),
        ],
        change: replaced(
          { policyOf: releaseJob.role },
          "WriteReleaseFiles",
          "without the slash after the environment's name",
          {
            Resource: [`${folder}*`],
          },
        ),
      };
    },
  },
  {
    id: "function-that-begins-alike",
    title: "A function whose name begins like the workload's pulls the image",
    scene: (facts) => {
      const last = pulled(facts);
      if ("lacks" in last) return last;
      const theirs = arnIn(facts, "lambda", last.account, `function:${last.stackName}2-Api`);
      return {
        story:
          `Somebody who may create functions in the account of ${last.name}, only not ours, calls his ` +
          `${last.stackName}2-Api and hopes for a pattern that was written in a hurry. The pattern has ` +
          "the hyphen that ends the workload's name, so that nothing longer passes for it.",
        steps: [
          stopped(LAMBDA, "ecr:BatchGetImage", last.repository, {
            context: { "aws:SourceArn": theirs },
          }),
        ],
        change: replaced(
          { guarding: last.repository },
          "PullToRunFunctions",
          "without the hyphen after the workload's name",
          {
            Condition: {
              ArnLike: {
                "aws:SourceArn": arnIn(facts, "lambda", last.account, `function:${last.stackName}*`),
              },
            },
          },
        ),
      };
    },
  },
  {
    id: "table-that-begins-alike",
    title: "A template deletes the table of a workload whose name begins alike",
    scene: (facts) => {
      const last = lastOf(facts);
      const theirs = arnIn(facts, "dynamodb", last.account, `table/${last.stackName}2-Orders`);
      return {
        story:
          `Somebody sets up ${last.stackName}2 in the same account, by hand. A template of ours that ` +
          "imports its table and drops it would pass for ours if names were compared carelessly. The " +
          "patterns end the workload's name with a hyphen.",
        steps: [carriedOut(last), stopped(as(last.execution), "dynamodb:DeleteTable", theirs)],
        change: replaced(
          { policyOf: last.execution },
          "ManageTables",
          "without the hyphen after the workload's name",
          {
            Resource: [arnIn(facts, "dynamodb", last.account, `table/${last.stackName}*`)],
          },
        ),
      };
    },
  },
];
