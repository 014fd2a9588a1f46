import { attributeOf } from "../../aws/registry";
import type { StackResource } from "../cloudformation/stack";
import { map, text } from "../../../packages/iam/src/json";
import { type Api, type ApiSource, calledBy } from "./apis";
import { json, responseOf, FUNCTION_FAILED } from "./httpEvent";
import { HTTP_API } from "./httpApi";

/** Whether everybody may call it: others take a signature, and nobody signs here. */
export const isPublic = ({ properties }: StackResource): boolean => text(properties, "AuthType") === "NONE";

/** The address as AWS makes it, without the slash at its end. */
export const urlOf = ({ site }: ApiSource, url: StackResource): string =>
  (attributeOf(site, url, "FunctionUrl") ?? "").replace(/\/$/, "");

/** https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html */
const FAILED = json(502, "Internal Server Error");

/** A function's own address, which has every path and answers as an HTTP API does. */
export function readFunctionUrl(source: ApiSource, url: StackResource): Api {
  const { logicalId, properties } = url;
  const awsEndpoint = urlOf(source, url);
  const called = calledBy(source.functions, properties["TargetFunctionArn"]);
  const streams = text(properties, "InvokeMode") === "RESPONSE_STREAM";
  return {
    routes: called && !streams ? [{ key: "$default", target: called.logicalId }] : [],
    context: {
      apiId: new URL(awsEndpoint).hostname.split(".")[0] ?? "",
      accountId: "anonymous",
      stage: "$default",
    },
    format: {
      ...HTTP_API,
      response(result) {
        const answer = responseOf(result);
        return answer === FUNCTION_FAILED ? FAILED : answer;
      },
      failed: FAILED,
    },
    awsEndpoint,
    endpoint: { of: "the template's function URL", remedy: "make it the URL's FunctionUrl" },
    notRehearsed: [
      ...(streams ? [`function URL ${logicalId}: it streams what it answers; it answers 404 here`] : []),
      ...(Object.keys(map(properties["Cors"])).length > 0
        ? [`Cors of function URL ${logicalId}: Lambda answers browsers for it, here the function is asked`]
        : []),
    ],
    beyond: streams,
  };
}
