import { stringify } from "yaml";
import { pack, scriptText } from "./packing";
import type { OwnedKind, Packaging } from "../workloads/workload";

/** A job of a release, and what CodeBuild must be told besides its commands: report groups by ARN. */
export type Job =
  | {
      readonly job: "build";
      readonly packaging: Packaging;
      /** Folder of the service in the source; `.` is the whole source. */
      readonly directory: string;
      /** Report group of type TEST: the unit tests. */
      readonly testReports: string;
      /** Report group of type CODE_COVERAGE. */
      readonly coverageReports: string;
    }
  | {
      /** The same, in tooling or inside an environment's account. */
      readonly job: "verify" | "inside";
      /** Report group of type TEST: the end-to-end tests. */ readonly testReports: string;
    }
  | {
      readonly job: "cleanup";
      /** It ends stale approvals too, where what starts it is no end of a run. Default: it does not. */
      readonly endsStaleApprovals?: boolean;
    }
  | {
      readonly job: CodeJob;
      /** What it releases to. */
      readonly target: OwnedKind;
    }
  | { readonly job: "plan" | "deploy" | "run-inside" | "promote" | BranchJob | PullRequestJob | SelfJob };
/** The jobs that release code alone, to what another stack owns. */
type CodeJob = "code-plan" | "code-deploy";
/** The jobs of branches that differ from those of environments. */
type BranchJob = "branch-register" | "branch-deploy" | "branch-cleanup";

/** The jobs of pull requests, which no pipeline runs. */
type PullRequestJob = "preview" | "comment";

/** The jobs that bring this program up when its repository changes. */
type SelfJob = "self-preview" | "self-up";

/** CodeBuild refuses a longer buildspec ("Max buildspec length is 25600"), counted in characters. */
export const BUILDSPEC_LENGTH = 25_600;

/** Node.js of the jobs that run the service's own scripts. Unnamed, CodeBuild takes what its image has: 18 in those of today. */
export const NODEJS = 22;

/** The variables that a job hands to later actions. */
export const EXPORTED_VARIABLES = {
  build: ["CODE_DIGEST", "RELEASE_SHA256"],
  plan: ["CHANGE_SET", "SUMMARY", "PLAN_LINK"],
  deploy: [],
  "code-plan": ["PLANNED", "SUMMARY", "PLAN_LINK"],
  "code-deploy": [],
  verify: [],
  "run-inside": [],
  inside: [],
  promote: [],
  cleanup: [],
  "branch-register": ["BRANCH_HASH", "BRANCH_LABEL", "BRANCH_PRIORITY"],
  "branch-deploy": [],
  "branch-cleanup": [],
  preview: [],
  comment: [],
  "self-preview": ["STEPS"],
  "self-up": [],
} as const satisfies Record<Job["job"], readonly string[]>;

/** What every job that deploys is made of, before its own. */
const DEPLOYING = [
  "common.sh",
  "run.sh",
  "release.sh",
  "scan.sh",
  "change-set.sh",
  "retained.sh",
  "execute.sh",
  "deployed.sh",
];

/** How a service's delivery.yaml is read. */
const READING = ["delivery.py", "delivery.jq", "delivery.schema.json", "delivery.sh"];

/** Of those jobs that run the service's own commands. */
const SERVICE = ["common.sh", "release.sh", ...READING, "steps.sh"];

/** The files of this folder that a job consists of; the last one is what runs. */
const FILES: Record<Job["job"], readonly string[]> = {
  build: [...SERVICE, "parameters.jq", "build.sh"],
  plan: [
    "common.sh",
    "run.sh",
    "release.sh",
    "scan.sh",
    "change-set.sh",
    "console.sh",
    "planned.sh",
    "plan.sh",
  ],
  deploy: [...DEPLOYING, "deploy.sh"],
  "code-plan": [
    "common.sh",
    "run.sh",
    "release.sh",
    "scan.sh",
    "code-alone.sh",
    "console.sh",
    "planned.sh",
    "code-plan.sh",
  ],
  "code-deploy": [
    "common.sh",
    "run.sh",
    "release.sh",
    "scan.sh",
    "code-alone.sh",
    "deployed.sh",
    "code-deploy.sh",
  ],
  verify: [...SERVICE, "source.sh", "deployed.sh", "next.sh", "verify.sh"],
  "run-inside": ["common.sh", "run.sh", "release.sh", "deployed.sh", "next.sh", "run-inside.sh"],
  inside: [...SERVICE, "source.sh", "inside.sh"],
  promote: ["common.sh", "run.sh", "deployed.sh", "records.sh", "promote.sh"],
  cleanup: ["common.sh", "removal.sh", "console.sh", "reasons.sh", "cleanup.sh"],
  "branch-register": ["common.sh", "run.sh", "branch.sh", ...READING, "branch-register.sh"],
  "branch-deploy": [...DEPLOYING, "branch-session.sh", "branch-deploy.sh"],
  "branch-cleanup": [
    "common.sh",
    "removal.sh",
    "retained.sh",
    "branch.sh",
    "branch-session.sh",
    "branch-cleanup.sh",
  ],
  preview: ["common.sh", "pulumi.sh", "preview.sh"],
  comment: ["common.sh", "comment.sh"],
  "self-preview": ["common.sh", "pulumi.sh", "self.sh", "self-preview.sh"],
  "self-up": ["common.sh", "run.sh", "pulumi.sh", "self.sh", "self-up.sh"],
};

/** Those that make the code, before the others. */
const PACKAGING_FILES: Record<Packaging, readonly string[]> = {
  image: ["image.sh"],
  serverless: ["files.sh", "serverless.jq", "serverless.sh"],
  zip: ["files.sh", "zip.sh"],
};

/** Those that know what code alone is released to, before the others. */
const TARGET_FILES: Record<OwnedKind, Record<CodeJob, readonly string[]>> = {
  function: { "code-plan": ["function.sh"], "code-deploy": ["function.sh", "function-release.sh"] },
  service: { "code-plan": ["service.sh"], "code-deploy": ["service.sh", "service-release.sh"] },
};

/** States of runs that have ended with something left behind, as CodePipeline's events have them. */
export const ENDED_BADLY = ["FAILED", "STOPPED", "SUPERSEDED", "CANCELED"] as const;

/** What of the files a job runs. */
const commandOf = (job: Job): string =>
  job.job === "cleanup" && job.endsStaleApprovals
    ? `case $STATE in ${ENDED_BADLY.join(" | ")}) bash "$JOB/cleanup.sh" ;; *) bash "$JOB/stale.sh" ;; esac`
    : `bash "$JOB/${FILES[job.job].at(-1)}"`;

/** Minutes that a short job has on Lambda's compute, which ends it after 15 without a word. */
const MINUTES = 14;
const OUT_OF_TIME =
  `error: Lambda's compute ends a job after 15 minutes, and ${MINUTES} are over: retry this stage; if the job often takes as long, ` +
  "take it out of shortJobs in the pipeline's settings first";

/** The same command, which ends by itself in time, and says so: people are mailed its line. */
const inTime = (command: string): string =>
  [`timeout ${MINUTES}m ${command} || {`, `[[ $? != 124 ]] || echo "${OUT_OF_TIME}" >&2`, "false", "}"].join(
    "\n",
  );

const DELIMITER = "END_OF_FILE";
/** Characters of a line of what is packed. */
const LINE = 2000;

/** A command that writes a file. Throws when the text holds the line that would end it. */
export function writeFile(name: string, text: string): string {
  if (text.split("\n").includes(DELIMITER)) {
    throw new Error(
      `${name} has a line '${DELIMITER}', which ends the file in the buildspec: write it otherwise`,
    );
  }
  return `cat >"$JOB/${name}" <<'${DELIMITER}'\n${text}\n${DELIMITER}\n`;
}

/** What every pipeline has alike is packed once. */
const packed = new Map<string, string>();

/**
 * A command that writes the files of a job: they are packed, since CodeBuild takes no buildspec that holds the longest
 * as they are.
 */
function writeFiles(names: readonly string[]): string {
  const key = names.join(" ");
  const known = packed.get(key);
  if (known !== undefined) return known;
  const commands = names.map((name) => writeFile(name, scriptText(name)));
  const command = [
    `# Writes ${names.join(", ")} of components/jobs/scripts into $JOB.`,
    `base64 -d <<'${DELIMITER}' | gzip -d | bash`,
    ...(pack(commands.join("")).match(new RegExp(`.{1,${LINE}}`, "g")) ?? []),
    `${DELIMITER}\n`,
  ].join("\n");
  packed.set(key, command);
  return command;
}

/**
 * The buildspec of a job, on Lambda's compute where it is short: its files are written beside the source, so that nothing that an artifact
 * brings is ever run in their place. CodeBuild exports only what its own shell has, hence the last command.
 */
export function buildspec(job: Job, { short = false }: { readonly short?: boolean } = {}): string {
  const files = [
    ...(job.job === "build" ? PACKAGING_FILES[job.packaging] : []),
    ...(job.job === "code-plan" || job.job === "code-deploy" ? TARGET_FILES[job.target][job.job] : []),
    ...FILES[job.job],
    ...(job.job === "cleanup" && job.endsStaleApprovals ? ["stale.sh"] : []),
  ];
  const variables = EXPORTED_VARIABLES[job.job];
  const text = stringify(
    {
      version: 0.2,
      env: { shell: "bash", ...(variables.length > 0 && { "exported-variables": [...variables] }) },
      phases: {
        ...(["build", "verify", "inside", "preview", "self-preview", "self-up"].includes(job.job) &&
          !short && { install: { "runtime-versions": { nodejs: NODEJS } } }),
        // No `on-failure`: there is no later phase, and CodeBuild's pages don't say whether ABORT keeps the reports.
        build: {
          commands: [
            "export JOB=$(mktemp -d)",
            writeFiles(files),
            short ? inTime(commandOf(job)) : commandOf(job),
            ...(variables.length > 0 ? ['source "$JOB/outputs.sh"'] : []),
          ],
        },
      },
      ...reports(job),
      ...(job.job === "build" && { artifacts: { "base-directory": "delivery-release", files: ["**/*"] } }),
    },
    { lineWidth: 0, indent: 1, blockQuote: "literal" },
  )
    // CodeBuild counts indentation too: no more of it than YAML needs.
    .replace(/^ {3}- /gm, "  - ")
    .replace(/^ {5}/gm, "   ");
  if (text.length > BUILDSPEC_LENGTH) {
    throw new Error(
      `the buildspec of job ${job.job} has ${text.length} characters, CodeBuild takes ${BUILDSPEC_LENGTH}: shorten its files`,
    );
  }
  return text;
}

/** A report group that is named by ARN is not created by CodeBuild itself. */
function reports(job: Job): { reports?: Record<string, object> } {
  if (job.job === "build") {
    return {
      reports: {
        [job.testReports]: {
          files: ["junit.xml"],
          "base-directory": `${job.directory}/reports`,
          "file-format": "JUNITXML",
        },
        [job.coverageReports]: {
          files: ["cobertura-coverage.xml"],
          "base-directory": `${job.directory}/coverage`,
          "file-format": "COBERTURAXML",
        },
      },
    };
  }
  if (job.job === "verify" || job.job === "inside") {
    return {
      reports: {
        [job.testReports]: {
          files: ["verify.xml"],
          "base-directory": "source/reports",
          "file-format": "JUNITXML",
        },
      },
    };
  }
  return {};
}
