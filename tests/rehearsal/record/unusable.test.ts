/** Files of people's that are not what is expected in their place: each reader says so, and names the file. */
import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Answers } from "../../../commands/init/answers";
import { newFiles } from "../../../commands/init/writing";
import { Refusal } from "../../../commands/refusal";
import { readAny } from "../../../commands/permissions/reading";
import { run as access } from "../../../rehearsal/access/command";
import { readAcknowledged } from "../../../rehearsal/growth/acknowledged";
import { readResources } from "../../../rehearsal/growth/before";
import { readStackFiles } from "../../../rehearsal/record/stackFiles";
import { isTooDeep, MOST_LEVELS, UnusableFile } from "../../../rehearsal/record/yamlFile";
import { readParameterFile } from "../../../rehearsal/release/cloudformation/parameters";
import { readTemplate } from "../../../rehearsal/release/cloudformation/template";
import { readDelivery } from "../../../rehearsal/release/pipeline/deliveryFile";
import { requireNode } from "../../../rehearsal/release/pipeline/engines";
import { install } from "../../../rehearsal/release/pipeline/packages";
import { Stopped } from "../../../rehearsal/release/stopped";
import { emptyFolder, folderWith } from "../../folders";

const DEEP = 6_000;
/** Written where a file is expected. */
const FAULTS: Readonly<Record<string, (path: string) => void>> = {
  "a folder": (path) => mkdirSync(path),
  "a list within lists": (path) => writeFileSync(path, "- ".repeat(DEEP)),
  "brackets within brackets": (path) => writeFileSync(path, `${"[".repeat(DEEP)}${"]".repeat(DEEP)}`),
  "maps within maps": (path) => writeFileSync(path, `${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}`),
  "bytes that are no text": (path) => writeFileSync(path, Buffer.from([0x61, 0xff, 0x62])),
};

const JSON_FAULTS = ["brackets within brackets", "maps within maps"];

const SITE = { environments: ["test"], runners: {}, packaging: "zip" } as const;
const INSTALLS = { cache: "/nowhere", log: "/nowhere", signal: new AbortController().signal };
const ANSWERS: Answers = {
  ...{ region: "eu-west-1", tooling: "111111111111", pipeline: "shop", source: { github: "acme/shop" } },
  ...{ environments: [{ name: "test", account: "222222222222" }], profiles: {} },
};

/** By file: who reads it, given the folder that it is in. */
const READERS: readonly (readonly [file: string, read: (folder: string) => unknown])[] = [
  ["Pulumi.test.yaml", (folder) => readStackFiles(folder, "/nowhere")],
  ["Pulumi.yaml", (folder) => readStackFiles(folder, "/nowhere")],
  ["Pulumi.test.yaml", (folder) => newFiles(folder, ANSWERS)],
  ["access-growth.yaml", (folder) => readAcknowledged(join(folder, "access-growth.yaml"))],
  ["before.json", (folder) => readResources(join(folder, "before.json"), "before.json")],
  ["delivery.yaml", (folder) => readDelivery(folder, "app", SITE)],
  ["package.json", (folder) => requireNode(folder, "app", false)],
  ["parameters/test.json", (folder) => readParameterFile(join(folder, "parameters"), "test")],
  ["package-lock.json", (folder) => install(folder, emptyFolder(), INSTALLS)],
  ["template.yaml", (folder) => readAny(join(folder, "template.yaml"), "template.yaml")],
];

const project = () =>
  folderWith({ "Pulumi.yaml": "name: acme\nruntime: nodejs\n", "Pulumi.tooling.yaml": "" });
/** What somebody is told; whatever else is thrown is a defect. */
async function told(read: () => unknown): Promise<string | undefined> {
  try {
    await read();
    return undefined;
  } catch (error) {
    if (error instanceof UnusableFile || error instanceof Stopped || error instanceof Refusal)
      return error.message;
    throw error;
  }
}

describe("a file of people's", () => {
  for (const [name, fault] of Object.entries(FAULTS))
    it(`is named where it is ${name}`, async () => {
      for (const [file, read] of READERS) {
        const folder = project();
        const path = join(folder, file);
        mkdirSync(dirname(path), { recursive: true });
        rmSync(path, { force: true });
        fault(path);
        const message = await told(() => read(folder));
        if (file === "package.json" && JSON_FAULTS.includes(name)) continue; // any depth is read, and nothing of it
        assert.ok(message !== undefined && message.includes(file), `${file}: ${message}`);
        assert.ok(!message.includes("\n"));
      }
    });

  it("is named where it is a policy that npm run access is given", async () => {
    const given = `arn:aws:iam::111111111111:policy/Own=${emptyFolder()}`;
    const { code, stderr } = await access(["can", "a", "s3:GetObject", "*", "--policy", given]);
    assert.equal(code, 2);
    assert.match(stderr, /^--policy .* can't be read \(EISDIR/);
  });

  it("may have 200 levels, however they are written, and text that looks like more", () => {
    const levels: readonly ((count: number) => string)[] = [
      (count) => `${"[".repeat(count)}${"]".repeat(count)}`,
      (count) => `${'{"a":'.repeat(count)}1${"}".repeat(count)}`,
      (count) => `${"- ".repeat(count)}x`,
      (count) => `${"? ".repeat(count)}x`,
      (count) => Array.from({ length: count }, (_, level) => `${" ".repeat(level)}a:`).join("\n"),
      // A list at the column of its key.
      (count) =>
        Array.from({ length: count / 2 }, (_, at) => `${"  ".repeat(at)}a:\n${"  ".repeat(at)}-`)
          .join("\n")
          .concat(" x"),
    ];
    for (const written of levels) {
      assert.equal(isTooDeep(written(MOST_LEVELS)), false, written(4));
      assert.equal(isTooDeep(written(MOST_LEVELS + 2)), true, written(4));
    }
    assert.equal(isTooDeep(`a: |\n${" ".repeat(900)}x\nb: "${"[".repeat(900)}"`), false);
  });

  it("may not refer to itself where it is a template", async () => {
    assert.equal(
      await told(() => readTemplate("Resources:\n  A: { Type: AWS::SQS::Queue, Properties: &a { X: *a } }")),
      "template.yaml: is nested too deeply, or refers to itself: write it with fewer levels",
    );
  });
});
