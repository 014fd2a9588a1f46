import type { IncomingMessage } from "node:http";
import type { Answer } from "./address";
import type { ApiContext, HttpRequest, HttpResponse } from "./httpEvent";
import { type Match, matchRoute, type Route } from "./routes";
import type { FunctionSettings } from "./sandbox";
import type { Site } from "../../aws/physicalNames";
import { text } from "../../../packages/iam/src/json";
import type { Evaluated, StackResource } from "../cloudformation/stack";
import { ofType } from "./deployment";

/** API Gateway takes no more than this. */
const BODY_LIMIT = 10 * 1024 * 1024;

/** Has a function answer an event; undefined where it crashed or took too long. */
export type Invoke = (target: string, event: object) => Promise<{ readonly result: unknown } | undefined>;

/** How an API of one kind hands requests to functions, and answers. */
export interface ApiFormat {
  readonly event: (request: HttpRequest, match: Match, context: ApiContext) => object;
  readonly response: (result: unknown) => HttpResponse;
  /** What the API answers itself. */
  readonly notFound: HttpResponse;
  readonly tooLarge: HttpResponse;
  readonly failed: HttpResponse;
}

/** An API of a template. */
export interface Api {
  readonly routes: readonly Route[];
  readonly context: ApiContext;
  readonly format: ApiFormat;
  /** Address that it has in AWS, without its stage. */
  readonly awsEndpoint: string;
  readonly endpoint: { readonly of: string; readonly remedy: string };
  readonly notRehearsed: readonly string[];
  /** Whether AWS answers a route that nothing here can: one without a function, or in another format. */
  readonly beyond: boolean;
}

/** What a kind of API is read from. */
export interface ApiSource {
  readonly site: Site;
  readonly evaluated: Evaluated;
  readonly functions: readonly FunctionSettings[];
}

/** The function of the template that an integration calls. */
export const calledBy = (
  functions: readonly FunctionSettings[],
  uri: unknown,
): FunctionSettings | undefined =>
  functions.find(
    ({ arn, name }) =>
      uri === name || `${String(uri)}:/`.includes(`${arn}:`) || String(uri).includes(`${arn}/`),
  );
export const NOT_ITS_OWN = "the function that its integration names is not in the template";

/** Resources of a type that are of this API. */
export const partsOf = (
  resources: readonly StackResource[],
  property: string,
  { id }: StackResource,
): StackResource[] => resources.filter(({ properties }) => properties[property] === id);

/** A stage of an API: a resource, or what a deployment says. */
export interface NamedStage {
  readonly name: string;
  readonly stage?: StackResource;
}

/** All stages of an API, of either kind. */
export function stagesOf(api: StackResource, evaluated: Evaluated): NamedStage[] {
  const parts = (type: string, property: string) => partsOf(ofType(evaluated, type), property, api);
  const stages = [
    ...parts("AWS::ApiGatewayV2::Stage", "ApiId"),
    ...parts("AWS::ApiGateway::Stage", "RestApiId"),
  ];
  const made = parts("AWS::ApiGateway::Deployment", "RestApiId").flatMap(({ properties }) => {
    const name = text(properties, "StageName");
    return name === undefined ? [] : [{ name }];
  });
  return [
    ...stages.map((stage) => ({ name: text(stage.properties, "StageName") ?? "$default", stage })),
    ...made,
  ];
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_LIMIT) chunks.push(chunk);
  }
  return size <= BODY_LIMIT ? Buffer.concat(chunks) : undefined;
}

/** An API with these routes, answered by functions. */
export function answerOf(
  { routes, context, format }: Pick<Api, "routes" | "context" | "format">,
  invoke: Invoke,
): Answer {
  async function respond(request: IncomingMessage): Promise<HttpResponse> {
    const body = await bodyOf(request);
    if (!body) return format.tooLarge;
    const { method = "GET", url = "/", headers, rawHeaders, socket } = request;
    const prefix = context.stage === "$default" ? "" : `/${context.stage}`;
    const path = url.replace(/\?.*$/s, "");
    if (path !== prefix && !path.startsWith(`${prefix}/`)) return format.notFound;
    const match = matchRoute(routes, method, path.slice(prefix.length) || "/");
    if (!match) return format.notFound;
    const sourceIp = socket.remoteAddress ?? "";
    const event = format.event({ method, url, headers, rawHeaders, body, sourceIp }, match, context);
    const answer = await invoke(match.route.target, event);
    return answer ? format.response(answer.result) : format.failed;
  }
  return (request, response) =>
    void respond(request).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      () => response.destroy(), // the client went away, or the function's headers are no headers
    );
}
