import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { logger } from "./observability";
import { router } from "./routes";

/** The Lambda function: answers events of an HTTP API in payload format 2.0. */
export async function handler(
  event: APIGatewayProxyEventV2,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2> {
  logger.addContext(context);
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
