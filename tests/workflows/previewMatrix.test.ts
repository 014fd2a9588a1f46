import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { folderWith } from "../folders";
import { outputLines, previewMatrix } from "../../scripts/previewMatrix";
import { ROOT } from "../rehearsal/sample";

const PROJECT = "name: shop\nruntime: nodejs\n";
const tooling = (more = "") =>
  `config:
  aws:region: eu-west-1
  kind: tooling
  account: "111111111111"
  environments: [{ name: test, account: "222222222222" }]
  pipelines: [{ name: catalog, source: { codecommit: catalog } }]
${more}`;
const environment = (more = "", region = "eu-west-1") =>
  `config:
  aws:region: ${region}
  kind: environment
  account: "222222222222"
${more}`;
const PREVIEWS = "  previews: { repository: org/repo }\n";
const matrix = (files: Readonly<Record<string, string>>) =>
  previewMatrix(folderWith({ "Pulumi.yaml": PROJECT, ...files }));

describe("the matrix of previews", () => {
  it("has every stack file of the project, and no other row", () => {
    const files = readdirSync(ROOT).filter((file) => /^Pulumi\..+\.yaml$/.test(file));
    assert.ok(files.length >= 3);
    assert.deepEqual(
      previewMatrix(ROOT).map(({ stack }) => `Pulumi.${stack}.yaml`),
      files.sort(),
    );
  });

  it("has a row for a new stack file, its role by its own settings or else by tooling's", () => {
    const row = { region: "eu-west-1", audience: "sts.amazonaws.com", backend: "", profile: "", listed: "" };
    assert.deepEqual(
      matrix({
        "Pulumi.qa.yaml": environment(`${PREVIEWS}  iam: { path: /own/ }\n  environment: quality\n`),
        "Pulumi.test.yaml": environment(`${PREVIEWS}  aws:profile: team\n`),
        "Pulumi.tooling.yaml": tooling(
          "  previews: { repository: org/repo, state: { url: s3://state/a?region=eu-west-1 } }\n  iam: { path: /team/ }\n",
        ),
        "Pulumi.unset.yaml": environment(),
      }),
      [
        { ...row, stack: "qa", role: "arn:aws:iam::222222222222:role/own/shop-quality-preview" },
        {
          ...row,
          stack: "test",
          role: "arn:aws:iam::222222222222:role/team/shop-test-preview",
          profile: "team",
          listed: "test",
        },
        {
          ...row,
          stack: "tooling",
          role: "arn:aws:iam::111111111111:role/team/shop-preview",
          backend: "s3://state/a?region=eu-west-1",
        },
        { ...row, stack: "unset", role: "" },
      ],
    );
  });

  it("says of an environment that tooling's file lists it, only with its account and in the same project", () => {
    const listed = (own: string, beside = tooling()) =>
      matrix({ "Pulumi.a.yaml": environment(own), "Pulumi.tooling.yaml": beside })[0]?.listed;
    assert.equal(listed("  environment: test\n"), "test");
    assert.equal(listed(""), "");
    assert.equal(listed("  environment: test\n  tooling: org/other/tooling\n"), "");
    assert.equal(listed("  environment: test\n", tooling().replace("222222222222", "333333333333")), "");
    assert.equal(matrix({ "Pulumi.test.yaml": environment() })[0]?.listed, "");
  });

  it("has the audience and the ARN of another partition", () => {
    const [row] = matrix({
      "Pulumi.test.yaml": environment(`${PREVIEWS}  iam: {  path: / }\n`, "cn-north-1"),
    });
    assert.deepEqual(
      [row?.audience, row?.role],
      ["sts.amazonaws.com.cn", "arn:aws-cn:iam::222222222222:role/shop-test-preview"],
    );
  });

  it("refuses an environment whose path only tooling's settings have, when those are elsewhere", () => {
    for (const [files, name] of [
      [{ "Pulumi.test.yaml": environment(PREVIEWS) }, "tooling of project shop"],
      [
        {
          "Pulumi.test.yaml": environment(`${PREVIEWS}  tooling: org/other/tooling\n`),
          "Pulumi.tooling.yaml": tooling(),
        },
        "tooling of project other",
      ],
    ] as const)
      assert.throws(() => matrix(files), {
        message:
          `test: the settings of tooling's stack, ${name}, are not in this folder, and they have the IAM path of ` +
          "the preview role: set iam.path in this stack's settings to the same",
      });
  });

  it("refuses settings with problems, and names all of them", () => {
    const wrong = (kind: string) => environment().replace("kind: environment", `kind: ${kind}`);
    assert.throws(
      () => matrix({ "Pulumi.a.yaml": wrong("env"), "Pulumi.b.yaml": wrong("box") }),
      (error) =>
        assert.match(String(error), /^Error: a: kind: received "env".*(\n.*)*\nb: kind: received "box"/) ===
        undefined,
    );
  });

  it("is written as two outputs, which say whether any stack has previews", () => {
    const files = { "Pulumi.test.yaml": environment(), "Pulumi.tooling.yaml": tooling() };
    const none = matrix(files);
    assert.deepEqual(outputLines(none), [`matrix=${JSON.stringify(none)}`, "wanted=false"]);
    const one = matrix({ ...files, "Pulumi.test.yaml": environment(PREVIEWS) });
    assert.equal(outputLines(one)[1], "wanted=true");
  });
});
