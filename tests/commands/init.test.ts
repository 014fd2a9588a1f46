import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { emptyFolder } from "../folders";
import {
  type Answers,
  asOptions,
  missingProfiles,
  stackContents,
  strayProfiles,
} from "../../commands/init/answers";
import { readParts } from "../../commands/delivery";
import { initOptions } from "../../commands/init/options";
import { newFiles, otherFiles } from "../../commands/init/writing";
import { contents, projectFolder } from "./fake";

const ANSWERS: Answers = {
  region: "eu-west-1",
  tooling: "012345678901",
  environments: [
    { name: "qa", account: "012345670123" },
    { name: "live", account: "333333333333", approval: ["release@example.com"] },
  ],
  pipeline: "shop",
  source: { github: "acme/shop" },
  profiles: { live: "acme-live" },
};

/** A project without stack files. */
function project(): string {
  const folder = emptyFolder();
  copyFileSync(join(__dirname, "../../Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  return folder;
}

const written = (folder: string, answers: Answers = ANSWERS) =>
  newFiles(folder, answers).forEach(({ path, content }) => writeFileSync(path, content));

describe("the stack files that init writes", () => {
  it("are what the programs read: accounts as text, the profile, the approval, the source", () => {
    const folder = project();
    written(folder);
    const { parts, problems } = readParts(folder);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      parts.map(({ stack, settings: { kind, provider } }) => [
        stack,
        kind,
        provider.account,
        provider.profile,
      ]),
      [
        ["live", "environment", "333333333333", "acme-live"],
        ["qa", "environment", "012345670123", undefined],
        ["tooling", "tooling", "012345678901", undefined],
      ],
    );
    assert.match(readFileSync(join(folder, "Pulumi.tooling.yaml"), "utf8"), /account: "012345678901"/);
    assert.match(readFileSync(join(folder, "Pulumi.qa.yaml"), "utf8"), /account: "012345670123"/);
  });

  it("name the schema of their kind in the first line, wherever the project has its stack files", () => {
    const folder = project();
    const first = () =>
      newFiles(folder, ANSWERS).map(({ content }) => content.split("\n")[0]?.replace(/^.*schema=/, ""));
    assert.deepEqual(first(), [
      "docs/schemas/tooling.json",
      "docs/schemas/environment.json",
      "docs/schemas/environment.json",
    ]);
    mkdirSync(join(folder, "stacks"));
    const file = join(folder, "Pulumi.yaml");
    writeFileSync(file, `stackConfigDir: stacks\n${readFileSync(file, "utf8")}`);
    assert.equal(first()[0], "../docs/schemas/tooling.json");
  });

  it("are one for tooling and one for each environment, and nothing where they are there already", () => {
    const folder = project();
    const files = newFiles(folder, ANSWERS).map(({ file, exists }) => [file, exists]);
    assert.deepEqual(files, [
      ["Pulumi.tooling.yaml", false],
      ["Pulumi.qa.yaml", false],
      ["Pulumi.live.yaml", false],
    ]);
    written(folder);
    assert.deepEqual(newFiles(folder, ANSWERS), []);
  });

  it("say which of them would replace another, and keep what the stack is encrypted with", () => {
    const folder = project();
    written(folder);
    const path = join(folder, "Pulumi.qa.yaml");
    writeFileSync(path, `${readFileSync(path, "utf8")}encryptionsalt: v1:abc\n`);
    const moved = {
      ...ANSWERS,
      environments: ANSWERS.environments.map((each) =>
        each.name === "qa" ? { ...each, account: "444444444444" } : each,
      ),
    };
    const files = newFiles(folder, moved);
    assert.deepEqual(
      files.map(({ file, exists }) => [file, exists]),
      [
        ["Pulumi.tooling.yaml", true],
        ["Pulumi.qa.yaml", true],
      ],
    );
    assert.match(files[1]?.content ?? "", /account: "444444444444"\n(.*\n)*encryptionsalt: v1:abc\n$/);
  });

  it("keep the comments, and the settings that nobody was asked about, of files that are there", () => {
    const folder = projectFolder();
    const before = contents(folder);
    const answers: Answers = {
      region: "eu-central-1",
      tooling: "111111111111",
      environments: [
        { name: "test", account: "222222222222", approval: [] },
        { name: "stage", account: "444444444444" },
        { name: "prod", account: "333333333333" },
      ],
      pipeline: "catalog",
      source: { codecommit: "shop" },
      profiles: { test: "acme-test" },
    };
    written(folder, answers);
    const tooling = before["Pulumi.tooling.yaml"] ?? "";
    assert.deepEqual(contents(folder), {
      ...before,
      "Pulumi.tooling.yaml": tooling
        .replace("eu-west-1", "eu-central-1")
        .replace(
          '{ name: test, account: "222222222222" }',
          '{ name: test, account: "222222222222", approval: true }\n    - { name: stage, account: "444444444444" }',
        )
        .replace(/ +approval: \{ emails.*\n/, "")
        .replace(/ +(workload|directory): .*\n/g, "")
        .replace("{ codecommit: catalog, branch: main }", "{ codecommit: shop }"),
      "Pulumi.test.yaml": `${
        before["Pulumi.test.yaml"]
          ?.replace("eu-west-1", "eu-central-1")
          .replace(/( +account: .*\n)/, "$1  aws:profile: acme-test\n") ?? ""
      }`,
      "Pulumi.prod.yaml": before["Pulumi.prod.yaml"]?.replace("eu-west-1", "eu-central-1"),
      "Pulumi.stage.yaml": contents(folder)["Pulumi.stage.yaml"],
    });
    assert.deepEqual(readParts(folder).problems, []);
  });

  it("are new ones where those that are there cannot be changed, or would be refused", () => {
    const folder = project();
    writeFileSync(join(folder, "Pulumi.tooling.yaml"), "config: { kind: environment, tooling: a/b/c }\n");
    written(folder);
    assert.deepEqual(readParts(folder).problems, []);
    assert.equal(
      readFileSync(join(folder, "Pulumi.tooling.yaml"), "utf8"),
      stackContents(ANSWERS)["tooling"],
    );
  });

  it("can be asked for by options that answer the same", () => {
    const answers: Answers = {
      ...ANSWERS,
      environments: [{ name: "qa", account: "012345670123", approval: [] }, ...ANSWERS.environments.slice(1)],
      workload: "lambda-zip",
      directory: "my service",
      secretsProvider: "awskms://alias/pulumi?region=eu-west-1",
    };
    const line = asOptions(answers);
    assert.match(
      line,
      /^npm run init -- --region eu-west-1 --tooling 012345678901 --environment qa=012345670123 /,
    );
    const words = [...line.matchAll(/'[^']*'|\S+/g)].map(([word]) => word.replace(/^'(.*)'$/, "$1"));
    assert.deepEqual(initOptions(words.slice(4)).given, answers);
  });

  it("encrypt as a stack does already, and as is asked where nothing is encrypted yet", () => {
    const folder = project();
    written(folder);
    const path = join(folder, "Pulumi.qa.yaml");
    writeFileSync(path, `${readFileSync(path, "utf8")}encryptionsalt: v1:abc\n`);
    const files = newFiles(folder, { ...ANSWERS, secretsProvider: "awskms://alias/pulumi" });
    assert.deepEqual(
      files.map(({ file, content }) => [file, /^secretsprovider: awskms:\/\/alias\/pulumi$/m.test(content)]),
      [
        ["Pulumi.tooling.yaml", true],
        ["Pulumi.live.yaml", true],
      ],
    );
  });

  it("are refused as a whole when the programs would refuse one", () => {
    const folder = project();
    assert.throws(
      () => newFiles(folder, { ...ANSWERS, tooling: "12", pipeline: "Shop" }),
      /^Error: nothing was written, since the settings have problems:\n[^]*account[^]*pipelines\[0\]\.name/,
    );
  });

  it("are refused in a Region that has no connection for the source", () => {
    assert.throws(
      () => newFiles(project(), { ...ANSWERS, region: "ap-east-1" }),
      /^Error: nothing was written, since the settings have problems:\n.*pipelines\[0\]\.source\.github: received "acme\/shop"; CodePipeline's connections were not in ap-east-1 on /,
    );
  });

  it("leave others to people, and name them", () => {
    const folder = project();
    writeFileSync(join(folder, "Pulumi.old.yaml"), "config: {}\n");
    written(folder);
    assert.deepEqual(otherFiles(folder, ANSWERS), ["Pulumi.old.yaml"]);
    assert.deepEqual(Object.keys(stackContents(ANSWERS)), ["tooling", "qa", "live"]);
  });

  it("without a profile are named where others have one, and profiles of no stack are found", () => {
    const shell =
      "what the shell gives is used there (AWS_PROFILE, …); if that is not meant, set aws:profile in";
    const gaps = (profiles: Record<string, string>) => missingProfiles({ ...ANSWERS, profiles });
    assert.equal(
      gaps({ live: "acme-live" }),
      `tooling, qa: no profile, while live has one: ${shell} Pulumi.tooling.yaml, Pulumi.qa.yaml`,
    );
    assert.equal(
      gaps({ live: "acme-live", tooling: "acme" }),
      `qa: no profile, while tooling, live have one: ${shell} Pulumi.qa.yaml`,
    );
    assert.equal(gaps({}), undefined);
    assert.equal(gaps({ tooling: "a", qa: "b", live: "c" }), undefined);
    assert.deepEqual(strayProfiles({ ...ANSWERS, profiles: { live: "a", prod: "b" } }), ["prod"]);
  });
});
