/** Starts moto's server once, for AWS to be asked there. Its command is in MOTO_SERVER or on PATH; without it nothing runs. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";

const command = process.env["MOTO_SERVER"] ?? "moto_server";
if (spawnSync(command, ["--help"], { stdio: "ignore" }).status !== 0) {
  console.log("commands: skipped, no moto_server");
  process.exit(0);
}
let server: ChildProcess | undefined;

export async function mochaGlobalSetup(): Promise<void> {
  const started = spawn(command, ["--host", "127.0.0.1", "--port", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  server = started;
  const lines = createInterface(started.stderr);
  let url: string | undefined;
  for await (const line of lines) {
    url = /Running on (http:\S+)/.exec(line)?.[1];
    if (url !== undefined) break;
  }
  if (url === undefined) throw new Error(`${command} ended before it listened`);
  started.stderr.resume(); // requests are logged there; a full pipe would stop it
  Object.assign(process.env, {
    ...{ AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: "222222222222", AWS_SECRET_ACCESS_KEY: "none" },
    ...{ AWS_REGION: "eu-west-1", AWS_JS_NODE_SDK_V3_WARNINGS: "off" },
  });
}

export function mochaGlobalTeardown(): void {
  server?.kill();
}
