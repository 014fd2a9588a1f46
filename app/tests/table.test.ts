import assert from "node:assert/strict";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import "./service";

describe("the table", () => {
  it("keeps what has an id already, whatever else that has, and takes what is new", async () => {
    const { find, insert } = require("../src/table") as typeof import("../src/table");
    const bare = { id: "bare-lamp" };
    const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
    await client.send(new PutCommand({ TableName: "products", Item: bare }));
    client.destroy();
    const lamp = { id: "table-lamp", name: "Lamp", price: 1999, currency: "EUR" };
    assert.deepEqual(
      [await insert({ ...lamp, ...bare }), await find(bare.id), await insert(lamp), await find(lamp.id)],
      [false, bare, true, lamp],
    );
  });

  it("must be named by the environment", async () => {
    const { find } = require("../src/table") as typeof import("../src/table");
    const name = process.env.TABLE_NAME;
    try {
      delete process.env.TABLE_NAME;
      await assert.rejects(find("lamp-1"), {
        message: "TABLE_NAME is not set: it names the DynamoDB table, as template.yaml does",
      });
    } finally {
      process.env.TABLE_NAME = name;
    }
  });
});
