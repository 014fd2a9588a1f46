import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import type { Result } from "./harness";
import { build, pool, promote, sourceFolder } from "./inputs";
import { worldOf } from "./kinds";
import { filesIn } from "./storage";
import {
  BUCKET,
  COMMIT_ID,
  DIGEST,
  EXECUTION_ID,
  OLD_DIGEST,
  emptyWorld,
  image,
  type Image,
  type World,
} from "./world";
import { whole } from "../../whole/sample";

const FILES = ["SHA256SUMS", "parameters/test.json", "release.json", "source.tar.gz", "template.yaml"];
const KEPT = `${BUCKET}/kept/catalog/`;
const RELEASES = `${BUCKET}/releases/catalog/222222222222/test/`;
const [A, B, C] = ["a".repeat(40), "b".repeat(64), "c".repeat(40)];

interface Recorded {
  readonly commit: string;
  readonly codeDigest: string;
  readonly releaseSha256: string;
  readonly run: string;
  readonly promotedAt: string;
}
/** A release as Promote recorded it before. */
const recorded = (commit: string, codeDigest = OLD_DIGEST, change: object = {}): Recorded => ({
  commit,
  codeDigest,
  releaseSha256: "01".repeat(32),
  run: "11111111-1111-4222-8333-444455556666",
  promotedAt: "2026-01-02T03:04:05Z",
  ...change,
});
const NEW = recorded(COMMIT_ID, DIGEST, { releaseSha256: "5e".repeat(32), run: EXECUTION_ID });

const day = (ago: number): string =>
  new Date(Date.now() - ago * 24 * 60 * 60 * 1000).toISOString().replace(/\.\d+Z$/, "+00:00");
const aged = (digest: string, ago: number, change: object = {}): Image => ({
  ...image(digest, "tag"),
  pushedAt: day(ago),
  ...change,
});

/** A verified release whose files Deploy has left, records as they are, and old bundles of commits. */
function verified(
  records: Readonly<Record<string, readonly Recorded[]>> = {},
  commits: readonly string[] = [],
  images: Image[] = [],
): World {
  const world = { ...emptyWorld(), images };
  deployed(world);
  for (const [name, releases] of Object.entries(records))
    world.objects.set(`${KEPT}environments/${name}.json`, Buffer.from(JSON.stringify({ releases })));
  for (const commit of commits)
    for (const name of FILES) {
      world.objects.set(`${KEPT}${commit}/${name}`, Buffer.from("old"));
      world.written.set(`${KEPT}${commit}/${name}`, day(2));
    }
  return world;
}
const deployed = (world: World, environment = "test", run = EXECUTION_ID): void => {
  for (const name of FILES)
    world.objects.set(`${RELEASES.replace("/test/", `/${environment}/`)}${run}/${name}`, Buffer.from(name));
};
const record = (world: World, environment = "test"): Recorded[] => {
  const text = world.objects.get(`${KEPT}environments/${environment}.json`)?.toString() ?? '{"releases":[]}';
  const { releases, ...others } = JSON.parse(text) as { releases: Recorded[] };
  assert.deepEqual(others, {});
  return releases;
};
const commitsIn = (world: World, environment = "test"): string[] =>
  record(world, environment).map(({ commit }) => commit);
/** Commits whose release is kept, with how many files it has. */
function bundles(world: World): Record<string, number> {
  const kept: Record<string, number> = {};
  for (const key of [...world.objects.keys()].sort()) {
    const [commit = ""] = key.startsWith(KEPT) ? key.slice(KEPT.length).split("/") : [];
    if (commit !== "" && commit !== "environments") kept[commit] = (kept[commit] ?? 0) + 1;
  }
  return kept;
}
const files = (world: World, variables: Record<string, string> = {}): Promise<Result> =>
  promote(world, { PACKAGING: "zip", REPOSITORY_NAME: "", ...variables });
const KINDS = [promote, files] as const;

describe("job promote", () => {
  it("keeps the release, records it, then removes what no record names, in exactly these calls", async () => {
    const records = { test: [recorded(A)], prod: [recorded(A)] };
    const images = [aged(DIGEST, 0), aged(OLD_DIGEST, 400), aged(`sha256:${"0b".repeat(32)}`, 45)];
    const start = [
      "aws - codepipeline get-pipeline-state",
      "aws - s3 cp",
      "aws - s3 cp",
      "aws - s3 cp",
      "aws - s3 cp",
      "aws - s3api list-objects-v2",
    ];
    for (const [kind, rest] of [
      [promote, ["aws - ecr describe-images", "aws - ecr batch-delete-image", "aws - s3api delete-objects"]],
      [files, ["aws - s3api list-objects-v2", "aws - s3api delete-objects"]],
    ] as const) {
      const world = verified(records, [A, B], [...images]);
      const before = new Date().toISOString();
      const result = await kind(world);
      assert.equal(result.code, 0, result.output);
      assert.deepEqual(result.calls, [...start, ...rest]);
      const [first, ...others] = record(world);
      assert.deepEqual({ ...first, promotedAt: NEW.promotedAt }, NEW);
      assert.ok(
        first && first.promotedAt >= before.slice(0, 19) && /^[-0-9]{10}T[0-9:]{8}Z$/.test(first.promotedAt),
      );
      assert.deepEqual(others, [recorded(A)]);
      assert.deepEqual(bundles(world), { [A]: 5, [COMMIT_ID]: 5 });
      assert.deepEqual(
        world.images.map(({ digest }) => digest),
        kind === promote ? [DIGEST, OLD_DIGEST] : images.map(({ digest }) => digest),
      );
    }
  });

  whole(
    "changes nothing on a retry, and puts what a roll-back brought back first, each release once",
    async () => {
      for (const kind of KINDS) {
        const world = verified({ test: [NEW, recorded(A)], prod: [recorded(A)] }, [A]);
        const result = await kind(world);
        assert.equal(result.code, 0, result.output);
        assert.deepEqual(record(world), [NEW, recorded(A)]);
        const back = verified(
          { test: [recorded(A), { ...NEW, run: recorded(A).run }], prod: [recorded(A)] },
          [A],
        );
        assert.equal((await kind(back)).code, 0);
        assert.deepEqual(
          record(back).map(({ commit, run }) => [commit, run]),
          [
            [COMMIT_ID, EXECUTION_ID],
            [A, recorded(A).run],
          ],
        );
      }
    },
  );

  whole(
    "keeps as many releases of an environment as settings say, and what any other environment's record names",
    async () => {
      const digest = (n: number) => `sha256:${String(n).repeat(64)}`;
      const releases = [1, 2, 3, 4].map((n) => recorded(String(n).repeat(40), digest(n)));
      const commits = releases.map(({ commit }) => commit);
      for (const [keep, stay] of [
        ["1", [commits[3]]],
        ["3", [commits[0], commits[1], commits[3]]],
        ["50", commits],
      ] as const) {
        const images = releases.map(({ codeDigest }) => aged(codeDigest, 100));
        const world = verified({ test: releases, prod: releases.slice(3) }, commits, [
          ...images,
          aged(DIGEST, 1),
        ]);
        const result = await promote(world, { KEEP_RELEASES: keep });
        assert.equal(result.code, 0, result.output);
        assert.deepEqual(commitsIn(world), [COMMIT_ID, ...commits].slice(0, Number(keep)));
        assert.deepEqual(commitsIn(world, "prod"), [commits[3]]);
        assert.deepEqual(Object.keys(bundles(world)), [...stay, COMMIT_ID].sort());
        assert.deepEqual(
          world.images.map(({ digest }) => digest),
          [
            ...releases.filter(({ commit }) => stay.includes(commit)).map(({ codeDigest }) => codeDigest),
            DIGEST,
          ],
        );
      }
      for (const keep of ["0", "51", "05", "5 + 1", ""]) {
        const refused = await promote(verified(), { KEEP_RELEASES: keep });
        assert.match(refused.output, /error: variable KEEP_RELEASES must match/);
      }
    },
  );

  whole(
    "keeps what an environment runs that has left the settings, and folders that are not a commit's",
    async () => {
      const records = { test: [recorded(A)], prod: [recorded(A)], stage: [recorded(B)] };
      for (const kind of KINDS) {
        const world = verified(records, [B, "notes", `${C}0`]);
        assert.equal((await kind(world)).code, 0);
        assert.deepEqual(bundles(world), { [B]: 5, [COMMIT_ID]: 5, notes: 5, [`${C}0`]: 5 });
      }
    },
  );

  whole("removes nothing until each environment has a record: nobody knows what the others run", async () => {
    for (const kind of KINDS) {
      const world = verified({ test: [recorded(A)] }, [B], [aged(OLD_DIGEST, 400)]);
      const result = await kind(world, { ENVIRONMENTS: "test stage prod" });
      assert.equal(result.code, 0, result.output);
      assert.match(
        result.output,
        /nothing is removed until each environment has a record; none yet: stage prod\n/,
      );
      assert.deepEqual(bundles(world), { [B]: 5, [COMMIT_ID]: 5 });
      assert.equal(world.images.length, 1);
      assert.deepEqual(commitsIn(world), [COMMIT_ID, A]);
    }
  });

  whole(
    "refuses a record that is not what Promote writes, by one line: its own first of all, another's before anything is removed",
    async () => {
      const of = (change: object) =>
        JSON.stringify({ releases: [recorded(A), recorded(A, OLD_DIGEST, change)] });
      const bad = [
      "", "{", "null", "[]", "{}", '{"releases": []}', '{"releases": {}}', '{"releases": [7]}', '{"releases": [[]]}',
      JSON.stringify({ releases: [recorded(A)], more: 1 }), `${of({})}${of({})}`,
      JSON.stringify({ releases: Array.from({ length: 51 }, () => recorded(A)) }),
      of({ commit: "HEAD" }), of({ commit: `${A}\n` }), of({ commit: 7 }), of({ codeDigest: "latest" }), of({ codeDigest: `${OLD_DIGEST}\n${DIGEST}` }),
      of({ releaseSha256: "x" }), of({ run: "../other" }), of({ promotedAt: "$(touch pwned)" }), of({ promotedAt: null }), of({ more: "x" }),
    ]; // prettier-ignore
      const cases = bad.map((text, i) => ({ text, i, name: i % 4 < 2 ? "test" : "prod" }));
      await pool(cases, async ({ text, i, name }) => {
        const kind = i % 2 ? files : promote;
        const world = verified({ test: [recorded(A)], prod: [recorded(A)] }, [A, B], [aged(OLD_DIGEST, 400)]);
        const key = `${KEPT}environments/${name}.json`;
        world.objects.set(key, Buffer.from(text));
        const result = await kind(world);
        assert.equal(result.code, 1, text);
        assert.deepEqual(
          result.output.split("\n").filter((line) => line.startsWith("error: ")),
          [
            `error: s3://${key} is not what Promote writes, so it doesn't say what ${name} runs: nothing is removed. ` +
              `Delete it, then retry this stage; the next promotion to ${name} writes it anew`,
          ],
        );
        assert.equal(world.objects.get(key)?.toString(), text);
        assert.deepEqual(bundles(world), { [A]: 5, [B]: 5, ...(name === "prod" && { [COMMIT_ID]: 5 }) });
        assert.equal(world.images.length, 1);
        if (i > 3) return;
        // As it says.
        world.objects.delete(key);
        assert.equal((await kind(world)).code, 0);
        assert.equal(commitsIn(world)[0], COMMIT_ID);
      });
      const odd = verified({ test: [recorded(A)], prod: [recorded(A)] }, [B]);
      odd.objects.set(`${KEPT}environments/x y.json`, Buffer.from("x"));
      const result = await promote(odd);
      assert.match(
        result.output,
        /error: s3:.*environments\/x.* is not the record of an environment: nothing is removed/,
      );
      assert.deepEqual(bundles(odd), { [B]: 5, [COMMIT_ID]: 5 });
    },
  );

  whole("removes images by their age and by no count, in batches, and tells which ECR keeps", async () => {
    const digest = (n: number) => `sha256:${n.toString(16).padStart(64, "0")}`;
    const old = Array.from({ length: 250 }, (_, n) => aged(digest(n), 45));
    const young = Array.from({ length: 30 }, (_, n) => aged(digest(1000 + n), 43));
    const stays = aged(digest(2000), 400, { stays: "ImageReferencedByManifestList" });
    const odd = { ...aged(digest(2001), 400), pushedAt: "None" };
    const world = verified({ test: [recorded(A)], prod: [recorded(A)] }, [], [
      ...old, ...young, stays, odd, aged(OLD_DIGEST, 400), aged(DIGEST, 400),
    ]); // prettier-ignore
    const result = await promote(world);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(world.images.map((each) => each.digest), [
      ...young.map((each) => each.digest), stays.digest, odd.digest, OLD_DIGEST, DIGEST,
    ]); // prettier-ignore
    const deletions = world.commands.filter((each) => each[2] === "batch-delete-image");
    assert.deepEqual(
      deletions.map((each) => each.filter((word) => word.startsWith("imageDigest=")).length),
      [100, 100, 51],
    );
    assert.match(result.output, /removes 251 images that no record names, older than 44 days\n/);
    assert.match(result.output, new RegExp(`${stays.digest}\tImageReferencedByManifestList\n`));
  });

  whole("stops when Deploy left no release or one with odd names, before anything is written", async () => {
    for (const kind of KINDS) {
      const gone = verified({ test: [recorded(A)], prod: [recorded(A)] });
      gone.objects.delete(`${RELEASES}${EXECUTION_ID}/SHA256SUMS`);
      const odd = ["a b?versionId=1", "../prod/x", "code/../../x", "-x", "code/.x", "$(x)"].map((name) => {
        const world = verified({ test: [recorded(A)], prod: [recorded(A)] });
        world.objects.set(`${RELEASES}${EXECUTION_ID}/${name}`, Buffer.from(""));
        return [world, /error: an object of the release has a bad name: /] as const;
      });
      for (const [world, message] of [
        [
          gone,
          /error: Deploy left no release in s3:\/\/artifacts-bucket\/releases\/catalog\/222222222222\/test\/.*start a new release/,
        ],
        ...odd,
      ] as const) {
        const result = await kind(world);
        assert.equal(result.code, 1);
        assert.match(result.output, message);
        assert.deepEqual(record(world), [recorded(A)]);
      }
    }
  });

  whole("leaves a bundle that another job keeps just now, and takes no other pipeline's record", async () => {
    const world = verified({ test: [recorded(A)], prod: [recorded(A)] }, [A, B, C]);
    // Other jobs copy these again, of which one file is there so far, and their records are to come.
    world.written.set(`${KEPT}${B}/SHA256SUMS`, day(0));
    world.written.set(`${KEPT}${C}/template.yaml`, day(0));
    world.objects.set(`${BUCKET}/kept/catalog-2/environments/test.json`, Buffer.from("{"));
    const result = await files(world);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(bundles(world), { [A]: 5, [B]: 5, [C]: 5, [COMMIT_ID]: 5 });
  });

  it("removes release files that no approval can wait for any more, but never those that the environment runs", async () => {
    const world = verified();
    const put = (key: string, ago: number) => {
      world.objects.set(key, Buffer.from("x"));
      world.written.set(key, day(ago));
    };
    for (const name of FILES) world.written.set(`${RELEASES}${EXECUTION_ID}/${name}`, day(400));
    put(`${RELEASES}old-run/code/a.zip`, 45);
    put(`${RELEASES}waits/code/b.zip`, 43);
    put(`${RELEASES.replace("/test/", "/prod/")}of-prod/code/c.zip`, 400);
    put(`${RELEASES.replace("/catalog/", "/catalog-2/")}of-another/code/d.zip`, 400);
    const result = await files(world);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(
      [...world.objects.keys()].filter((key) => key.includes("/releases/")).sort(),
      [
        ...[...FILES, "deployed.json"].map((name) => `${RELEASES}${EXECUTION_ID}/${name}`),
        `${RELEASES}waits/code/b.zip`,
        `${BUCKET}/releases/catalog/222222222222/prod/of-prod/code/c.zip`,
        `${BUCKET}/releases/catalog-2/222222222222/test/of-another/code/d.zip`,
      ].sort(),
    );
    // Where what runs is an image, the bucket's lifecycle does it.
    put(`${RELEASES}old-run/template.yaml`, 45);
    assert.equal((await promote(world)).code, 0);
    assert.ok(world.objects.has(`${RELEASES}old-run/template.yaml`));
  });

  whole(
    "keeps a bundle that Build takes back, also after the commit was released with other files",
    async () => {
      const deploy = async (changed: Record<string, string>): Promise<string | undefined> => {
        const folder = sourceFolder(changed);
        const built = await build(world, {}, folder, lambdaZip);
        assert.equal(built.code, 0, built.output);
        for (const key of world.objects.keys()) if (key.startsWith(RELEASES)) world.objects.delete(key);
        const release = join(folder, "delivery-release");
        for (const file of filesIn(release))
          world.objects.set(`${RELEASES}${EXECUTION_ID}/${relative(release, file)}`, readFileSync(file));
        return built.exported["CODE_DIGEST"];
      };
      const world = worldOf(lambdaZip);
      const first = await deploy({});
      assert.equal((await files(world)).code, 0);
      world.npm.does = (args, cwd) => {
        if (args[1] === "bundle") writeFileSync(join(cwd, "dist/other.js"), "other");
      };
      world.objects.set(`${KEPT}${COMMIT_ID}/template.yaml`, Buffer.from("broken"));
      const other = await deploy({});
      assert.notEqual(other, first);
      assert.equal((await files(world)).code, 0);
      delete world.npm.does;
      const taken = await deploy({ "app/template.yaml": "Resources: {Other: {}}\n" });
      assert.equal(taken, other);
      assert.deepEqual(world.npm.ran.slice(-2), ["ci", "test"]);
      assert.equal(bundles(world)[COMMIT_ID], 7);
    },
  );
});
