import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type Contract, disagreement, readTooling, termsOf } from "../../stacks/contract";
import type { EnvironmentSettings } from "../../stacks/settings/model";

const provider = { region: "eu-west-1", account: "222222222222", assumeRoles: [], defaultTags: {} };
const settings: EnvironmentSettings = {
  ...{ kind: "environment", project: "delivery", stack: "test", provider },
  ...{ environment: "test", tooling: "acme/delivery/build", toolingProject: "delivery", deletable: false },
};
const catalog = {
  name: "catalog",
  prefix: "cat",
  workload: "lambda-container",
  transforms: [],
  repositoryArn: "arn:repository",
  planJobRoleArn: "arn:plan-job",
  releaseJobRoleArn: "arn:release-job",
  cleanupJobRoleArn: "arn:cleanup",
};
const unbounded: Contract = {
  scope: { project: "delivery", region: "eu-west-1", toolingAccount: "111111111111", path: "/" },
  bucketArn: "arn:bucket",
  keyArn: "arn:key",
  environments: {
    test: { account: "222222222222", readers: [], pipelines: [catalog] },
    prod: { account: "333333333333", readers: [], pipelines: [] },
  },
};

const promised: Contract = { ...unbounded, permissionsBoundary: "org" };

describe("disagreement", () => {
  const says = (title: string, change: Partial<EnvironmentSettings>, problem: string | undefined) =>
    it(title, () => assert.equal(disagreement({ ...settings, ...change }, promised), problem));

  says("there is none where both say the same", {}, undefined);
  says("there is none where this stack leaves the path to tooling", { iam: { path: "/" } }, undefined);
  says(
    "an environment that tooling does not list is shown with those that it lists",
    { environment: "tets" },
    "stack acme/delivery/build has no environment 'tets', only test, prod: add it to 'environments' in its settings " +
      "and run 'pulumi up --stack build', or set 'environment' in this stack's settings",
  );
  says(
    "a property of every object is no environment",
    { environment: "constructor" },
    "stack acme/delivery/build has no environment 'constructor', only test, prod: add it to 'environments' in its settings " +
      "and run 'pulumi up --stack build', or set 'environment' in this stack's settings",
  );
  says(
    "another account is shown with tooling's",
    { provider: { ...provider, account: "444444444444" } },
    "environment 'test' is account 444444444444 in this stack's settings, but 222222222222 in those of stack " +
      "acme/delivery/build: correct the one that is wrong",
  );
  says(
    "another Region is shown with tooling's",
    { provider: { ...provider, region: "us-east-1" } },
    "environment 'test' is in Region us-east-1 by this stack's aws:region, but in eu-west-1 by the settings of stack " +
      "acme/delivery/build: set aws:region to eu-west-1 here, or environments[].region there to us-east-1",
  );
  says(
    "another path is shown with tooling's",
    { iam: { path: "/team/" } },
    "iam.path is '/team/' in this stack's settings, but '/' in those of stack acme/delivery/build, which names the " +
      "roles by it: leave it out here, or make them equal",
  );
});

describe("the contract, as it is read", () => {
  /** Reads it where tooling's stack has these outputs. */
  async function read(outputs: object, secretOutputNames: string[] = []) {
    const state = { outputs, secretOutputNames };
    await pulumi.runtime.setMocks(
      {
        newResource: ({ name }) => ({ id: name, state: { name, ...state } }),
        call: () => assert.fail("nothing is called"),
      },
      "delivery",
      "test",
    );
    try {
      return termsOf(settings, await readTooling(settings.tooling));
    } finally {
      pulumi.runtime.resetOptions("", "", -1, "", "", false, "");
    }
  }
  const terms = {
    scope: promised.scope,
    permissionsBoundary: "org",
    bucketArn: "arn:bucket",
    keyArn: "arn:key",
    account: "222222222222",
    readers: [],
    pipelines: [catalog],
  };
  const refuses = (title: string, outputs: object, text: string) =>
    it(title, async () => {
      await assert.rejects(read(outputs), (error: unknown) => {
        assert.ok(pulumi.RunError.isInstance(error), `not a RunError: ${String(error)}`);
        assert.equal(error.message, text);
        return true;
      });
    });

  it("is what tooling promises this environment, without the others", async () => {
    assert.deepEqual(await read({ contract: promised }), terms);
  });

  it("is read all the same where tooling's stack keeps it secret", async () => {
    assert.deepEqual(await read({ contract: promised }, ["contract"]), terms);
  });

  it("has no repository where code is files, and a platform where the environment has one", async () => {
    const { repositoryArn, ...others } = catalog;
    assert.ok(repositoryArn);
    const files = { ...others, workload: "lambda-zip" };
    const platform = { kind: "built", cidr: "10.0.0.0/16", natGateways: "Single" } as const;
    const test = { account: "222222222222", readers: ["arn:reader"], platform, pipelines: [files] };
    assert.deepEqual(await read({ contract: { ...promised, environments: { test } } }), {
      ...terms,
      readers: ["arn:reader"],
      platform,
      pipelines: [files],
    });
  });

  it("has no boundary where tooling has none", async () => {
    assert.equal("permissionsBoundary" in (await read({ contract: unbounded })), false);
  });

  refuses(
    "refuses a stack that is there and was not brought up",
    { other: 1 },
    "stack acme/delivery/build provides nothing yet: bring it up first, with 'pulumi up --stack build', then this stack again " +
      "(or set 'tooling' if another stack is meant)",
  );
  refuses(
    "refuses one of another version, with all that differs",
    {
      contract: {
        ...promised,
        bucketArn: 1,
        environments: {
          test: {
            account: "222222222222",
            readers: [],
            pipelines: [{ ...catalog, releaseJobRoleArn: undefined }],
          },
        },
      },
    },
    "stack acme/delivery/build was brought up by another version of this program (bucketArn, " +
      "environments.test.pipelines.0.releaseJobRoleArn differ): run 'pulumi up --stack build', then this stack again",
  );
  refuses(
    "refuses what the settings disagree with",
    { contract: { ...promised, environments: { prod: promised.environments["prod"] } } },
    "stack acme/delivery/build has no environment 'test', only prod: add it to 'environments' in its settings " +
      "and run 'pulumi up --stack build', or set 'environment' in this stack's settings",
  );
});
