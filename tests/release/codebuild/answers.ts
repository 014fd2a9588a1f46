/** CodeBuild's API over running builds, for the jobs that start one: https://docs.aws.amazon.com/codebuild/latest/APIReference/ */
import { list, text } from "../../../packages/iam/src/json";
import { AwsError, type Handler } from "../model";
import type { Build, CodeBuild } from "./codebuild";
import { variablesIn } from "./environment";

/** `started`: called with each build that is. */
export function codebuildAnswers(codebuild: CodeBuild, started: (build: Build) => void): Handler {
  const byToken = new Map<string, Build>();
  return ({ operation, input, sessionName, account }) => {
    switch (operation) {
      case "StartBuild": {
        const projectName = text(input, "projectName") ?? "";
        const token = `${account} ${projectName} ${text(input, "idempotencyToken") ?? byToken.size}`;
        const known = byToken.get(token);
        if (known) return { build: { id: known.id, arn: known.arn } };
        const { inputs } = codebuild.project(projectName);
        const running = [...codebuild.builds.values()].filter(
          ({ project, status }) => project === projectName && status === "IN_PROGRESS",
        ).length;
        if (running >= Number(inputs["concurrentBuildLimit"] ?? Infinity))
          throw new AwsError(
            "AccountLimitExceededException",
            `Cannot have more than ${running} active builds for the project`,
          );
        const build = codebuild.begin({
          projectName,
          environmentVariablesOverride: variablesIn(input["environmentVariablesOverride"]),
          initiator: sessionName,
        });
        byToken.set(token, build);
        started(build);
        return { build: { id: build.id, arn: build.arn } };
      }
      case "BatchGetBuilds": {
        const asked = list(input["ids"]).map(String);
        const builds = asked.flatMap((id) => codebuild.builds.get(id) ?? []);
        return {
          builds: builds.map(({ id, arn, status, variables, logStream }) => ({
            ...{ id, arn, buildStatus: status },
            environment: {
              environmentVariables: Object.entries(variables).map(([name, value]) => ({ name, value })),
            },
            logs: {
              deepLink: `https://console.aws.amazon.com/cloudwatch/home#logsV2:log-groups/${logStream}`,
            },
          })),
          buildsNotFound: asked.filter((id) => !codebuild.builds.has(id)),
        };
      }
      default:
        throw new AwsError("UnknownOperationException", `this CodeBuild does not answer ${operation}`);
    }
  };
}
