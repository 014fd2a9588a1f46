import {
  type Api,
  type ApiFormat,
  type ApiSource,
  calledBy,
  type NamedStage,
  NOT_ITS_OWN,
  partsOf,
} from "./apis";
import { ofType } from "./deployment";
import { eventOf, FUNCTION_FAILED, NOT_FOUND, responseOf, TOO_LARGE } from "./httpEvent";
import type { Route } from "./routes";
import type { FunctionSettings } from "./sandbox";
import { methodsOf } from "../../aws/openApi";
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

/** What AWS answers, and nothing here can. */
interface Beyond {
  readonly beyond: string;
}

/** The function behind a route, or why it has none. */
function behind(
  { evaluated, functions }: ApiSource,
  route: StackResource,
): FunctionSettings | Beyond | string {
  const target = text(route.properties, "Target") ?? "";
  const integration = ofType(evaluated, "AWS::ApiGatewayV2::Integration").find(
    ({ id }) => target === `integrations/${id}`,
  );
  if (!integration) return "its target is no integration of the template";
  const { IntegrationType: type, PayloadFormatVersion: format, IntegrationUri: uri } = integration.properties;
  return called(functions, type, format, uri);
}

/** The function that an integration calls. */
function called(
  functions: readonly FunctionSettings[],
  type: unknown,
  format: unknown,
  uri: unknown,
): FunctionSettings | Beyond | string {
  if (type !== "AWS_PROXY") return { beyond: `its integration is of type ${String(type)}` };
  if (format !== "2.0") return { beyond: "its payload format is not 2.0" };
  return calledBy(functions, uri) ?? NOT_ITS_OWN;
}

/** An HTTP API of a template, at one of its stages. */
export function readHttpApi(source: ApiSource, api: StackResource, { name }: NamedStage): Api {
  const { site, evaluated } = source;
  const notRehearsed: string[] = [];
  let beyond = false;
  function routeTo(key: string, authorization: string, target: ReturnType<typeof called>): Route[] {
    if (authorization !== "NONE")
      notRehearsed.push(`authorization of route ${key} (${authorization}): all are let in here`);
    if (typeof target === "object" && "logicalId" in target) return [{ key, target: target.logicalId }];
    beyond ||= typeof target === "object";
    const why = typeof target === "object" ? target.beyond : target;
    notRehearsed.push(`route ${key}: ${why}; it answers 404 here`);
    return [];
  }
  const routes = [
    ...partsOf(ofType(evaluated, "AWS::ApiGatewayV2::Route"), "ApiId", api).flatMap((route) =>
      routeTo(
        text(route.properties, "RouteKey") ?? "",
        text(route.properties, "AuthorizationType") ?? "NONE",
        behind(source, route),
      ),
    ),
    ...methodsOf(api.properties).flatMap(({ key, integration, security }) => {
      const { type, payloadFormatVersion, uri } = integration;
      const proxy = type === "aws_proxy" ? "AWS_PROXY" : type;
      return routeTo(
        key,
        security.join(", ") || "NONE",
        called(source.functions, proxy, payloadFormatVersion, uri),
      );
    }),
  ];
  return {
    routes,
    context: {
      apiId: api.id,
      accountId: site.account,
      stage: name,
    },
    format: HTTP_API,
    awsEndpoint: attributeOf(site, api, "ApiEndpoint") ?? "",
    endpoint: { of: "the template's HTTP API", remedy: "make it the API's ApiEndpoint" },
    notRehearsed,
    beyond,
  };
}
