import { createHash } from "node:crypto";
import { partition, ROWS } from "./mockOutputRows";
import { type Values, text } from "../../packages/iam/src/json";

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

export interface Answer {
  readonly id: string;
  readonly outputs: Values;
}

/** What AWS, or the provider, would answer. Throws for a type that has no row: a guess would be worth nothing. */
export function answer(request: Request): Answer {
  const row = ROWS[request.type];
  if (!row) {
    throw new Error(
      `the rehearsal does not know what AWS answers for type ${request.type} (resource ${request.name}): ` +
        "add the type to ROWS in rehearsal/aws/mockOutputRows.ts, and to the rules that concern it",
    );
  }
  const { inputs, name } = request;
  const region = request.region ?? "";
  const account = request.account ?? "";
  const digest = createHash("sha256").update(request.identity).digest("hex");
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
