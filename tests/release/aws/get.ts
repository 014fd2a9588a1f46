/** Asks as anybody does on the internet: what is behind TLS through the proxy, a load balancer without a certificate directly. */
import { request } from "node:http";
import { Agent, request as secureRequest } from "node:https";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";
import { connect } from "node:tls";
import type { Emulator } from "./emulator";

const tunnel = (port: number, host: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, method: "CONNECT", path: `${host}:443` });
    asked.on("connect", (_, socket) => resolve(socket));
    asked.on("error", reject);
    asked.end();
  });

/** Through which AWS's own clients for Node.js reach it, as its CLI does by its environment. */
export function agent(proxy: number, ca: string): Agent {
  const own = new Agent();
  own.createConnection = ({ host }, connected) => {
    const servername = String(host);
    tunnel(proxy, servername).then(
      (socket) => connected?.(null, connect({ socket, servername, ca })),
      (error: unknown) => connected?.(error as Error, undefined as never),
    );
    return undefined;
  };
  return own;
}

export async function get(
  url: string,
  emulator: Emulator,
  proxy: number,
  ca: string,
): Promise<{ readonly status: number; readonly body: string }> {
  const { protocol, hostname: host, pathname, search } = new URL(url);
  const path = pathname + search;
  if (protocol === "http:") {
    const { status, body } = await emulator.sendTo(host, {
      ...{ method: "GET", path, headers: {}, body: Buffer.alloc(0) },
    });
    return { status, body: body.toString("utf8") };
  }
  const secured = connect({ socket: await tunnel(proxy, host), servername: host, ca });
  return new Promise((resolve, reject) => {
    const asked = secureRequest({ host, path, ca, headers: { host }, createConnection: () => secured });
    asked.on("response", (answer) => {
      text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
    });
    asked.on("error", reject);
    asked.end();
  });
}
