import assert from "node:assert/strict";
import { build, pool, sourceFolder } from "./inputs";
import { emptyWorld } from "./world";
import { sampled, whole } from "../../whole/sample";

/** Jobs of tests run on the Node.js that the tests do. */
const serviceFor = (node: unknown): string =>
  sourceFolder({ "app/package.json": JSON.stringify({ engines: { node } }) });

describe("job build: the Node.js that the service asks for", () => {
  whole("is what the job runs, whatever the range says it with", async () => {
    await pool(
      [">=18", ">=18 <99", "^18 || ^20 || ^22 || ^24 || >=25", "*", "", "> 1.2.3"],
      async (range) => {
        const world = emptyWorld();
        const result = await build(world, {}, serviceFor(range));
        assert.equal(result.code, 0, `${range}: ${result.output}`);
        assert.deepEqual(world.npm.ran.slice(0, 2), ["ci", "test"]);
      },
    );
  });

  it("ends the job with one line where it is another, before anything is installed", async () => {
    const ranges = [
      ">=99",
      "<16",
      "^17.1.0",
      "99.x",
      "lts/*",
      "no range",
      99,
      "1 - 2",
      "$(touch pwned)",
      "x\ny",
    ];
    await pool(
      sampled(ranges, (_, index) => index % 4 === 0),
      async (range) => {
        const world = emptyWorld();
        const result = await build(world, {}, serviceFor(range));
        assert.equal(result.code, 1, String(range));
        assert.match(
          result.output,
          /^error: app\/package\.json asks for Node\.js .+ in 'engines', and Build and Verify run v\d+\.\d+\.\d+: change 'engines', or give/,
        );
        assert.equal(result.output.split("\n").length, 2);
        assert.deepEqual(world.npm.ran, []);
      },
    );
  });
});
