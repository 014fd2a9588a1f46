import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { bringUp } from "../../../rehearsal/bringUp/bringUp";
import type { Folder } from "../../../rehearsal/record/stackFiles";

const stack = (name: string, config: Readonly<Record<string, string>>) => ({
  stack: name,
  path: `Pulumi.${name}.yaml`,
  config: Object.fromEntries(Object.entries(config).map(([key, value]) => [`acme:${key}`, value])),
});
const tooling = (...environments: string[]) =>
  stack("tooling", { kind: "tooling", environments: JSON.stringify(environments.map((name) => ({ name }))) });
const environment = (name: string, config: Readonly<Record<string, string>> = {}) =>
  stack(name, { kind: "environment", ...config });

/** Brings a folder up with a program that fails where its settings say so. */
async function up(...stacks: Folder["stacks"]) {
  const calls: string[] = [];
  const program = () => {
    calls.push(pulumi.getStack());
    const fails = new pulumi.Config().get("fails");
    return fails ? Promise.reject(new pulumi.RunError(fails)) : Promise.resolve({ up: true });
  };
  const { runs, findings } = await bringUp({ project: "acme", stacks }, { program });
  assert.deepEqual(
    calls,
    runs.map((run) => run.stack),
  );
  return { order: calls, findings };
}

describe("bringUp", () => {
  it("takes tooling first and the environments in its order, each once", async () => {
    const { order, findings } = await up(
      environment("a"),
      environment("b"),
      environment("c"),
      tooling("c", "a", "b"),
    );
    assert.deepEqual(order, ["tooling", "c", "a", "b"]);
    assert.deepEqual(findings, []);
  });

  it("knows an environment by its setting, else by its stack's name", async () => {
    const { order, findings } = await up(
      tooling("prod", "test"),
      environment("test"),
      environment("live", { environment: "prod" }),
    );
    assert.deepEqual([order, findings], [["tooling", "live", "test"], []]);
  });

  it("brings a stack up that tooling does not list, last, so that its own error is shown", async () => {
    const { order, findings } = await up(
      environment("old", { fails: "old is not listed" }),
      tooling("test"),
      environment("test"),
    );
    assert.deepEqual(order, ["tooling", "test", "old"]);
    assert.deepEqual(findings, [{ stack: "old", resource: "-", message: "old is not listed" }]);
  });

  it("finds an environment that has no stack file", async () => {
    const { order, findings } = await up(tooling("test", "prod"), environment("test"));
    assert.deepEqual(order, ["tooling", "test"]);
    assert.deepEqual(findings, [
      {
        stack: "tooling",
        resource: "-",
        message: "environment prod has no stack file; add Pulumi.prod.yaml, or remove it from environments",
      },
    ]);
  });

  for (const [title, ofTooling, ofTest, lacks, has] of [
    ["an environment's file", { codecommit: "platform" }, undefined, "test", "tooling"],
    ["tooling's file", undefined, { codecommit: "platform" }, "tooling", "test"],
    ["a file that has those on GitHub", { codecommit: "platform" }, { repository: "a/b" }, "test", "tooling"],
  ] as const)
    it(`finds that ${title} lacks the previews in CodeCommit that another has, and says what to set where`, async () => {
      const written = (previews: object | undefined) => ({
        ...(previews && { "acme:previews": JSON.stringify(previews) }),
      });
      const { findings } = await up(
        { ...tooling("test"), config: { ...tooling("test").config, ...written(ofTooling) } },
        { ...environment("test"), config: { ...environment("test").config, ...written(ofTest) } },
      );
      const message =
        `previews.codecommit is platform in Pulumi.${has}.yaml, and Pulumi.${lacks}.yaml lacks it: ` +
        "set previews: { codecommit: platform, state: { url: s3://… } } there as well, or remove it from every stack file";
      assert.deepEqual(findings, [{ stack: lacks, resource: "-", message }]);
    });

  it("leaves previews be that all stack files have, in CodeCommit or on GitHub, or that only some have on GitHub", async () => {
    const [codecommit, github] = ['{"codecommit":"platform"}', '{"repository":"a/b"}'];
    for (const [own, its] of [
      [codecommit, codecommit],
      [github, github],
      [github, "{}"],
      ["{}", github],
    ] as const) {
      const of = { ...tooling("test").config, "acme:previews": own };
      const { findings } = await up(
        { ...tooling("test"), config: of },
        environment("test", { previews: its }),
      );
      assert.deepEqual(findings, []);
    }
  });

  it("misses no file of an environment that is called as tooling's stack: its program says why that is refused", async () => {
    assert.deepEqual((await up(tooling("tooling", "test"), environment("test"))).findings, []);
  });

  it("brings nothing up without tooling", async () => {
    assert.deepEqual(await up(environment("test")), {
      order: [],
      findings: [
        {
          stack: "-",
          resource: "-",
          message:
            "no stack is of kind tooling; add kind: tooling to the one that has environments and pipelines",
        },
      ],
    });
  });

  for (const kind of ["tooling ", " tooling", "Tooling", "tolling", ""])
    it(`tries a stack of kind ${JSON.stringify(kind)} where none is of kind tooling: its program says what it received`, async () => {
      const { order, findings } = await up(
        environment("test"),
        stack("build", { kind, fails: "what it received" }),
      );
      assert.deepEqual(order, ["build"]);
      assert.deepEqual(findings, [{ stack: "build", resource: "-", message: "what it received" }]);
    });

  it("brings nothing up with two toolings", async () => {
    const { order, findings } = await up(
      tooling("test"),
      { ...tooling("test"), stack: "other" },
      environment("test"),
    );
    assert.deepEqual(order, []);
    assert.deepEqual(findings, [
      {
        stack: "-",
        resource: "-",
        message:
          "stacks tooling, other are all of kind tooling; rehearse each with its environments in a folder of its own",
      },
    ]);
  });

  it("does not try environments when tooling has failed, and says so", async () => {
    const failing = { ...tooling("test"), config: { ...tooling("test").config, "acme:fails": "no" } };
    const { order, findings } = await up(failing, environment("test"));
    assert.deepEqual(order, ["tooling"]);
    assert.deepEqual(findings, [
      { stack: "tooling", resource: "-", message: "no" },
      { stack: "tooling", resource: "-", message: "not brought up, since tooling failed: test" },
    ]);
  });

  it("goes on with the next environment when one has failed", async () => {
    const { order, findings } = await up(
      tooling("a", "b"),
      environment("a", { fails: "no" }),
      environment("b"),
    );
    assert.deepEqual(order, ["tooling", "a", "b"]);
    assert.deepEqual(findings, [{ stack: "a", resource: "-", message: "no" }]);
  });
});
