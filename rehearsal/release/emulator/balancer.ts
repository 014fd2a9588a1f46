import { randomBytes } from "node:crypto";
import { request as send, type IncomingMessage, type ServerResponse } from "node:http";
import type { Answer } from "./address";
import type { StackResource } from "../cloudformation/stack";
import { list, map, text } from "../../../packages/iam/src/json";

/** A rule of a load balancer's listener. */
export interface Rule {
  readonly logicalId: string;
  /** The least is asked first. */
  readonly priority: number;
  /** Patterns with `*` and `?`; none: any path. */
  readonly paths: readonly string[];
  /** None: any method. */
  readonly methods: readonly string[];
  /** ARN of the target group that it forwards to, or what it answers itself. */
  readonly action: string | { readonly status: number; readonly type: string; readonly body: string };
  /** What of it is not heeded here. */
  readonly ignored: readonly string[];
}

/** Port of a target group's task to send a request to; undefined where none is well. */
export type Pick = (targetGroup: string) => number | undefined;

/** Headers of one connection, which are not handed on. */
const CONNECTION = ["connection", "keep-alive"];
const NOTHING = { status: 404, type: "text/plain", body: "There is no service here." };
const page = (status: number, title: string) => ({
  status,
  type: "text/html",
  body: `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
});
const BAD_GATEWAY = page(502, "502 Bad Gateway");
const UNAVAILABLE = page(503, "503 Service Temporarily Unavailable");

const values = (condition: Readonly<Record<string, unknown>>, config: string): string[] =>
  [...list(map(condition[config])["Values"]), ...list(condition["Values"])].map(String);

/** Reads a rule; `AWS::ElasticLoadBalancingV2::ListenerRule`. */
export function ruleOf({ logicalId, properties }: StackResource): Rule {
  const ignored: string[] = [];
  let [paths, methods]: [string[], string[]] = [[], []];
  for (const condition of list(properties["Conditions"]).map(map)) {
    const field = text(condition, "Field");
    if (field === "path-pattern") paths = values(condition, "PathPatternConfig");
    else if (field === "http-request-method") methods = values(condition, "HttpRequestMethodConfig");
    else ignored.push(`condition ${field} of ${logicalId}: it always holds here`);
  }
  const actions = list(properties["Actions"]).map(map);
  const last = actions.at(-1) ?? {};
  for (const { Type: type } of actions.slice(0, -1))
    ignored.push(`action ${String(type)} of ${logicalId}: it is left out here`);
  const [group, ...others] = list(map(last["ForwardConfig"])["TargetGroups"]).map((each) =>
    text(map(each), "TargetGroupArn"),
  );
  if (others.length > 0) ignored.push(`the weights of ${logicalId}: all goes to its first target group here`);
  const fixed = map(last["FixedResponseConfig"]);
  const type = text(last, "Type");
  if (type !== "forward" && type !== "fixed-response")
    ignored.push(`action ${String(type)} of ${logicalId}: it answers 404 here`);
  return {
    logicalId,
    priority: Number(properties["Priority"]),
    paths,
    methods,
    ignored,
    action:
      type === "forward"
        ? (text(last, "TargetGroupArn") ?? group ?? "")
        : type === "fixed-response"
          ? {
              status: Number(fixed["StatusCode"]),
              type: text(fixed, "ContentType") ?? "text/plain",
              body: text(fixed, "MessageBody") ?? "",
            }
          : NOTHING,
  };
}

/** Whether a pattern of a load balancer's fits: `*` is any text, `?` one character. */
export function fits(pattern: string, path: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`, "s").test(path);
}

/** The rule for a request; undefined where none takes it. */
export function matchRule(rules: readonly Rule[], method: string, path: string): Rule | undefined {
  return [...rules]
    .sort((one, other) => one.priority - other.priority)
    .find(
      ({ paths, methods }) =>
        (paths.length === 0 || paths.some((pattern) => fits(pattern, path))) &&
        (methods.length === 0 || methods.includes(method)),
    );
}

function end(response: ServerResponse, { status, type, body }: typeof NOTHING): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(status, { "content-type": type }).end(body);
}

function forward(incoming: IncomingMessage, response: ServerResponse, port: number): void {
  const { method, url, headers, socket } = incoming;
  const given = headers["x-forwarded-for"];
  const address = socket.remoteAddress ?? "";
  const more = {
    "x-forwarded-for": given === undefined ? address : `${String(given)}, ${address}`,
    "x-forwarded-proto": "http",
    "x-forwarded-port": "80",
    "x-amzn-trace-id": `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString("hex")}`,
    connection: "close",
  };
  const outgoing = send({
    host: "127.0.0.1",
    port,
    method,
    path: url,
    headers: { ...headers, ...more },
    agent: false,
  });
  outgoing.on("response", (answer) => {
    const own = Object.entries(answer.headers).filter(([name]) => !CONNECTION.includes(name));
    response.writeHead(answer.statusCode ?? 502, Object.fromEntries(own));
    answer.pipe(response);
  });
  outgoing.on("error", () => end(response, BAD_GATEWAY));
  response.on("close", () => outgoing.destroy()); // also when the client went away
  incoming.pipe(outgoing);
}

/** A load balancer's listener with these rules; what no rule takes it answers itself. */
export const balancer =
  (rules: readonly Rule[], pick: Pick): Answer =>
  (incoming, response) => {
    const { method = "GET", url = "/" } = incoming;
    const action = matchRule(rules, method, url.replace(/\?.*$/s, ""))?.action ?? NOTHING;
    if (typeof action !== "string") return end(response, action);
    const port = pick(action);
    if (port === undefined) return end(response, UNAVAILABLE);
    forward(incoming, response, port);
  };
