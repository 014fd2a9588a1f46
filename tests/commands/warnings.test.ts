import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");
/** Makes all clients of AWS that the commands have, then warns of something that people must see. */
const CODE = `
const { run } = require("./commands/command");
const { realAws } = require("./commands/aws/clients");
const { S3Client } = require("@aws-sdk/client-s3");
const { STSClient } = require("@aws-sdk/client-sts");
run("none", async () => {
  const place = { region: "eu-west-1" };
  for (const make of Object.values(realAws).slice(1)) make(place);
  for (const Client of [S3Client, STSClient]) new Client(place);
  process.emitWarning("a warning of ours", "Ours");
  return 0;
});`;

describe("what the commands load", () => {
  it("warns people of nothing, while other warnings reach them", () => {
    const args = ["-r", "ts-node/register", "-e", CODE];
    const env = { PATH: process.env["PATH"], NODE_OPTIONS: "" };
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: ROOT,
      env,
      encoding: "utf8",
    });
    assert.deepEqual([status, stdout], [0, ""], stderr);
    assert.match(stderr, /^\(node:\d+\) Ours: a warning of ours\n\(Use `.*\)\n$/);
  });
});
