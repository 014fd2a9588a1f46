import assert from "node:assert/strict";
import { ecsService } from "../../../components/workloads/ecsService";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build, sourceFolder } from "./inputs";
import { BUILD_ID, worldOf } from "./kinds";
import { COMMIT_ID, DIGEST, OLD_DIGEST, SECRET, emptyWorld, image, type World } from "./world";
import { whole } from "../../whole/sample";

const worldWith = (changes: Partial<World>): World => ({ ...emptyWorld(), ...changes });

describe("job build: the image", () => {
  it("builds one platform with a plain manifest, under a tag of its own and without others' layers, and leaves no credential", async () => {
    const world = emptyWorld();
    const result = await build(world);
    assert.equal(result.code, 0, result.output);
    const registry = "111111111111.dkr.ecr.eu-west-1.amazonaws.com";
    const [login, create, made, logout] = world.docker.ran;
    assert.equal(login, `login --username AWS --password-stdin ${registry}`);
    assert.equal(
      create,
      "buildx create --name delivery --driver docker-container --driver-opt image=public.ecr.aws/vend/moby/buildkit:v0.20.0",
    );
    assert.equal(
      made?.replace(/--metadata-file \S+/, "--metadata-file FILE"),
      "buildx build --builder delivery --platform linux/amd64 --provenance=false --sbom=false " +
        `--label delivery.build=${BUILD_ID} ` +
        `--output type=image,name=${registry}/catalog:${COMMIT_ID}-${BUILD_ID},push=true,oci-mediatypes=false,rewrite-timestamp=true ` +
        "--metadata-file FILE --file ./Dockerfile .",
    );
    assert.equal(logout, `logout ${registry}`);
    assert.ok(!result.output.includes(SECRET));
    assert.ok(!world.commands.flat().some((argument) => argument.includes(SECRET)));
  });

  whole("takes the Dockerfile and the parameters beside a template in a folder of its own", async () => {
    const world = worldOf(ecsService);
    world.template.parameters.push({ ParameterKey: "Size" });
    const folder = sourceFolder({
      "app/ecs-service/template.yaml": "Resources: {Service: {}}\n",
      "app/ecs-service/Dockerfile": "FROM scratch\n",
      "app/ecs-service/parameters/test.json": '[{"ParameterKey": "Size", "ParameterValue": "1"}]',
    });
    const variables = { TEMPLATE: "ecs-service/template.yaml" };
    const refused = await build(world, variables, folder, ecsService);
    assert.equal(refused.code, 1);
    assert.equal(
      refused.output.split("error: ")[1],
      "template and parameters can't be deployed:\n" +
        "app/ecs-service/parameters/prod.json: parameter Size has no default in ecs-service/template.yaml: set it\n",
    );
    world.template.parameters.pop();
    world.template.parameters.push({ ParameterKey: "Size", DefaultValue: "2" });
    const result = await build(world, variables, folder, ecsService);
    assert.equal(result.code, 0, result.output);
    const made = world.docker.ran.find((each) => each.startsWith("buildx build")) ?? "";
    assert.ok(made.endsWith(" --file ecs-service/Dockerfile ."), made);
    const release = join(folder, "delivery-release");
    assert.equal(readFileSync(join(release, "template.yaml"), "utf8"), "Resources: {Service: {}}\n");
    assert.equal(readFileSync(join(release, "parameters/prod.json"), "utf8"), "[]\n");
    assert.match(readFileSync(join(release, "parameters/test.json"), "utf8"), /Size/);
    const gone = await build(worldOf(ecsService), { TEMPLATE: "ecs/template.yaml" }, folder, ecsService);
    assert.equal(gone.code, 1);
    assert.match(gone.output, /error: app\/ecs\/template.yaml is missing: it is what the pipeline deploys\n/);
  });

  whole("takes and leaves layers only where settings give it a cache", async () => {
    const world = emptyWorld();
    const CACHE_URI = "111111111111.dkr.ecr.eu-west-1.amazonaws.com/catalog-cache";
    assert.equal((await build(world, { CACHE_URI })).code, 0);
    assert.ok(
      world.docker.ran[2]?.includes(
        ` --cache-from type=registry,ref=${CACHE_URI}:cache ` +
          `--cache-to type=registry,ref=${CACHE_URI}:cache,mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true `,
      ),
    );
  });

  it("uses no image for the tag that it has, be it the commit's own", async () => {
    const left = [image(OLD_DIGEST, COMMIT_ID, `${COMMIT_ID}-6b1d0000-0000-4000-8000-00000000b111`)];
    const world = worldWith({ images: [...left] });
    const result = await build(world);
    assert.equal(result.code, 0, result.output);
    assert.equal(result.exported["CODE_DIGEST"], DIGEST);
    assert.deepEqual(world.images, [...left, image(DIGEST, `${COMMIT_ID}-${BUILD_ID}`)]);
    assert.ok(!result.calls.includes("aws - ecr batch-get-image"));
  });

  whole("fails when the image can't be pushed, also since somebody has taken its tag", async () => {
    const failing = emptyWorld();
    failing.docker.fails = true;
    const taken = worldWith({ images: [image(OLD_DIGEST, `${COMMIT_ID}-${BUILD_ID}`)] });
    for (const world of [failing, taken]) {
      const failed = await build(world);
      assert.equal(failed.code, 1);
      assert.match(
        failed.output,
        /error: 'docker buildx build' ended with exit code 1: the image was not built or not pushed, see the lines above/,
      );
      assert.deepEqual(failed.exported, {});
      assert.ok(world.docker.ran.some((command) => command.startsWith("logout")));
    }
  });

  it("refuses a digest that is none", async () => {
    const world = emptyWorld();
    world.docker.digest = "latest";
    const result = await build(world);
    assert.equal(result.code, 1);
    assert.match(result.output, /error: variable CODE_DIGEST must match sha256/);
  });
});
