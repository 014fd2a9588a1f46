/** What each job may do in tooling, beyond writing its log. Pure. */
import * as pulumi from "@pulumi/pulumi";
import {
  arn,
  artifactPrefix,
  buildSecrets,
  jobName,
  judgePath,
  keptFolder,
  pipelineArn,
  type PipelineId,
  releaseFiles,
  releaseFolder,
  type Scope,
  sourceFiles,
} from "../names";
import { allow, type Statement } from "../policies";
import { environmentJobs, pipelineJobs, type PipelineEnvironment } from "../stage";

/** The store and the images of a pipeline. */
export interface PipelineStore {
  readonly bucketArn: pulumi.Output<string>;
  readonly bucketName: pulumi.Output<string>;
  readonly keyArn: pulumi.Output<string>;
}

export interface PipelineImages {
  readonly arn: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  /** Of the cache of layers, where there is one. */
  readonly cacheArn?: pulumi.Output<string> | undefined;
  readonly cacheUrl?: pulumi.Output<string> | undefined;
}

export interface JobScope {
  readonly scope: Scope;
  readonly pipeline: PipelineId;
  readonly store: PipelineStore;
  /** Not given where code is files. */
  readonly images?: PipelineImages | undefined;
  /** By Region that isn't tooling's: what the environments there read release files from. Default: all are in tooling's. */
  readonly elsewhere?: Readonly<Record<string, PipelineStore>> | undefined;
  /** By such a Region: what the environments there pull images from. Default: all are in tooling's. */
  readonly imagesElsewhere?: Readonly<Record<string, PipelineImages>> | undefined;
}

/** Where an environment reads what is released to it, where that is not in tooling's Region. */
export const nearOf = ({ elsewhere }: JobScope, { region }: { readonly region?: string | undefined }) =>
  region === undefined ? undefined : elsewhere?.[region];

/** Addresses of the repositories in other Regions than tooling's, for the jobs that work in all of them. */
export const repositoriesElsewhere = ({ imagesElsewhere = {} }: JobScope) => {
  const all = Object.values(imagesElsewhere);
  if (all.length === 0) return {};
  return { REPOSITORIES_ELSEWHERE: pulumi.all(all.map(({ url }) => url)).apply((urls) => urls.join(" ")) };
};

export const objects = ({ store }: Pick<JobScope, "store">, prefix: string, rest = "*") =>
  store.bucketArn.apply((bucket) => `${bucket}/${prefix}${rest}`);

/** Fetch what the pipeline hands to a job: its own artifacts, and the key for them. */
export function readArtifacts(job: JobScope): Statement[] {
  return [
    allow(
      "ReadArtifacts",
      ["s3:GetObject", "s3:GetObjectVersion"],
      [objects(job, `${artifactPrefix(job.pipeline)}/`)],
    ),
    allow("FindBucket", ["s3:GetBucketAcl", "s3:GetBucketLocation"], [job.store.bucketArn]),
  ];
}

export const decrypt = ({ store }: JobScope): Statement => allow("Decrypt", ["kms:Decrypt"], [store.keyArn]);

export const encrypt = ({ store }: JobScope): Statement => encryptIn([store]);

export const list = (Sid: string, { store }: JobScope, prefix: string): Statement =>
  allow(Sid, ["s3:ListBucket"], [store.bucketArn], { StringLike: { "s3:prefix": `${prefix}*` } });

/** Their results, into a report group that is there. */
const report = (Sid: string, what: string, group: pulumi.Output<string>): Statement =>
  allow(Sid, [`codebuild:${what}`, "codebuild:CreateReport", "codebuild:UpdateReport"], [group]);
export const reportTests = (group: pulumi.Output<string>) =>
  report("ReportTests", "BatchPutTestCases", group);

const takeRoles = (roleArns: readonly string[]): Statement =>
  allow("TakeRoles", ["sts:AssumeRole"], roleArns);

const PUSHES = [
  ...["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload"],
  ...["ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"],
];

/** Push to its own repository, and to the cache of layers where there is one; copy from there to those of other Regions. */
const pushImages = ({ arn, cacheArn }: PipelineImages, copies: readonly PipelineImages[]): Statement[] => [
  allow("LogInToEcr", ["ecr:GetAuthorizationToken"], ["*"]),
  allow("PushImages", [...PUSHES, "ecr:GetDownloadUrlForLayer"].sort(), [
    arn,
    ...(cacheArn ? [cacheArn] : []),
  ]),
  ...(copies.length > 0
    ? [
        allow(
          "CopyImages",
          PUSHES,
          copies.map((each) => each.arn),
        ),
      ]
    : []),
];

/** Fetch the judge of templates, which their buildspecs have no room for. */
export const readJudge = ({ scope }: JobScope): Statement =>
  allow(
    "ReadJudge",
    ["ssm:GetParameters"],
    [arn(scope, "ssm", scope.toolingAccount, `parameter${judgePath(scope)}/*`)],
  );

/** See what the scan of an image finds. Where Amazon Inspector does it, ECR asks that as the caller, and of no resource. */
export const scanStatements = ({ images }: JobScope): Statement[] =>
  images
    ? [
        allow("ReadScan", ["ecr:DescribeImageScanFindings"], [images.arn]),
        allow("ReadEnhancedScan", ["inspector2:ListCoverage", "inspector2:ListFindings"], ["*"]),
      ]
    : [];

/** Make the code, hand over a release, take back one that is kept. */
export function buildStatements(
  job: JobScope,
  tests: pulumi.Output<string>,
  coverage: pulumi.Output<string>,
  /** Whether there is a template, which CloudFormation is asked about. */
  templates = true,
): Statement[] {
  const { scope } = job;
  const kept = keptFolder(job.pipeline);
  return [
    ...readArtifacts(job),
    // The keys of artifacts are random, CodePipeline makes them, and nothing that this job may call tells those of another
    // run: it cannot overwrite what a roll-back would need.
    allow("WriteRelease", ["s3:PutObject"], [objects(job, `${artifactPrefix(job.pipeline)}/Release/`)]),
    allow("TakeBackKeptReleases", ["s3:GetObject"], [objects(job, kept)]),
    list("FindKeptReleases", job, kept),
    encrypt(job),
    reportTests(tests),
    report("ReportCoverage", "BatchPutCodeCoverages", coverage),
    ...(job.images ? pushImages(job.images, Object.values(job.imagesElsewhere ?? {})) : []),
    ...(templates ? [allow("CheckTemplate", ["cloudformation:ValidateTemplate"], ["*"])] : []),
    allow(
      "ReadBuildSecrets",
      ["secretsmanager:GetSecretValue"],
      [arn(scope, "secretsmanager", scope.toolingAccount, `secret:${buildSecrets(scope, job.pipeline)}*`)],
    ),
  ];
}

/** What a job may ask of its own pipeline. The list of actions holds the keys of all artifacts: for no job that runs the repository's code. */
const QUESTIONS = {
  /** Whether the stage is still this job's. */
  stage: "GetPipelineState",
  /** Which run a roll-back goes back to, or what has started one. */
  run: "GetPipelineExecution",
  /** What earlier actions have handed on. */
  actions: "ListActionExecutions",
} as const;

export const askPipeline = (
  { scope, pipeline }: JobScope,
  ...questions: (keyof typeof QUESTIONS)[]
): Statement =>
  allow(
    "AskPipeline",
    questions.map((each) => `codepipeline:${QUESTIONS[each]}`),
    [pipelineArn(scope, pipeline)],
  );

/** What Plan and Deploy ask. Plan does nothing in a roll-back. */
const ASKS = { plan: ["stage", "actions"], deploy: ["stage", "run", "actions"] } as const;

interface Place {
  readonly account: string;
  /** Of the environment. */
  readonly name: string;
  readonly region?: string | undefined;
}

/** Tooling's store and, of an environment in another Region, that which it reads. */
export const storesFor = (
  job: JobScope,
  place: { readonly region?: string | undefined },
): PipelineStore[] => {
  const near = nearOf(job, place);
  return near ? [job.store, near] : [job.store];
};

/** The key of what is written there. */
export const encryptIn = (stores: readonly PipelineStore[]): Statement =>
  allow(
    "EncryptAndDecrypt",
    ["kms:Decrypt", "kms:GenerateDataKey"],
    stores.map(({ keyArn }) => keyArn),
  );

export const writeReleaseFiles = (
  job: JobScope,
  { account, name }: Pick<Place, "account" | "name">,
  stores: readonly PipelineStore[],
): Statement =>
  allow(
    "WriteReleaseFiles",
    ["s3:PutObject"],
    stores.map((store) => objects({ store }, releaseFiles(job.pipeline, account, name))),
  );

/** Put checked release files where the environment may read them, and take the environment's roles named. */
export const environmentJobStatements = (
  job: JobScope,
  kind: keyof typeof ASKS,
  place: Place,
  roleArns: readonly string[],
): Statement[] => [
  ...readArtifacts(job),
  writeReleaseFiles(job, place, storesFor(job, place)),
  encryptIn(storesFor(job, place)),
  readJudge(job),
  takeRoles(roleArns),
  askPipeline(job, ...ASKS[kind]),
];

/** The same where code alone is released: there is no template to judge, and what Plan has planned it puts nowhere. */
export const codeJobStatements = (
  job: JobScope,
  kind: keyof typeof ASKS,
  place: Place,
  roleArns: readonly string[],
): Statement[] => [
  ...readArtifacts(job),
  ...(kind === "plan" ? [decrypt(job)] : [writeReleaseFiles(job, place, [job.store]), encrypt(job)]),
  takeRoles(roleArns),
  askPipeline(job, ...ASKS[kind]),
];

/** Run the app's own tests: nothing but what it is handed, and what Deploy says that it has deployed. */
export const verifyStatements = (job: JobScope, reportGroup: pulumi.Output<string>): Statement[] => [
  ...readArtifacts(job),
  allow("ReadDeployed", ["s3:GetObject"], [objects(job, releaseFolder(job.pipeline), "*/deployed.json")]),
  decrypt(job),
  reportTests(reportGroup),
];

/** Put the source where the environment's runner reads it, and take the role that starts the runner. */
export function runInsideStatements(job: JobScope, place: Place, starterRoleArn: string): Statement[] {
  const { pipeline } = job;
  const { account, name } = place;
  const files = releaseFiles(pipeline, account, name);
  const near = nearOf(job, place);
  return [
    ...readArtifacts(job),
    allow(
      "WriteSource",
      ["s3:PutObject"],
      [objects({ store: near ?? job.store }, sourceFiles(pipeline, account, name), "")],
    ),
    allow("ReadDeployed", ["s3:GetObject"], [objects(job, files, "*/deployed.json")]),
    ...(near ? [decrypt(job), encryptIn([near])] : [encrypt(job)]),
    takeRoles([starterRoleArn]),
    askPipeline(job, "stage", "run", "actions"),
  ];
}

/** Record what environments run, keep that, and remove what no record names. */
export function promoteStatements(job: JobScope): Statement[] {
  const [releases, kept] = [releaseFolder(job.pipeline), keptFolder(job.pipeline)];
  return [
    ...readArtifacts(job), // CodeBuild fetches the action's input, which the commands leave alone
    askPipeline(job, "stage", "run"),
    allow("ReadReleaseFiles", ["s3:GetObject"], [objects(job, releases)]),
    allow("KeepReleases", ["s3:DeleteObject", "s3:PutObject"], [objects(job, kept)]),
    allow("FindReleases", ["s3:ListBucket"], [job.store.bucketArn], {
      StringLike: { "s3:prefix": [`${releases}*`, `${kept}*`] },
    }),
    encrypt(job),
    allow("ReadRecords", ["s3:GetObject"], [objects(job, `${kept}environments/`)]),
    ...removalStatements(job, releases),
  ];
}

/** In every Region, images or the files that environments there have read. */
function removalStatements(job: JobScope, releases: string): Statement[] {
  if (job.images) {
    return [
      allow(
        "RemoveOldImages",
        ["ecr:BatchDeleteImage", "ecr:DescribeImages"],
        [job.images, ...Object.values(job.imagesElsewhere ?? {})].map(({ arn }) => arn),
      ),
    ];
  }
  const near = Object.values(job.elsewhere ?? {});
  const buckets = near.map(({ bucketArn }) => bucketArn);
  return [
    allow(
      "RemoveOldReleases",
      ["s3:DeleteObject"],
      [job.store, ...near].map((store) => objects({ store }, releases)),
    ),
    ...(buckets.length > 0
      ? [
          allow("FindReleasesElsewhere", ["s3:ListBucket"], buckets, {
            StringLike: { "s3:prefix": `${releases}*` },
          }),
        ]
      : []),
  ];
}

/** Logs of the jobs that a run may fail in; the environments' by their form, since there may be many. */
export const jobLogArns = (
  { scope, pipeline }: { readonly scope: Scope; readonly pipeline: PipelineId },
  environments: readonly PipelineEnvironment[],
): string[] =>
  [
    ...pipelineJobs(environments).map((kind) => jobName(scope, pipeline, kind)),
    ...environmentJobs(environments).map((kind) => jobName(scope, pipeline, kind, "*")),
  ].map((job) => logArn(scope, job));

/** The log of a CodeBuild project. */
export const logArn = (scope: Scope, job: string): string =>
  arn(scope, "logs", scope.toolingAccount, `log-group:/aws/codebuild/${job}:*`);

/** Tell people of a failed run, and clean up behind it in the environments. */
export const cleanupStatements = (
  { scope, pipeline }: JobScope,
  roleArns: readonly string[],
  topicArn: pulumi.Input<string>,
  environments: readonly PipelineEnvironment[],
): Statement[] => [
  // Where code alone is released, a run leaves nothing.
  ...(roleArns.length > 0 ? [takeRoles(roleArns)] : []),
  allow(
    "ReadRun",
    ["codepipeline:GetPipelineExecution", "codepipeline:ListActionExecutions"],
    [pipelineArn(scope, pipeline)],
  ),
  allow("ReadReasons", ["logs:GetLogEvents"], jobLogArns({ scope, pipeline }, environments)),
  allow("TellPeople", ["sns:Publish"], [topicArn]),
];

/** Stop runs of its own pipeline. It can answer no approval, and nothing that runs the repository's code has this. */
export const endStaleApprovals = ({ scope, pipeline }: JobScope): Statement =>
  allow(
    "EndStaleApprovals",
    ["codepipeline:GetPipelineState", "codepipeline:StopPipelineExecution"],
    [pipelineArn(scope, pipeline)],
  );
