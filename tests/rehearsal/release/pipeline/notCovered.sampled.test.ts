import assert from "node:assert/strict";
import { releaseOf, service } from "../service";
import { TEMPLATE } from "../sampleTemplate";
import { whole } from "../../../whole/sample";

const PLANNED = ["planned", "untouched"];
const AT_ONCE =
  "warning: function Function has no version: all its traffic moves at once, without a canary, and no alarm turns it back";

/** A release of the service with another template: what it did not cover, its states, how often it warned. */
async function released(template: string) {
  const { act, lines } = await releaseOf(service({ "template.yaml": template }));
  assert.deepEqual(act.stopped, undefined);
  return [
    act.notCovered,
    act.environments.map(({ state }) => state),
    lines.filter((line) => line === AT_ONCE).length,
  ];
}

describe("a release of what can be planned here and no more", () => {
  whole("warns in each environment of a promise that the template drops, and goes on", async () =>
    assert.deepEqual(await released(TEMPLATE), [undefined, ["live", "live"], 2]),
  );

  whole("ends as not covered where the template has no API", async () => {
    const api = / {2}Api: [^]*?(?=Outputs:)/;
    assert.match(TEMPLATE, api);
    const none = TEMPLATE.replace(api, "").replace("!GetAtt Api.ApiEndpoint", "https://lamps.example.com");
    assert.deepEqual(await released(none), [
      "the template has no API, and the rehearsal asks functions through one",
      PLANNED,
      1,
    ]);
  });

  whole(
    "ends as not covered where CloudFormation alone expands the template, with what AWS SAM is seen to drop",
    async () => {
      const template = TEMPLATE.replace(
        "Resources:\n",
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  Own: { Type: AWS::Serverless::Function }\n",
      );
      const { act, lines } = await releaseOf(service({ "template.yaml": template }));
      assert.deepEqual(
        [act.stopped, act.notCovered, act.environments.map(({ state }) => state)],
        [
          undefined,
          'template.yaml has the transform "AWS::Serverless-2016-10-31", and a rehearsal can\'t expand it',
          PLANNED,
        ],
      );
      const warned =
        "warning: function Own has no AutoPublishAlias: all its traffic moves at once, without a canary, and no alarm turns it back";
      assert.equal(lines.filter((line) => line === warned).length, 1);
    },
  );

  whole("ends as not covered where functions are asked by an older format", async () => {
    const older = TEMPLATE.replace('PayloadFormatVersion: "2.0"', 'PayloadFormatVersion: "1.0"');
    assert.notEqual(older, TEMPLATE);
    assert.deepEqual(await released(older), [
      "no route of the template's API can be asked here; route GET /lamp/{id}: its payload format is not 2.0; it answers 404 here",
      PLANNED,
      1,
    ]);
  });
});
