import { text, type Values } from "../../packages/iam/src/json";
import { hash as digestOf } from "node:crypto";
import { partition } from "../../components/names";
import { knownPulumiType } from "./registry";
import type { MockOutputs } from "./types";

/** What AWS is asked to make. */
export interface Request {
  readonly type: string;
  readonly name: string;
  /** Tells this resource from every other one. */
  readonly identity: string;
  readonly inputs: Values;
  /** Of the resource's provider; undefined where it has none. */
  readonly account: string | undefined;
  readonly region: string | undefined;
}

/** What AWS, or the provider, would answer. Throws for a type that no file has: a guess would be worth nothing. */
export function answer(request: Request): MockOutputs {
  const { answer: row } = knownPulumiType(request.name, request.type);
  if (row === "the rehearsal") throw new Error(`${request.name} (${request.type}) is not for AWS to answer`);
  const { inputs, name } = request;
  const region = request.region ?? "";
  const account = request.account ?? "";
  const digest = digestOf("sha256", request.identity);
  const hash = (length: number) =>
    length === 36
      ? digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, "$1-$2-$3-$4-$5")
      : digest.slice(0, length);
  const input = (key: string) => text(inputs, key) ?? "";
  const arn = (service: string, where: string, resource: string) =>
    `arn:${partition(region)}:${service}:${where}:${resource}`;
  const { id, outputs } = row({
    input,
    count: (key, otherwise) => Number(inputs[key] ?? otherwise),
    named: (key) => input(key) || `${input(`${key}Prefix`) || `${name}-`}${hash(7)}`,
    arn: (service, resource) => arn(service, `${region}:${account}`, resource),
    globalArn: (service, resource) => arn(service, `:${account}`, resource),
    bucketArn: (bucket) => arn("s3", ":", bucket),
    hash,
    account,
    region,
  });
  return { id, outputs: { ...inputs, ...outputs } };
}
