import assert from "node:assert/strict";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import program from "../../index";
import { readStackFiles } from "../../rehearsal/record/stackFiles";
import { pulumi as cli } from "./commandLine";
import { removeWorlds, upWorld } from "./worlds";

const ORGANIZATION = "acme";
const REFERENCE = "pulumi:pulumi:StackReference";

describe("an environment of another organization", () => {
  afterEach(removeWorlds);
  // So that nothing of this test is left for others in the process.
  afterEach(() => pulumi.runtime.resetOptions("", "", -1, "", "", false, ""));

  // Under mocks, since a folder as backend has no other organization; with what the real engine's tooling promised.
  it("reads what tooling of its own organization promises", async () => {
    const world = await upWorld();
    const { output } = await cli(world, "stack", "output", "contract", "--json", "--stack", "tooling");
    const outputs = { contract: JSON.parse(output) as unknown };
    const made: string[] = [];
    const mocks: pulumi.runtime.Mocks = {
      newResource: ({ type, name, ...args }) => {
        made.push(`${type} ${name}`);
        const inputs = args.inputs as Record<string, unknown>;
        return { id: name, state: type === REFERENCE ? { name, outputs, secretOutputNames: [] } : inputs };
      },
      call: ({ token }) => {
        throw new Error(`the program called ${token}`);
      },
    };
    const { stacks } = readStackFiles(world.project, join(world.project, "Pulumi.yaml"));
    const config = stacks.find(({ stack }) => stack === "test")?.config;
    assert.ok(config);
    pulumi.runtime.setMockOptions(new MockMonitor(mocks), world.name, "test", false, ORGANIZATION);
    pulumi.runtime.setAllConfig({ ...config }, []);
    await pulumi.runtime.runInPulumiStack(program);
    await pulumi.runtime.disconnect();
    assert.deepEqual(
      made.filter((each) => each.startsWith(REFERENCE)),
      [`${REFERENCE} ${ORGANIZATION}/${world.name}/tooling`],
    );
    assert.ok(made.includes("aws:iam/role:Role catalog--test-deploy"), made.join("; "));
  });
});
