import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { list, map, text } from "../record";
import type { Site } from "./physicalNames";
import type { Route } from "./routes";
import { KNOWN_TYPES } from "./resourceTypes";
import type { FunctionSettings } from "./sandbox";
import type { Evaluated, StackResource } from "./stack";
import { Stopped } from "./stopped";

/** What of a stack runs on this machine. */
export interface Deployment {
  readonly functions: readonly FunctionSettings[];
  readonly tables: readonly StackResource[];
  readonly routes: readonly Route[];
  readonly apiId: string;
  readonly stage: string;
  /** Address that AWS would give the API: what stands for it in outputs and variables is this machine's own. */
  readonly awsEndpoint: string;
  /** What the template asks for and the rehearsal does not do, beside types that it does not know. */
  readonly notRehearsed: readonly string[];
}

const CORRECT = "correct template.yaml, then start a new release";

const ofType = ({ resources }: Evaluated, type: string): StackResource[] =>
  [...resources.values()].filter((resource) => resource.type === type);

function only(evaluated: Evaluated, type: string): StackResource {
  const [found, ...others] = ofType(evaluated, type);
  if (found && others.length === 0) return found;
  throw new Stopped(
    `template.yaml declares ${found ? others.length + 1 : "no"} ${type}, and the rehearsal answers for exactly one`,
    CORRECT,
  );
}

/** The image's command: the template's own, or else the Dockerfile's. */
function handlerOf({ logicalId, properties }: StackResource, source: string): string {
  const [command] = list(map(properties["ImageConfig"])["Command"]);
  if (typeof command === "string") return command;
  const dockerfile = join(source, "Dockerfile");
  const content = existsSync(dockerfile) ? readFileSync(dockerfile, "utf8") : "";
  const handler = [...content.matchAll(/^\s*CMD\s*\[\s*"([^"]+)"/gim)].at(-1)?.[1];
  if (handler !== undefined) return handler;
  throw new Stopped(
    `function ${logicalId} has no handler: no ImageConfig.Command in template.yaml, no CMD ["file.function"] in the Dockerfile`,
    "add one of them, then start a new release",
  );
}

function functionSettings(site: Site, resource: StackResource, source: string): FunctionSettings {
  const { properties, id, logicalId } = resource;
  const logging = map(properties["LoggingConfig"]);
  const memory = Number(properties["MemorySize"] ?? 128);
  const handler = handlerOf(resource, source);
  const [format, level] = [text(logging, "LogFormat"), text(logging, "ApplicationLogLevel")];
  const own = Object.entries(map(map(properties["Environment"])["Variables"]));
  return {
    logicalId,
    name: id,
    arn: KNOWN_TYPES[resource.type]?.attributes["Arn"]?.(site, resource) ?? "",
    handler,
    timeout: Number(properties["Timeout"] ?? 3),
    memory,
    variables: {
      _HANDLER: handler,
      AWS_REGION: site.region,
      AWS_DEFAULT_REGION: site.region,
      AWS_LAMBDA_FUNCTION_NAME: id,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory),
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      ...(format !== undefined && { AWS_LAMBDA_LOG_FORMAT: format }),
      ...(level !== undefined && { AWS_LAMBDA_LOG_LEVEL: level }),
      ...Object.fromEntries(own.map(([name, value]) => [name, String(value)])),
    },
  };
}

/** The function behind a route, or why it has none. */
function behind(
  { resources }: Evaluated,
  functions: readonly FunctionSettings[],
  route: StackResource,
): FunctionSettings | string {
  const target = text(route.properties, "Target") ?? "";
  const integration = [...resources.values()].find(
    ({ type, id }) => type === "AWS::ApiGatewayV2::Integration" && target === `integrations/${id}`,
  );
  if (!integration) return "its target is no integration of the template";
  const { IntegrationType: type, PayloadFormatVersion: format, IntegrationUri: uri } = integration.properties;
  if (type !== "AWS_PROXY") return `its integration is of type ${String(type)}`;
  if (format !== "2.0") return "its payload format is not 2.0";
  return (
    functions.find(
      ({ arn, name }) =>
        uri === name || `${String(uri)}:/`.includes(`${arn}:`) || String(uri).includes(`${arn}/`),
    ) ?? "the function that its integration names is not in the template"
  );
}

/** Reads what runs out of an evaluated stack; `source` is the service's folder. Throws Stopped. */
export function deploymentOf(site: Site, evaluated: Evaluated, source: string): Deployment {
  const api = only(evaluated, "AWS::ApiGatewayV2::Api");
  const stage = only(evaluated, "AWS::ApiGatewayV2::Stage");
  const functions = ofType(evaluated, "AWS::Lambda::Function").map((each) =>
    functionSettings(site, each, source),
  );
  const notRehearsed: string[] = [];
  const routes = ofType(evaluated, "AWS::ApiGatewayV2::Route").flatMap((route): Route[] => {
    const key = text(route.properties, "RouteKey") ?? "";
    const authorization = text(route.properties, "AuthorizationType") ?? "NONE";
    if (authorization !== "NONE")
      notRehearsed.push(`authorization of route ${key} (${authorization}): all are let in here`);
    const target = behind(evaluated, functions, route);
    if (typeof target !== "string") return [{ key, target: target.logicalId }];
    notRehearsed.push(`route ${key}: ${target}; it answers 404 here`);
    return [];
  });
  if (routes.length === 0) {
    throw new Stopped(
      "template.yaml has no route of an HTTP API that leads to a function of its own",
      CORRECT,
      notRehearsed,
    );
  }
  return {
    functions,
    tables: ofType(evaluated, "AWS::DynamoDB::Table"),
    routes,
    apiId: api.id,
    stage: text(stage.properties, "StageName") ?? "$default",
    awsEndpoint: KNOWN_TYPES[api.type]?.attributes["ApiEndpoint"]?.(site, api) ?? "",
    notRehearsed,
  };
}
