import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { logger } from "./observability";
import { router } from "./routes";

/** Answers a request in an HTTP API's payload format 2.0, which is how every way of running the service puts it. */
export function respond(
  event: APIGatewayProxyEventV2,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2> {
  logger.setCorrelationId(event.requestContext.requestId);
  return router.resolve(webSafe(event), context);
}

/**
 * The router makes a web `Request` of the event, which throws on headers and bodies that HTTP clients do send
 * (a header that is not Latin-1, a GET with a body) and reads characters of a decoded path as syntax.
 * No route needs headers, cookies or query, so these are left out.
 */
function webSafe(event: APIGatewayProxyEventV2): APIGatewayProxyEventV2 {
  const { body, ...rest } = event;
  const rawPath = event.rawPath.replace(/[^\w\-.~!$&'()*+,;=:@%/]/gu, encodeURIComponent);
  return {
    ...rest,
    ...(event.requestContext.http.method === "POST" && body !== undefined && { body }),
    rawPath,
    rawQueryString: "",
    headers: {},
    cookies: [],
  };
}
