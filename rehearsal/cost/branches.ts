import { PRICES, type Price } from "./prices";

/**
 * What the environment of one branch has that costs something while nobody asks it, by the kind of its workload: of the sample's
 * templates, with their parameters for test. What is not here is charged by use alone: functions, HTTP APIs, tables on demand. The
 * platform of tasks is the environment's, and counted there.
 */
export const BRANCH_AT_REST: Readonly<
  Record<string, readonly (readonly [what: string, quantity: number, price: Price])[]>
> = {
  "lambda-container": [["alarms", 2, PRICES.alarm]],
  "lambda-zip": [["alarms", 2, PRICES.alarm]],
  serverless: [],
  "ecs-service": [
    ["alarms", 2, PRICES.alarm],
    ["vCPU of tasks on Fargate", 0.25, PRICES.fargateCpu],
    ["GB of tasks on Fargate", 0.5, PRICES.fargateMemory],
  ],
};
