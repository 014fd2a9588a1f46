import {
  type Api,
  type ApiFormat,
  type ApiSource,
  calledBy,
  type NamedStage,
  NOT_ITS_OWN,
  partsOf,
} from "./apis";
import { ofType, texts } from "./deployment";
import { MALFORMED, NO_METHOD, restEventOf, restResponseOf, type RestStage, TOO_LONG } from "./restEvent";
import type { Route } from "./routes";
import { methodsOf } from "../../aws/openApi";
import { attributeOf } from "../../aws/registry";
import { endpoint } from "../../aws/physicalNames";
import type { StackResource } from "../cloudformation/stack";
import { list, map, text } from "../../../packages/iam/src/json";

const restFormat = (stage: RestStage): ApiFormat => ({
  event: (request, match, context) => restEventOf(request, match, context, stage),
  response: (result) => restResponseOf(result, stage),
  notFound: NO_METHOD,
  tooLarge: TOO_LONG,
  failed: MALFORMED,
});

/** `/invoices/{id}`: the path of a resource, by the resources that it is below. */
function pathOf(id: unknown, resources: readonly StackResource[]): string {
  const resource = resources.find((each) => each.id === id);
  if (!resource) return "";
  return `${pathOf(resource.properties["ParentId"], resources)}/${text(resource.properties, "PathPart") ?? ""}`;
}

/** A REST API of a template, at one of its stages. */
export function readRestApi(source: ApiSource, api: StackResource, { name, stage }: NamedStage): Api {
  const { site, evaluated, functions } = source;
  const parts = (type: string) => partsOf(ofType(evaluated, type), "RestApiId", api);
  const resources = parts("AWS::ApiGateway::Resource");
  const notRehearsed = [
    "deployments of the REST API: here its methods answer as they are, in AWS as they were when the deployment was made",
  ];
  let beyond = false;
  function routeTo(key: string, authorization: string, type: string, uri: unknown): Route[] {
    if (authorization !== "NONE")
      notRehearsed.push(`authorization of method ${key} (${authorization}): all are let in here`);
    const target = type === "AWS_PROXY" ? calledBy(functions, uri) : undefined;
    if (target) return [{ key, target: target.logicalId }];
    beyond ||= type !== "AWS_PROXY";
    const why = type === "AWS_PROXY" ? NOT_ITS_OWN : `its integration is of type ${type}`;
    notRehearsed.push(`method ${key}: ${why}; it answers 403 here`);
    return [];
  }
  const routes = [
    ...parts("AWS::ApiGateway::Method").flatMap(({ properties }): Route[] => {
      const key = `${text(properties, "HttpMethod") ?? ""} ${pathOf(properties["ResourceId"], resources) || "/"}`;
      if (String(properties["ApiKeyRequired"]) === "true")
        notRehearsed.push(`API keys of method ${key}: all are let in here`);
      const integration = map(properties["Integration"]);
      return routeTo(
        key,
        text(properties, "AuthorizationType") ?? "NONE",
        text(integration, "Type") ?? "none",
        integration["Uri"],
      );
    }),
    ...methodsOf(api.properties).flatMap(({ key, integration, security }) =>
      routeTo(
        key,
        security.join(", ") || "NONE",
        (text(integration, "type") ?? "none").toUpperCase(),
        integration["uri"],
      ),
    ),
  ];
  const variables = stage?.properties["Variables"];
  return {
    routes,
    context: { apiId: attributeOf(site, api, "RestApiId") ?? api.id, accountId: site.account, stage: name },
    format: restFormat({
      variables: variables === undefined ? null : texts(map(variables)),
      binary: list(api.properties["BinaryMediaTypes"]).map((each) => String(each).replace("~1", "/")),
    }),
    awsEndpoint: endpoint(site, api),
    endpoint: {
      of: "the template's REST API",
      remedy:
        "make it https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/STAGE, with the names of its API and stage",
    },
    notRehearsed,
    beyond,
  };
}
