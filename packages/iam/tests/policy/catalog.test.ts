import assert from "node:assert/strict";
import { catalog } from "../../src/policy/catalog";

describe("policy/catalog", () => {
  it("has each form of a resource's ARN by itself, with its keys: API Gateway's stages have two", async () => {
    const [post] = (await catalog(["apigateway"])).covered("apigateway:POST");
    const stages = post?.resources.filter(({ arn }) => arn.endsWith("/stages")) ?? [];
    assert.deepEqual(
      stages.map(({ arn }) => arn),
      [
        "arn:${Partition}:apigateway:${Region}::/apis/${ApiId}/stages",
        "arn:${Partition}:apigateway:${Region}::/restapis/${RestApiId}/stages",
      ],
    );
    for (const { keys } of stages) assert.ok(keys.includes("apigateway:Request/AccessLoggingDestination"));
  });

  it("has no service of a name that every object of JavaScript has", async () => {
    for (const name of Object.getOwnPropertyNames(Object.prototype))
      assert.deepEqual((await catalog([name])).covered("*"), [], name);
  });

  it("has no form that is two ARNs", async () => {
    const found = ["apigateway", "greengrass", "lex"];
    const actions = (await Promise.all(found.map((each) => catalog([each])))).flatMap(({ covered }) =>
      covered("*"),
    );
    assert.ok(actions.length > 100);
    for (const { name, resources } of actions)
      for (const { arn } of resources) assert.ok(!arn.includes(","), `${name}: ${arn}`);
  });
});
