import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { tracer } from "./observability";
import type { Product } from "./product";

/** With the SDK's three attempts this stays below the function's own timeout, so that a client gets an answer. */
const requestHandler = { connectionTimeout: 1000, requestTimeout: 2500, throwOnRequestTimeout: true };

const client = DynamoDBDocumentClient.from(tracer.captureAWSv3Client(new DynamoDBClient({ requestHandler })));

/** Stores a new product. False, with nothing written, if there is one of that id: of several at once, one is stored. */
export async function insert(product: Product): Promise<boolean> {
  try {
    await client.send(
      new PutCommand({
        TableName: tableName(),
        Item: product,
        ConditionExpression: "attribute_not_exists(id)",
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** The product of that id, as of now: what was created is found at once. */
export async function find(id: string): Promise<Product | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: tableName(), Key: { id }, ConsistentRead: true }),
  );
  return Item as Product | undefined;
}

function tableName(): string {
  const name = process.env.TABLE_NAME;
  if (!name) throw new Error("TABLE_NAME is not set: it names the DynamoDB table, as template.yaml does");
  return name;
}
