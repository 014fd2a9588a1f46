import assert from "node:assert/strict";
import { GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { realAws } from "../../../commands/aws/clients";

const PLACE = {
  region: "eu-west-1",
  credentials: () => Promise.resolve({ accessKeyId: "a", secretAccessKey: "b" }),
} as unknown as Parameters<typeof realAws.codePipeline>[0];

const json = (statusCode: number, body: object) => ({
  response: {
    statusCode,
    headers: { "content-type": "application/x-amz-json-1.1" },
    body: Buffer.from(JSON.stringify(body)),
  },
});
const THROTTLED = json(400, { __type: "ThrottlingException", message: "Rate exceeded" });

/** Answers one after the other; what was asked is counted. */
function answering(config: object, ...answers: ReturnType<typeof json>[]): () => number {
  let asked = 0;
  Object.assign(config, { requestHandler: { handle: () => Promise.resolve(answers[asked++]) } });
  return () => asked;
}

describe("the clients of what everybody asks, status and logs above all", () => {
  it("are patient with throttling: they slow down, and ask ten times", async () => {
    for (const client of [realAws.codePipeline(PLACE), realAws.logs(PLACE)]) {
      assert.equal(await client.config.maxAttempts(), 10);
      const mode: unknown = client.config.retryMode;
      assert.equal(typeof mode === "function" ? await (mode as () => Promise<string>)() : mode, "adaptive");
    }
  });

  it("get their answer though AWS throttles", async () => {
    const client = realAws.logs(PLACE);
    const asked = answering(client.config, THROTTLED, json(200, { events: [] }));
    await client.send(new GetLogEventsCommand({ logStreamName: "x", logGroupName: "y" }));
    assert.equal(asked(), 2);
  });
});
