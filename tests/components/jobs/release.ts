import { readFileSync } from "node:fs";
import type { Call } from "./commands";
import { ServiceError, type Service } from "./aws";

const one = (call: Call, name: string): string => call.options[name]?.[0] ?? "";

/** CodePipeline, STS and SNS as the jobs see them. */
export const release: Service = (call, who, world) => {
  switch (call.operation) {
    case "sts get-caller-identity":
      return { Account: who.account };
    case "codepipeline get-pipeline-state":
      return {
        stageStates: Object.entries(world.stages).map(([stageName, stage]) => ({
          stageName,
          latestExecution: { status: stage.latest[0] },
          ...(stage.inbound !== undefined && { inboundExecution: { status: stage.inbound } }),
        })),
      };
    case "codepipeline get-pipeline-execution": {
      const execution = world.executions[one(call, "pipeline-execution-id")];
      if (!execution || one(call, "pipeline-name") !== world.pipeline) {
        throw new ServiceError("PipelineExecutionNotFoundException", "no such run");
      }
      return {
        pipelineExecution: {
          executionType: execution.type,
          status: execution.status,
          variables: Object.entries(execution.variables ?? {}).map(([name, resolvedValue]) => ({
            name,
            resolvedValue,
          })),
        },
      };
    }
    case "codepipeline list-action-executions":
      if (!/^pipelineExecutionId=[0-9a-f-]{36}$/.test(one(call, "filter"))) throw new Error("bad filter");
      return { actionExecutionDetails: world.actions };
    case "sns publish": {
      const message = one(call, "message").replace(/^file:\/\/(.*)$/, (_, file: string) =>
        readFileSync(file, "utf8"),
      );
      world.messages.push({ topic: one(call, "topic-arn"), subject: one(call, "subject"), message });
      return { MessageId: "1" };
    }
    default:
      return undefined;
  }
};
