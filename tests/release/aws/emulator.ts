/** The emulator as a process: started, asked as any account, ended by its own standard input. */
import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { samModules } from "./sam";
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
  /** Keeps all that it has; what is returned brings it back. */
  readonly keep: () => Promise<() => Promise<void>>;
  readonly stop: () => Promise<void>;
}

/** The next line that the emulator says. */
type Said = (asked?: string) => Promise<string>;

function saying(child: ChildProcessWithoutNullStreams): Said {
  let error = "";
  child.stderr.on("data", (data: Buffer) => (error += data.toString()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (asked) => {
    if (asked !== undefined) child.stdin.write(`${asked}\n`);
    const line: IteratorResult<string, unknown> = await lines.next();
    if (line.done === true) throw new Error(`the emulator has ended:\n${error}`);
    return line.value;
  };
}

const signature = (account: string, region: string, service: string): string =>
  `AWS4-HMAC-SHA256 Credential=${account}/20200101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;

/** Headers that belong to the way here: the connection's own, and whose request it was. */
const OWN = /^(host|connection|authorization|x-amz-security-token|content-length|transfer-encoding|expect)$/i;

/** Each by a connection of its own: the emulator ends those that were idle for seconds, perhaps just as a request goes out. */
export function send(
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
        ...{ host: "127.0.0.1", port, method, path, agent: false },
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

/** `gate`: where the emulator asks whether a role of CloudFormation's may do what it is about to do; `folder`: for its own files. */
export async function startEmulator(
  { python, modules }: Tools,
  gate: string,
  folder: string,
): Promise<Emulator> {
  const child = spawn(python, [join(__dirname, "emulator.py")], {
    env: {
      ...{ PATH: process.env["PATH"] ?? "", PYTHONPATH: modules, PYTHONDONTWRITEBYTECODE: "1" },
      ...{ GATE: gate, TMPDIR: folder, SAM_MODULES: samModules() },
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const said = saying(child);
  const port = Number(await said());
  return {
    port,
    send: (account, region, service, sent) =>
      send(port, { authorization: signature(account, region, service) }, sent),
    sendTo: (host, sent) => send(port, { host: `${host}:${port}` }, sent),
    keep: async () => {
      const number = /^kept (\d+)$/.exec(await said("keep"))?.[1] ?? "";
      return async () => assert.equal(await said(`restore ${number}`), "restored");
    },
    stop: () => {
      child.stdin.end();
      return ended;
    },
  };
}
