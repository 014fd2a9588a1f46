/** Answers in the form of each protocol: errors, and what the gate answers itself. */
import { randomUUID } from "node:crypto";
import { list, map } from "../../../packages/iam/src/json";
import { AwsError } from "../model";
import type { Answer } from "./emulator";
import type { Protocol } from "./request";

const escape = (text: string): string =>
  text.replace(
    /[&<>"]/g,
    (each) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[each] ?? each,
  );

/** Data as XML: a list is `member`s. */
export function xml(name: string, value: unknown): string {
  const inner = Array.isArray(value)
    ? list(value)
        .map((each) => xml("member", each))
        .join("")
    : typeof value === "object" && value !== null
      ? Object.entries(map(value))
          .filter(([, each]) => each !== undefined)
          .map(([key, each]) => xml(key, each))
          .join("")
      : escape(String(value));
  return `<${name}>${inner}</${name}>`;
}

const answer = (status: number, type: string, body: string, more?: Record<string, string>): Answer => ({
  status,
  headers: { "content-type": type, "x-amzn-requestid": randomUUID(), ...more },
  body: Buffer.from(body),
});

export const jsonAnswer = (body: unknown): Answer =>
  answer(200, "application/x-amz-json-1.1", JSON.stringify(body ?? {}));

export const queryAnswer = (operation: string, result: unknown): Answer =>
  answer(
    200,
    "text/xml",
    `<${operation}Response>${xml(`${operation}Result`, result)}${xml("ResponseMetadata", { RequestId: randomUUID() })}</${operation}Response>`,
  );

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and the pages of "Common Error Types" of each service. */
export function errorAnswer(protocol: Protocol, { code, message, status }: AwsError, head = false): Answer {
  // https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
  if (protocol === "registry") {
    const known = status === 403 && code !== "InvalidClientTokenId";
    const body = { errors: [{ code: known ? "DENIED" : "UNAUTHORIZED", message }] };
    const realm = { "www-authenticate": 'Basic realm="ecr.amazonaws.com"' };
    return answer(
      known ? 403 : 401,
      "application/json",
      head ? "" : JSON.stringify(body),
      known ? {} : realm,
    );
  }
  if (protocol === "json")
    return answer(status, "application/x-amz-json-1.1", JSON.stringify({ __type: code, message }), {
      "x-amzn-errortype": code,
    });
  const error = { Code: code, Message: message, RequestId: randomUUID() };
  if (protocol === "s3") return answer(status, "application/xml", head ? "" : xml("Error", error));
  const { RequestId, ...rest } = error;
  return answer(
    status,
    "text/xml",
    `<ErrorResponse>${xml("Error", { Type: "Sender", ...rest })}${xml("RequestId", RequestId)}</ErrorResponse>`,
  );
}

/** AWS's error code in an answer; undefined where it is none. */
export function errorCode({ status, headers, body }: Answer): string | undefined {
  if (status < 400) return undefined;
  const type = headers["x-amzn-errortype"];
  if (typeof type === "string") return type.split(":")[0] ?? type;
  const text = body.toString("utf8");
  const [, code] =
    /<Code>([^<]*)<\/Code>/.exec(text) ?? /"__type"\s*:\s*"(?:[^"#]*#)?([^"]*)"/.exec(text) ?? [];
  return code ?? `status ${status}`;
}
