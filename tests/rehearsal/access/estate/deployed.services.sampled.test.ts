import assert from "node:assert/strict";
import { CASES, isSampled } from "../../../stacks/together.cases";
import { unbroken } from "../../sample";
import { serviceOf, templateOf } from "../templates";
import { sampleWorld, worldOf } from "../worlds";
import { sampled, whole } from "../../../whole/sample";

describe("access/world of services", () => {
  whole("stands for all settings, and every pipeline", async () => {
    let found = 0;
    for (const title of sampled(Object.keys(CASES), isSampled)) {
      const { record, deployments, withoutTemplate } = await worldOf(title);
      const jobs = record
        .flatMap(({ resources }) => resources)
        .filter(
          ({ type, inputs, outputs }) =>
            type.endsWith(":Project") &&
            String(outputs["name"]).endsWith("-release-job") &&
            // Code alone has no template.
            !/"(FUNCTION|SERVICE)_NAME"/.test(JSON.stringify(inputs["environment"])),
        );
      // Of branches two stand for all.
      const more = jobs.filter(({ outputs }) => String(outputs["name"]).includes("--br-"));
      assert.deepEqual([deployments.length, withoutTemplate], [jobs.length + more.length, []], title);
      found += jobs.length;
    }
    assert.ok(found > 0);
  });

  it("says which boundary of the organization's it does not have, and takes a document that is given", async () => {
    const { assumed, model } = await worldOf("a path and a boundary");
    assert.equal(assumed.length, 3);
    assert.equal(
      assumed[0],
      "permissions boundary arn:aws:iam::111111111111:policy/org is in no stack: what it takes away is not shown",
    );
    assert.equal(
      model.managed.get("arn:aws:iam::111111111111:policy/org")?.statements[0]?.sid,
      "TakenForGranted",
    );
  });

  it("names pipelines whose service is not here", async () => {
    const { runs } = await unbroken();
    const { withoutTemplate, deployments } = await sampleWorld(runs, { places: ["/nowhere"] });
    assert.deepEqual(
      [withoutTemplate, deployments],
      [[{ pipeline: "catalog", why: "its folder app is not here" }], []],
    );
    const transformed = serviceOf(`Transform: AWS::Serverless-2016-10-31\n${templateOf({})}`);
    assert.deepEqual((await sampleWorld(runs, { app: transformed })).withoutTemplate, [
      {
        pipeline: "catalog",
        why: 'its template uses the transform "AWS::Serverless-2016-10-31", which is not expanded here',
      },
    ]);
  });
});
