import assert from "node:assert/strict";
import {
  CODE,
  imageOf,
  NEW_SHA,
  OLD,
  OLD_SHA,
  owned,
  ownedImages,
  ownedWorld,
  releaseCode,
  releaseImage,
  rollingBack,
  withVersion,
} from "./codeAlone";
import { revision } from "./functions";
import { pool } from "./inputs";
import { REPOSITORY_URI } from "./kinds";
import { BUCKET, EXECUTION_ID, type World } from "./world";
import { sampled, whole } from "../../whole/sample";

const writes = /update-|s3 cp/;
const written = (calls: readonly string[]): string[] => calls.filter((call) => writes.test(call));
const FILES = `${BUCKET}/releases/catalog/222222222222/test/${EXECUTION_ID}/`;
const ALIAS = { name: "live", version: "2", revision: 2, weights: {} };
/** What the alias runs, and which versions there are. */
const end = ({ ownersFunction }: World) => [
  ownersFunction?.alias.version,
  ownersFunction?.versions.map(({ number, sha }) => [number, sha === NEW_SHA || sha === imageOf(CODE)]),
];
const RELEASED = [
  "3",
  [
    [1, false],
    [2, false],
    [3, true],
  ],
];

describe("job code-deploy", () => {
  it("publishes a version of the approved code, moves the alias once that can be called, and says what is deployed", async () => {
    const world = ownedWorld(owned());
    const result = await releaseCode("code-deploy", world);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(end(world), RELEASED);
    assert.deepEqual(written(result.calls), [
      "aws - s3 cp",
      "aws deploy lambda update-function-code",
      "aws deploy lambda update-alias",
      "aws - s3 cp",
    ]);
    const deployed = JSON.parse(world.objects.get(`${FILES}deployed.json`)?.toString() ?? "{}") as object;
    assert.deepEqual(
      { ...deployed, releaseSha256: "", deployedAt: "", commit: "", codeDigest: "" },
      {
        ...{ run: EXECUTION_ID, commit: "", codeDigest: "", releaseSha256: "" },
        ...{ endpoint: "https://quotes.example.com", deployedAt: "" },
      },
    );
    assert.ok(world.objects.has(`${FILES}SHA256SUMS`));
    assert.doesNotMatch(result.output, /never-in-a-log/);
  });

  it("gives a function of images the image by its digest, and rolls back to the version that has the image of before", async () => {
    const live = ownedImages(true, { alias: { ...ALIAS, version: "3", revision: 3 } });
    const worlds = [ownedWorld(ownedImages()), ownedWorld(live, { ...rollingBack, scans: ["gone"] })];
    const [forward, back] = await pool(worlds, (world) =>
      world === worlds[0]
        ? releaseImage("code-deploy", world)
        : releaseImage("code-deploy", world, { APPROVAL: "false", PLANNED: "" }, OLD),
    );
    assert.equal(forward?.code, 0, forward?.output);
    assert.deepEqual(worlds[0]?.ownersFunction?.versions.at(-1), {
      ...{ number: 3, sha: imageOf(CODE), states: ["Active"] },
    });
    assert.ok(
      worlds[0].commands.some((each) => each.includes(`${REPOSITORY_URI}@sha256:${imageOf(CODE)}`)),
      forward.output,
    );
    assert.equal(back?.code, 0, back?.output);
    assert.deepEqual(
      worlds.map(({ ownersFunction }) => ownersFunction?.alias.version),
      ["3", "2"],
    );
    assert.deepEqual(written(back.calls), ["aws - s3 cp", "aws deploy lambda update-alias", "aws - s3 cp"]);
  });

  whole("looks at the scan by itself where nobody is asked, and refuses what it has found", async () => {
    const scan = {
      imageScanStatus: { status: "COMPLETE" },
      imageScanFindings: { imageScanCompletedAt: "2026-01-01", findingSeverityCounts: { CRITICAL: 1 } },
    };
    const world = ownedWorld(ownedImages(), { scans: [scan] });
    const result = await releaseImage("code-deploy", world, { APPROVAL: "false", PLANNED: "" });
    assert.match(result.output, /error: 1 findings of severity HIGH or worse in sha256:/);
    assert.equal(world.ownersFunction?.alias.version, "2");
    assert.deepEqual(written(result.calls), []);
  });

  whole("does nothing twice: a retry finds the alias moved, or the version published", async () => {
    const moved = { ...withVersion(), alias: { ...ALIAS, version: "3", revision: 3 } };
    const worlds = [moved, withVersion()].map((each) => ownedWorld(each));
    const [all, some] = await pool(worlds, (world) => releaseCode("code-deploy", world));
    assert.deepEqual(written(all?.calls ?? []), ["aws - s3 cp", "aws - s3 cp"]);
    assert.deepEqual(written(some?.calls ?? []), [
      "aws - s3 cp",
      "aws deploy lambda update-alias",
      "aws - s3 cp",
    ]);
    assert.deepEqual(worlds.map(end), [RELEASED, RELEASED]);
  });

  const calls = Array.from({ length: 13 }, (_, i) => i + 1);
  const ends = sampled(
    calls.flatMap((call) =>
      [false, true].flatMap((after) => [false, true].map((image) => ({ failAt: { call, after }, image }))),
    ),
    ({ failAt: { call, after }, image }) => after && !image && [7, 9].includes(call),
  );
  whole(
    "ends the same where it was killed at a call, before or after that took effect, and is retried",
    async () => {
      await pool(ends, async ({ failAt, image }) => {
        const release = image ? releaseImage : releaseCode;
        const world = ownedWorld(image ? ownedImages() : owned(), { failAt });
        const first = await release("code-deploy", world);
        world.failAt = null;
        const second = await release("code-deploy", world);
        assert.equal(second.code, 0, `${JSON.stringify(failAt)}: ${first.output}${second.output}`);
        assert.deepEqual(end(world), RELEASED, JSON.stringify(failAt));
      });
    },
  );

  const refused: readonly (readonly [string, World, RegExp, Record<string, string>?])[] = [
    [
      "a function that its owner has changed since the plan",
      ownedWorld(owned({ revision: 6, published: false })),
      /error: function quotes-test was changed since this was planned: nothing was changed by this run, start a new release\n/,
    ],
    [
      "an alias that somebody has moved since the plan",
      ownedWorld(owned({ alias: { ...ALIAS, version: "1", revision: 3 } })),
      /error: alias live of function quotes-test was moved since this was planned: nothing was changed by this run/,
    ],
    [
      "other code at the alias than the plan has found there",
      ownedWorld(owned()),
      /error: alias live of function quotes-test has gone to other code since this was planned/,
      { PLANNED: "none" },
    ],
    [
      "a plan that is none",
      ownedWorld(owned()),
      /error: variable PLANNED must match none\|.* but is ''/,
      { PLANNED: "" },
    ],
  ];
  for (const [what, world, error, changes = {}] of refused)
    it(`refuses ${what}, and changes nothing`, async () => {
      const before = JSON.stringify(end(world));
      const result = await releaseCode("code-deploy", world, changes);
      assert.equal(result.code, 1);
      assert.match(result.output, error);
      assert.equal(JSON.stringify(end(world)), before);
      assert.ok(!world.objects.has(`${FILES}deployed.json`));
    });

  whole(
    "loses to whoever changes the function, or moves the alias, between its look and its call",
    async () => {
      const raced = (operation: string, change: (world: World) => void): World => {
        const world: World = ownedWorld(owned(), {
          meanwhile: (asked) => {
            if (asked === operation) change(world);
          },
        });
        return world;
      };
      const worlds = [
        raced("lambda update-function-code", ({ ownersFunction }) => {
          if (ownersFunction) ownersFunction.revision = 9;
        }),
        raced("lambda update-alias", ({ ownersFunction }) => {
          if (ownersFunction) Object.assign(ownersFunction.alias, { version: "1", revision: 9 });
        }),
      ];
      const [code, alias] = await pool(worlds, (world) => releaseCode("code-deploy", world));
      assert.match(
        code?.output ?? "",
        /error: Lambda doesn't take the code: .*PreconditionFailedException.*; alias live stays at version 2\n/,
      );
      assert.match(
        alias?.output ?? "",
        /error: alias live is not moved: .*PreconditionFailedException.*; it is at version 1\n/,
      );
      assert.deepEqual(
        worlds.map(({ ownersFunction }) => ownersFunction?.alias.version),
        ["2", "1"],
      );
    },
  );

  it("rolls back to the very version that ran before, without giving the function any code", async () => {
    const live = { ...withVersion(), alias: { ...ALIAS, version: "3", revision: 3 }, runtime: "nodejs24.x" };
    const world = ownedWorld(live, rollingBack);
    const result = await releaseCode("code-deploy", world, {}, [OLD]);
    assert.equal(result.code, 0, result.output);
    assert.equal(world.ownersFunction?.alias.version, "2");
    assert.deepEqual(written(result.calls), ["aws - s3 cp", "aws deploy lambda update-alias", "aws - s3 cp"]);
  });

  whole("rolls back by publishing the code once more where its version was deleted", async () => {
    const { versions, ...others } = withVersion();
    const left = versions.filter(({ sha }) => sha !== OLD_SHA);
    const alias = { ...ALIAS, version: "3", revision: 3 };
    const world = ownedWorld({ ...others, versions: left, alias }, rollingBack);
    const result = await releaseCode("code-deploy", world, {}, [OLD]);
    assert.equal(result.code, 0, result.output);
    assert.equal(world.ownersFunction?.alias.version, "4");
  });

  it("plans by itself, with the role of Plan, where nobody is asked", async () => {
    const world = ownedWorld(owned({ revision: 8, alias: { ...ALIAS, revision: 7 } }));
    const result = await releaseCode("code-deploy", world, { APPROVAL: "false", PLANNED: "" });
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(end(world), RELEASED);
    assert.match(
      result.output,
      /function quotes-test: code now sha256:[0-9a-f]{64}; alias live goes from version 2 to a new/,
    );
    assert.ok(result.calls.includes("aws plan lambda get-alias"));
    assert.ok(!result.calls.includes("aws plan lambda update-function-code"));
    assert.equal(revision("alias", 8), revision("alias", world.ownersFunction?.alias.revision ?? 0));
  });

  whole("leaves the alias where it is when the version can't be called", async () => {
    const found = withVersion();
    const versions = found.versions.map((each) =>
      each.number === 3 ? { ...each, states: ["Pending", "Failed"] } : each,
    );
    const world = ownedWorld({ ...found, versions });
    const result = await releaseCode("code-deploy", world);
    assert.equal(result.code, 1);
    assert.match(
      result.output,
      /error: version 3 of function quotes-test can't be called: Lambda says why in account 222222222222; alias live stays at version 2\n/,
    );
  });
});
