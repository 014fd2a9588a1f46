import assert from "node:assert/strict";
import type { Rehearsed } from "../../rehearsal/record/record";
import {
  broughtUp,
  documentOf,
  inputsOf,
  names,
  ofKind,
  oneStack,
  only,
  roleStatements,
  runOf,
} from "../programs";
import { environment, environments, pipeline, tooling, type Values } from "./settingsSample";

const previews = { repository: "org/repo" };
const existing = { ...previews, provider: "existing" };
const PROVIDERS = "iam/openIdConnectProvider:OpenIdConnectProvider";
const SHARED = tooling({
  environments: environments("test@222222222222", "qa@222222222222", "own@111111111111"),
  iam: { path: "/team/", permissionsBoundary: "org" },
  previews: { ...previews, state: { url: "s3://state" } },
});
const FILES: Readonly<Record<string, Values>> = {
  tooling: SHARED,
  qa: environment({ previews: { ...previews, state: { url: "s3://state" } } }),
  test: environment({ previews: existing, iam: { path: "/team/", permissionsBoundary: "other" } }),
  own: environment({ account: "111111111111", previews: existing }),
};
const outputOf = (runs: Rehearsed, stack: string) => runOf(runs, stack).outputs["previewRoleArn"];

describe("previews", () => {
  let up: Rehearsed;
  before(async () => {
    up = await broughtUp(FILES);
  });

  it("give each stack a role of its own name, with the path and the boundary that its roles have", () => {
    const roles = Object.keys(FILES).map((stack) => {
      const { name, path, permissionsBoundary } = only(
        runOf(up, stack).resources,
        "iam/role:Role",
        "previews",
      ).inputs;
      return [stack, name, path, permissionsBoundary];
    });
    assert.deepEqual(roles, [
      ["tooling", "delivery-preview", "/team/", "arn:aws:iam::111111111111:policy/org"],
      ["qa", "delivery-qa-preview", "/team/", "arn:aws:iam::222222222222:policy/org"],
      ["test", "delivery-test-preview", "/team/", "arn:aws:iam::222222222222:policy/other"],
      ["own", "delivery-own-preview", "/team/", "arn:aws:iam::111111111111:policy/org"],
    ]);
    for (const [stack, name] of roles) {
      const account = ["tooling", "own"].includes(String(stack)) ? "111111111111" : "222222222222";
      assert.equal(outputOf(up, String(stack)), `arn:aws:iam::${account}:role/team/${String(name)}`);
    }
  });

  it("make the provider where settings say so, and take it elsewhere", () => {
    assert.deepEqual(
      Object.keys(FILES).map((stack) => [stack, ofKind(runOf(up, stack).resources, PROVIDERS).length]),
      [
        ["tooling", 1],
        ["qa", 1],
        ["test", 0],
        ["own", 0],
      ],
    );
  });

  it("read the state of the stack's own project and of tooling's, where settings name it", () => {
    const read = (stack: string) => roleStatements(runOf(up, stack).resources, "previews")[0]?.Resource;
    const own = ["arn:aws:s3:::state/.pulumi/meta.yaml", "arn:aws:s3:::state/.pulumi/stacks/delivery/*"];
    assert.deepEqual([read("tooling"), read("qa")], [own, own]);
    const policies = (stack: string) => inputsOf(runOf(up, stack).resources, "iam/rolePolicy:RolePolicy");
    assert.ok(!("previews" in policies("test")));
  });

  it("change nothing else of a stack", async () => {
    const without = await broughtUp({ tooling: tooling(), test: environment() });
    const having = await broughtUp({ tooling: tooling({ previews }), test: environment({ previews }) });
    for (const stack of ["tooling", "test"]) {
      assert.deepEqual(
        names(runOf(having, stack).resources).filter((each) => !each.endsWith(" previews")),
        names(runOf(without, stack).resources),
      );
      assert.ok(!("previewRoleArn" in runOf(without, stack).outputs));
    }
  });

  const refuses = (title: string, stack: string, account: string, maker: string) =>
    it(`are refused, before anything is made, in ${title}`, async () => {
      const { failures, resources } = await oneStack(
        stack,
        environment({ account, previews }),
        up.slice(0, 1),
      );
      assert.deepEqual(failures, [
        `account ${account} is that of ${maker} too, and an account has one provider for GitHub, which ${maker} makes when it ` +
          "has 'previews': set previews.provider to existing here",
      ]);
      assert.equal(resources.length, 1);
    });
  refuses(
    "a second environment of one account, if it would make a provider too",
    "test",
    "222222222222",
    "environment 'qa'",
  );
  refuses(
    "an environment of tooling's own account",
    "own",
    "111111111111",
    "stack organization/delivery/tooling",
  );
});

describe("sources on GitHub", () => {
  it("share one protected connection, which pipelines use and outputs name", async () => {
    const github = (name: string) => pipeline({ name, source: { github: `org/${name}`, branch: "trunk" } });
    const pipelines = [
      github("catalog"),
      github("mail"),
      pipeline({ name: "old", source: { codecommit: "old" } }),
    ];
    const { resources, outputs } = runOf(
      await broughtUp({ tooling: tooling({ pipelines }), test: environment() }),
      "tooling",
    );
    const connection = only(resources, "codeconnections/connection:Connection");
    const arn = String(connection.outputs["arn"]);
    assert.equal(connection.protect, true);
    const shown = outputs["pipelines"] as Record<string, { source: string; connectionArn?: string }>;
    assert.deepEqual(
      Object.entries(shown).map(([name, { source, connectionArn }]) => [name, source, connectionArn]),
      [
        ["catalog", "org/catalog", arn],
        ["mail", "org/mail", arn],
        ["old", "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/old", undefined],
      ],
    );
    for (const name of ["catalog", "mail"]) {
      const policy = ofKind(resources, "iam/rolePolicy:RolePolicy").find(
        ({ inputs }) => inputs["role"] === `delivery-${name}-pipeline`,
      );
      const statements = documentOf(policy ?? assert.fail(`${name} has no policy`)).Statement;
      assert.deepEqual(
        statements.flatMap(({ Sid, Resource }) => (Sid?.startsWith("UseConnection") ? [Resource] : [])),
        [[arn], [arn.replace(":codeconnections:", ":codestar-connections:")]],
      );
    }
  });
});
