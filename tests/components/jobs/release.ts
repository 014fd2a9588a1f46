import { readFileSync } from "node:fs";
import type { Call } from "./commands";
import { ServiceError, type Service } from "./service";

const one = (call: Call, name: string): string => call.options[name]?.[0] ?? "";

/** SNS, CloudWatch Logs, DynamoDB, the Parameter Store and Secrets Manager as the jobs see them. */
export const release: Service = (call, _who, world) => {
  switch (call.operation) {
    // The order is nobody's promise: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
    case "ssm get-parameters": {
      const names = [...(call.options["names"] ?? [])].reverse();
      if (names.length > 10) throw new Error("AWS gives no more than ten parameters");
      const [found, lost] = [true, false].map((there) =>
        names.filter((name) => world.parameters.has(name) === there),
      );
      return {
        Parameters: found?.map((Name) => ({ Name, Value: world.parameters.get(Name) })),
        InvalidParameters: lost,
      };
    }
    case "secretsmanager get-secret-value": {
      const SecretString = world.secrets?.get(one(call, "secret-id"));
      if (SecretString === undefined)
        throw new ServiceError(
          "ResourceNotFoundException",
          "Secrets Manager can't find the specified secret.",
        );
      return { SecretString };
    }
    case "dynamodb list-tables":
      return { TableNames: world.tables ?? [] };
    case "logs get-log-events": {
      const [, project] = /^\/aws\/codebuild\/(.+)$/.exec(one(call, "log-group-name")) ?? [];
      const lines = world.logs.get(`${project}:${one(call, "log-stream-name")}`);
      if (!lines)
        throw new ServiceError("ResourceNotFoundException", "The specified log stream does not exist.");
      // The newest, in the order of time: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
      const limit = Number(one(call, "limit"));
      if (!(limit <= 10_000)) throw new Error("more events than AWS gives");
      return { events: lines.slice(-limit).map((message) => ({ message })) };
    }
    case "sns publish": {
      const written = one(call, "message").replace(/^file:\/\/(.*)$/, (_, file: string) =>
        readFileSync(file, "utf8"),
      );
      // One text for each protocol: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
      if (one(call, "message-structure") !== "json") throw new Error("SNS would send the JSON itself");
      const { default: message = "", https = "" } = JSON.parse(written) as Record<string, string>;
      world.messages.push({
        topic: one(call, "topic-arn"),
        subject: one(call, "subject"),
        message,
        chat: JSON.parse(https) as unknown,
      });
      return { MessageId: "1" };
    }
    default:
      return undefined;
  }
};
