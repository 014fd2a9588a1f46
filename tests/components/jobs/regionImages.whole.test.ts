/** Images of environments in other Regions: Build copies each there as it is, Promote removes there what is old. */
import assert from "node:assert/strict";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import { folderWith } from "../../folders";
import { build, promote, release, sourceFolder } from "./inputs";
import { BUILD_ID, keep, RELEASED_FUNCTION, worldOf } from "./kinds";
import { liveStack } from "./stack";
import { filesIn } from "./storage";
import {
  BUCKET,
  COMMIT_ID,
  DIGEST,
  emptyWorld,
  EXECUTION_ID,
  image,
  OLD_DIGEST,
  SECRET,
  type World,
} from "./world";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";

const registry = (region: string): string => `111111111111.dkr.ecr.${region}.amazonaws.com`;
const US = `${registry("us-east-1")}/catalog.us-east-1`;
const ASIA = `${registry("ap-southeast-1")}/catalog.ap-southeast-1`;
const REPOSITORIES_ELSEWHERE = `${US} ${ASIA}`;
const TAG = `${COMMIT_ID}-${BUILD_ID}`;
const withRegions = (changes: Partial<World> = {}): World => ({
  ...emptyWorld(),
  imagesElsewhere: { [US]: [], [ASIA]: [] },
  ...changes,
});
const digests = (world: World, uri: string): string[] =>
  (world.imagesElsewhere?.[uri] ?? []).map(({ digest }) => digest);
const copies = (world: World): string[] =>
  world.docker.ran.filter((each) => each.startsWith("buildx imagetools"));

describe("images of environments in other Regions", () => {
  it("are copied by Build as they are, by digest, and no login is left", async () => {
    const world = withRegions();
    const result = await build(world, { REPOSITORIES_ELSEWHERE });
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(
      copies(world),
      [US, ASIA].map(
        (uri) =>
          `buildx imagetools create --prefer-index=false --tag ${uri}:${TAG} ${registry("eu-west-1")}/catalog@${DIGEST}`,
      ),
    );
    for (const uri of [US, ASIA]) assert.deepEqual(world.imagesElsewhere?.[uri], [image(DIGEST, TAG)]);
    for (const region of ["eu-west-1", "us-east-1", "ap-southeast-1"]) {
      const ran = world.docker.ran.filter((each) => each.endsWith(` ${registry(region)}`));
      assert.equal(ran.at(-1), `logout ${registry(region)}`);
      assert.ok(world.regions.has(`${region} ecr get-login-password`), region);
    }
    assert.ok(!result.output.includes(SECRET));
    assert.equal(result.exported["CODE_DIGEST"], DIGEST);
  });

  it("of a kept release go to the Region that has none yet, and to no other", async () => {
    const folder = sourceFolder();
    assert.equal((await build(worldOf(lambdaContainer), {}, folder, lambdaContainer)).code, 0);
    const made = join(folder, "delivery-release");
    const files = Object.fromEntries(filesIn(made).map((file) => [relative(made, file), readFileSync(file)]));
    const world: World = {
      ...worldOf(lambdaContainer),
      images: [image(DIGEST, "any")],
      imagesElsewhere: { [US]: [image(DIGEST, "any")], [ASIA]: [] },
    };
    keep(world, folderWith(files));
    const result = await build(world, { REPOSITORIES_ELSEWHERE }, sourceFolder(), lambdaContainer);
    assert.equal(result.code, 0, result.output);
    assert.match(result.output, /hands over the kept release of this commit/);
    assert.deepEqual(
      world.docker.ran.filter((each) => each.startsWith("buildx build")),
      [],
    );
    assert.equal(copies(world).length, 1);
    assert.deepEqual([digests(world, US), digests(world, ASIA)], [[DIGEST], [DIGEST]]);
  });

  it("that would be others there stop Build, and so does one that can't be copied", async () => {
    const wrapped = withRegions();
    wrapped.docker.copies = OLD_DIGEST;
    const failing = withRegions();
    failing.docker.failsToCopy = true;
    for (const [world, why] of [
      [
        wrapped,
        `error: the copy in us-east-1 is not ${DIGEST} (ImageNotFound): environments there would not get what was built; the jobs' image needs a buildx that knows --prefer-index=false\n`,
      ],
      [
        failing,
        "error: 'docker buildx imagetools create' ended with exit code 1: the image was not copied to us-east-1, see the lines above; retry this stage\n",
      ],
    ] as const) {
      const result = await build(world, { REPOSITORIES_ELSEWHERE });
      assert.equal(result.code, 1);
      assert.ok(result.output.includes(why), result.output);
      assert.deepEqual(result.exported, {});
      assert.equal(world.docker.ran.at(-1), `logout ${registry("us-east-1")}`);
    }
  });

  it("that are old and in no record go in every Region, by how old they are there", async () => {
    const long = new Date(Date.now() - 60 * 86_400_000).toISOString().replace("Z", "+00:00");
    const old = (...all: readonly string[]) => all.map((each) => ({ ...image(each, "any"), pushedAt: long }));
    const other = `sha256:${"0c".repeat(32)}`;
    const world = withRegions({
      images: old(DIGEST, OLD_DIGEST, other),
      imagesElsewhere: { [US]: old(DIGEST, OLD_DIGEST), [ASIA]: [...old(OLD_DIGEST), image(other, "any")] },
    });
    for (const name of ["SHA256SUMS", "release.json"])
      world.objects.set(
        `${BUCKET}/releases/catalog/222222222222/test/${EXECUTION_ID}/${name}`,
        Buffer.from(name),
      );
    const result = await promote(world, { ENVIRONMENTS: "test", REPOSITORIES_ELSEWHERE });
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(
      [world.images.map(({ digest }) => digest), digests(world, US), digests(world, ASIA)],
      [[DIGEST], [DIGEST], [other]],
    );
    const unrecorded = withRegions({ imagesElsewhere: { [US]: old(OLD_DIGEST), [ASIA]: [] } });
    unrecorded.objects = world.objects;
    const waits = await promote(unrecorded, { ENVIRONMENTS: "test prod", REPOSITORIES_ELSEWHERE });
    assert.equal(waits.code, 0, waits.output);
    assert.deepEqual(digests(unrecorded, US), [OLD_DIGEST]);
  });

  const planned = async (AfterContext: string) => {
    const added = { Action: "Add", LogicalResourceId: "Function", ResourceType: "AWS::Lambda::Function" };
    const change = { Type: "Resource", ResourceChange: { ...added, AfterContext } };
    const world = withRegions({
      environmentRegion: "us-east-1",
      stacks: [liveStack()],
      outcome: { status: "CREATE_COMPLETE", reason: null, changes: [change] },
    });
    const place = { ENVIRONMENT_REGION: "us-east-1", ENVIRONMENT_BUCKET: "artifacts-us-east-1-0a1b2c3" };
    return { world, result: await release("plan", world, { ...place, REPOSITORY_URI: US }) };
  };

  it("are what a stack gets, from its own Region's repository alone; the scan is that of tooling's", async () => {
    const home = `${registry("eu-west-1")}/catalog@${DIGEST}`;
    assert.ok(RELEASED_FUNCTION.includes(home));
    const { result, world } = await planned(RELEASED_FUNCTION.replace(home, `${US}@${DIGEST}`));
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(
      [...world.regions].filter((each) => each.includes(" ecr ")),
      ["eu-west-1 ecr describe-image-scan-findings"],
    );
    const refused = await planned(RELEASED_FUNCTION);
    assert.equal(refused.result.code, 1);
    assert.ok(refused.result.output.includes(`Code must be {ImageUri: ${US}@${DIGEST}} and nothing else`));
  });
});
