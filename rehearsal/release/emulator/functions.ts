import { join } from "node:path";
import type { Answer } from "./address";
import { codeFolder } from "./code";
import {
  CORRECT,
  type Deployment,
  type EvaluatedRelease,
  ofType,
  only,
  type Place,
  type Running,
  type Runtime,
} from "./deployment";
import { checkVersions, functionSettings } from "./functionSettings";
import { httpApi } from "./httpApi";
import { imageFolder, imageOf, taskRoot } from "./image";
import { LambdaFunction } from "./lambdaFunction";
import { pythonVersion } from "./python";
import type { Route } from "./routes";
import { attributeOf } from "../../aws/registry";
import type { FunctionSettings } from "./sandbox";
import type { Evaluated, StackResource } from "../cloudformation/stack";
import { AWS } from "../shownBy";
import { NotCovered, Stopped } from "../stopped";
import { text } from "../../../packages/iam/src/json";

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

/** Functions in processes of their own, behind an API's answer. */
class RunningFunctions implements Running {
  readonly ready: Promise<void>;

  constructor(
    readonly functions: readonly LambdaFunction[],
    readonly answer: Answer,
  ) {
    this.ready = Promise.all(functions.map((each) => each.start())).then(() => undefined);
  }

  async close(): Promise<void> {
    await Promise.all(this.functions.map((each) => each.close()));
  }

  retire(): Promise<void> {
    return this.close();
  }
}

/** What of a template are functions behind an HTTP API. */
function read(release: EvaluatedRelease): Deployment {
  const {
    target: { site },
    evaluated,
    copy,
  } = release;
  const api = only(evaluated, "AWS::ApiGatewayV2::Api");
  const stage = only(evaluated, "AWS::ApiGatewayV2::Stage");
  const released = ofType(evaluated, "AWS::Lambda::Function").map((each) => functionSettings(each, release));
  checkVersions(release, released);
  const notRehearsed: string[] = [];
  const routes = ofType(evaluated, "AWS::ApiGatewayV2::Route").flatMap((route): Route[] => {
    const key = text(route.properties, "RouteKey") ?? "";
    const authorization = text(route.properties, "AuthorizationType") ?? "NONE";
    if (authorization !== "NONE")
      notRehearsed.push(`authorization of route ${key} (${authorization}): all are let in here`);
    const target = behind(evaluated, released, route);
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
  const context = {
    apiId: api.id,
    accountId: site.account,
    stage: text(stage.properties, "StageName") ?? "$default",
  };
  const python = released.filter(({ language }) => language === "python");
  if (python.length > 0)
    notRehearsed.push(
      `Lambda's own Python (here ${python.map(({ logicalId }) => logicalId).join(", ")} runs on ${pythonVersion()})`,
    );
  function start({ folder, variables, here, patience }: Place): Running {
    const missing = released.flatMap(({ notCovered }) => notCovered ?? []);
    if (missing.length > 0) throw new NotCovered(missing.join("; "));
    const started = released.map(({ code, ...settings }) => {
      const own = Object.entries(settings.variables).map(([name, value]) => [name, here(value)] as const);
      const place = {
        folder: code === undefined ? taskRoot(imageFolder(copy), imageOf(copy)) : codeFolder(copy, code),
        log: join(folder, `${settings.logicalId}.log`),
        variables,
        patience,
      };
      return new LambdaFunction({ ...settings, variables: Object.fromEntries(own) }, place);
    });
    const answer = httpApi(routes, context, async (target, event) =>
      started.find(({ settings }) => settings.logicalId === target)?.invoke(event),
    );
    return new RunningFunctions(started, answer);
  }
  return {
    tables: ofType(evaluated, "AWS::DynamoDB::Table"),
    routes,
    awsEndpoint: attributeOf(site, api, "ApiEndpoint") ?? "",
    endpoint: { of: "the template's HTTP API", remedy: "make it the API's ApiEndpoint" },
    notRehearsed,
    start,
  };
}

/** Functions behind an HTTP API, of an image or of zips. */
export const functions: Runtime = {
  read,
  notShown: [
    {
      what: `Lambda and the API as services: cold starts, time limits, scaling, logs, traces and metrics; how requests are throttled; its own Node (here it is ${process.version})`,
      shownBy: AWS,
    },
  ],
};
