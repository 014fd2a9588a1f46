import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { emptyFolder, write } from "../../../folders";
import { NODEJS } from "../../../../components/jobs/buildspec";
import { quoted, requireNode } from "../../../../rehearsal/release/pipeline/engines";
import { Stopped } from "../../../../rehearsal/release/stopped";
import { build, pool, sourceFolder } from "../../../components/jobs/inputs";
import { emptyWorld } from "../../../components/jobs/world";
import { sampled, whole } from "../../../whole/sample";

/** What the rehearsal says of a package.json; empty where it goes on. */
function said(packageJson: string, ownImage = false): { line: string; unknown: string[] } {
  const folder = emptyFolder();
  write(folder, { "package.json": packageJson });
  try {
    return { line: "", unknown: requireNode(folder, "app", ownImage).map(({ what }) => what) };
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    return { line: `${error.message}: ${error.next}`, unknown: [] };
  }
}
const asking = (node: unknown): string => JSON.stringify({ engines: { node } });

/** Whatever Node.js runs the tests, and whatever the jobs have, these are answered alike. */
const TAKEN: readonly string[] = [
  "{}",
  '{"engines": null}',
  '{"engines": "22"}',
  '{"engines": [">=99"]}',
  '{"engines": {"npm": ">=99"}}',
  ...[
    "",
    " ",
    "*",
    "x",
    ">=18",
    ">=18 <99",
    "^18 || ^20 || ^22 || ^24 || >=25",
    "> 1.2.3",
    "~x",
    null,
    false,
  ].map(asking),
];
const REFUSED: readonly string[] = [
  ...[
    ">=99",
    "<16",
    "^17.1.0",
    "99.x",
    "99",
    "1 - 2",
    "~17.0",
    "=17.1.2",
    "17 || 99",
    "lts/*",
    "no range",
  ].map(asking),
  ...[
    99,
    true,
    {},
    { a: ">=22" },
    [">=22"],
    "$(touch pwned)",
    "it's",
    "a,b",
    "#x",
    "=~x",
    "x\ny",
    "\u0001\t\\'",
  ].map(asking),
  asking(">=99".repeat(60)),
];

/** A job whose Node.js came without npm has nothing that reads ranges, and goes on: npm itself warns then. */
const NPM = existsSync(join(dirname(process.execPath), "../lib/node_modules/npm"));

describe("the Node.js that a service asks for", () => {
  whole("is judged, and told in one line, as Build does", async () => {
    const tried = sampled([...TAKEN, ...REFUSED], (_, index) => index % 8 === 1);
    await pool(tried, async (packageJson) => {
      const { code, output } = await build(
        emptyWorld(),
        {},
        sourceFolder({ "app/package.json": packageJson }),
      );
      const refused = NPM && REFUSED.includes(packageJson);
      assert.equal(code === 0, !refused, `${packageJson}: ${output}`);
      if (!NPM) return;
      const job = output.replace(/run v\d+\.\d+\.\d+: /, `run v${NODEJS}: `);
      assert.equal(`error: ${said(packageJson).line}\n`, refused ? job : "error: \n", packageJson);
    });
  });

  it("is compared with the jobs' version, not with this machine's; where that does not tell, it says so", () => {
    const rows: readonly (readonly [range: string, told: "goes on" | "ends" | "unknown"])[] = [
      ["22", "goes on"],
      ["22.x", "goes on"],
      [">=20", "goes on"],
      [">=20 <=22", "goes on"],
      ["^20 || ^22", "goes on"],
      ["20 - 24", "goes on"],
      [">=20 <22", "ends"],
      ["20.x", "ends"],
      [">=23", "ends"],
      ["^20.19 || >=24", "ends"],
      [">=22.9", "unknown"],
      ["22.1.0", "unknown"],
    ];
    assert.equal(NODEJS, 22);
    for (const [range, told] of rows) {
      const { line, unknown } = said(asking(range));
      const found = line === "" ? (unknown.length === 0 ? "goes on" : "unknown") : "ends";
      assert.equal(found, told, range);
    }
    assert.deepEqual(said(asking(">=22.9")).unknown, [
      "whether the jobs' Node.js is one that 'engines' asks for (\\>=22.9): CodeBuild says which 22.x its image has",
    ]);
  });

  it("is not judged for an image of one's own", () => {
    assert.deepEqual(said(asking(">=99"), true), {
      line: "",
      unknown: [
        "whether the jobs' Node.js is one that 'engines' asks for (\\>=99): an image of one's own brings its own",
      ],
    });
    assert.deepEqual(said("{}", true), { line: "", unknown: [] });
  });

  it("ends where package.json is not JSON", () => {
    assert.equal(said("{").line, "app/package.json is not JSON: correct it");
  });

  it("is quoted as bash does", () => {
    const texts = fc.sample(
      fc.string({
        unit: fc.constantFrom(..." !\"#$%&'()*,-./:;<=>?@[\\]^_`{|}~aZ09\n\t\u0001\u007f"),
        minLength: 1,
      }),
      {
        numRuns: 500,
        seed: 22,
      },
    );
    const shown = execFileSync("bash", ["-c", "printf '%q\\0' \"$@\"", "-", ...texts])
      .toString()
      .split("\0");
    assert.deepEqual(texts.map(quoted), shown.slice(0, -1));
  });
});
