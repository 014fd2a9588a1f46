/** The emulator as a process: started, asked as any account, ended by its own standard input. */
import { type ChildProcess, spawn } from "node:child_process";
import { request } from "node:http";
import { join } from "node:path";
import type { Tools } from "./tools";

/** What is sent to the emulator. */
export interface Sent {
  readonly method: string;
  /** As it is written in the request's line: encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

export interface Emulator {
  readonly port: number;
  /** Sends a request as an account: an access key of twelve digits is that account's administrator to the emulator. */
  readonly send: (account: string, region: string, service: string, sent: Sent) => Promise<Answer>;
  /** Sends a request that is not signed, to a host that the emulator knows as its own: an HTTP API. */
  readonly sendTo: (host: string, sent: Sent) => Promise<Answer>;
  readonly stop: () => Promise<void>;
}

const announced = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    let [out, error] = ["", ""];
    child.stderr?.on("data", (data: Buffer) => (error += data.toString()));
    child.stdout?.on("data", (data: Buffer) => {
      out += data.toString();
      const [, port] = /^(\d+)\n/.exec(out) ?? [];
      if (port !== undefined) resolve(Number(port));
    });
    child.on("exit", (code) => reject(new Error(`the emulator ended with ${String(code)}:\n${error}`)));
  });

const signature = (account: string, region: string, service: string): string =>
  `AWS4-HMAC-SHA256 Credential=${account}/20200101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;

/** Headers that belong to the way here: the connection's own, and whose request it was. */
const OWN = /^(host|connection|authorization|x-amz-security-token|content-length|transfer-encoding|expect)$/i;

function send(
  port: number,
  own: Readonly<Record<string, string>>,
  { method, path, headers, body }: Sent,
): Promise<Answer> {
  const kept = Object.entries(headers).flatMap(([name, value]) =>
    OWN.test(name) || value === undefined ? [] : [[name, typeof value === "string" ? value : [...value]]],
  );
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        ...{ host: "127.0.0.1", port, method, path },
        headers: {
          ...(Object.fromEntries(kept) as Record<string, string | string[]>),
          ...own,
          "content-length": body.length,
        },
      },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
        );
      },
    );
    asked.on("error", reject);
    asked.end(body);
  });
}

/** `gate`: where the emulator asks whether a role of CloudFormation's may do what it is about to do. */
export async function startEmulator({ python, modules }: Tools, gate: string): Promise<Emulator> {
  const child = spawn(python, [join(__dirname, "emulator.py")], {
    env: { PATH: process.env["PATH"] ?? "", PYTHONPATH: modules, PYTHONDONTWRITEBYTECODE: "1", GATE: gate },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const port = await announced(child);
  return {
    port,
    send: (account, region, service, sent) =>
      send(port, { authorization: signature(account, region, service) }, sent),
    sendTo: (host, sent) => send(port, { host: `${host}:${port}` }, sent),
    stop: () => {
      child.stdin.end();
      return ended;
    },
  };
}
