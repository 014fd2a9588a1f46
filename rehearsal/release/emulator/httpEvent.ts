import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Match } from "./routes";

/** A request as it came in. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query, as written. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as written. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly sourceIp: string;
}

/** What goes back to the client. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** The API that took the request. */
export interface ApiContext {
  readonly apiId: string;
  readonly accountId: string;
  readonly stage: string;
}

/** Content types whose bodies API Gateway hands over as text; all others in base64. */
const TEXT = /^(text\/|application\/(json|javascript|xml)\b)/i;

export const json = (status: number, message: string): HttpResponse => ({
  status,
  headers: { "content-type": "application/json" },
  body: Buffer.from(JSON.stringify({ message })),
});
/** Answers of the API itself, in its own words. */
export const NOT_FOUND = json(404, "Not Found");
export const TOO_LARGE = json(413, "Request Entity Too Large");
export const FUNCTION_FAILED = json(500, "Internal Server Error");

const joined = (value: string | string[] | undefined): string =>
  Array.isArray(value) ? value.join(",") : (value ?? "");

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The event of an HTTP API, payload format 2.0. */
export function eventOf(request: HttpRequest, { route, pathParameters }: Match, api: ApiContext): object {
  const { pathname, search, searchParams } = new URL(request.url, "http://api");
  const { cookie, ...headers } = request.headers;
  const now = new Date();
  const names = [...new Set(searchParams.keys())];
  const text = TEXT.test(headers["content-type"] ?? "");
  const path = decoded(pathname);
  const host = headers.host ?? "";
  return {
    version: "2.0",
    routeKey: route.key,
    rawPath: path,
    rawQueryString: search.slice(1),
    ...(cookie !== undefined && { cookies: cookie.split(/; */) }),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, joined(value)])),
    ...(names.length > 0 && {
      queryStringParameters: Object.fromEntries(
        names.map((name) => [name, searchParams.getAll(name).join(",")]),
      ),
    }),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    requestContext: {
      ...api,
      domainName: host,
      domainPrefix: api.apiId,
      http: {
        method: request.method,
        path,
        protocol: "HTTP/1.1",
        sourceIp: request.sourceIp,
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey: route.key,
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    ...(request.body.length > 0 && { body: request.body.toString(text ? "utf8" : "base64") }),
    isBase64Encoded: request.body.length > 0 && !text,
  };
}

export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What API Gateway makes of a function's result in format 2.0; without `statusCode`, the result is the body. */
export function responseOf(result: unknown): HttpResponse {
  if (!isMap(result) || result["statusCode"] === undefined) {
    const body = typeof result === "string" ? result : JSON.stringify(result ?? null);
    return { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from(body) };
  }
  const { statusCode, headers, cookies, body = "", isBase64Encoded } = result;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599 || typeof body !== "string")
    return FUNCTION_FAILED;
  const given = Object.entries(isMap(headers) ? headers : {}).map(
    ([name, value]) => [name.toLowerCase(), String(value)] as const,
  );
  return {
    status,
    headers: {
      ...(body === "" ? {} : { "content-type": "text/plain;charset=UTF-8" }),
      ...Object.fromEntries(given),
      ...(Array.isArray(cookies) && { "set-cookie": cookies.map(String) }),
    },
    body: Buffer.from(body, isBase64Encoded === true ? "base64" : "utf8"),
  };
}
