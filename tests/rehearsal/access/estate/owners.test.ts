import assert from "node:assert/strict";
import { walk } from "../../../../rehearsal/access/calls/walk";
import { makeWorld } from "../../../../rehearsal/access/estate/world";
import { judgeLive, liveEstate } from "../../../../rehearsal/access/live/live";
import { recordOf } from "../../../../rehearsal/record/states";
import { decide } from "../../../../packages/iam/src/evaluate/decide";
import { session } from "../../../../packages/iam/src/policy/principals";
import { exported } from "../../../commands/doctor/states";
import { CONNECTION, deliver, pipeline, tooling } from "../../../stacks/settingsSample";
import { all } from "../../../stacks/together.case";
import { ROOT, unbroken } from "../../sample";

const OWNER = "999999999999";
const id = `eu-west-1:${OWNER}:connection/01234567-89ab-cdef-0123-456789abcdef`;

/** A pipeline behind this connection, of the sample service. */
async function behind(connection: string) {
  const source = { connection, repository: "acme/shop" };
  const { files } = all(tooling({ pipelines: [pipeline({ directory: "app", source })] }));
  const stacks = Object.entries(files).map(([stack, each]) => ({
    ...{ stack, path: `Pulumi.${stack}.yaml` },
    config: deliver(each, stack).config,
  }));
  const folder = { project: "delivery", stacks };
  const { runs, findings } = await unbroken(folder);
  assert.deepEqual(findings, []);
  return { folder, runs, world: await makeWorld(folder, runs, { places: [ROOT], app: undefined }) };
}

describe("access/estate, connections of other accounts", () => {
  it("are taken to be shared with tooling's account by RAM, which is said, and fetch the source by both names", async () => {
    const { world, folder, runs } = await behind(CONNECTION.replace("111111111111", OWNER));
    assert.deepEqual(world.assumed, [
      `connection arn:aws:codeconnections:${id} is in no stack: account ${OWNER} is taken to share it with 111111111111 by AWS RAM`,
    ]);
    const { calls, findings } = walk(world);
    assert.deepEqual(findings, []);
    const of = calls.filter(({ action }) => action.endsWith(":UseConnection"));
    assert.deepEqual(
      of.map(({ resource, answer }) => [resource, answer.by.map(({ sid }) => sid)]),
      [
        [`arn:aws:codeconnections:${id}`, ["UseConnection", "TakenForGranted1"]],
        [`arn:aws:codestar-connections:${id}`, ["UseConnectionByItsOldName", "TakenForGranted1"]],
      ],
    );
    const up = await liveEstate(folder, recordOf(exported(runs)), [ROOT]);
    assert.deepEqual(judgeLive(up, up.written, new Set()).missing, []);
  });

  it("let no other account in, and nobody do more with them than use them", async () => {
    const { model } = (await behind(CONNECTION.replace("111111111111", OWNER))).world;
    const resource = `arn:aws:codeconnections:${id}`;
    const asked = (role: string, action: string) =>
      decide(model, { principal: session(role, "asked"), action, resource }).missing;
    const [inTest = ""] = [...model.roles.keys()].filter((arn) => arn.includes("::222222222222:"));
    const fetches = "arn:aws:iam::111111111111:role/delivery-catalog-pipeline";
    assert.deepEqual(asked(inTest, "codeconnections:UseConnection"), ["identity", "resource"]);
    assert.deepEqual(asked(fetches, "codeconnections:GetConnection"), ["identity", "resource"]);
  });

  it("are nothing to be taken for granted where tooling's own account has the connection", async () => {
    const { assumed, model } = (await behind(CONNECTION)).world;
    assert.deepEqual(assumed, []);
    assert.deepEqual(
      [...model.guarded.keys()].filter((arn) => arn.includes(":connection/")),
      [],
    );
  });
});
