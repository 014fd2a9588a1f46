import { as } from "./cast";
import { replaced } from "./change";
import { arnIn, filed, imaged, lastOf } from "./pairs";
import { type Attack, call, stopped, upload, viaS3 } from "./scene";
import type { EnvironmentFacts, Facts, PipelineFacts } from "./inventoryModel";

/** What an environment of a pipeline runs, as Promote writes it down. */
const recordOf = ({ bucket }: Facts, { name }: PipelineFacts, environment: EnvironmentFacts): string =>
  `${bucket}/kept/${name}/environments/${environment.name}.json`;

/** The records that say which release runs where, and what goes by them. */
export const RECORDS: readonly Attack[] = [
  {
    id: "build-writes-record",
    title: "A poisoned build says that something else is live",
    scene: (facts) => {
      const last = lastOf(facts);
      const { role } = facts.main.build;
      return {
        story:
          "An object says which releases an environment runs and ran before, and Promote removes what no such object " +
          "names. Code inside Build overwrites it: the next Promote throws away the release that " +
          `${last.name} runs. Build reads what is kept, and writes none of it.`,
        steps: [
          call(as(role), "kms:GenerateDataKey", facts.key, viaS3(facts)),
          stopped(as(role), "s3:PutObject", recordOf(facts, facts.main, last), upload()),
        ],
        change: replaced({ policyOf: role }, "TakeBackKeptReleases", "with writing", {
          Action: ["s3:GetObject", "s3:PutObject"],
        }),
      };
    },
  },
  {
    id: "build-deletes-image",
    title: "A poisoned build deletes the image that an environment runs",
    scene: (facts) => {
      const last = imaged(facts);
      if ("lacks" in last) return last;
      const { role } = last.pipeline.build;
      return {
        story:
          `Code inside Build pushes to the repository that ${last.name}'s image is in, and deletes that image there. ` +
          "Nothing happens until Lambda or ECS fetches it again, some night, and finds none: an outage that nobody " +
          "approved. Build pushes and deletes nothing, and no rule of the repository does it in its stead.",
        steps: [
          call(as(role), "ecr:PutImage", last.repository),
          stopped(as(role), "ecr:BatchDeleteImage", last.repository),
        ],
        change: replaced({ policyOf: role }, "PushImages", "with every action of ECR", { Action: ["ecr:*"] }),
      };
    },
  },
  {
    id: "promote-pushes-image",
    title: "Promote puts an image of its own into the repository",
    scene: (facts) => {
      const last = imaged(facts);
      if ("lacks" in last) return last;
      const { role } = last.pipeline.promote;
      return {
        story:
          "Promote decides which releases count as verified. If it could push as well, whoever gets into that one job " +
          "would make a release and vouch for it. It removes images, and reads when each was pushed; it pushes none.",
        steps: [
          call(as(role), "ecr:DescribeImages", last.repository),
          stopped(as(role), "ecr:PutImage", last.repository),
        ],
        change: replaced({ policyOf: role }, "RemoveOldImages", "with every action of ECR", {
          Action: ["ecr:*"],
        }),
      };
    },
  },
  {
    id: "another-pipelines-promote-writes-record",
    title: "Another pipeline's Promote says that something else is live",
    scene: (facts) => {
      const { main, other } = facts;
      if (!other) return { lacks: "another pipeline" };
      const last = lastOf(facts);
      const { role } = other.promote;
      return {
        story:
          `Every Promote writes records, and all pipelines share one bucket. That of ${other.name} writes the one ` +
          `that says what ${main.name} runs in ${last.name}, so that the wrong releases are removed ` +
          "and the wrong one is what people are told to go back to. Promote writes below its pipeline's name.",
        steps: [
          call(as(role), "kms:GenerateDataKey", facts.key, viaS3(facts)),
          stopped(as(role), "s3:PutObject", recordOf(facts, main, last), upload()),
        ],
        change: replaced({ policyOf: role }, "KeepReleases", "for what all pipelines keep", {
          Resource: [`${facts.bucket}/kept/*`],
        }),
      };
    },
  },
  {
    id: "another-pipelines-promote-deletes-image",
    title: "Another pipeline's Promote deletes the image that this one runs",
    scene: (facts) => {
      const last = imaged(facts);
      if ("lacks" in last) return last;
      const { pipeline, repository, name } = last;
      const other = facts.pipelines.find((each) => each !== pipeline && each.repository !== undefined);
      if (!other) return { lacks: "another pipeline" };
      return {
        story:
          `Promote removes images that no record of its pipeline names. That of ${other.name} looks into the wrong ` +
          `repository, where none is named, and some weeks later ${name} finds its image gone. Nobody would think of ` +
          "it as an attack. Promote removes images of its own repository.",
        steps: [stopped(as(other.promote.role), "ecr:BatchDeleteImage", repository)],
        change: replaced({ policyOf: other.promote.role }, "RemoveOldImages", "for every repository", {
          Resource: [arnIn(facts, "ecr", facts.tooling, "repository/*")],
        }),
      };
    },
  },
  {
    id: "another-pipelines-promote-deletes-code",
    title: "Another pipeline's Promote deletes the code that this one runs",
    scene: (facts) => {
      const theirs = filed(facts);
      if ("lacks" in theirs) return theirs;
      const victim = facts.pipelines
        .filter((each) => each !== theirs.pipeline)
        .flatMap(({ environments }) => environments)[0];
      if (!victim) return { lacks: "another pipeline beside a workload whose code is files" };
      const { role } = theirs.pipeline.promote;
      return {
        story:
          "A stack that runs code from a file needs the file again when an update is rolled back, so Promote alone " +
          `decides which releases are old enough to go. That of ${theirs.pipeline.name} throws away the release ` +
          `that ${victim.stackName} runs: nobody notices until the night of the roll-back, which then fails as ` +
          "well. Promote removes releases of its own pipeline.",
        steps: [stopped(as(role), "s3:DeleteObject", victim.releaseFile)],
        change: replaced({ policyOf: role }, "RemoveOldReleases", "for the releases of all pipelines", {
          Resource: [`${facts.bucket}/releases/*`],
        }),
      };
    },
  },
];
