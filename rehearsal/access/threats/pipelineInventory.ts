import { type PipelineView, variablesOf } from "../../record/pipelines";
import { ofType, type Rehearsed, type Resource } from "../../record/record";
import { arnOf } from "../estate/collect";
import { EXECUTION_ID } from "../estate/deployedParameters";
import { jobsOf, kindOf, required, type Target, targetsOf, workloadOf } from "../estate/jobs";
import type { KindTraits } from "../estate/kindTraits";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import type { World } from "../estate/world";
import { list, map } from "../../../packages/iam/src/json";
import type { AccessModel } from "../../../packages/iam/src/model";
import type { EnvironmentFacts, JobFacts, PipelineFacts } from "./inventoryModel";

const COMMIT = "5c0ffee5c0ffee5c0ffee5c0ffee5c0ffee5c0ff";

export const jobFacts = (project: Resource): JobFacts => ({
  project: arnOf(project),
  role: required(project.inputs, "serviceRole", project.name),
});

/** What must be there. Throws NotKnown without it. */
export const only = <Value>(value: Value | undefined, what: string): Value =>
  value ?? notKnown(`there is no ${what}`);

/** The managed policy that allows an action on a resource by name. */
const managedFor = (model: AccessModel, action: string, resource: string): string | undefined =>
  [...model.managed].find(([, { statements }]) =>
    statements.some(
      ({ effect, content }) =>
        effect === "Allow" &&
        list(content["Action"]).includes(action) &&
        list(content["Resource"]).includes(resource),
    ),
  )?.[0];

function environmentFacts(
  { model, record }: World,
  { resource: pipeline, actions }: PipelineView,
  { action, project, variables, environment: name }: Target,
  cleanups: readonly unknown[],
  bucket: string,
  traits: KindTraits,
): EnvironmentFacts {
  const value = (key: string) => required(variables, key, project.name);
  const account = value("ENVIRONMENT_ACCOUNT");
  const planJob = jobsOf(record, { resource: pipeline, actions }).find(
    ({ kind, variables: own }) => kind === "plan" && own["ENVIRONMENT"] === name,
  );
  // In a wave several environments are approved in one stage: each links to its own plan.
  const plan = `#{${planJob?.action.namespace}.`;
  const approval = actions.find(
    ({ category, configuration }) =>
      category === "Approval" && configuration["ExternalEntityLink"]?.startsWith(plan),
  );
  const asked = approval && `${arnOf(pipeline)}/${approval.stage}/${approval.name}`;
  const execution = value("EXECUTION_ROLE_ARN");
  const beside = (last: string): string => execution.replace(/execution$/, last);
  const of = (role: string): string | undefined => (model.roles.has(beside(role)) ? beside(role) : undefined);
  const boundary = beside("boundary").replace(":role/", ":policy/");
  const cleanup = cleanups.map(map).find((each) => each["environment"] === name);
  return {
    name,
    account,
    stackName: value("STACK_NAME"),
    planJob: planJob && jobFacts(planJob.project),
    releaseJob: jobFacts(project),
    plan: value("PLAN_ROLE_ARN"),
    deploy: value("DEPLOY_ROLE_ARN"),
    cleanup: required(cleanup ?? {}, "roleArn", `clean-up of ${name}`),
    execution,
    codedeploy: of("codedeploy"),
    task: of("task"),
    taskExecution: of("task-execution"),
    boundary: model.managed.has(boundary) ? boundary : undefined,
    fetches: only(of(traits.fetchedBy), `role ${traits.fetchedBy} of ${name}`),
    rolePath: execution.replace(/^[^/]*/, "").replace(/[^/]*$/, ""),
    releaseFile: `${bucket}/releases/${value("PIPELINE")}/${account}/${name}/${EXECUTION_ID}/template.yaml`,
    stage: `${arnOf(pipeline)}/${action.stage}`,
    approval: asked,
    approver: asked && managedFor(model, "codepipeline:PutApprovalResult", asked),
  };
}

/** The project of a pipeline that runs a script, whether its stages run it or not. */
export function projectOf(record: Rehearsed, pipeline: string, kind: string): Resource {
  const projects = ofType(record, "aws:codebuild/project:Project");
  const found = projects.find((each) => variablesOf(each)["PIPELINE"] === pipeline && kindOf(each) === kind);
  return only(found, `job of ${pipeline} that runs ${kind}`);
}

function readSid({ guarded }: AccessModel, bucket: string, pipeline: string): string {
  const found = guarded
    .get(bucket)
    ?.policy?.statements.find(
      ({ effect, content }) =>
        effect === "Allow" && list(content["Resource"]).join().startsWith(`${bucket}/releases/${pipeline}/`),
    );
  return only(found?.sid, `statement of the bucket for the releases of ${pipeline}`);
}

/** Finds what there is of a pipeline. Throws NotKnown where something is missing. */
export function pipelineFacts(world: World, view: PipelineView, bucket: string): PipelineFacts {
  const { record, model } = world;
  const name = String(view.resource.outputs["name"]);
  const job = (kind: string): JobFacts => jobFacts(projectOf(record, name, kind));
  const cleanup = projectOf(record, name, "cleanup");
  const cleaning = variablesOf(cleanup);
  const building = variablesOf(projectOf(record, name, "build"));
  const trigger = ofType(record, "aws:cloudwatch/eventTarget:EventTarget").find(
    ({ inputs }) => inputs["arn"] === arnOf(cleanup),
  );
  const traits = only(world.kinds.get(workloadOf(record, name)), `kind of workload that ${name} releases`);
  const repository = building["REPOSITORY_NAME"];
  const source = view.actions.find(({ provider }) => provider === "CodeCommit");
  const targets = targetsOf(record).filter((each) => each.pipeline === name);
  const cleanups = list(JSON.parse(required(cleaning, "TARGETS", cleanup.name)));
  const [, partition, , region, account] = arnOf(view.resource).split(":");
  return {
    name,
    arn: arnOf(view.resource),
    role: required(view.resource.inputs, "roleArn", name),
    trigger: required(trigger?.inputs ?? {}, "roleArn", `trigger of ${name}`),
    build: job("build"),
    verify: job("verify"),
    promote: job("promote"),
    cleanup: jobFacts(cleanup),
    traits,
    repository:
      repository &&
      only(
        [...model.guarded.keys()].find((arn) => arn.endsWith(`:repository/${repository}`)),
        `repository of ${name}`,
      ),
    cache:
      building["CACHE_URI"] &&
      only(
        [...model.guarded.keys()].find((arn) =>
          arn.endsWith(`:repository/${building["CACHE_URI"]?.replace(/^[^/]*\//, "")}`),
        ),
        `cache of ${name}`,
      ),
    topic: required(cleaning, "TOPIC_ARN", cleanup.name),
    artifacts: `${bucket}/${required(building, "ARTIFACT_PREFIX", `build of ${name}`)}`,
    keptFile: `${bucket}/kept/${name}/${COMMIT}/template.yaml`,
    readSid: readSid(model, bucket, name),
    codecommit:
      source && `arn:${partition}:codecommit:${region}:${account}:${source.configuration["RepositoryName"]}`,
    operator: only(
      managedFor(model, "codepipeline:StartPipelineExecution", arnOf(view.resource)),
      `operator of ${name}`,
    ),
    environments: targets.map((target) => environmentFacts(world, view, target, cleanups, bucket, traits)),
  };
}
