/** The tests' own service that uses further AWS services, as the rehearsal asks it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Api } from "../../../../rehearsal/release/emulator/apis";
import { apiOf } from "../../../../rehearsal/release/emulator/chosenApi";
import { evaluate } from "../../../../rehearsal/release/cloudformation/stack";
import { readTemplate } from "../../../../rehearsal/release/cloudformation/template";
import { SERVICES } from "../../access/worlds";

export const ORDERS = readFileSync(join(SERVICES, "orders/template.yaml"), "utf8");
export const SITE = {
  ...{ stack: "orders--test", environment: "test", account: "222222222222", region: "eu-west-1" },
};
export const FUNCTION = {
  ...{ logicalId: "ApiFunction", name: "orders--test-api", handler: "index.handler", memory: 128 },
  ...{ variables: {}, language: "node" as const },
  arn: "arn:aws:lambda:eu-west-1:222222222222:function:orders--test-api",
};

export type Change = readonly [from: string, to: string];

/** A template of it, with these pieces in place of others. */
export function evaluated(template: string, changes: readonly Change[]): ReturnType<typeof evaluate> {
  let text = template;
  for (const [from, to] of changes) {
    assert.ok(text.includes(from), from);
    text = text.replace(from, to);
  }
  const given = { CodeBucket: "b", CodeKey: "k", CodeSha256: "s", Release: "1", CodeDeployRoleArn: "r" };
  const network = { FunctionSubnetIds: "subnet-0a", FunctionSecurityGroupIds: "sg-0a" };
  const values = { ...given, ...network, PermissionsBoundaryArn: "p", RolePath: "/", DeploymentConfig: "d" };
  return evaluate(readTemplate(text), SITE, values, new Map());
}

/** The API that is asked, or why there is none. */
export const chosenIn = (stack: ReturnType<typeof evaluate>): Api | string =>
  apiOf({ site: SITE, evaluated: stack, functions: [FUNCTION] });

export const found = (api: Api | string): Api => (typeof api === "string" ? assert.fail(api) : api);
