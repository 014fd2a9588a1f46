/** What CodePipeline and EventBridge do for a pipeline. */
import { text } from "../../../packages/iam/src/json";
import { on, read } from "../../aws/requests";
import type { Asked } from "../../aws/types";
import type { Action } from "../../record/pipelines";
import { arnOf } from "../estate/collect";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { service, session } from "../../../packages/iam/src/policy/principals";
import { type Call, calls, type Place } from "./call";
import { type Job, type Pipeline, toldTo } from "../../record/inventory";
import { withKey, write } from "./store";

const GUIDE = "https://docs.aws.amazon.com/codepipeline/latest/userguide/";
const EVENTS = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-iam-roles.html";

/** `Source`, `Build`, `Deploy-test: Promote`. */
export const stepOf = ({ action }: Pick<Job, "action">): string =>
  action === undefined
    ? "Clean-up"
    : action.stage === action.name
      ? action.stage
      : `${action.stage}: ${action.name}`;

/** The environment that an action is about; for an approval that of the plan whose link it shows. */
export function environmentOf({ jobs }: Pipeline, action: Action): string | undefined {
  const [, namespace] = /#\{([^.}]+)\./.exec(action.configuration["ExternalEntityLink"] ?? "") ?? [];
  const job = jobs.find(
    (each) => each.action === action || (namespace !== undefined && each.action?.namespace === namespace),
  );
  return job && toldTo(job)["ENVIRONMENT"];
}

export const placeOf = (pipeline: Pipeline, action: Action): Place => ({
  pipeline: pipeline.name,
  environment: environmentOf(pipeline, action),
  phase: "every release",
  step: stepOf({ action }),
});

/** What the source action asks of where the source is. */
function sourceCalls(
  { partition, region, account }: Pipeline,
  { provider, configuration }: Action,
): [Asked[], string] {
  if (provider === "CodeCommit") {
    const repository = `arn:${partition}:codecommit:${region}:${account}:${configuration["RepositoryName"]}`;
    const actions = [
      "codecommit:CancelUploadArchive",
      "codecommit:GetBranch",
      "codecommit:GetCommit",
      "codecommit:GetRepository",
      "codecommit:GetUploadArchiveStatus",
      "codecommit:UploadArchive",
    ];
    return [on(repository, actions), `${GUIDE}action-reference-CodeCommit.html`];
  }
  if (provider !== "CodeStarSourceConnection")
    return notKnown(
      `what source action ${provider} calls is not among the simulated calls: add it to rehearsal/access/calls/pipelineCalls.ts`,
    );
  // Both prefixes are asked for, whichever the connection's own ARN has.
  const asked = ["codeconnections", "codestar-connections"].map((prefix) => ({
    action: `${prefix}:UseConnection`,
    resource: (configuration["ConnectionArn"] ?? "").replace(/:code(star-)?connections:/, `:${prefix}:`),
  }));
  return [asked, `${GUIDE}action-reference-CodestarConnectionSource.html`];
}

/** CodePipeline keeps artifacts under the pipeline's name, cut to 20 characters. */
const artifactKey = ({ name }: Pipeline, artifact: string): string => `${name.slice(0, 20)}/${artifact}/1`;

/** What CodePipeline does with artifacts before and after an action, with its own role. */
function artifactCalls(
  pipeline: Pipeline,
  place: Place,
  { inputArtifacts, outputArtifacts }: Action,
): Call[] {
  const principal = session(pipeline.roleArn, "release");
  const source = `${GUIDE}how-to-custom-role.html`;
  const find = on(pipeline.bucketArn, ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"]);
  const reading = [
    "s3:GetObject",
    "s3:GetObjectTagging",
    "s3:GetObjectVersion",
    "s3:GetObjectVersionTagging",
  ];
  const inputs = inputArtifacts.flatMap((each) => read(pipeline, artifactKey(pipeline, each), reading));
  const outputs = outputArtifacts.flatMap((each) => {
    const key = artifactKey(pipeline, each);
    return [
      ...write(pipeline, key, withKey(pipeline)),
      ...on(`${pipeline.bucketArn}/${key}`, ["s3:PutObjectAcl", "s3:PutObjectTagging"]),
    ];
  });
  // Documented for the key as a whole, not said to come through S3 alone.
  const key = on(pipeline.keyArn, ["kms:DescribeKey", "kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"]);
  return [
    ...calls(place, principal, [...find, ...inputs, ...outputs], "CodePipeline carries artifacts", source),
    ...calls(
      place,
      principal,
      key,
      "CodePipeline encrypts artifacts",
      `${GUIDE}pipelines-create-cross-account.html`,
    ),
  ];
}

/** What CodePipeline's own role is used for in one action. */
function actionCalls(pipeline: Pipeline, action: Action): Call[] {
  const place = placeOf(pipeline, action);
  const principal = session(action.roleArn ?? pipeline.roleArn, "release");
  if (action.category === "Source") {
    const [asked, source] = sourceCalls(pipeline, action);
    return [
      ...calls(place, principal, asked, `CodePipeline fetches the source (${action.provider})`, source),
      ...artifactCalls(pipeline, place, action),
    ];
  }
  if (action.category === "Approval") {
    const topic = action.configuration["NotificationArn"];
    const source = `${GUIDE}approvals-service-role-permissions.html`;
    return topic === undefined
      ? []
      : calls(place, principal, on(topic, ["sns:Publish"]), "CodePipeline asks for approval", source);
  }
  const job = pipeline.jobs.find((each) => each.action === action);
  if (!job)
    return notKnown(
      `what action ${action.provider} calls is not among the simulated calls: add it to rehearsal/access/calls/pipelineCalls.ts`,
    );
  const start = on(arnOf(job.project), ["codebuild:BatchGetBuilds", "codebuild:StartBuild"]);
  return [
    ...calls(place, principal, start, "CodePipeline runs the job", `${GUIDE}action-reference-CodeBuild.html`),
    ...artifactCalls(pipeline, place, action),
  ];
}

/** EventBridge starts the pipeline when its source changes, and the clean-up when a run ends badly. */
function triggerCalls(pipeline: Pipeline): Call[] {
  return pipeline.targets.flatMap(({ inputs, name }) => {
    const [target, roleArn] = [
      text(inputs, "arn") ?? "",
      text(inputs, "roleArn") ?? notKnown(`event target ${name} has no role`),
    ];
    const starts = target === pipeline.arn;
    const place: Place = {
      pipeline: pipeline.name,
      environment: undefined,
      phase: starts ? "every release" : "failure",
      step: starts ? "Trigger" : "Clean-up",
    };
    const action = starts ? "codepipeline:StartPipelineExecution" : "codebuild:StartBuild";
    const why = starts ? "EventBridge starts the pipeline" : "EventBridge starts the clean-up";
    return [
      ...calls(
        place,
        service("events.amazonaws.com"),
        on(roleArn, ["sts:AssumeRole"], {
          "aws:SourceAccount": pipeline.account,
          "aws:SourceArn": `arn:${pipeline.partition}:events:${pipeline.region}:${pipeline.account}:rule/${text(inputs, "rule") ?? name}`,
        }),
        "EventBridge takes the target's role",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html",
      ),
      ...calls(place, session(roleArn, "event"), on(target, [action]), why, EVENTS),
    ];
  });
}

/** Everything that CodePipeline and EventBridge call for a pipeline. */
export function pipelineCalls(pipeline: Pipeline): Call[] {
  const run: Place = { pipeline: pipeline.name, environment: undefined, phase: "every release", step: "Run" };
  return [
    ...triggerCalls(pipeline),
    ...calls(
      run,
      service("codepipeline.amazonaws.com"),
      on(pipeline.roleArn, ["sts:AssumeRole"]),
      "CodePipeline takes the pipeline's role",
      `${GUIDE}how-to-custom-role.html`,
    ),
    ...pipeline.actions.flatMap((action) => actionCalls(pipeline, action)),
  ];
}
