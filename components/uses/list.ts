import { events } from "./events";
import { functionNetwork } from "./functionNetwork";
import { functionUrl, publicFunctionUrl } from "./functionUrl";
import { openapi } from "./openapi";
import { restapi } from "./restapi";
import { s3 } from "./s3";
import { scheduler } from "./scheduler";
import { secretRotation } from "./secretRotation";
import { secretsmanager } from "./secretsmanager";
import { sns } from "./sns";
import { sqs } from "./sqs";
import { ssm } from "./ssm";
import { streams } from "./streams";
import { stepfunctions } from "./stepfunctions";
import type { Use } from "./use";

/** Every AWS service that settings may add to a pipeline, in `uses`. */
export const USES = {
  sqs,
  sns,
  s3,
  secretsmanager,
  secretRotation,
  ssm,
  streams,
  events,
  scheduler,
  functionUrl,
  publicFunctionUrl,
  functionNetwork,
  restapi,
  openapi,
  stepfunctions,
} as const satisfies Record<string, Use>;

export type UseName = keyof typeof USES;
export const USE_NAMES = Object.keys(USES) as UseName[];
