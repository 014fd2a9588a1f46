import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "../../folders";
import { resourcesOf, written } from "../../../rehearsal/resources/document";
import { run } from "../../../rehearsal/resources/command";
import { ROOT, unbroken } from "../sample";

const HINT = "; npm run resources -- --help shows the options";
const refusal = (message: string) => ({ code: 2, stdout: "", stderr: `${message}${HINT}` });

describe("npm run resources", () => {
  it("lists stack, type, name and parent of each resource in a line of its own, with no word cut", async () => {
    const { code, stdout, stderr } = await run([]);
    const [head = "", ...lines] = stdout.split("\n");
    const columns = ["stack", "type", "name", "parent"].map((each) => head.indexOf(each));
    const cells = (line: string) => columns.map((from, n) => line.slice(from, columns[n + 1]).trim());
    assert.deepEqual([code, stderr, cells(head)], [0, "", ["stack", "type", "name", "parent"]]);
    const { runs } = await unbroken();
    for (const { stack, resources } of runs)
      assert.equal(lines.filter((line) => cells(line)[0] === stack).length, resources.length, stack);
    for (const row of [
      ["tooling", "aws:kms:Key", "artifacts", "ArtifactStore artifacts"],
      ["tooling", "aws:s3:BucketServerSideEncryptionConfiguration", "artifacts", "ArtifactStore artifacts"],
      ["tooling", "pulumi:pulumi:Stack", "delivery-tooling", ""],
    ])
      assert.equal(lines.filter((line) => cells(line).join() === row.join()).length, 1, stdout);
  });

  it("writes the data, the same each time", async () => {
    const file = join(folderWith({}), "one.json");
    const { runs } = await unbroken();
    const count = runs.reduce((sum, { resources }) => sum + resources.length, 0);
    const { code, stdout, stderr } = await run(["--json", file]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.ok(stdout.startsWith(`${count} resources of 3 stacks: `), stdout);
    assert.equal(readFileSync(file, "utf8"), written(resourcesOf("delivery", runs)));
  });

  it("takes other settings, and says in one line what is wrong with them", async () => {
    const tooling = readFileSync(join(ROOT, "Pulumi.tooling.yaml"), "utf8");
    const path = folderWith({ "Pulumi.tooling.yaml": tooling });
    const [missing] = [
      "environment test has no stack file; add Pulumi.test.yaml, or remove it from environments",
    ];
    assert.deepEqual(await run(["--config", path]), {
      code: 2,
      stdout: "",
      stderr: `the stacks do not come up: tooling: ${missing}`,
    });
    writeFileSync(join(path, "Pulumi.tooling.yaml"), "config: [");
    const broken = await run(["--config", path]);
    assert.deepEqual([broken.code, broken.stdout, broken.stderr.split("\n").length], [2, "", 1]);
    assert.match(broken.stderr, /^Pulumi\.tooling\.yaml:1: /);
  });

  it("refuses options, folders and files that it cannot use, in one line", async () => {
    const path = folderWith({});
    assert.deepEqual(
      await run(["--confg", "x"]),
      refusal("there is no option --confg; the nearest is --config"),
    );
    assert.deepEqual(await run(["x"]), refusal("Unexpected argument 'x'"));
    const none = join(path, "none");
    assert.deepEqual(await run(["--config", none]), {
      ...refusal(""),
      stderr: `${none} is not a folder; give one that holds Pulumi.<stack>.yaml files`,
    });
    assert.deepEqual(await run(["--config", path]), {
      ...refusal(""),
      stderr: `${path} has no Pulumi.<stack>.yaml file; npm run init writes those of this project`,
    });
    assert.deepEqual(
      await run(["--json", join(none, "x.json")]),
      refusal(`--json ${join(none, "x.json")}: the folder ${none} does not exist; create it first`),
    );
    assert.deepEqual(await run(["--json", path]), refusal(`--json ${path} is a folder; name a file`));
  });

  it("shows its options", async () => {
    const { code, stdout } = await run(["--help"]);
    assert.deepEqual([code, stdout.split(":")[0]], [0, "npm run resources -- [options]"]);
    assert.ok(stdout.split("\n").every(({ length }) => length <= 80));
  });
});
