import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const APP = join(__dirname, "../app");
const load = createRequire(join(APP, "package.json"));

describe("the sample service's tests", () => {
  it("go by its own configuration of mocha, though this project's is in a folder above", () => {
    const config = join(dirname(load.resolve("mocha/package.json")), "lib/cli/config.cjs");
    const { findConfig } = load(config) as { findConfig: (cwd: string) => string };
    assert.equal(findConfig(APP), join(APP, ".mocharc.cjs"));
  });
});
