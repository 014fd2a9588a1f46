import assert from "node:assert/strict";
import { type Delivery, select } from "../../commands/delivery";
import { regionChecks } from "../../commands/doctor/stackChecks";
import type { State } from "../../commands/engine/engine";
import { Refusal } from "../../commands/refusal";
import { bringUp } from "../../commands/up/bringUp";
import { previewAll } from "../../commands/up/previewAll";
import { fake, ROLE } from "./fake";
import { delivery, resource, STACKS, state, TOOLING } from "./sample";

/** What a stack has once it is up in a Region; a copy in another one has a provider of its own. */
const upIn = (stack: string, region: string): State =>
  state([
    resource(stack, "pulumi:providers:aws", "artifacts--replica", { inputs: { region: "eu-west-3" } }),
    resource(stack, "pulumi:providers:aws", "account", { inputs: { region } }),
    resource(stack, ROLE, "plan"),
  ]);
const UP = { build: upIn("build", "eu-central-1"), qa: upIn("qa", "eu-central-1"), "eu-live": upIn("eu-live", "eu-central-1") }; // prettier-ignore

/** The environment qa in this Region, by tooling's list and by its own file. */
const moved = (listed: string | undefined, own: string): Delivery =>
  delivery({
    ...STACKS,
    build: {
      ...TOOLING,
      environments: [
        { name: "qa", account: "555555555555", ...(listed !== undefined && { region: listed }) },
        { name: "live", account: "666666666666", approval: true },
      ],
      pipelines: [{ name: "shop", prefix: "sh", workload: "lambda-zip", source: { codecommit: "shop" } }],
    },
    qa: { ...STACKS["qa"], "aws:region": own },
  });
const ELSEWHERE =
  "set it back to eu-central-1; to move it, list a new environment with another name, or take this one down first: npm run down -- qa";
const line = (where: string) =>
  `qa: is in Region eu-west-2 by ${where}, but was brought up in eu-central-1, where what it has would stay: ${ELSEWHERE}`;
const OWN = line("aws:region");
const LISTED = line("environments[].region of stack build");

async function refused(
  whole: Delivery,
  names: readonly string[],
  states: Readonly<Record<string, State>> = UP,
) {
  const { session, asked } = fake({ states });
  const lines: string[] = [];
  const catching = async (work: Promise<number>) =>
    work.then(
      () => assert.fail("it was not refused"),
      (error: unknown) => {
        assert.ok(error instanceof Refusal, String(error));
        lines.push(error.message);
      },
    );
  await catching(bringUp(session, select(whole, names), { yes: true, refresh: false }, whole));
  await catching(previewAll(session, whole, names, { refresh: false, "expect-no-changes": false }));
  assert.deepEqual(asked, [], "nothing is made, changed or previewed");
  assert.equal(lines[0], lines[1]);
  return lines[0];
}

describe("a Region that was changed in place", () => {
  it("is refused by up and preview before anything is made, whichever stacks are named", async () => {
    const both = moved("eu-west-2", "eu-west-2");
    for (const names of [[], ["build"], ["qa"], ["build", "eu-live"]])
      assert.equal(await refused(both, names), `${OWN}\n${LISTED}`);
  });

  it("is refused where only one of the two files has it", async () => {
    assert.equal(await refused(moved(undefined, "eu-west-2"), []), OWN);
    assert.equal(await refused(moved("eu-west-2", "eu-central-1"), ["build"]), LISTED);
  });

  it("is refused of tooling, with what moves that", async () => {
    const there = { build: upIn("build", "eu-west-1") };
    assert.equal(
      await refused(delivery(), ["build"], there),
      "build: is in Region eu-central-1 by aws:region, but was brought up in eu-west-1, where what it has would stay: " +
        "set it back to eu-west-1; to move it, see npm run failover -- --help, or take all stacks down first: npm run down",
    );
  });

  it("is told by doctor", () => {
    const [own, listed, ...others] = regionChecks(
      moved("eu-west-2", "eu-west-2"),
      new Map(Object.entries(UP)),
    );
    assert.deepEqual(others, []);
    assert.deepEqual(
      [own, listed].map((check) => `${check?.what}, ${check?.problem}: ${check?.fix?.join()}`),
      [OWN, LISTED].map((each) => each.replace("qa: is", "qa: Region, is")),
    );
  });

  it("is nobody's business where nothing is up, or where it is as it was", () => {
    const checks = (of: Delivery, states: Readonly<Record<string, State>>) =>
      regionChecks(of, new Map(Object.entries(states)));
    const elsewhere = moved("eu-west-2", "eu-west-2");
    assert.deepEqual(checks(elsewhere, {}), []);
    // After npm run down, or a first up that made nothing.
    const empty = state([
      resource("qa", "pulumi:providers:aws", "account", { inputs: { region: "eu-central-1" } }),
    ]);
    assert.deepEqual(checks(elsewhere, { ...UP, qa: empty }), []);
    assert.deepEqual(checks(delivery(), UP), []);
    assert.deepEqual(checks(elsewhere, { ...UP, qa: upIn("qa", "eu-west-2") }), []);
  });
});
