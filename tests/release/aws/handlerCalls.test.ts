import assert from "node:assert/strict";
import { decide } from "../../../packages/iam/src/evaluate/decide";
import { session } from "../../../packages/iam/src/policy/principals";
import { branchesRecord, DEV } from "../scenarios/branches";
import { type Estate, estateOf } from "./estate";
import { type HandlerAsking, handlerNeeds } from "./handlerCalls";

const STACK = "catalog--br-0123abcd";

describe("calls of CloudFormation's handlers for a branch's role", () => {
  let estate: Estate;
  before(async () => (estate = await estateOf(await branchesRecord())));

  const asking = (operation: HandlerAsking["operation"], untagged: string[]): HandlerAsking => ({
    ...{ account: DEV, region: "eu-west-1", operation, type: "AWS::IAM::Role", logicalId: "FunctionRole" },
    ...{
      physicalId: operation === "create" ? null : `${STACK}-FunctionRole-1`,
      stackName: STACK,
      role: null,
    },
    properties: { PermissionsBoundary: `arn:aws:iam::${DEV}:policy/delivery-catalog--br-boundary` },
    ...{ tags: { branch: "0123abcd" }, untagged },
  });
  const actions = (operation: HandlerAsking["operation"], untagged: string[]) =>
    handlerNeeds(asking(operation, untagged), estate).map(({ action }) => action);

  it("have a tag taken off where one goes, and not where none does", () => {
    for (const [operation, untagged, called] of [
      ["create", [], false],
      ["update", [], false],
      ["update", ["team"], true],
    ] as const) {
      const found = actions(operation, [...untagged]);
      assert.equal(found.includes("iam:UntagRole"), called, `${operation} ${untagged.join()}`);
      assert.ok(found.includes("iam:TagRole"), operation);
    }
  });

  it("are denied to the branch's session once a tag goes", () => {
    const principal = session(
      `arn:aws:iam::${DEV}:role/delivery-catalog--br-deploy`,
      "delivery-branch-0123abcd",
      { branch: "0123abcd" },
    );
    const denied = handlerNeeds(asking("update", ["team"]), estate).flatMap(
      ({ action, resource, context = {} }) =>
        decide(estate.model, {
          ...{ principal, action, resource, context, resourceAccount: DEV, absent: "others" },
        }).verdict === "denied"
          ? [action]
          : [],
    );
    assert.deepEqual([...new Set(denied)], ["iam:UntagRole"]);
  });
});
