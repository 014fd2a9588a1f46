import assert from "node:assert/strict";
import { accessLines, type Act2, act2 } from "../../../rehearsal/access/check";
import type { Rehearsed } from "../../../rehearsal/record/record";
import { first, inputs, ROOT, SAMPLE, unbroken } from "../sample";
import { whole } from "../../whole/sample";

const tried = (record: Rehearsed): Promise<Act2> => act2(SAMPLE, record, { places: [ROOT], app: undefined });

/** The record with one resource's inputs changed. */
function changed(record: Rehearsed, name: string, change: (policy: string) => string): Rehearsed {
  const policy = first(record, "aws:iam/rolePolicy:RolePolicy", (each) => each.name === name);
  const written = policy.inputs["policy"];
  const text = typeof written === "string" ? written : JSON.stringify(written);
  const other = inputs({ policy: change(text) })(policy);
  return record.map((run) => ({
    ...run,
    resources: run.resources.map((each) =>
      each.urn === policy.urn && each.stack === policy.stack ? other : each,
    ),
  }));
}

describe("access/act2", () => {
  it("finds nothing in the sample, and says what it looked at", async () => {
    const act = await tried((await unbroken()).runs);
    assert.deepEqual(act.findings, []);
    assert.ok(act.walk.calls.length > 1000 && act.charter.decided > 10_000 && act.threats.length >= 30);
    const [walk, charter, threats, ended] = accessLines(act);
    assert.match(walk ?? "", /^ {2}simulated calls: \d,\d{3} of releases/);
    assert.match(charter ?? "", /^ {2}access matrix: \d{3} rows against \d,\d{3},\d{3} combinations/);
    assert.match(threats ?? "", /^ {2}threat scenarios: \d+, each with the one statement that blocks it/);
    assert.match(ended ?? "", /^ {2}ok, /);
  });

  whole("finds a grant that is missing by the walk and by the access matrix", async () => {
    const { runs } = await unbroken();
    const { findings, walk } = await tried(
      changed(runs, "catalog-build", (text) => text.replace('"ecr:PutImage",', "")),
    );
    assert.ok(
      walk.findings.some((each) => /delivery-catalog-build needs ecr:PutImage/.test(each)),
      findings.join("\n"),
    );
    const [first = ""] = findings.slice(walk.findings.length);
    assert.match(first, /ecr:PutImage/);
  });

  whole(
    "finds a grant that is too much by the access matrix, and the threat that it lets through",
    async () => {
      const { runs } = await unbroken();
      const { findings, threats } = await tried(
        changed(runs, "catalog-build", (text) => text.replace("/catalog/Release/*", "/*")),
      );
      assert.ok(
        findings.some((each) => /^role delivery-catalog-build .*may s3:/.test(each)),
        findings.join("\n"),
      );
      const through = threats.filter(({ applicable, refused }) => applicable && !refused);
      assert.ok(through.length > 0);
      for (const { id } of through)
        assert.ok(
          findings.some((each) => each.startsWith(`threat scenario ${id} is not blocked`)),
          id,
        );
    },
  );
});
