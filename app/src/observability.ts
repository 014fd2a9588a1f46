import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { Tracer } from "@aws-lambda-powertools/tracer";

/** Names and levels come from the environment variables that template.yaml sets. */
export const logger = new Logger({ persistentKeys: { release: process.env.RELEASE } });
export const metrics = new Metrics();
export const tracer = new Tracer();
