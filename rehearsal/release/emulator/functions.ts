import { join } from "node:path";
import type { Answer } from "./address";
import { answerOf } from "./apis";
import { apiOf } from "./chosenApi";
import { codeFolder } from "./code";
import type { Call } from "./events/model";
import { wiringOf } from "./events/wiring";
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
import { imageFolder, imageOf, taskRoot } from "./image";
import { LambdaFunction } from "./lambdaFunction";
import { droppedByFunctions } from "./promises";
import { pythonVersion } from "./python";
import { AWS } from "../shownBy";
import { NotCovered, Stopped } from "../stopped";

/** Functions in processes of their own, behind an API's answer. */
class RunningFunctions implements Running {
  readonly ready: Promise<void>;
  readonly call: Call = async (logicalId, event) =>
    this.functions.find(({ settings }) => settings.logicalId === logicalId)?.invoke(event);

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

/** What can be planned and no more. */
const notRun = (
  notCovered: string,
  tables: Deployment["tables"],
  dropped: Deployment["dropped"],
): Deployment => ({
  ...{ tables, dropped, notCovered, routes: [], notRehearsed: [], awsEndpoint: "" },
  endpoint: { of: "the template's API", remedy: "" },
  start: () => {
    throw new NotCovered(notCovered);
  },
});

/** What of a template are functions behind an API. */
function read(release: EvaluatedRelease): Deployment {
  const {
    target: { site, workload },
    evaluated,
    copy,
  } = release;
  const released = ofType(evaluated, "AWS::Lambda::Function").map((each) => functionSettings(each, release));
  checkVersions(release, released);
  const dropped = droppedByFunctions(workload, evaluated, released);
  const tables = ofType(evaluated, "AWS::DynamoDB::Table");
  const found = apiOf({ site, evaluated, functions: released });
  if (typeof found === "string") return notRun(found, tables, dropped);
  const api = found;
  const { routes, awsEndpoint, endpoint } = api;
  const notRehearsed = [...api.notRehearsed];
  if (routes.length === 0 && !api.beyond)
    throw new Stopped(
      "template.yaml has no route of an API that leads to a function of its own",
      CORRECT,
      notRehearsed,
    );
  if (routes.length === 0)
    return notRun(
      ["no route of the template's API can be asked here", ...notRehearsed].join("; "),
      tables,
      dropped,
    );
  const wiring = wiringOf(site, evaluated, released);
  notRehearsed.push(...(wiring?.notRehearsed ?? []));
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
    tables,
    routes,
    awsEndpoint,
    endpoint,
    dropped,
    notRehearsed,
    wiring,
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
