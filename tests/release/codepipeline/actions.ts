import { randomBytes, randomUUID } from "node:crypto";
import { arnOf } from "../../../rehearsal/access/estate/collect";
import type { Activity } from "../activity";
import type { Artifacts } from "../artifacts";
import type { CodeBuild } from "../codebuild/codebuild";
import { type Variable, variablesIn } from "../codebuild/environment";
import type { Aws, Session } from "../model";
import type { Attempt } from "./state";

/** A revision of a repository, and what the source action says of it. */
export interface Revision {
  readonly commit: string;
  readonly zip: Buffer;
  readonly variables: Readonly<Record<string, string>>;
}

/** Where a pipeline's source comes from. */
export interface Source {
  /** What the action asks of the service that has it. */
  readonly asks: readonly { readonly action: string; readonly resource: string }[];
  /** The named commit, or what the branch has now. */
  readonly fetch: (branch: string, commit: string | undefined) => Promise<Revision>;
}

export interface ActionServices {
  readonly aws: Pick<Aws, "ask" | "request">;
  readonly codebuild: CodeBuild;
  readonly artifacts: Artifacts;
  readonly source: Source;
  readonly activity: Activity;
  readonly account: string;
  readonly region: string;
  readonly pipeline: string;
}

/** An action that has failed, as CodePipeline tells it. */
export class ActionFailed extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Pipelines keep their artifacts under their name, cut to 20 characters, and the artifact's, cut to 10. */
const newKey = (pipeline: string, artifact: string): string =>
  `${pipeline.slice(0, 20)}/${artifact.slice(0, 10)}/${randomBytes(6).toString("base64url").replace(/[-_]/g, "x").slice(0, 7)}`;

async function fetchSource(attempt: Attempt, services: ActionServices, role: Session): Promise<void> {
  const { action, execution, configuration } = attempt;
  for (const asked of services.source.asks) services.aws.ask(role, asked);
  const wanted = execution.revisions[action.name];
  const { commit, zip, variables } = await services.source.fetch(configuration["BranchName"] ?? "", wanted);
  const [output = ""] = action.outputArtifacts;
  const key = newKey(services.pipeline, output);
  await services.artifacts.write(role, key, zip);
  execution.artifacts.set(output, { key, revision: commit });
  attempt.externalExecutionId = commit;
  attempt.outputVariables = variables;
}

function overrides(text: string | undefined): Variable[] {
  try {
    return variablesIn(JSON.parse(text ?? "[]"));
  } catch (error) {
    throw new ActionFailed("InvalidConfiguration", `EnvironmentVariables are no JSON: ${String(error)}`);
  }
}

async function runBuild(attempt: Attempt, services: ActionServices, role: Session): Promise<void> {
  const { action, execution, configuration } = attempt;
  const [name = "", ...others] = action.inputArtifacts;
  const input = execution.artifacts.get(name);
  if (!input || others.length > 0)
    throw new ActionFailed("ConfigurationError", `action ${action.name} has not one input artifact`);
  const outputs = action.outputArtifacts.map((each) => ({
    name: each,
    key: newKey(services.pipeline, each),
  }));
  const projectName = configuration["ProjectName"] ?? "";
  const build = services.codebuild.start(role, {
    projectName,
    environmentVariablesOverride: overrides(configuration["EnvironmentVariables"]),
    initiator: `codepipeline/${services.pipeline}`,
    handed: { artifacts: services.artifacts, input: { name, ...input }, outputs },
  });
  attempt.externalExecutionId = build.id;
  attempt.externalExecutionUrl = `https://console.aws.amazon.com/codebuild/home?region=${services.region}#/builds/${build.id}/view/new`;
  services.aws.ask(role, {
    action: "codebuild:BatchGetBuilds",
    resource: arnOf(services.codebuild.project(projectName)),
  });
  await build.ended;
  if (build.status !== "SUCCEEDED") throw new ActionFailed("JobFailed", build.message);
  for (const { name: each, key } of outputs) execution.artifacts.set(each, { key, revision: input.revision });
  attempt.outputVariables = build.exported;
}

async function askPeople(attempt: Attempt, services: ActionServices, role: Session): Promise<void> {
  const { configuration, action } = attempt;
  const topic = configuration["NotificationArn"];
  attempt.token = randomUUID();
  const decision = new Promise<{ status: string; summary: string }>((resolve) => {
    attempt.decide = (status, summary) => resolve({ status, summary });
  });
  if (topic !== undefined) {
    services.aws.ask(role, { action: "sns:Publish", resource: topic });
    await services.aws.request(services.account, "sns", "Publish", {
      TopicArn: topic,
      Subject: `APPROVAL NEEDED: AWS CodePipeline ${services.pipeline}`.slice(0, 100),
      Message: JSON.stringify({
        region: services.region,
        approval: {
          pipelineName: services.pipeline,
          stageName: attempt.stage,
          actionName: action.name,
          token: attempt.token,
          externalEntityLink: configuration["ExternalEntityLink"] ?? null,
          customData: configuration["CustomData"] ?? null,
        },
      }),
    });
  }
  const { status, summary } = await services.activity.waitingForPeople(
    Promise.race([
      decision,
      attempt.execution.abandoned.then(() => ({ status: "Rejected", summary: "abandoned" })),
    ]),
  );
  delete attempt.token;
  attempt.summary = summary;
  if (status !== "Approved")
    throw new ActionFailed("JobFailed", `Approval rejected or not given in time: ${summary}`);
}

/** Does what an action is for; its configuration is resolved. Throws where it fails. */
export function runAction(attempt: Attempt, services: ActionServices, role: Session): Promise<void> {
  const { category, provider } = attempt.action;
  if (category === "Source") return fetchSource(attempt, services, role);
  if (category === "Approval") return askPeople(attempt, services, role);
  if (category === "Build" && provider === "CodeBuild") return runBuild(attempt, services, role);
  throw new Error(`this CodePipeline has no ${category} actions of ${provider}`);
}
