import { type Api, type ApiFormat, type ApiSource, calledBy, NOT_ITS_OWN } from "./apis";
import { ofType, only } from "./deployment";
import { eventOf, FUNCTION_FAILED, NOT_FOUND, responseOf, TOO_LARGE } from "./httpEvent";
import type { Route } from "./routes";
import type { FunctionSettings } from "./sandbox";
import { attributeOf } from "../../aws/registry";
import type { StackResource } from "../cloudformation/stack";
import { text } from "../../../packages/iam/src/json";

/** An HTTP API, of payload format 2.0. */
export const HTTP_API: ApiFormat = {
  event: eventOf,
  response: responseOf,
  notFound: NOT_FOUND,
  tooLarge: TOO_LARGE,
  failed: FUNCTION_FAILED,
};

/** The function behind a route, or why it has none. */
function behind({ evaluated, functions }: ApiSource, route: StackResource): FunctionSettings | string {
  const target = text(route.properties, "Target") ?? "";
  const integration = ofType(evaluated, "AWS::ApiGatewayV2::Integration").find(
    ({ id }) => target === `integrations/${id}`,
  );
  if (!integration) return "its target is no integration of the template";
  const { IntegrationType: type, PayloadFormatVersion: format, IntegrationUri: uri } = integration.properties;
  if (type !== "AWS_PROXY") return `its integration is of type ${String(type)}`;
  if (format !== "2.0") return "its payload format is not 2.0";
  return calledBy(functions, uri) ?? NOT_ITS_OWN;
}

/** The HTTP API of a template. Throws Stopped where it has none, or several. */
export function readHttpApi(source: ApiSource): Api {
  const { site, evaluated } = source;
  const api = only(evaluated, "AWS::ApiGatewayV2::Api");
  const stage = only(evaluated, "AWS::ApiGatewayV2::Stage");
  const notRehearsed: string[] = [];
  const routes = ofType(evaluated, "AWS::ApiGatewayV2::Route").flatMap((route): Route[] => {
    const key = text(route.properties, "RouteKey") ?? "";
    const authorization = text(route.properties, "AuthorizationType") ?? "NONE";
    if (authorization !== "NONE")
      notRehearsed.push(`authorization of route ${key} (${authorization}): all are let in here`);
    const target = behind(source, route);
    if (typeof target !== "string") return [{ key, target: target.logicalId }];
    notRehearsed.push(`route ${key}: ${target}; it answers 404 here`);
    return [];
  });
  return {
    routes,
    context: {
      apiId: api.id,
      accountId: site.account,
      stage: text(stage.properties, "StageName") ?? "$default",
    },
    format: HTTP_API,
    awsEndpoint: attributeOf(site, api, "ApiEndpoint") ?? "",
    endpoint: { of: "the template's HTTP API", remedy: "make it the API's ApiEndpoint" },
    notRehearsed,
  };
}
