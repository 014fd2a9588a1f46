import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  CODE,
  imageOf,
  OLD,
  owned,
  ownedImages,
  ownedWorld,
  PLANNED,
  releaseCode,
  releaseImage,
  rollingBack,
  withVersion,
} from "./codeAlone";
import { pool } from "./inputs";
import { COMMIT_ID, type OwnersFunction, role } from "./world";
import { sampled, whole } from "../../whole/sample";

const hex = (text: string): string => createHash("sha256").update(text).digest("hex");
const ALIAS = { name: "live", version: "2", revision: 2, weights: {} };
const FOUND = {
  imageScanStatus: { status: "COMPLETE" },
  imageScanFindings: { imageScanCompletedAt: "2026-01-01", findingSeverityCounts: { CRITICAL: 1 } },
};
const writes = /update-|publish|s3 cp/;

describe("job code-plan", () => {
  it("says which code the function has and gets, hands on what it has looked at, and writes nothing", async () => {
    const result = await releaseCode("code-plan", ownedWorld(owned()));
    assert.equal(result.code, 0, result.output);
    assert.equal(result.exported["PLANNED"], PLANNED);
    assert.equal(
      result.exported["SUMMARY"],
      `test: commit ${COMMIT_ID}, code sha256:${hex(CODE)}: function quotes-test: code now sha256:${hex(OLD)}; alias live goes ` +
        "from version 2 to a new version, with the configuration that the function has now",
    );
    assert.match(
      result.exported["PLAN_LINK"] ?? "",
      /^https:\/\/eu-west-1\.console\.aws\.amazon\.com\/codesuite\//,
    );
    assert.deepEqual(
      result.calls.filter((call) => writes.test(call)),
      [],
    );
    assert.doesNotMatch(result.output, /never-in-a-log/);
  });

  it("says that nothing changes, or that a version of before has the code, which is taken again", async () => {
    const live = { ...withVersion(), alias: { ...ALIAS, version: "3" } };
    const worlds = [live, withVersion()].map((each) => ownedWorld(each));
    const [same, again] = await pool(worlds, (world) => releaseCode("code-plan", world));
    assert.equal(same?.exported["PLANNED"], "none");
    assert.match(
      same?.exported["SUMMARY"] ?? "",
      /: no changes: version 3 of function quotes-test, which alias live is at, has this code$/,
    );
    assert.match(
      again?.exported["SUMMARY"] ?? "",
      /alias live goes from version 2 to version 3, which has this code already, with the configuration of then$/,
    );
  });

  it("says of images which one the function has and gets, by their digests, once ECR's scan has found nothing", async () => {
    const scans = [null, ...ownedWorld().scans];
    const worlds = [ownedWorld(ownedImages(), { scans }), ownedWorld(ownedImages(true), { scans: [FOUND] })];
    const [shown, refused] = await pool(worlds, (world) => releaseImage("code-plan", world));
    assert.equal(shown?.code, 0, shown?.output);
    assert.equal(shown.exported["PLANNED"], PLANNED);
    assert.equal(
      shown.exported["SUMMARY"],
      `test: commit ${COMMIT_ID}, code sha256:${imageOf(CODE)}: function quotes-test: code now sha256:${imageOf(OLD)}; alias live ` +
        "goes from version 2 to a new version, with the configuration that the function has now",
    );
    assert.equal(worlds[0]?.slept, 5);
    assert.match(refused?.output ?? "", /error: 1 findings of severity HIGH or worse in sha256:/);
    assert.deepEqual(refused?.exported, {});
  });

  whole("takes what runs on no runtime of Lambda's alone for what an image runs on", async () => {
    const worlds = [ownedWorld(owned()), ownedWorld(ownedImages(false, { architecture: "arm64" }))];
    const [zip, arm] = await pool(worlds, (world) => releaseImage("code-plan", world));
    assert.match(
      zip?.output ?? "",
      /error: function quotes-test .* takes its code as Zip, and the release has an image: /,
    );
    assert.match(
      arm?.output ?? "",
      /error: function quotes-test .* runs on arm64, and the code is for x86_64: its owner/,
    );
  });

  whole("waits while the function is being changed", async () => {
    const states: OwnersFunction["states"] = [
      ["Pending", "Successful"],
      ["Active", "InProgress"],
      ["Active", "Successful"],
    ];
    const world = ownedWorld(owned({ states }));
    const result = await releaseCode("code-plan", world);
    assert.equal(result.code, 0, result.output);
    assert.equal(world.slept, 10);
    assert.match(
      result.output,
      /function quotes-test is being changed \(Active, InProgress\): waiting \(1 of 120\)/,
    );
  });

  const refused: readonly (readonly [string, OwnersFunction | undefined, RegExp, Record<string, string>?])[] =
    [
      [
        "a function that is gone",
        undefined,
        /error: there is no function quotes-test in account 222222222222: its owner makes it, or the pipeline's setting 'function' names another/,
      ],
      [
        "an alias that is gone",
        owned({ alias: { ...ALIAS, name: "other" } }),
        /error: there is no alias live of function quotes-test in account 222222222222: its owner makes it/,
      ],
      [
        "an alias at $LATEST",
        owned({ alias: { ...ALIAS, version: "$LATEST" } }),
        /error: alias live of function quotes-test in account 222222222222 is at \$LATEST: code would be live before its version is/,
      ],
      [
        "an alias that somebody is shifting",
        owned({ alias: { ...ALIAS, weights: { "1": 0.1 } } }),
        /error: alias live of function quotes-test .* sends a part of its calls to another version, so somebody is shifting it/,
      ],
      [
        "a function of images",
        owned({ packageType: "Image" }),
        /error: function quotes-test in account 222222222222 takes its code as Image, and the release has a zip: its owner/,
      ],
      [
        "another runtime",
        owned({ runtime: "nodejs18.x" }),
        /error: function quotes-test .* runs on nodejs18\.x, and the code is for nodejs22\.x: its owner changes that, or the/,
      ],
      [
        "another architecture",
        owned({ architecture: "arm64" }),
        /error: function quotes-test .* runs on arm64, and the code is for x86_64: its owner/,
      ],
      [
        "a function that failed to be made",
        owned({ states: [["Failed", "Successful"]] }),
        /error: function quotes-test .* is in state Failed, so nothing can be released to it/,
      ],
      [
        "a role of another account",
        owned(),
        /error: the plan role is in account 222222222222, settings say 333333333333 for test/,
        { ENVIRONMENT_ACCOUNT: "333333333333" },
      ],
      [
        "a setting that is no name",
        owned(),
        /error: variable FUNCTION_NAME must match .* but is quotes\\ test/,
        { FUNCTION_NAME: "quotes test" },
      ],
    ];
  const wanted = ["a function that is gone", "an alias that somebody is shifting", "another runtime"];
  for (const [what, found, error, changes = {}] of sampled(refused, ([name]) => wanted.includes(name)))
    it(`refuses ${what}, and hands nothing on`, async () => {
      const result = await releaseCode("code-plan", ownedWorld(found), changes);
      assert.equal(result.code, 1);
      assert.match(result.output, error);
      assert.deepEqual(result.exported, {});
    });

  it("names the command that brings up an environment whose role is not there yet", async () => {
    const world = ownedWorld(owned());
    Object.assign(world.roles[role("222222222222", "plan")] ?? {}, { up: false });
    const result = await releaseCode("code-plan", world);
    assert.match(
      result.output,
      /error: environment test \(account 222222222222\) isn't up yet: run 'pulumi up --stack test', then retry this stage\n/,
    );
  });

  it("refuses a release of several zips, and a roll-back", async () => {
    const worlds = [ownedWorld(owned()), ownedWorld(owned(), rollingBack)];
    const [several, back] = await pool(worlds, (world) =>
      releaseCode("code-plan", world, {}, world === worlds[0] ? [CODE, OLD] : [CODE]),
    );
    assert.match(
      several?.output ?? "",
      /error: the release holds no code\/[0-9a-f]{64}\.zip: start a new release\n/,
    );
    assert.match(
      back?.output ?? "",
      /error: stage Approve-test changes no environment, so there is nothing in it to roll back/,
    );
  });

  whole(
    "takes a version of before whatever the function runs on now: it was published with all that it needs",
    async () => {
      const result = await releaseCode("code-plan", ownedWorld({ ...withVersion(), runtime: "nodejs24.x" }));
      assert.equal(result.code, 0, result.output);
    },
  );
});
