import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { folderWith } from "../folders";
import { lambdaDirect } from "../fixtures/kinds/lambdaDirect";
import { WORKLOADS } from "../../components/workloads/list";
import type { Act2 } from "../../rehearsal/access/check";
import type { Act3 } from "../../rehearsal/release/report";
import type { Act1 } from "../../rehearsal/bringUp/check";
import { handler, service } from "./release/service";
import { ROOT } from "./sample";

const FIXTURES = join(ROOT, "tests/fixtures/kinds");

interface Data {
  readonly act1: Act1;
  readonly act2: Pick<Act2, "walk" | "charter" | "threats" | "findings"> | string;
  readonly release: Act3 | string;
}

/** What `npm start` runs, with files that are loaded before it. */
async function start(loaded: readonly string[], ...args: string[]) {
  const before = loaded.flatMap((file) => ["-r", file]);
  const child = spawn(
    "bash",
    [
      "-c",
      'exec "$0" "$@" 2>&1',
      process.execPath,
      "-r",
      "ts-node/register",
      ...before,
      "rehearsal/main.ts",
      "--yes",
      ...args,
    ],
    {
      cwd: ROOT,
      env: { ...process.env, INIT_CWD: ROOT, FORCE_COLOR: undefined },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, text };
}

/** A pipeline of the fixture's kind to two environments, and its service. */
function settings(): string {
  const config = (kind: string, account: string, more: object = {}): string =>
    stringify({ config: { "aws:region": "eu-central-1", kind, account, ...more } });
  return folderWith({
    "Pulumi.tooling.yaml": config("tooling", "111111111111", {
      environments: [
        { name: "stage", account: "222222222222" },
        { name: "live", account: "333333333333", approval: true },
      ],
      pipelines: [
        { name: "lamps", workload: lambdaDirect.kind, directory: "service", source: { codecommit: "lamps" } },
      ],
    }),
    "Pulumi.stage.yaml": config("environment", "222222222222"),
    "Pulumi.live.yaml": config("environment", "333333333333"),
  });
}

describe("another kind of workload, in a file of its own and a line in the list", () => {
  const page = () => ["--page", join(folderWith({}), "report.html")];

  it("is brought up and judged by rules, simulated calls, access matrix and threat scenarios, and released, by what is there for all", async () => {
    const json = join(folderWith({}), "out.json");
    const app = service({
      "index.js": handler("direct"),
      "template.yaml": readFileSync(join(FIXTURES, "template.yaml"), "utf8"),
    });
    const { code, text } = await start(
      [join(FIXTURES, "register.ts")],
      ...["--config", settings(), "--app", app, "--json", json, ...page()],
    );
    assert.equal(code, 0, text);
    const { act1, act2, release } = JSON.parse(readFileSync(json, "utf8")) as Data;
    assert.deepEqual([act1.runs.length, act1.findings], [3, []]);
    assert.ok(typeof act2 === "object" && typeof release === "object", text);
    assert.deepEqual(act2.findings, []);
    const walked = act2.walk.calls.filter(({ why }) => why.includes("AWS::Lambda::Function"));
    assert.ok(walked.length > 0 && act2.threats.filter(({ applicable }) => applicable).length > 50);
    assert.ok(act2.charter.rows.length > 50);
    assert.equal(release.stopped, undefined);
    assert.deepEqual(
      release.environments.map(({ state, bundle, tables }) => [state, bundle, tables]),
      [
        ["live", release.bundle, ["lamps--stage-lamps"]],
        ["live", release.bundle, ["lamps--live-lamps"]],
      ],
    );
    const unshown = release.notShown.map(({ what }) => what);
    assert.ok(unshown.some((what) => what.startsWith("the bucket: ")));
    assert.ok(!unshown.some((what) => what.startsWith("CodeDeploy")), "it has none");
  });

  it("is refused without that line, with the kinds that there are", async () => {
    const { code, text } = await start([], "--config", settings(), ...page());
    assert.equal(code, 1);
    assert.match(text, /pipelines\[0\]\.workload: received "lambda-direct"/);
    for (const kind of Object.keys(WORKLOADS)) assert.ok(text.includes(kind), kind);
  });
});
