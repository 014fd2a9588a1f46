import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { readTemplate } from "../../rehearsal/release/cloudformation/template";
import { emptyFolder } from "../folders";

const EXAMPLES = join(__dirname, "../../examples");

/** Listens where there is place, and says where. */
const ANYWHERE = `
const { Server } = require("node:http");
const { listen } = Server.prototype;
Server.prototype.listen = function () {
  return listen.call(this, 0, "127.0.0.1", () => console.log(this.address().port));
};
require("./src/index.js");
`;

/** What the example's server answers at these paths. */
async function answers(env: Readonly<Record<string, string>>, paths: readonly string[]): Promise<string[]> {
  const folder = emptyFolder();
  for (const part of ["node", "ecs-service/node"])
    cpSync(join(EXAMPLES, part, "src"), join(folder, "src"), { recursive: true });
  const server = spawn(process.execPath, ["-e", ANYWHERE], {
    cwd: folder,
    env: { FEE: "0.01", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const port = await new Promise<string>((resolve, reject) => {
      createInterface(server.stdout).once("line", resolve);
      server.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
    });
    const found: string[] = [];
    for (const path of paths) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      const { worth } = (await response.json()) as { worth?: string };
      found.push([response.status, ...(worth === undefined ? [] : [worth])].join(" "));
    }
    return found;
  } finally {
    server.kill();
  }
}

describe("the example of a service on ECS", () => {
  const paths = ["/rates/200?rate=1.5", "/web--br-0a1b2c3d/rates/200?rate=1.5", "/health"];

  it("is told of the path by its template, and asked there", () => {
    const template = readTemplate(readFileSync(join(EXAMPLES, "ecs-service/template.yaml"), "utf8"));
    const told = JSON.stringify(template.Resources).match(/\{"Name":"BASE_PATH","Value":.*?\}\}/g);
    assert.deepEqual(told, ['{"Name":"BASE_PATH","Value":{"Ref":"BasePath"}}']);
    assert.deepEqual(template.Outputs?.["Endpoint"], { Value: { "Fn::Sub": "${EndpointUrl}${BasePath}" } });
  });

  it("answers at the paths that its environment has, and those alone", async () => {
    assert.deepEqual(await answers({ BASE_PATH: "" }, paths), ["200 297.00", "404", "200"]);
    assert.deepEqual(await answers({}, paths), ["200 297.00", "404", "200"]);
  });

  it("answers a branch at paths that begin with its stack's name, and is healthy where the target group asks", async () =>
    assert.deepEqual(await answers({ BASE_PATH: "/web--br-0a1b2c3d" }, paths), ["404", "200 297.00", "200"]));
});
