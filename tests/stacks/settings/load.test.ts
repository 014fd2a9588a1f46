import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { loadSettings } from "../../../stacks/settings/load";
import { shapes } from "../../../stacks/settings/stack";
import { asRead, declared, deliver, environment, project, settingsOf, stackFile } from "../settingsSample";

const test = { name: "test", account: "222222222222" };
const prod = {
  name: "prod",
  account: "333333333333",
  approval: { emails: ["release@example.com"], timeoutDays: 14 },
};
const provider = { region: "eu-west-1", assumeRoles: [], defaultTags: {} };

describe("Pulumi.yaml", () => {
  it("declares exactly the keys that the program knows, each with type, description and default", () => {
    const known = [...Object.keys(shapes.tooling.shape), ...Object.keys(shapes.environment.shape)];
    assert.deepEqual(Object.keys(declared).sort(), [...new Set(known)].sort());
    for (const [key, declaration] of Object.entries(declared)) {
      assert.ok(declaration.description && declaration.type, key);
      assert.ok(declaration.default !== undefined && declaration.default !== null, key);
    }
    assert.deepEqual(project.config["pulumi:disable-default-providers"], ["aws"]);
  });
});

describe("the sample", () => {
  it("is tooling with two environments and one pipeline", () => {
    assert.deepEqual(settingsOf(stackFile("tooling"), "tooling"), {
      kind: "tooling",
      scope: { project: "delivery", region: "eu-west-1", toolingAccount: "111111111111", path: "/" },
      stack: "tooling",
      provider: { ...provider, account: "111111111111" },
      environments: asRead<object>(test, prod),
      pipelines: [
        {
          id: { name: "catalog", prefix: "catalog" },
          workload: "lambda-container",
          uses: [],
          directory: "app",
          template: "template.yaml",
          source: { kind: "codecommit", repository: "catalog", branch: "main", create: true },
          environments: asRead<object>(test, prod),
          executionMode: "SUPERSEDED",
          staleApprovals: "keep",
          computeType: "BUILD_GENERAL1_SMALL",
          scanThreshold: "CRITICAL",
          shortJobs: ["plan", "deploy", "verify"],
          keepReleases: 5,
          layerCache: false,
          chats: [],
          platform: "linux/amd64",
          transforms: [],
        },
      ],
      chats: [],
      iam: { path: "/" },
      image: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
      logRetentionInDays: 365,
      deletable: false,
    });
  });

  for (const { name, account } of [test, prod])
    it(`is the environment ${name}, which reads tooling's stack of its own organization and project`, () => {
      assert.deepEqual(settingsOf(stackFile(name), name), {
        kind: "environment",
        project: "delivery",
        stack: name,
        provider: { ...provider, account },
        environment: name,
        tooling: "acme/delivery/tooling",
        toolingProject: "delivery",
        deletable: false,
      });
    });
});

describe("loadSettings", () => {
  const run = async (values: Record<string, unknown>, stack: string) => {
    await pulumi.runtime.setMocks(
      {
        call: ({ inputs }) => inputs as object,
        newResource: ({ inputs }) => ({ id: "x", state: inputs as object }),
      },
      "delivery",
      stack,
      false,
      "acme",
    );
    pulumi.runtime.setAllConfig({ ...deliver(values, stack).config }, []);
    return loadSettings();
  };
  afterEach(() => {
    pulumi.runtime.setAllConfig({}, []);
    pulumi.runtime.resetOptions("", "", -1, "", "", false, "");
  });

  it("reads the stack that is running", async () => {
    assert.deepEqual(await run(stackFile("test"), "test"), settingsOf(stackFile("test"), "test"));
  });

  it("throws one RunError with a line for each problem", async () => {
    await assert.rejects(run({ kind: "environment", account: "22222222222" }, "test"), (error: unknown) => {
      assert.ok(pulumi.RunError.isInstance(error));
      assert.equal(
        error.message,
        [
          "2 problems in the settings of stack test:",
          "  aws:region: is missing; allowed is a Region such as eu-west-1: pulumi config set aws:region <region>",
          '  account: received "22222222222"; allowed is an account id of 12 digits: write it in quotes',
        ].join("\n"),
      );
      return true;
    });
  });

  it("says it in the singular for one problem", async () => {
    await assert.rejects(run(environment({ deletable: "yes" }), "test"), {
      message:
        'a problem in the settings of stack test:\n  deletable: received "yes"; allowed are true and false',
    });
  });
});
