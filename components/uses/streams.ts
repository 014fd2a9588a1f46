import { allow } from "../policies";
import { tables } from "../workloads/storageExecution";
import { eventSources, eventSourceStatements } from "./eventSources";
import type { Use } from "./use";

/** Functions are called with what changes in tables. */
export const streams: Use = {
  name: "streams",
  parts: {
    functions: {
      template: eventSources({ "AWS::DynamoDB::Table": ["StreamArn"] }),
      execution: eventSourceStatements,
      // Lambda itself reads streams for a function, with the function's role, and then names no function.
      // https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
      workload: (site) => [
        allow(
          "ReadStreams",
          ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
          // IAM writes a stream below its table, and these are asked on streams alone.
          [tables(site)],
        ),
        // Knows no resource.
        allow("ListStreams", ["dynamodb:ListStreams"], ["*"]),
      ],
    },
  },
  lacks: "Lambda calls functions with what changes in a table, and calls no tasks",
};
