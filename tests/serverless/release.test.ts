import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeService } from "../../commands/init/service";
import { emptyFolder } from "../folders";
import { APP, HTTP_API, showsItsOwn, TESTED } from "../rehearsal/release/altered";
import { configWith, releaseOf } from "../rehearsal/release/service";

const OSLS = join(APP, "serverless/node_modules/.bin/osls");

describe("release of the sample service, altered and packaged by osls", () => {
  it("runs its own scripts, and shows its own table, route, answer and output", async () => {
    await showsItsOwn(configWith({ workload: "serverless" }), HTTP_API, {
      ...TESTED,
      // Without its own installation of packages, which takes a network.
      package: `npm run bundle && cd serverless && "${OSLS}" package`,
    });
  });
});

describe("release of the service that npm run init -- --service serverless writes", () => {
  it("is live in each environment", async () => {
    const folder = emptyFolder();
    writeService("serverless", "node", folder);
    // Without its own installation of packages, which takes a network.
    const { devDependencies, ...own } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      devDependencies: Record<string, string>;
      scripts: Record<string, string>;
    };
    assert.deepEqual(Object.keys(devDependencies), ["osls"]);
    const scripts = { ...own.scripts, package: `"${OSLS}" package` };
    writeFileSync(join(folder, "package.json"), JSON.stringify({ ...own, scripts }));
    writeFileSync(
      join(folder, "package-lock.json"),
      JSON.stringify({
        name: "rates",
        version: "1.0.0",
        lockfileVersion: 3,
        packages: { "": { name: "rates" } },
      }),
    );
    const { act } = await releaseOf(folder, {}, configWith({ workload: "serverless" }));
    assert.equal(act.stopped, undefined, JSON.stringify(act.stopped));
    assert.deepEqual(
      act.environments.map(({ state, verify }) => [state, verify?.tests]),
      [
        ["live", 2],
        ["live", 2],
      ],
    );
  });
});
