import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type ApiContext,
  eventOf,
  FUNCTION_FAILED,
  type HttpResponse,
  NOT_FOUND,
  responseOf,
  TOO_LARGE,
} from "./httpEvent";
import { matchRoute, type Route } from "./routes";

/** API Gateway takes no more than this. */
const BODY_LIMIT = 10 * 1024 * 1024;

/** Has a function answer an event; undefined where it crashed or took too long. */
export type Invoke = (target: string, event: object) => Promise<{ readonly result: unknown } | undefined>;

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_LIMIT) chunks.push(chunk);
  }
  return size <= BODY_LIMIT ? Buffer.concat(chunks) : undefined;
}

/** An HTTP API on this machine alone. Its address stays the same while routes and functions change. */
export class HttpApi {
  readonly url: string;
  #routes: readonly Route[] = [];
  #context: ApiContext = { apiId: "", accountId: "", stage: "$default" };

  #invoke: Invoke = () => Promise.resolve(undefined);

  private constructor(readonly server: Server) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      this.#answer(request).then(
        ({ status, headers, body }) => response.writeHead(status, headers).end(body),
        () => response.destroy(), // the client went away, or the function's headers are no headers
      );
    });
  }

  /** Listens on a port that is free. */
  static async listen(): Promise<HttpApi> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new HttpApi(server);
  }

  /** From now on these routes are answered, and by these functions. */
  use(routes: readonly Route[], context: ApiContext, invoke: Invoke): void {
    this.#routes = routes;
    this.#context = context;
    this.#invoke = invoke;
  }

  async #answer(request: IncomingMessage): Promise<HttpResponse> {
    const body = await bodyOf(request);
    if (!body) return TOO_LARGE;
    const { method = "GET", url = "/", headers, socket } = request;
    const { stage } = this.#context;
    const prefix = stage === "$default" ? "" : `/${stage}`;
    const path = url.replace(/\?.*$/s, "");
    if (path !== prefix && !path.startsWith(`${prefix}/`)) return NOT_FOUND;
    const match = matchRoute(this.#routes, method, path.slice(prefix.length) || "/");
    if (!match) return NOT_FOUND;
    const sourceIp = socket.remoteAddress ?? "";
    const event = eventOf({ method, url, headers, body, sourceIp }, match, this.#context);
    const answer = await this.#invoke(match.route.target, event);
    return answer ? responseOf(answer.result) : FUNCTION_FAILED;
  }

  async close(): Promise<void> {
    const closed = once(this.server, "close");
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}
