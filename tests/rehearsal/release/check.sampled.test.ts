import assert from "node:assert/strict";
import { emptyFolder } from "../../folders";
import { act3, type Act3Options, conclusion } from "../../../rehearsal/release/check";
import type { Act3 } from "../../../rehearsal/release/report";
import { CONFIG, folderOf, handler, recordOf, service } from "./service";
import { whole } from "../../whole/sample";

const SETTINGS = folderOf(CONFIG);

/** A release with these options, and what it wrote. */
async function run(options: Partial<Act3Options>) {
  const lines: string[] = [];
  const { log } = console;
  console.log = (line: string) => void lines.push(line);
  try {
    const work = emptyFolder();
    const given = {
      places: [],
      app: undefined,
      pipeline: undefined,
      from: undefined,
      yes: false,
      reject: false,
      serve: false,
      permitted: Promise.resolve(true),
      work,
    };
    return {
      lines,
      act: await act3(SETTINGS, await recordOf(CONFIG), { ...given, shown: () => "lamps", ...options }),
    };
  } finally {
    console.log = log;
  }
}

describe("the check of a release", () => {
  whole("says who answers, what was released, and where it is live", async () => {
    const { lines, act } = await run({ app: service(), yes: true });
    assert.equal(lines[0], "Release: pipeline lamps releases lamps to stage, live");
    assert.ok(lines.includes("    approval: yes (--yes)"));
    assert.equal(lines.at(-1), "  released: live in stage, live");
    assert.equal(typeof act, "object");
  });

  it("says and releases nothing before the access check has ended, and nothing where it has stopped", async () => {
    const { lines, act } = await run({ app: service(), yes: true, permitted: Promise.resolve(false) });
    assert.deepEqual([lines, act], [[], "not released, since the access check stopped"]);
  });

  whole("ends at the approval with --reject, and says what is live where and what to do next", async () => {
    const { lines, act } = await run({ app: service(), reject: true });
    const { bundle = "" } = act as Act3;
    const end = lines.indexOf("    approval: no (--reject)");
    assert.deepEqual(lines.slice(end + 1), [
      "  stopped at live: approval: the approval for live was rejected: nothing was\n    changed there",
      "    next: correct what it was rejected for, then start a new release",
      `    stage: live; bundle ${bundle.slice(0, 12)} is live`,
      "    live: rejected; nothing is live",
    ]);
  });

  whole("shows the end of what a script wrote, indented", async () => {
    const { lines } = await run({ app: service({ "index.js": handler("broken") }), yes: true });
    assert.ok(lines.includes("      expected a lamp, got broken"));
  });

  it("tells an environment that runs the release before from one that runs this one", () => {
    const environment = (name: string, state: "failed" | "untouched", marks: Record<string, string>) => ({
      ...{ environment: name, stack: name, state, marks },
    });
    const lines = conclusion({
      ...{
        pipeline: "lamps",
        service: "/",
        revision: undefined,
        release: "1",
        bundle: "b".repeat(64),
        notShown: [],
      },
      from: { revision: "1234567", bundle: "a".repeat(64) },
      environments: [
        { ...environment("stage", "failed", { "live-stage": "a".repeat(64) }), bundle: "b".repeat(64) },
        environment("live", "untouched", { "live-live": "a".repeat(64) }),
      ],
      stopped: { at: "stage: verify", message: "it failed", next: "correct it", details: ["why"] },
    });
    assert.deepEqual(lines, [
      ...["  stopped at stage: verify: it failed", "      why", "    next: correct it"],
      "    stage: failed; bundle bbbbbbbbbbbb is live",
      "    live: untouched; the release before aaaaaaaaaaaa is live",
    ]);
  });

  it("says where it looked when no service is here", async () => {
    const place = emptyFolder();
    const { act, lines } = await run({ places: [place] });
    assert.deepEqual(
      [act, lines],
      [`no service is here: ${place}/service; npm start -- --app DIR names one`, []],
    );
  });
});
