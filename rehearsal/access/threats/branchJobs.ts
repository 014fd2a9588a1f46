import { withBranches } from "./branchInventory";
import { as } from "./cast";
import { replaced } from "./change";
import { arnIn } from "./pairs";
import { type Attack, call, stopped, upload, viaS3 } from "./scene";

/** Build of branches runs whatever was pushed, unseen by anybody: what it leaves must never reach a release. */
export const BRANCH_JOBS: readonly Attack[] = [
  {
    id: "branch-build-pushes-main-image",
    title: "A branch's build puts an image into the repository of releases",
    scene: withBranches((facts, { build, main }) => {
      const { repository } = main;
      if (repository === undefined) return { lacks: "branches that are built as images" };
      return {
        story:
          "Anybody who may push a branch may have its build run a script. This one pushes an image to the " +
          `repository that ${main.name} is released from, with the commit that will be merged tomorrow as ` +
          "its tag, so that the real build finds it there. Branches have a repository of their own, and " +
          "their build may push to no other.",
        steps: [
          call(as(build.role), "ecr:GetAuthorizationToken", "*"),
          stopped(as(build.role), "ecr:PutImage", repository),
        ],
        change: replaced({ policyOf: build.role }, "PushImages", "for every repository", {
          Resource: [arnIn(facts, "ecr", facts.tooling, "repository/*")],
        }),
      };
    }),
  },
  {
    id: "branch-build-poisons-main-cache",
    title: "A branch's build poisons the layer cache of releases",
    scene: withBranches((_, { build, main }) => {
      const { cache } = main;
      if (cache === undefined) return { lacks: "branches beside a pipeline that keeps layers" };
      return {
        story:
          "Nobody reads cached layers: a build takes them as they are. A branch pushes a layer with a back " +
          `door into the cache of ${main.name}, under the key of an unchanged 'npm ci', and the next ` +
          "release builds it in without a line of the diff showing it. Builds of branches keep no layers, and push to no cache.",
        steps: [stopped(as(build.role), "ecr:PutImage", cache)],
        change: replaced({ policyOf: build.role }, "PushImages", "for the cache of releases", {
          Resource: [cache],
        }),
      };
    }),
  },
  ...(["artifacts", "kept", "prod"] as const).map((what): Attack => {
    const told = {
      artifacts: [
        "branch-build-writes-main-artifact",
        "A branch's build writes over the artifact of a release",
      ],
      kept: ["branch-build-writes-kept-release", "A branch's build plants a release that was never made"],
      prod: [
        "branch-build-overwrites-release",
        "A branch after production: its build rewrites what was approved",
      ],
    } as const;
    return {
      id: told[what][0],
      title: told[what][1],
      scene: withBranches((facts, { build, main, last }) => {
        const where = {
          artifacts: `${main.artifacts}/Release/1`,
          kept: main.keptFile,
          prod: last.releaseFile,
        };
        const why = {
          artifacts: `what ${main.name}'s own build has just handed over to its deployments`,
          kept: "where releases are kept for roll-backs, and taken up again instead of building",
          prod: `the files that people are approving for ${last.name}`,
        };
        const wide = { artifacts: "*/Release/*", kept: "kept/*", prod: "*" };
        return {
          story:
            "Branches and releases share one bucket and one key. A script in a branch's build writes to " +
            `${why[what]}. It has the key, for its own release; but it may write below the prefix of its ` +
            "own pipeline, whose name no other pipeline's begins with.",
          steps: [
            call(as(build.role), "kms:GenerateDataKey", facts.key, viaS3(facts)),
            stopped(as(build.role), "s3:PutObject", where[what], upload()),
          ],
          change: replaced({ policyOf: build.role }, "WriteRelease", `for ${wide[what]} of the bucket`, {
            Resource: [`${facts.bucket}/${wide[what]}`],
          }),
        };
      }),
    };
  }),
  {
    id: "branch-build-forges-note",
    title: "A branch's build forges the note of another branch",
    scene: withBranches((_, { build, other }) => ({
      story:
        `A branch's build dates the note of ${other.label} back by a year, and in the night the clean-up ` +
        "deletes that branch's stack as expired. Build reads below this folder, since that is where a " +
        "release would be kept; writing there is Register's and the clean-up's.",
      steps: [
        call(as(build.role), "s3:GetObject", other.note),
        stopped(as(build.role), "s3:PutObject", other.note, upload()),
      ],
      change: replaced({ policyOf: build.role }, "TakeBackKeptReleases", "with every action of S3", {
        Action: ["s3:*"],
      }),
    })),
  },
  {
    id: "branch-build-forges-stack-note",
    title: "A branch's build says which stack the clean-up was about to delete",
    scene: withBranches((facts, { build, other }) => ({
      story:
        "Before the clean-up deletes a branch's stack, it notes the stack's id, so that the next one can say what the " +
        `stack has kept. A branch's build writes such a note for ${other.label}, with the id of a stack of its choice, ` +
        "and the commands that the clean-up prints for people would delete the tables of that one. The note lies beside the branch's own, " +
        "where the clean-up alone writes.",
      steps: [
        call(as(build.role), "s3:GetObject", `${other.note}.stack`),
        stopped(as(build.role), "s3:PutObject", `${other.note}.stack`, upload()),
      ],
      change: replaced({ policyOf: build.role }, "WriteRelease", "for notes of stacks, wherever they are", {
        Resource: [`${facts.bucket}/*.stack`],
      }),
    })),
  },
  {
    id: "branch-release-job-forges-stack-note",
    title: "A branch's deployment writes into the registry of branches",
    scene: withBranches((facts, { releaseJob, other }) => ({
      story:
        `The job that deploys branches writes release files into the same bucket. Subverted, it writes the note of the ` +
        `stack that is deleted for ${other.label}, whose id decides which tables the clean-up's mail tells people to ` +
        "delete. What it may write are the files of releases, and the registry is none of them.",
      steps: [
        call(as(releaseJob.role), "kms:GenerateDataKey", facts.key, viaS3(facts)),
        stopped(as(releaseJob.role), "s3:PutObject", `${other.note}.stack`, upload()),
      ],
      change: replaced({ policyOf: releaseJob.role }, "WriteReleaseFiles", "for the whole bucket", {
        Resource: [`${facts.bucket}/*`],
      }),
    })),
  },
  {
    id: "branch-pipeline-runs-release-job",
    title: "The pipeline of branches runs a release job",
    scene: withBranches((facts, { role, last, name }) => ({
      story:
        `Somebody edits the pipeline ${name}, which nobody watches, and adds an action that runs the release job ` +
        `for ${last.name}. The job would not ask who started it. The pipeline's role starts the jobs of ` +
        "branches, each by its name.",
      steps: [
        stopped(as(role), "codebuild:StartBuild", last.releaseJob.project),
        call(as(last.releaseJob.role), "sts:AssumeRole", last.deploy),
      ],
      change: replaced({ policyOf: role }, "RunJobs", "for every project", {
        Resource: [arnIn(facts, "codebuild", facts.tooling, "project/*")],
      }),
    })),
  },
  {
    id: "main-pipeline-runs-branch-job",
    title: "The pipeline of releases runs a job of branches",
    scene: withBranches((_, { main, releaseJob }) => ({
      story:
        `Names of ${main.name}'s jobs and of its branches' jobs begin alike, up to the double hyphen. ` +
        "Whoever edits the pipeline of releases could have it deploy a branch past Register, over the " +
        "cap and whatever its name. Its role names its environments behind the hyphens.",
      steps: [stopped(as(main.role), "codebuild:StartBuild", releaseJob.project)],
      change: replaced({ policyOf: main.role }, "RunJobs", "for all names that begin so", {
        Resource: [releaseJob.project.replace(/--br-.*$/, "--*")],
      }),
    })),
  },
];
