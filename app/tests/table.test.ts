import assert from "node:assert/strict";
import "./service";

describe("the table", () => {
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
