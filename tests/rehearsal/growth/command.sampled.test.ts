import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "../../folders";
import type { Values } from "../../../packages/iam/src/json";
import { conditionKeys } from "../../../packages/iam/src/policy/conditionKeys";
import { accessModel } from "../../../rehearsal/access/estate/model";
import { recordOf } from "../../../rehearsal/growth/before";
import { run } from "../../../rehearsal/growth/command";
import { policiesOf } from "../../../packages/iam/src/model";
import type { Rehearsed } from "../../../rehearsal/record/record";
import { resourcesOf, written } from "../../../rehearsal/resources/document";
import { unbroken } from "../sample";
import { withPolicy } from "../access/matrix/changes";
import { upOf } from "../../stacks/together.cases";
import { sampled } from "../../whole/sample";

const HINT = "; npm run growth -- --help shows the options";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const json = (record: Rehearsed): string => written(resourcesOf("delivery", record));

/** The sample with one more action of the job that promotes. */
const wider = async (): Promise<Rehearsed> =>
  withPolicy(ROLE_POLICY, "catalog-promote", "RemoveOldImages", (statement: Values) => ({
    ...statement,
    Action: [statement["Action"], "ecr:DeleteRepository"].flat(),
  }));
const SENTENCE =
  "role delivery-catalog-promote may now ecr:DeleteRepository on arn:aws:ecr:eu-west-1:111111111111:repository/catalog-642b3e4";
const CLASS =
  "role delivery-<pipeline>-promote may now ecr:DeleteRepository on arn:aws:ecr:eu-west-1:<account>:repository/<pipeline>-*";

async function grown(more: Readonly<Record<string, string>> = {}, ...options: readonly string[]) {
  const path = folderWith({
    "before.json": json((await unbroken()).runs),
    "after.json": json(await wider()),
    ...more,
  });
  const files = [
    "--before",
    join(path, "before.json"),
    "--after",
    join(path, "after.json"),
    "--config",
    path,
  ];
  return run([...files, ...options]);
}
const acknowledged = (
  growth: string,
  reason = "old repositories are removed by it",
): Record<string, string> => ({
  "access-growth.yaml": `acknowledged:\n  - growth: ${JSON.stringify(growth)}\n    reason: ${reason}\n`,
});

describe("npm run growth", () => {
  it("reads the policies that npm run resources wrote as those that the stacks registered", async () => {
    const keys = await conditionKeys();
    for (const title of sampled(
      ["the sample", "every kind of workload over one store"],
      (_, index) => index === 0,
    )) {
      const record = await upOf(title);
      const read = recordOf(JSON.parse(json(record)) as Parameters<typeof recordOf>[0]);
      const said = (of: Rehearsed) =>
        [...policiesOf(accessModel(of, { keys }))]
          .map(([{ name, statements }, owner]) =>
            JSON.stringify([name, owner, statements.map(({ content }) => content)]),
          )
          .sort();
      const expected = said(record).map((each) => JSON.parse(each) as unknown);
      assert.ok(expected.length > 30, title);
      const sorted = (all: readonly unknown[]) => all.map((each) => canonical(each)).sort();
      assert.deepEqual(
        sorted(said(read).map((each) => JSON.parse(each) as unknown)),
        sorted(expected),
        title,
      );
    }
  });

  it("says in a sentence what grows, and ends with 1", async () => {
    const { code, stdout, stderr } = await grown();
    assert.deepEqual([code, stdout], [1, `Rights that grow:\n  ${SENTENCE}`]);
    assert.match(
      stderr,
      /^1 not acknowledged; write each in .*access-growth\.yaml with a reason, or narrow the statement$/,
    );
  });

  it("takes growth that is acknowledged by its sentence, by its class or by a pattern, and what was agreed elsewhere", async () => {
    for (const growth of [SENTENCE, CLASS, "role delivery-<pipeline>-promote may now ecr:*"])
      assert.deepEqual(await grown(acknowledged(growth)), {
        code: 0,
        stdout: `Rights that grow, acknowledged:\n  ${SENTENCE}; since old repositories are removed by it`,
        stderr: "",
      });
    assert.deepEqual(await grown({}, "--accept"), {
      code: 0,
      stdout: `Rights that grow:\n  ${SENTENCE}`,
      stderr: "",
    });
  });

  it("refuses an entry that matches nothing, and entries that are not as they should be", async () => {
    const stale = await grown(acknowledged(SENTENCE.replace("may now", "may not")));
    assert.deepEqual(
      [stale.code, stale.stderr],
      [
        2,
        `access-growth.yaml: "${SENTENCE.replace("may now", "may not")}" matches no growth; the nearest is "${SENTENCE}"; take the entry out, or write what grows${HINT}`,
      ],
    );
    const how = "; it holds acknowledged: a list of entries with growth and reason";
    const wrong: [string, string][] = [
      [
        "acknowledged:\n  - growth: a\n",
        `acknowledged.0.reason: Invalid input: expected string, received undefined${how}`,
      ],
      ["acknowledged: []\nmore: 1\n", `the top: Unrecognized key: "more"${how}`],
      [
        "acknowledged:\n  - { growth: a, reason: b, until: c }\n",
        `acknowledged.0: Unrecognized key: "until"${how}`,
      ],
    ];
    for (const [content, message] of wrong)
      assert.deepEqual(await grown({ "access-growth.yaml": content }), {
        code: 2,
        stdout: "",
        stderr: `access-growth.yaml: ${message}${HINT}`,
      });
    const broken = await grown({ "access-growth.yaml": "acknowledged: [" });
    assert.match(broken.stderr, /^access-growth\.yaml:1: /);
  });

  it("refuses in one line a file that it cannot compare with", async () => {
    const document = resourcesOf("delivery", (await unbroken()).runs);
    const write = "; write it with npm run resources -- --json FILE where the stacks are as they were";
    const wrong: [string, string][] = [
      ["{", "is not JSON"],
      [
        JSON.stringify({ ...document, version: 2 }),
        "has version 2 of the resources' format, and this program reads 1",
      ],
      [
        JSON.stringify({ ...document, more: 1 }),
        'does not hold resources as npm run resources writes them (Unrecognized key: "more" at the top)',
      ],
    ];
    for (const [content, message] of wrong) {
      const file = join(folderWith({ "before.json": content }), "before.json");
      const stderr = `--before ${file} ${message}${write}${HINT}`;
      assert.deepEqual(await run(["--before", file]), { code: 2, stdout: "", stderr });
    }
    const stderr = `--before nowhere.json is not there${write}${HINT}`;
    assert.deepEqual(await run(["--before", "nowhere.json"]), { code: 2, stdout: "", stderr });
    assert.deepEqual(await run([]), {
      code: 2,
      stdout: "",
      stderr: `--before is missing: the file of the stacks as they were${HINT}`,
    });
  });

  it("writes its lines into a file, too", async () => {
    const file = join(folderWith({}), "growth.txt");
    const { stdout } = await grown({}, "--text", file, "--accept");
    assert.equal(readFileSync(file, "utf8"), `${stdout}\n`);
  });
});

/** The same data has the same text, whatever the order of its keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([one], [other]) => (one < other ? -1 : 1)))
      : each,
  );
}
