import assert from "node:assert/strict";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { branchStacks } from "../../../commands/down/branchStacks";
import { NOWHERE, recorded } from "../recorded";
import { delivery, state } from "../sample";

const pages = [
  {
    NextToken: "more",
    StackSummaries: ["sh--br-0123abcd", "sh--br-0123abcde", "sh--qa", "other--br-0123abcd"].map(
      (StackName) => ({ StackName }),
    ),
  },
  { StackSummaries: ["sh--br-ffffffff", "sh--br-ghijklmn"].map((StackName) => ({ StackName })) },
];
const outputs = { branches: { shop: { stackNames: "sh--br-*" } } };

async function find(outputs: Readonly<Record<string, unknown>>) {
  const whole = delivery();
  const [qa] = whole.environments;
  assert.ok(qa);
  const { client, asked } = recorded(new CloudFormationClient(NOWHERE), { ListStacks: pages });
  return { names: await branchStacks(client, whole, qa, state([], { outputs })), asked };
}

describe("stacks of branches", () => {
  it("are those whose names are made of the prefix and a hash, on every page", async () => {
    const { names, asked } = await find(outputs);
    assert.deepEqual(names, ["sh--br-0123abcd", "sh--br-ffffffff"]);
    assert.equal(asked.length, 2);
    const [[, input] = ["", {}]] = asked;
    const { StackStatusFilter } = input as { StackStatusFilter: string[] };
    assert.ok(!StackStatusFilter.includes("DELETE_COMPLETE") && StackStatusFilter.includes("DELETE_FAILED"));
  });

  it("are not looked for where no pipeline has branches", async () => {
    assert.deepEqual(await find({}), { names: [], asked: [] });
  });
});
