import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeService } from "../../commands/init/service";
import { pythonVersion } from "../../rehearsal/release/emulator/python";
import type { Act3 } from "../../rehearsal/release/report";
import { emptyFolder } from "../folders";
import { SERVICES } from "../rehearsal/access/worlds";
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

/** A service in a folder of its own, without its own installation of packages, which takes a network. */
function withoutInstallation(folder: string): void {
  const { devDependencies, ...own } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    devDependencies: Record<string, string>;
    scripts: Record<string, string>;
  };
  assert.deepEqual(Object.keys(devDependencies), ["osls"]);
  const scripts = { ...own.scripts, package: `"${OSLS}" package` };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...own, scripts }));
  writeFileSync(
    join(folder, "package-lock.json"),
    JSON.stringify({ name: "own", version: "1.0.0", lockfileVersion: 3, packages: { "": { name: "own" } } }),
  );
}
const stated = ({ environments }: Act3) => environments.map(({ state, verify }) => [state, verify?.tests]);

describe("release of the service that npm run init -- --service serverless writes", () => {
  it("is live in each environment", async () => {
    const folder = emptyFolder();
    writeService("serverless", "node", folder);
    withoutInstallation(folder);
    const { act } = await releaseOf(folder, {}, configWith({ workload: "serverless" }));
    assert.equal(act.stopped, undefined, JSON.stringify(act.stopped));
    assert.deepEqual(stated(act), [["live", 2], ["live", 2]]); // prettier-ignore
  });
});

describe("release of a service in Python with a function URL", () => {
  it("is live in each environment, at the address of its only function, where there is a python3", async () => {
    const folder = emptyFolder();
    cpSync(join(SERVICES, "my-serverless-api"), folder, { recursive: true });
    const [file, events] = [join(folder, "serverless.yml"), "    events:\n      - http: GET /hello\n"];
    const written = readFileSync(file, "utf8");
    assert.ok(written.includes(events));
    writeFileSync(file, written.replace(events, "    url: true\n"));
    withoutInstallation(folder);
    const uses = ["publicFunctionUrl"];
    const { act } = await releaseOf(folder, {}, configWith({ workload: "serverless", uses }));
    assert.equal(act.stopped, undefined, JSON.stringify(act.stopped));
    if (pythonVersion() === undefined) assert.match(act.notCovered ?? "", /python3/);
    else assert.deepEqual([act.notCovered, stated(act)], [undefined, [["live", 1], ["live", 1]]]); // prettier-ignore
  });
});

describe("release of a service in Python with http events", () => {
  it("is live in each environment where there is a python3, and else not covered", async () => {
    const folder = emptyFolder();
    cpSync(join(SERVICES, "my-serverless-api"), folder, { recursive: true });
    withoutInstallation(folder);
    const { act } = await releaseOf(folder, {}, configWith({ workload: "serverless", uses: ["restapi"] }));
    assert.equal(act.stopped, undefined, JSON.stringify(act.stopped));
    if (pythonVersion() === undefined) assert.match(act.notCovered ?? "", /python3/);
    else assert.deepEqual([act.notCovered, stated(act)], [undefined, [["live", 1], ["live", 1]]]); // prettier-ignore
  });
});
