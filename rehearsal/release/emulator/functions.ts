import { join } from "node:path";
import type { Answer } from "./address";
import { answerOf, type Api, type ApiSource } from "./apis";
import { codeFolder } from "./code";
import {
  CORRECT,
  type Deployment,
  type EvaluatedRelease,
  ofType,
  type Place,
  type Running,
  type Runtime,
} from "./deployment";
import { checkVersions, functionSettings } from "./functionSettings";
import { readHttpApi } from "./httpApi";
import { imageFolder, imageOf, taskRoot } from "./image";
import { LambdaFunction } from "./lambdaFunction";
import { pythonVersion } from "./python";
import { readRestApi } from "./restApi";
import { AWS } from "../shownBy";
import { NotCovered, Stopped } from "../stopped";

/** The API of a template, of whichever kind it has. */
function apiOf(source: ApiSource): Api {
  const [http, rest] = ["AWS::ApiGatewayV2::Api", "AWS::ApiGateway::RestApi"].map(
    (type) => ofType(source.evaluated, type).length > 0,
  );
  if (http && rest)
    throw new Stopped(
      "template.yaml declares an HTTP API and a REST API, and the rehearsal answers for exactly one",
      CORRECT,
    );
  return rest ? readRestApi(source) : readHttpApi(source);
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

/** What of a template are functions behind an API. */
function read(release: EvaluatedRelease): Deployment {
  const {
    target: { site },
    evaluated,
    copy,
  } = release;
  const released = ofType(evaluated, "AWS::Lambda::Function").map((each) => functionSettings(each, release));
  checkVersions(release, released);
  const api = apiOf({ site, evaluated, functions: released });
  const { routes, awsEndpoint, endpoint } = api;
  const notRehearsed = [...api.notRehearsed];
  if (routes.length === 0) {
    throw new Stopped(
      "template.yaml has no route of an API that leads to a function of its own",
      CORRECT,
      notRehearsed,
    );
  }
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
    const answer = answerOf(api, async (target, event) =>
      started.find(({ settings }) => settings.logicalId === target)?.invoke(event),
    );
    return new RunningFunctions(started, answer);
  }
  return {
    tables: ofType(evaluated, "AWS::DynamoDB::Table"),
    routes,
    awsEndpoint,
    endpoint,
    notRehearsed,
    start,
  };
}

/** Functions behind an API, of an image or of zips. */
export const functions: Runtime = {
  read,
  notShown: [
    {
      what: `Lambda and the API as services: cold starts, time limits, scaling, logs, traces and metrics; how requests are throttled; its own Node (here it is ${process.version})`,
      shownBy: AWS,
    },
  ],
};
