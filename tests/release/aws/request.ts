/** What a request asks: service, operation and parameters, as the protocols of AWS's services write them. */
import type { Received } from "./proxy";
import { lambdaOperation } from "./lambdaRequest";
import { registryAsking } from "./registryRequest";
import { s3Operation } from "./s3Request";

export type Protocol = "json" | "query" | "s3" | "registry";

export interface Asking {
  readonly accessKeyId: string;
  readonly token: string | undefined;
  /** Names one call over all its tries: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
  readonly invocation: string | undefined;
  readonly protocol: Protocol;
  readonly service: string;
  readonly region: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A request that this reads in no way: its caller is told, and the test fails. */
export class Unreadable extends Error {}

type Tree = { [key: string]: Tree | string };

/** `Tags.member.1.Key=a` as data. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/Welcome.html */
export function parametersOf(form: URLSearchParams): Record<string, unknown> {
  const tree: Tree = {};
  for (const [name, value] of form) {
    const path = name.split(".");
    const last = path.pop() ?? "";
    let node = tree;
    for (const key of path) {
      const next = node[key];
      node = typeof next === "object" ? next : (node[key] = {});
    }
    node[last] = value;
  }
  const data = (node: Tree | string): unknown => {
    if (typeof node === "string") return node;
    const { member } = node;
    if (typeof member !== "object")
      return Object.fromEntries(Object.entries(node).map(([key, each]) => [key, data(each)]));
    return Object.keys(member)
      .sort((one, other) => Number(one) - Number(other))
      .map((key) => data(member[key] ?? ""));
  };
  return data(tree) as Record<string, unknown>;
}

const SCOPE = /Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

/** Throws Unreadable. */
export function asking(received: Received): Asking {
  const { headers, host, url, body } = received;
  const registry = registryAsking(received);
  if (registry) {
    const { password, ...rest } = registry;
    return {
      ...rest,
      protocol: "registry",
      service: "ecr",
      accessKeyId: "",
      token: password,
      invocation: undefined,
    };
  }
  const [, accessKeyId = "", region = "", service = ""] = SCOPE.exec(headers.authorization ?? "") ?? [];
  if (accessKeyId === "") throw new Unreadable(`${received.method} https://${host}${url} is not signed`);
  const said = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === "string" ? value : undefined;
  };
  const common = {
    ...{ accessKeyId, region, service },
    token: said("x-amz-security-token"),
    invocation: said("amz-sdk-invocation-id"),
  };
  if (service === "s3") return { ...common, protocol: "s3", ...s3Operation(received) };
  const lambda = service === "lambda" ? lambdaOperation(received) : undefined;
  if (lambda) return { ...common, protocol: "json", ...lambda };
  const target = said("x-amz-target");
  if (target !== undefined) {
    const operation = target.split(".").at(-1) ?? "";
    const input = JSON.parse(body.toString("utf8") || "{}") as Record<string, unknown>;
    return { ...common, protocol: "json", operation, input };
  }
  if (/^application\/x-www-form-urlencoded/.test(said("content-type") ?? "")) {
    const { Action, Version, ...input } = parametersOf(new URLSearchParams(body.toString("utf8")));
    if (typeof Action === "string" && typeof Version === "string")
      return { ...common, protocol: "query", operation: Action, input };
  }
  throw new Unreadable(`${received.method} https://${host}${url} is in no protocol that is read here`);
}
