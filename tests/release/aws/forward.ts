/** What is allowed goes to the emulator, as the account that owns what is asked for: that is how accounts share a bucket. */
import type { Call } from "../model";
import { templateFile } from "./asks/cloudformation";
import type { Answer, Emulator } from "./emulator";
import type { Looked } from "./asks/ask";
import type { Received } from "./proxy";
import type { Asking } from "./request";
import { addressed } from "./s3Request";

export interface Forwarding {
  readonly emulator: Emulator;
  readonly looked: Looked;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-walkthroughs-managing-access-example2.html: a bucket is shared by its policy. */
function forwardS3(received: Received, call: Call, { emulator, looked }: Forwarding): Promise<Answer> {
  const { bucket, path, search } = addressed(received);
  const owner = looked.estate.buckets.get(bucket);
  return emulator.send(owner?.account ?? call.account, owner?.region ?? call.region, "s3", {
    ...received,
    path: `/${encodeURIComponent(bucket)}${path === "" ? "" : `/${path}`}${search}`,
  });
}

/**
 * CloudFormation reads a template as the caller does, who was asked for that: the emulator knows neither buckets of other
 * accounts nor addresses with the bucket in the host, so it gets the template itself.
 */
async function withTemplate(
  received: Received,
  call: Call,
  forwarding: Forwarding,
): Promise<Received | Answer> {
  const file = templateFile(call.input);
  if (!file) return received;
  const object = {
    method: "GET",
    host: "",
    url: `/${file.bucket}/${encodeURI(file.key)}`,
    headers: {},
    body: Buffer.alloc(0),
  };
  const answer = await forwardS3(object, call, forwarding);
  if (answer.status !== 200) return answer;
  const form = new URLSearchParams(received.body.toString("utf8"));
  form.delete("TemplateURL");
  form.set("TemplateBody", answer.body.toString("utf8"));
  return { ...received, body: Buffer.from(form.toString()) };
}

export async function forward(
  received: Received,
  { protocol, service, region }: Asking,
  call: Call,
  forwarding: Forwarding,
): Promise<Answer> {
  if (protocol === "registry")
    return forwarding.emulator.sendTo(received.host, { ...received, path: received.url });
  if (service === "s3") return forwardS3(received, call, forwarding);
  const sent = service === "cloudformation" ? await withTemplate(received, call, forwarding) : received;
  if ("status" in sent) return sent;
  const account = /^arn:[^:]+:sns:[^:]*:(\d{12}):/.exec(String(call.input["TopicArn"]))?.[1] ?? call.account;
  return forwarding.emulator.send(account, region, service, { ...sent, path: sent.url });
}
