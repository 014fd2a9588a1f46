import assert from "node:assert/strict";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lineOf } from "../../commands/settingLine";
import {
  allParts,
  missingEnvironments,
  readDelivery,
  select,
  stackFolder,
  toolingOf,
} from "../../commands/delivery";
import { delivery, projectFolder, STACKS, TOOLING } from "./sample";

const names = (parts: readonly { stack: string }[]): string[] => parts.map(({ stack }) => stack);

describe("the delivery that a folder describes", () => {
  it("has tooling first, then the environments in the order of promotion, whatever the stacks are called", () => {
    assert.deepEqual(names(allParts(delivery())), ["build", "qa", "eu-live"]);
    const turned = { ...TOOLING, environments: [...(TOOLING["environments"] as object[])].reverse() };
    assert.deepEqual(names(allParts(delivery({ ...STACKS, build: turned }))), ["build", "eu-live", "qa"]);
  });

  it("has environments that tooling does not list last", () => {
    const other = { ...STACKS["qa"], environment: "another" };
    assert.deepEqual(names(allParts(delivery({ ...STACKS, "a-first": other }))), [
      "build",
      "qa",
      "eu-live",
      "a-first",
    ]);
  });

  it("knows which stack an environment reads from, and that another project's is not here", () => {
    const other = { ...STACKS["qa"], tooling: "acme-org/elsewhere/build", environment: "another" };
    const whole = delivery({ ...STACKS, other });
    const found = whole.environments.map((part) => [part.stack, toolingOf(whole, part)?.stack]);
    assert.deepEqual(found, [
      ["qa", "build"],
      ["eu-live", "build"],
      ["other", undefined],
    ]);
  });

  it("reads how each stack's secrets are encrypted", () => {
    const { tooling } = readDelivery(projectFolder(STACKS, { secretsprovider: "awskms://alias/x" }));
    assert.deepEqual(
      tooling.map(({ secretsProvider }) => secretsProvider),
      ["awskms://alias/x"],
    );
    assert.deepEqual(
      allParts(delivery()).map((part) => "secretsProvider" in part),
      [false, false, false],
    );
  });

  it("is read from the folder that Pulumi.yaml names for stack files", () => {
    const root = projectFolder(STACKS);
    mkdirSync(join(root, "settings"));
    for (const stack of Object.keys(STACKS)) {
      renameSync(join(root, `Pulumi.${stack}.yaml`), join(root, "settings", `Pulumi.${stack}.yaml`));
    }
    writeFileSync(join(root, "Pulumi.yaml"), "name: acme\nruntime: nodejs\nstackConfigDir: settings\n");
    assert.equal(stackFolder(root), join(root, "settings"));
    assert.deepEqual(names(allParts(readDelivery(root))), ["build", "qa", "eu-live"]);
  });

  it("is refused with every problem of every stack", () => {
    const stacks = { build: { ...TOOLING, account: 4 }, qa: { ...STACKS["qa"], kind: "enviroment" } };
    assert.throws(() => delivery(stacks), {
      message: [
        "the settings have problems:",
        'Pulumi.build.yaml:5: account: received "4"; allowed is an account id of 12 digits: write it in quotes',
        'Pulumi.qa.yaml:3: kind: received "enviroment"; did you mean "environment"? allowed are tooling, environment',
      ].join("\n  "),
    });
  });

  it("tells of a problem with the line of the setting, or of what it is missing in", () => {
    const text = [
      "config:",
      "  acme:account: 1",
      "  account: 2",
      "  environments:",
      "    # first",
      "    - { name: a, account: b }",
      "    - name: c",
      "      account: d",
      "      approval:",
      "        emails: [x]",
      '  aws:defaultTags: { tags: { "a b": c } }',
    ].join("\n");
    const line = (problem: string) => lineOf(text, "acme", `${problem}: received`);
    assert.deepEqual(
      [
        ...["account", "environments", "environments[0].account", "environments[1].account"],
        ...["environments[1].approval.emails[0]", "environments[1].nam", "environments[7].name"],
        ...['aws:defaultTags.tags["a b"]', "kind", "no key"],
      ].map(line),
      [...[2, 4, 6, 8], ...[10, 7, 4], ...[11, undefined, undefined]],
    );
  });

  it("is refused without tooling", () => {
    assert.throws(() => delivery({ qa: STACKS["qa"] ?? {} }), {
      message: "no stack is of kind tooling; npm run init writes the stack files",
    });
  });

  it("is cut down to the stacks that are named, in their order", () => {
    const whole = delivery();
    assert.deepEqual(names(allParts(select(whole, []))), ["build", "qa", "eu-live"]);
    assert.deepEqual(names(allParts(select(whole, ["eu-live", "build"]))), ["build", "eu-live"]);
    assert.throws(() => select(whole, ["qa", "eu-liv"]), {
      message: 'there is no stack eu-liv: did you mean "eu-live"? allowed are build, qa, eu-live',
    });
  });

  it("tells environments that no stack file describes", () => {
    const { build, qa } = STACKS;
    assert.deepEqual(missingEnvironments(delivery({ build: build ?? {}, qa: qa ?? {} })), ["live"]);
    assert.deepEqual(missingEnvironments(delivery()), []);
  });
});
