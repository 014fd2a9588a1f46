/** Where calls are made, for each kind of place: the words that rows have for what is there, spelled anew. */
import { list, map, text, texts } from "../../../packages/iam/src/json";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { type Principal, session } from "../../../packages/iam/src/policy/principals";
import type { Tags } from "../../../packages/iam/src/policy/principals";
import {
  type Job,
  type Pipeline,
  required,
  type Store,
  storeRead,
  told,
  toldTo,
} from "../../record/inventory";
import { type Action, buildspecOf } from "../../record/pipelines";
import { ofType, type Rehearsed } from "../../record/record";
import { type Branch, BRANCHES, branchTags, forBranches, placeOf, stackTags } from "../estate/branches";
import { CODE_SHA256, COMMIT_ID, EXECUTION_ID } from "../estate/deployedParameters";
import { type Phase, type Place, stepOf } from "./call";
import type { As, PlaceKind } from "./rows";

/** A word may have words in it; of a list each is meant. */
export type Words = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Where rows of a kind hold. */
export interface Where {
  /** What a finding calls it. */
  readonly of: string;
  readonly place: Place;
  readonly words: Words;
  readonly has: ReadonlySet<string>;
  readonly store: Store;
  /** That which the environment reads. */
  readonly near: Store;
}

/** One job in one environment, or for one branch. */
export interface JobWhere extends Where {
  readonly job: Job;
  readonly branch: Branch | undefined;
  /** What a change set puts on all that it makes. */
  readonly tags: Tags;
  readonly principal: (as: As) => Principal;
}

const namesOf = (jobs: readonly Job[]): string[] => [
  ...new Set(jobs.map(({ project }) => String(project.outputs["name"]))),
];

/** What there is of a pipeline, wherever a call is made. */
function pipelineWords(pipeline: Pipeline): Words {
  const { name, arn, account, region, partition, bucketArn, keyArn, viaS3, roleArn, actions } = pipeline;
  const stages = [...new Set(actions.map(({ stage }) => stage))];
  return {
    ...{ partition, region, tooling: account, pipeline: arn, viaS3, stages },
    laterStages: stages.slice(1),
    jobs: namesOf(pipeline.jobs.filter(({ action }) => action)),
    sourceRepositories: actions
      .filter(({ provider }) => provider === "CodeCommit")
      .map(({ configuration }) => configuration["RepositoryName"] ?? ""),
    role: roleArn,
    key: keyArn,
    bucket: bucketArn,
    bucketName: bucketArn.split(":::")[1],
    artifacts: name.slice(0, 20),
    run: EXECUTION_ID,
    commit: COMMIT_ID,
  };
}

/** The environment that an action is about; for an approval that of the plan whose link it shows. */
function environmentOf({ jobs }: Pipeline, action: Action): string | undefined {
  const [, namespace] = /#\{([^.}]+)\./.exec(action.configuration["ExternalEntityLink"] ?? "") ?? [];
  const job = jobs.find(
    (each) => each.action === action || (namespace !== undefined && each.action?.namespace === namespace),
  );
  return job && toldTo(job)["ENVIRONMENT"];
}

export const place = (
  pipeline: Pipeline,
  step: string,
  phase: Phase = "every release",
  environment?: string,
): Place => ({
  pipeline: pipeline.name,
  environment,
  phase,
  step,
});

export function where(pipeline: Pipeline, at: Place, words: Words = {}, has: readonly string[] = []): Where {
  return {
    of: `${pipeline.name}, ${at.step},`,
    place: at,
    words: { ...pipelineWords(pipeline), ...words },
    has: new Set(has),
    store: pipeline,
    near: pipeline,
  };
}

/** What the stack tells people of a pipeline. */
const outputsOf = (record: Rehearsed, { name }: Pipeline) =>
  record
    .map(({ outputs }) => map(map(outputs["pipelines"])[name]))
    .find((each) => "operatorPolicyArn" in each) ?? {};

/** Of the pipeline that brings the stacks up. */
const selfApprover = (record: Rehearsed, { arn }: Pipeline): string | undefined =>
  record
    .map(({ outputs }) => map(outputs["selfUpdate"]))
    .filter(({ pipeline }) => pipeline === arn.split(":").at(-1))
    .flatMap((each) => text(each, "approverPolicyArn") ?? [])[0];

const PROVIDERS: Readonly<Record<string, string>> = {
  CodeCommit: "codecommit",
  CodeStarSourceConnection: "connection",
};

function actionWheres(record: Rehearsed, pipeline: Pipeline, kind: PlaceKind): Where[] {
  return pipeline.actions.flatMap((action): Where[] => {
    const { configuration, category, provider, inputArtifacts: inputs, outputArtifacts: outputs } = action;
    const at = place(pipeline, stepOf({ action }), "every release", environmentOf(pipeline, action));
    const words = { inputs, outputs, actor: action.roleArn ?? pipeline.roleArn };
    const { stage, name } = action;
    if (category === "Approval") {
      if (kind !== "approval") return [];
      const own = {
        ...{ stage, action: name, topics: texts(configuration["NotificationArn"]) },
        planJobs: namesOf(
          pipeline.jobs.filter(
            (job) =>
              ["plan", "code-plan", "self-preview"].includes(job.kind) &&
              toldTo(job)["ENVIRONMENT"] === at.environment,
          ),
        ),
        approverPolicy:
          text(map(outputsOf(record, pipeline)["approverPolicyArns"]), at.environment ?? "") ??
          selfApprover(record, pipeline),
      };
      return [where(pipeline, at, { ...words, ...own })];
    }
    const unknown = () =>
      notKnown(
        `what action ${provider} calls is not among the simulated calls: add it to rehearsal/access/calls/places.ts`,
      );
    if (category === "Source") {
      if (kind !== "source") return [];
      const connection = (prefix: string) =>
        configuration["ConnectionArn"]?.replace(/:code(star-)?connections:/, `:${prefix}:`);
      const own = {
        sourceRepository: configuration["RepositoryName"],
        connection: connection("codeconnections"),
        codestarConnection: connection("codestar-connections"),
      };
      return [where(pipeline, at, { ...words, ...own }, [PROVIDERS[provider] ?? unknown()])];
    }
    const job = pipeline.jobs.find((each) => each.action === action) ?? unknown();
    return kind === "job-action"
      ? [where(pipeline, at, { ...words, project: text(job.project.outputs, "arn") })]
      : [];
  });
}

const targetWheres = (pipeline: Pipeline): Where[] =>
  pipeline.targets.map(({ inputs, name }) => {
    const target = text(inputs, "arn");
    const starts = target === pipeline.arn;
    const words = { target, role: text(inputs, "roleArn"), rule: text(inputs, "rule") ?? name };
    return where(
      pipeline,
      starts ? place(pipeline, "Trigger") : place(pipeline, "Clean-up", "failure"),
      words,
      [starts ? "starts the pipeline" : "starts the clean-up"],
    );
  });

const ROLE_VARIABLES = {
  plan: "PLAN_ROLE_ARN",
  deploy: "DEPLOY_ROLE_ARN",
  cleanup: "TARGET_ROLE_ARN",
  starter: "STARTER_ROLE_ARN",
} as const;

const accountIn = (roleArn: string): string =>
  /^arn:[^:]+:iam::(\d{12}):role\//.exec(roleArn)?.[1] ?? notKnown(`${roleArn} is not the ARN of a role`);

/** What Build makes of the service, as the variables of its job say. */
function releaseWords({ jobs, name }: Pipeline, environment: string | undefined) {
  const { variables = {} } = jobs.find(({ kind }) => kind === "build") ?? {};
  const build = (variable: string) => required(variables, variable, `Build of ${name}`);
  const packaging = build("PACKAGING");
  const own = environment === undefined ? build("ENVIRONMENTS").split(" ") : [environment];
  const named = packaging === "serverless" ? own.map((each) => `templates/${each}.json`) : ["template.yaml"];
  const templates = build("TEMPLATE") === "-" ? [] : named;
  const released = [...templates, ...(packaging === "image" ? [] : [`code/${CODE_SHA256}.zip`])];
  return {
    code: packaging === "image" ? "image" : "files",
    templates,
    // What every release has stands for all where there is no template, and its code is an image.
    released: released.length > 0 ? released : ["release.json"],
    // An ARN of a transform of AWS's has its name without AWS's own prefix.
    transforms: (variables["TRANSFORMS"] ?? "")
      .split(" ")
      .filter((each) => each !== "")
      .map((each) => each.replace(/^AWS::/, "")),
  };
}

/** Whether a job's buildspec may run this script too. */
const runs = ({ project }: Job, script: string): boolean =>
  (text(map(project.inputs["source"]), "buildspec") ?? "").includes(`bash "$JOB/${script}"`);

/** The buildspec's report groups: a test report is put in as cases, any other as coverage. */
function reportWords(record: Rehearsed, { project }: Job): Words {
  const groups = Object.keys(map(buildspecOf(project)?.["reports"])).map((arn) => ({
    arn,
    group:
      ofType(record, "aws:codebuild/reportGroup:ReportGroup").find(({ outputs }) => outputs["arn"] === arn) ??
      notKnown(`${project.name} reports to ${arn}, which no stack makes`),
  }));
  const arns = (test: boolean) =>
    groups.filter(({ group }) => (group.inputs["type"] === "TEST") === test).map(({ arn }) => arn);
  return { testReports: arns(true), coverageReports: arns(false) };
}

/** What its project says of a job. */
export function projectWords({ project, action }: Job): Words {
  const vpc = map(project.inputs["vpcConfig"]);
  return {
    project: text(project.outputs, "arn"),
    own: project.account,
    region: project.region,
    role: text(project.inputs, "serviceRole"),
    logGroup: text(map(map(project.inputs["logsConfig"])["cloudwatchLogs"]), "groupName"),
    subnets: texts(vpc["subnets"]),
    securityGroups: texts(vpc["securityGroupIds"]),
    inputs: action?.inputArtifacts,
    outputs: action?.outputArtifacts,
  };
}

/** What a job is told beyond what its project and action say. */
interface Told {
  readonly variables?: Readonly<Record<string, string>>;
  readonly branch?: Branch;
}

const PHASES: Readonly<Record<string, Phase>> = { cleanup: "failure", "branch-cleanup": "deletion" };

function jobWhere(
  record: Rehearsed,
  pipeline: Pipeline,
  job: Job,
  { variables: more, branch }: Told,
): JobWhere {
  const variables: Record<string, string> = { ...toldTo(job), EXECUTION_ID, COMMIT_ID, ...more };
  const { code, templates, released, transforms } = releaseWords(pipeline, variables["ENVIRONMENT"]);
  const repository = (uri: string | undefined) =>
    uri === undefined
      ? []
      : [`arn:{partition}:ecr:${uri.split(".")[3]}:{tooling}:repository/${uri.slice(uri.indexOf("/") + 1)}`];
  const { REPOSITORY_URI, REPOSITORIES_ELSEWHERE, CACHE_URI, DEPLOY_ROLE_ARN } = variables;
  // The clean-up of branches is told its role alone.
  const account = variables["ENVIRONMENT_ACCOUNT"] ?? (DEPLOY_ROLE_ARN && accountIn(DEPLOY_ROLE_ARN));
  const near = storeRead(record, pipeline, { ...job, variables });
  const words: Words = {
    ...variables,
    ...projectWords(job),
    environmentRegion: variables["ENVIRONMENT_REGION"] ?? pipeline.region,
    nearBucketName: near.bucketArn.split(":::")[1],
    nearViaS3: near.viaS3,
    ...reportWords(record, job),
    ...{ templates, released, transforms },
    judge: variables["JUDGE"]?.split(" "),
    stack: `arn:{partition}:cloudformation:{environmentRegion}:${account ?? "{ENVIRONMENT_ACCOUNT}"}:stack/{STACK_NAME}/{run}`,
    releases: `releases/{PIPELINE}/{ENVIRONMENT_ACCOUNT}/${branch?.hash ?? "{ENVIRONMENT}"}/{run}`,
    kept: "kept/{PIPELINE}/{commit}",
    function: "arn:{partition}:lambda:{environmentRegion}:{ENVIRONMENT_ACCOUNT}:function:{FUNCTION_NAME}",
    service: "arn:{partition}:ecs:{environmentRegion}:{ENVIRONMENT_ACCOUNT}:service/{CLUSTER}/{SERVICE_NAME}",
    revision: "arn:{partition}:ecs:{environmentRegion}:{ENVIRONMENT_ACCOUNT}:task-definition/{FAMILY}",
    taskRoles: ["TASK_EXECUTION_ROLE_ARN", "TASK_ROLE_ARN"].flatMap((name) => variables[name] ?? []),
    compatibility: "INSTANCE_ROLE_ARN" in variables ? "EC2" : "FARGATE",
    runner: "arn:{partition}:codebuild:{environmentRegion}:{ENVIRONMENT_ACCOUNT}:project/{RUNNER}",
    recorded: "kept/{PIPELINE}/environments/{ENVIRONMENT}.json",
    // Register is told its branch by nobody: one stands for all.
    hash: branch?.hash ?? BRANCHES[0]?.hash,
    repository: "arn:{partition}:ecr:{region}:{tooling}:repository/{REPOSITORY_NAME}",
    pushed: [REPOSITORY_URI, CACHE_URI].flatMap(repository),
    // What an environment pulls, in its own Region; and all that are in other Regions.
    pulled: repository(REPOSITORY_URI),
    copies: REPOSITORIES_ELSEWHERE?.split(" ").flatMap(repository) ?? [],
  };
  const roleArn = (as: As) =>
    told({ variables, project: job.project }, ROLE_VARIABLES[as as keyof typeof ROLE_VARIABLES]);
  const environment = branch ? placeOf(branch) : variables["ENVIRONMENT"];
  const at = place(pipeline, stepOf(job), PHASES[job.kind], environment);
  const stackName = variables["STACK_NAME"] ?? "";
  return {
    ...where(pipeline, at, words, [
      code,
      ...(templates.length > 0 ? ["template"] : []),
      branch ? "branch" : "no branch",
      // Who looks at a scan: Plan, or Deploy where there is no Plan.
      ...(["deploy", "code-deploy"].includes(job.kind) && variables["APPROVAL"] === "true" ? [] : ["gate"]),
      ...("REPOSITORY" in variables ? ["codecommit"] : []),
      ...(job.project.inputs["vpcConfig"] === undefined ? [] : ["vpc"]),
      ...(runs(job, "stale.sh") ? ["stale approvals"] : []),
      ...("FUNCTION_NAME" in variables ? ["owner's function"] : []),
      ...("SERVICE_NAME" in variables ? ["owner's service"] : []),
      ...(job.kind === "code-deploy" && code === "image"
        ? [`image of an owner's ${"SERVICE_NAME" in variables ? "service" : "function"}`]
        : []),
      ...(job.kind === "code-deploy" && "INSTANCE_ROLE_ARN" in variables
        ? ["image of an owner's service on instances"]
        : []),
      ...(job.action ? ["run by a stage"] : []),
      ...(REPOSITORIES_ELSEWHERE === undefined ? [] : ["images elsewhere"]),
      ...(near === pipeline || near.bucketArn === pipeline.bucketArn ? [] : ["elsewhere"]),
    ]),
    near,
    of: job.project.name,
    job,
    branch,
    tags: branch ? stackTags(branch, stackName) : { "delivery:workload": stackName },
    principal: (as) =>
      as === "job"
        ? session(required(job.project.inputs, "serviceRole", job.project.name), `delivery-${EXECUTION_ID}`)
        : branch
          ? session(roleArn(as), `delivery-branch-${branch.hash}`, branchTags(branch))
          : session(roleArn(as), `delivery-${EXECUTION_ID}`),
  };
}

/** Jobs that work for one branch at a time. */
const FOR_BRANCHES = ["branch-deploy", "branch-cleanup"];

/** A job is one place; those of branches one for each of two, the clean-up job one for each environment that it is told of. */
export const jobWheres = (record: Rehearsed, pipeline: Pipeline): JobWhere[] =>
  [...pipeline.jobs, ...pipeline.runners].flatMap((job) => {
    const one = (more: Told): JobWhere => jobWhere(record, pipeline, job, more);
    if (FOR_BRANCHES.includes(job.kind)) return forBranches(job).map(one);
    const targets = job.variables["TARGETS"];
    if (targets === undefined || targets === "[]") return [one({})];
    return list(JSON.parse(targets)).map((each) => {
      const { environment, stackName, roleArn, region } = map(each);
      const variables = {
        ENVIRONMENT: String(environment),
        STACK_NAME: String(stackName),
        TARGET_ROLE_ARN: String(roleArn),
        ENVIRONMENT_ACCOUNT: accountIn(String(roleArn)),
        ...(typeof region === "string" && { ENVIRONMENT_REGION: region }),
      };
      return one({ variables });
    });
  });

/** Roles of the channels that the pipeline's failures are told to. */
function chatRoles(record: Rehearsed, { jobs }: Pipeline): string[] {
  const topics = jobs.flatMap((job) => toldTo(job)["TOPIC_ARN"] ?? []);
  const channels = [
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration",
    "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration",
  ].flatMap((type) => ofType(record, type));
  const own = channels.filter(({ inputs }) =>
    texts(inputs["snsTopicArns"]).some((topic) => topics.includes(topic)),
  );
  return [...new Set(own.map(({ inputs }) => String(inputs["iamRoleArn"])))];
}

/** What S3 copies kept releases of the pipeline's bucket with, and to; nothing where it copies none. */
function replicated(record: Rehearsed, pipeline: Pipeline): Words | undefined {
  const { bucketArn } = pipeline;
  const found = ofType(record, "aws:s3/bucketReplicationConfig:BucketReplicationConfig").find(
    ({ inputs }) => inputs["bucket"] === bucketArn.split(":::")[1],
  );
  const { destination } = map(list(found?.inputs["rules"])[0]);
  const replica = map(destination)["bucket"];
  const there = ofType(record, "aws:s3/bucket:Bucket").find(({ outputs }) => outputs["arn"] === replica);
  if (found === undefined || there === undefined) return undefined;
  return {
    replicationRole: String(found.inputs["role"]),
    replica: String(replica),
    replicaKey: String(map(map(destination)["encryptionConfiguration"])["replicaKmsKeyId"]),
    replicaViaS3: pipeline.viaS3.replace(pipeline.region, there.region ?? ""),
    kept: `kept/${pipeline.name}/${COMMIT_ID}`,
  };
}

/** Every place of a kind in a pipeline, but its jobs. */
export function wheres(record: Rehearsed, pipeline: Pipeline, kind: PlaceKind): Where[] {
  if (kind === "pipeline") {
    const roles = chatRoles(record, pipeline);
    const copied = pipeline.environments.length > 0 ? replicated(record, pipeline) : undefined;
    const has = [...(roles.length > 0 ? ["chats"] : []), ...(copied ? ["replication"] : [])];
    return [where(pipeline, place(pipeline, "Run"), { chatRoles: roles, ...copied }, has)];
  }
  if (kind === "event-target") return targetWheres(pipeline);
  if (kind !== "released-pipeline") return actionWheres(record, pipeline, kind);
  if (pipeline.branchesOf !== undefined) return [];
  const operatorPolicy = text(outputsOf(record, pipeline), "operatorPolicyArn");
  return [where(pipeline, place(pipeline, "Operation"), { operatorPolicy })];
}
