import type { IncomingMessage } from "node:http";
import type { Answer } from "./address";
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

/** An HTTP API with these routes, answered by functions. */
export function httpApi(routes: readonly Route[], context: ApiContext, invoke: Invoke): Answer {
  async function respond(request: IncomingMessage): Promise<HttpResponse> {
    const body = await bodyOf(request);
    if (!body) return TOO_LARGE;
    const { method = "GET", url = "/", headers, socket } = request;
    const prefix = context.stage === "$default" ? "" : `/${context.stage}`;
    const path = url.replace(/\?.*$/s, "");
    if (path !== prefix && !path.startsWith(`${prefix}/`)) return NOT_FOUND;
    const match = matchRoute(routes, method, path.slice(prefix.length) || "/");
    if (!match) return NOT_FOUND;
    const sourceIp = socket.remoteAddress ?? "";
    const event = eventOf({ method, url, headers, body, sourceIp }, match, context);
    const answer = await invoke(match.route.target, event);
    return answer ? responseOf(answer.result) : FUNCTION_FAILED;
  }
  return (request, response) =>
    void respond(request).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      () => response.destroy(), // the client went away, or the function's headers are no headers
    );
}
