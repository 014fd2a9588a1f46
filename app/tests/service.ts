import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import dynalite from "dynalite";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { FOLDERS, onlyProperties, template } from "./template";

Object.assign(process.env, {
  AWS_REGION: "eu-west-1",
  AWS_ACCESS_KEY_ID: "embedded",
  AWS_SECRET_ACCESS_KEY: "embedded",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  POWERTOOLS_LOG_LEVEL: "SILENT",
  POWERTOOLS_METRICS_DISABLED: "true",
  POWERTOOLS_SERVICE_NAME: "catalog",
  TABLE_NAME: "products",
});

/** An answer of the service, its body parsed. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: unknown;
  readonly headers: Record<string, unknown>;
}

type Change = Partial<
  Pick<APIGatewayProxyEventV2, "body" | "headers" | "isBase64Encoded" | "rawQueryString">
>;

// Hooks of the whole run: one embedded DynamoDB, with the table as template.yaml declares it.
const database = dynalite({ createTableMs: 0 });

before(async () => {
  database.listen(0, "127.0.0.1");
  await once(database, "listening");
  const { port } = database.address() as AddressInfo;
  process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${port}`;
  const table = onlyProperties(
    template(FOLDERS.container),
    "AWS::DynamoDB::Table",
  ) as unknown as CreateTableCommandInput;
  const { AttributeDefinitions, KeySchema, BillingMode } = table;
  const client = new DynamoDBClient({});
  await client.send(
    new CreateTableCommand({ TableName: "products", AttributeDefinitions, KeySchema, BillingMode }),
  );
  client.destroy();
});

after(async () => {
  database.close();
  database.closeAllConnections();
  await once(database, "close");
});

/** Has the function answer one request. */
export async function request(method: string, path: string, change: Change = {}): Promise<Answer> {
  // Loaded here, since the SDK reads the variables above when the client is made.
  const { handler } = require("../src/index") as typeof import("../src/index");
  const result = await handler(event(method, path, change), {} as Context);
  const text = result.body ?? "";
  return { status: result.statusCode ?? 200, text, body: JSON.parse(text), headers: result.headers ?? {} };
}

function event(method: string, rawPath: string, change: Change): APIGatewayProxyEventV2 {
  const now = new Date(0);
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString: "",
    headers: { "content-type": "application/json" },
    isBase64Encoded: false,
    requestContext: {
      accountId: "000000000000",
      apiId: "api",
      domainName: "api.example.com",
      domainPrefix: "api",
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "tests" },
      requestId: "request",
      routeKey: "$default",
      stage: "$default",
      time: now.toISOString(),
      timeEpoch: now.getTime(),
    },
    ...change,
  };
}
