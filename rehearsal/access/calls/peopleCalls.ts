/** What people do: approve, start, stop, retry and roll back, with the managed policies that the stack offers them. */
import { map, text } from "../../../packages/iam/src/json";
import { on } from "../../aws/requests";
import type { Asked } from "../../aws/types";
import { type Rehearsed } from "../../record/record";
import { EXECUTION_ID } from "../estate/deployedParameters";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { type Principal, session } from "../../../packages/iam/src/policy/principals";
import { type Call, calls, type Place } from "./call";
import { placeOf } from "./pipelineCalls";
import { type Job, type Pipeline, toldTo } from "../../record/inventory";

const GUIDE = "https://docs.aws.amazon.com/codepipeline/latest/userguide/";
const WATCH = [
  "GetPipeline",
  "GetPipelineExecution",
  "GetPipelineState",
  "ListActionExecutions",
  "ListPipelineExecutions",
];

/** Whoever has a managed policy and no other. */
const holder = (policyArn: string): Principal =>
  session(policyArn.replace(/:policy\/(?:.*\/)?([^/]+)$/, ":role/whoever-has/$1"), "person");

const asks = (resource: string, ...names: string[]): Asked[] =>
  on(
    resource,
    names.map((each) => `codepipeline:${each}`),
  );

const LOGS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/permissions-reference-cwl.html";
const CODECOMMIT =
  "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodecommit.html";

/** One build's log of each of these jobs. */
const reading = ({ partition, region, account }: Pipeline, jobs: readonly Job[]): Asked[] =>
  [...new Set(jobs.map(({ project }) => String(project.outputs["name"])))].flatMap((name) =>
    on(
      `arn:${partition}:logs:${region}:${account}:log-group:/aws/codebuild/${name}:log-stream:${EXECUTION_ID}`,
      ["logs:GetLogEvents"],
    ),
  );

/** Whether a commit is there, and on which branch: CodeCommit alone tells by AWS's API. */
const finding = ({ partition, region, account, actions }: Pipeline): Asked[] =>
  actions
    .filter(({ provider }) => provider === "CodeCommit")
    .flatMap(({ configuration }) =>
      on(`arn:${partition}:codecommit:${region}:${account}:${configuration["RepositoryName"]}`, [
        "codecommit:GetBranch",
        "codecommit:GetCommit",
        "codecommit:GetMergeConflicts",
      ]),
    );

/** What the stack tells people of a pipeline. */
function outputsOf(record: Rehearsed, { name }: Pipeline): Readonly<Record<string, unknown>> {
  const found = record
    .map(({ outputs }) => map(map(outputs["pipelines"])[name]))
    .find((each) => "operatorPolicyArn" in each);
  return found ?? notKnown(`no stack has an output pipelines.${name}.operatorPolicyArn`);
}

export function peopleCalls(record: Rehearsed, pipeline: Pipeline): Call[] {
  const outputs = outputsOf(record, pipeline);
  const operator = holder(text(outputs, "operatorPolicyArn") ?? "");
  const place: Place = {
    pipeline: pipeline.name,
    environment: undefined,
    phase: "every release",
    step: "Operation",
  };
  const stages = [...new Set(pipeline.actions.map(({ stage }) => stage))].filter(
    (stage) => stage !== pipeline.actions[0]?.stage,
  );
  const answers = pipeline.actions
    .filter(({ category }) => category === "Approval")
    .flatMap((action) => {
      const at = placeOf(pipeline, action);
      const policy = text(map(outputs["approverPolicyArns"]), at.environment ?? "");
      const who = holder(
        policy ?? notKnown(`no managed policy lets people answer the approval of stage ${action.stage}`),
      );
      return [
        ...calls(
          at,
          who,
          asks(pipeline.arn, ...WATCH),
          "an approver looks at the run",
          `${GUIDE}approvals-iam-permissions.html`,
        ),
        ...calls(
          at,
          who,
          asks(`${pipeline.arn}/${action.stage}/${action.name}`, "PutApprovalResult"),
          "an approver answers",
          `${GUIDE}approvals-iam-permissions.html`,
        ),
        ...calls(
          at,
          who,
          reading(
            pipeline,
            pipeline.jobs.filter(
              (job) => job.kind === "plan" && toldTo(job)["ENVIRONMENT"] === at.environment,
            ),
          ),
          "an approver reads what Plan says of each change",
          LOGS,
        ),
      ];
    });
  return [
    ...calls(
      place,
      operator,
      asks(pipeline.arn, ...WATCH),
      "an operator looks at a run",
      `${GUIDE}permissions-reference.html`,
    ),
    ...calls(
      place,
      operator,
      asks(pipeline.arn, "StartPipelineExecution", "StopPipelineExecution"),
      "an operator starts or stops a run",
      `${GUIDE}permissions-reference.html`,
    ),
    ...calls(
      place,
      operator,
      reading(
        pipeline,
        pipeline.jobs.filter(({ action }) => action),
      ),
      "an operator reads the log of a job",
      LOGS,
    ),
    ...calls(place, operator, finding(pipeline), "an operator looks for a commit to release", CODECOMMIT),
    // The source can be retried, and nothing can be rolled back to it.
    ...stages.flatMap((stage) =>
      calls(
        { ...place, phase: "roll-back" },
        operator,
        asks(`${pipeline.arn}/${stage}`, "RollbackStage"),
        "an operator rolls a stage back",
        `${GUIDE}stage-rollback.html`,
      ),
    ),
    ...[...new Set(pipeline.actions.map(({ stage }) => stage))].flatMap((stage) =>
      calls(
        { ...place, phase: "failure" },
        operator,
        asks(`${pipeline.arn}/${stage}`, "RetryStageExecution"),
        "an operator retries a stage",
        `${GUIDE}stage-retry.html`,
      ),
    ),
    ...answers,
  ];
}
