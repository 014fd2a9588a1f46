/** What HTTPS_PROXY names: AWS's hosts end here, under the throw-away certificate; every other host is refused. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Certificates } from "./certificates";

export interface Proxy {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** One request with all of its body. */
export interface Received {
  readonly method: string;
  readonly host: string;
  /** Encoded, with the query. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export type Answering = (received: Received, response: ServerResponse) => Promise<void>;

async function read(request: IncomingMessage): Promise<Received> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const { method = "", url = "", headers } = request;
  return { method, host: headers.host ?? "", url, headers, body: Buffer.concat(parts) };
}

/** `plain` answers what is asked without TLS: credentials, as containers get them. */
export async function startProxy(
  { key, certificate }: Certificates,
  answering: Answering,
  plain: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const inner = createTlsServer(
    { key, cert: certificate, ALPNProtocols: ["http/1.1"] },
    (request, response) => {
      void read(request)
        .then((received) => answering(received, response))
        .catch(() => response.destroy()); // the client has gone
    },
  );
  inner.keepAliveTimeout = 0;
  inner.requestTimeout = 0;
  const outer = createServer(plain);
  outer.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy()); // a killed process
  });
  outer.on("connect", (request: IncomingMessage, socket: Socket) => {
    if (!/^[a-z0-9.-]+\.amazonaws\.com:443$/.test(request.url ?? "")) {
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      return;
    }
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    inner.emit("connection", socket);
  });
  await new Promise<void>((resolve) => outer.listen(0, "127.0.0.1", resolve));
  return {
    port: (outer.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        outer.close(() => resolve());
        sockets.forEach((socket) => socket.destroy());
      }),
  };
}
