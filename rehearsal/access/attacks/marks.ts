import { as } from "./cast";
import { replaced } from "./change";
import type { EnvironmentFacts, Facts, PipelineFacts } from "./facts";
import { filed } from "./pairs";
import { type Attack, call, stopped, upload, viaS3 } from "./scene";

/** What an environment of a pipeline runs, as Promote writes it down. */
const markOf = ({ bucket }: Facts, { name }: PipelineFacts, environment: EnvironmentFacts): string =>
  `${bucket}/kept/${name}/live-${environment.name}`;

/** The marks that say which release runs where, where code is files, and what goes by them. */
export const MARKS: readonly Attack[] = [
  {
    id: "build-writes-mark",
    title: "A poisoned build says that something else is live",
    scene: (facts) => {
      const last = filed(facts);
      if ("lacks" in last) return last;
      const { role } = last.pipeline.build;
      return {
        story:
          "Where code is files, a small object says which commit an environment runs, and Promote removes kept " +
          "releases that no such object names. Code inside Build overwrites it: the next Promote throws away the " +
          `release that ${last.name} would have to go back to. Build reads what is kept, and writes none of it.`,
        steps: [
          call(as(role), "kms:GenerateDataKey", facts.key, viaS3(facts)),
          stopped(as(role), "s3:PutObject", markOf(facts, last.pipeline, last), upload()),
        ],
        change: replaced({ policyOf: role }, "TakeBackKeptReleases", "with writing", {
          Action: ["s3:GetObject", "s3:PutObject"],
        }),
      };
    },
  },
  {
    id: "another-pipelines-promote-writes-mark",
    title: "Another pipeline's Promote says that something else is live",
    scene: (facts) => {
      const last = filed(facts);
      if ("lacks" in last) return last;
      const other = facts.pipelines.find((each) => each !== last.pipeline);
      if (!other) return { lacks: "another pipeline beside a workload whose code is files" };
      const { role } = other.promote;
      return {
        story:
          `Every Promote writes marks, and all pipelines share one bucket. That of ${other.name} writes the one ` +
          `that says what ${last.pipeline.name} runs in ${last.name}, so that the wrong releases are removed ` +
          "and the wrong one is what people are told to go back to. Promote writes below its pipeline's name.",
        steps: [
          call(as(role), "kms:GenerateDataKey", facts.key, viaS3(facts)),
          stopped(as(role), "s3:PutObject", markOf(facts, last.pipeline, last), upload()),
        ],
        change: replaced({ policyOf: role }, "KeepReleases", "for what all pipelines keep", {
          Resource: [`${facts.bucket}/kept/*`],
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
