import { randomUUID } from "node:crypto";
import { type ApiContext, type HttpRequest, type HttpResponse, isMap, json } from "./httpEvent";
import type { Match } from "./routes";
import { list } from "../../../packages/iam/src/json";

/** Answers of the API itself, in its own words. */
export const NO_METHOD = json(403, "Missing Authentication Token");
export const TOO_LONG = json(413, "Request Too Long");
export const MALFORMED = json(502, "Internal server error");

/** What of a REST API its events say. */
export interface RestStage {
  readonly variables: Readonly<Record<string, string>> | null;
  /** Content types of bodies that are handed over in base64; all others as text. */
  readonly binary: readonly string[];
}

/** Each value of each name, in order. */
function grouped(pairs: Iterable<readonly [string, string]>): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const [name, value] of pairs) (all[name] ??= []).push(value);
  return all;
}
const lastOf = (all: Readonly<Record<string, readonly string[]>>): Record<string, string> =>
  Object.fromEntries(Object.entries(all).map(([name, values]) => [name, values.at(-1) ?? ""]));
const orNull = <T extends object>(all: T): T | null => (Object.keys(all).length > 0 ? all : null);

/** The event of a REST API: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html */
export function restEventOf(
  request: HttpRequest,
  { route, pathParameters }: Match,
  api: ApiContext,
  { variables, binary }: RestStage,
): object {
  const { pathname, searchParams } = new URL(request.url, "http://api");
  const { rawHeaders, headers } = request;
  const given = grouped(
    rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ""] as const] : [])),
  );
  const asked = grouped(searchParams);
  const resource = route.key.replace(/^\S+ /, "");
  const type = (headers["content-type"] ?? "").replace(/;.*$/s, "").trim();
  const encoded = request.body.length > 0 && (binary.includes("*/*") || binary.includes(type));
  const now = new Date();
  return {
    resource,
    path: pathname.slice(`/${api.stage}`.length) || "/",
    httpMethod: request.method,
    headers: lastOf(given),
    multiValueHeaders: given,
    queryStringParameters: orNull(lastOf(asked)),
    multiValueQueryStringParameters: orNull(asked),
    pathParameters: orNull(pathParameters),
    stageVariables: variables,
    requestContext: {
      ...api,
      resourcePath: resource,
      httpMethod: request.method,
      path: pathname,
      protocol: "HTTP/1.1",
      domainName: headers.host ?? "",
      domainPrefix: api.apiId,
      requestId: randomUUID(),
      requestTime: now.toUTCString(),
      requestTimeEpoch: now.getTime(),
      identity: { sourceIp: request.sourceIp, userAgent: headers["user-agent"] ?? null },
    },
    body: request.body.length > 0 ? request.body.toString(encoded ? "base64" : "utf8") : null,
    isBase64Encoded: encoded,
  };
}

/** What API Gateway makes of a function's result: only what has a status, and text as its body, is an answer. */
export function restResponseOf(result: unknown, { binary }: Pick<RestStage, "binary">): HttpResponse {
  if (!isMap(result)) return MALFORMED;
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = result;
  const status = Number(statusCode);
  const text = body ?? "";
  if (!Number.isInteger(status) || status < 100 || status > 599 || typeof text !== "string") return MALFORMED;
  const entries = (given: unknown): [string, unknown][] => Object.entries(isMap(given) ? given : {});
  const written = new Map<string, string | string[]>([["content-type", "application/json"]]);
  for (const [name, value] of entries(headers)) written.set(name.toLowerCase(), String(value));
  for (const [name, values] of entries(multiValueHeaders))
    written.set(name.toLowerCase(), list(values).map(String));
  return {
    status,
    headers: Object.fromEntries(written),
    body: Buffer.from(text, isBase64Encoded === true && binary.length > 0 ? "base64" : "utf8"),
  };
}
