import assert from "node:assert/strict";
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { emptyFolder } from "../../folders";
import { readDelivery } from "../../../commands/delivery";
import { Refusal } from "../../../commands/refusal";
import { type Change, writingsOf } from "../../../commands/stackFiles/change";
import { addEnvironment, removeEnvironment } from "../../../commands/stackFiles/environments";
import { tell, writeAll } from "../../../commands/stackFiles/files";
import { addPipeline, removePipeline } from "../../../commands/stackFiles/pipelines";
import { tooEarly } from "../../../commands/stackFiles/stillUp";
import { contents, projectFolder, resource, ROLE, stateOf } from "../fake";

type Delivery = ReturnType<typeof readDelivery>;

/** The project's own settings, with this put in place of that. */
function project(...changes: readonly (readonly [file: string, from: string, to: string])[]): string {
  const folder = projectFolder();
  for (const [file, from, to] of changes) {
    const text = readFileSync(join(folder, file), "utf8");
    assert.ok(text.includes(from), `${file} has no ${from}`);
    writeFileSync(join(folder, file), text.replace(from, to));
  }
  return folder;
}

const SECOND = [
  "Pulumi.tooling.yaml",
  "  pipelines:\n",
  "  pipelines:\n    # ours\n    - { name: web, source: { codecommit: web }, environments: [test, [prod]] }\n",
] as const;

/** Carries the change out, and returns what is said and what the files are by then, but those that stay. */
function change(folder: string, of: (delivery: Delivery) => Change) {
  const before = contents(folder);
  const delivery = readDelivery(folder);
  const made = of(delivery);
  const writings = writingsOf(delivery, made);
  writeAll(writings);
  const said: string[] = [];
  tell(writings, made.next, (line) => said.push(line));
  const after = contents(folder);
  return { before, after, said, names: Object.keys(after), only: made.only };
}

const tooling = "Pulumi.tooling.yaml";
const STAGING = { name: "staging", account: "444444444444" };
const refused = (folder: string, of: (delivery: Delivery) => Change, message: string | RegExp): void => {
  const before = contents(folder);
  assert.throws(
    () => change(folder, of),
    (error: unknown) =>
      error instanceof Refusal &&
      (typeof message === "string"
        ? (assert.equal(error.message, message), true)
        : message.test(error.message)),
  );
  assert.deepEqual(contents(folder), before);
};

describe("npm run add", () => {
  it("adds an environment: a line in tooling's file, a file of its own, and what is to be run", () => {
    const wanted = { ...STAGING, before: "prod", approval: ["a@example.com"], profile: "staging" };
    const { before, after, said } = change(project(), (delivery) => addEnvironment(delivery, wanted));
    assert.equal(
      after[tooling],
      before[tooling]?.replace(
        "    - name: prod",
        '    - { name: staging, account: "444444444444", approval: { emails: [a@example.com] } }\n    - name: prod',
      ),
    );
    assert.equal(
      after["Pulumi.staging.yaml"],
      "# yaml-language-server: $schema=docs/schemas/environment.json\n" +
        "# All settings are in docs/settings.md; npm run doctor checks them.\n" +
        'config:\n  aws:region: eu-west-1\n  aws:profile: staging\n  kind: environment\n  account: "444444444444"\n',
    );
    assert.deepEqual(said, [
      "Wrote Pulumi.tooling.yaml, Pulumi.staging.yaml",
      "Next:",
      "  npm start, or npm run doctor, checks the settings",
      "  npm run up -- tooling staging",
      "  then parameters/staging.json beside the service's template, unless the template's defaults are right, and a release",
    ]);
  });

  it("adds an environment in another Region to both files, and in tooling's as without one", () => {
    const ZIP = [tooling, "workload: lambda-container", "workload: lambda-zip"] as const;
    const added = (region: string) =>
      change(project(ZIP), (delivery) => addEnvironment(delivery, { ...STAGING, region })).after;
    const elsewhere = added("us-east-1");
    assert.match(
      elsewhere[tooling] ?? "",
      /- \{ name: staging, account: "444444444444", region: us-east-1 \}\n/,
    );
    assert.match(elsewhere["Pulumi.staging.yaml"] ?? "", /^ {2}aws:region: us-east-1$/m);
    const here = added("eu-west-1");
    assert.match(here[tooling] ?? "", /- \{ name: staging, account: "444444444444" \}\n/);
    assert.match(here["Pulumi.staging.yaml"] ?? "", /^ {2}aws:region: eu-west-1$/m);
  });

  it("names pipelines that have a list of environments of their own", () => {
    const { said } = change(project(SECOND), (delivery) => addEnvironment(delivery, STAGING));
    assert.equal(
      said[2],
      "  pipeline web has a list of environments of its own: add staging there if it is to release there",
    );
  });

  it("gives the new file the name of tooling's stack where the others have one", () => {
    const of = [
      "Pulumi.test.yaml",
      "  # tooling: org/delivery/tooling",
      "  tooling: acme/delivery/tooling",
    ] as const;
    const { after } = change(project(of), (delivery) => addEnvironment(delivery, STAGING));
    assert.match(after["Pulumi.staging.yaml"] ?? "", /^ {2}tooling: acme\/delivery\/tooling$/m);
  });

  it("adds a pipeline on lines of its own", () => {
    const wanted = { name: "shop", workload: "lambda-zip", source: { codecommit: "shop", branch: "trunk" } };
    const { before, after, said } = change(project(), (delivery) => addPipeline(delivery, wanted));
    assert.equal(
      after[tooling],
      `${before[tooling] ?? ""}    - name: shop\n      workload: lambda-zip\n      source: { codecommit: shop, branch: trunk }\n`,
    );
    assert.deepEqual(said, [
      "Wrote Pulumi.tooling.yaml",
      "Next:",
      "  npm start, or npm run doctor, checks the settings",
      "  npm run up: tooling, then the environments, which all have roles for it",
      "  then git push https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop HEAD:trunk: the first release",
    ]);
  });

  it("writes nothing that the programs would refuse, and nothing twice", () => {
    const add = (wanted: Parameters<typeof addEnvironment>[1]) => (delivery: Delivery) =>
      addEnvironment(delivery, wanted);
    const folder = project();
    refused(
      folder,
      add({ ...STAGING, account: "44" }),
      /^nothing was written, since the settings have problems:\n/,
    );
    for (const name of ["../../x", "a/b", "a b", "a\nb"])
      refused(
        folder,
        add({ ...STAGING, name }),
        `${name.replace("\n", " ")}: no stack can have this name: choose lower-case words, joined by single hyphens`,
      );
    refused(folder, add({ ...STAGING, name: "prod" }), "there is an environment prod already");
    refused(
      folder,
      add({ ...STAGING, before: "prd" }),
      'there is no environment prd: did you mean "prod"? allowed are test, prod',
    );
    refused(
      folder,
      (delivery) => addPipeline(delivery, { name: "catalog", source: { codecommit: "x" } }),
      "there is a pipeline catalog already",
    );
    writeFileSync(join(folder, "Pulumi.staging.yaml"), readFileSync(join(folder, "Pulumi.test.yaml")));
    refused(folder, add(STAGING), "Pulumi.staging.yaml is there already: delete it, or choose another name");
  });

  it("says where a list is written in a way that it does not change", () => {
    const folder = project([
      tooling,
      '    - { name: test, account: "222222222222" }\n',
      '    - &test { name: test, account: "222222222222" }\n',
    ]);
    const text = readFileSync(join(folder, tooling), "utf8");
    writeFileSync(
      join(folder, tooling),
      text.replace(/environments:[^]*?(?= {2}pipelines)/, (all) => {
        const items = all.match(/\{ name: test[^}]*\}/)?.[0] ?? "";
        return `environments: [ ${items}, # the first\n      { name: prod, account: "333333333333" } ]\n`;
      }),
    );
    refused(
      folder,
      (delivery) => addEnvironment(delivery, STAGING),
      "nothing was written: Pulumi.tooling.yaml: config.environments has comments between its brackets: change it by hand",
    );
  });
});

describe("npm run remove", () => {
  it("takes an environment out of all lists, with its file, once it is down", () => {
    const { before, after, said, names, only } = change(project(SECOND), (delivery) =>
      removeEnvironment(delivery, "prod"),
    );
    const text = before[tooling] ?? "";
    assert.equal(
      after[tooling],
      text
        .replace(/ {4}- name: prod\n.*\n.*\n/, "")
        .replace("environments: [test, [prod]]", "environments: [test]"),
    );
    assert.deepEqual(names, ["Pulumi.test.yaml", tooling, "Pulumi.yaml"]);
    assert.deepEqual(only, { when: "down", stacks: ["prod"] });
    assert.deepEqual(said, [
      "Wrote Pulumi.tooling.yaml",
      "Removed Pulumi.prod.yaml",
      "Next:",
      "  npm run up -- tooling",
      "  pulumi stack rm prod --yes: what Pulumi remembers of it, which is nothing by now",
      "  its tables and their data stay in account 333333333333: npm run down has printed the commands that delete them",
    ]);
  });

  it("refuses an environment that something needs", () => {
    const remove = (name: string) => (delivery: Delivery) => removeEnvironment(delivery, name);
    refused(
      project(),
      remove("prd"),
      'there is no environment prd: did you mean "prod"? allowed are test, prod',
    );
    const web = [SECOND[0], SECOND[1], SECOND[2].replace("[test, [prod]]", "[test]")] as const;
    refused(
      project(web),
      remove("test"),
      "web releases to test alone: npm run remove -- pipeline NAME first",
    );
    const branches = [
      tooling,
      "      workload: lambda-container\n",
      "      branches: { include: [f/*], environment: test }\n",
    ] as const;
    refused(
      project(branches),
      remove("test"),
      "branches of catalog have their stacks in test: give branches.environment another first",
    );
    const only = project();
    change(only, (delivery) => removeEnvironment(delivery, "prod"));
    refused(only, remove("test"), "test is the only environment: npm run down takes everything down");
  });

  it("takes a pipeline out in two steps, and leaves the files as they were but for it", () => {
    const folder = project(SECOND);
    const first = change(folder, (delivery) => removePipeline(delivery, "web"));
    assert.equal(first.only, undefined);
    for (const file of [tooling, "Pulumi.test.yaml", "Pulumi.prod.yaml"])
      assert.match(first.after[file] ?? "", /^ {2}deletable: true$/m);
    const remove = (environment: string) => {
      const options = ` --stack-name web--${environment} --region eu-west-1`;
      return (
        `  aws cloudformation update-termination-protection --no-enable-termination-protection${options} && ` +
        `aws cloudformation delete-stack${options}`
      );
    };
    assert.deepEqual(first.said, [
      "Wrote Pulumi.tooling.yaml, Pulumi.test.yaml, Pulumi.prod.yaml",
      "Next:",
      "  npm run up -- tooling test prod: from then on what others read is not protected any more",
      ...[remove("test"), remove("prod")],
      "    (tables stay with their data, where the template keeps them)",
      "  npm run remove -- pipeline web again: takes it out of Pulumi.tooling.yaml, and deletable out of Pulumi.tooling.yaml, Pulumi.test.yaml, Pulumi.prod.yaml",
    ]);
    const second = change(folder, (delivery) => removePipeline(delivery, "web"));
    assert.deepEqual(second.only, { when: "unprotected", stacks: ["tooling", "test", "prod"] });
    const line = first.before[tooling]?.split("\n").find((each) => each.includes("name: web")) ?? "";
    assert.deepEqual(second.after, {
      ...first.before,
      [tooling]: first.before[tooling]?.replace(`${line}\n`, ""),
    });
    assert.match(second.said.join("\n"), /CodeCommit repository web goes with all of its code/);
  });

  it("refuses the only pipeline, and one that there is not", () => {
    const remove = (name: string) => (delivery: Delivery) => removePipeline(delivery, name);
    refused(project(), remove("catalog"), "catalog is the only pipeline: npm run down takes everything down");
    refused(project(SECOND), remove("wab"), /^there is no pipeline wab: did you mean "web"\? /);
  });

  it("waits until what it removes is down, or not protected any more", () => {
    const up = new Map([["prod", stateOf("prod", [resource("prod", ROLE, "plan", { protect: true })])]]);
    const gone = new Map([["prod", stateOf("prod", [])]]);
    assert.equal(
      tooEarly({ when: "down", stacks: ["prod"] }, up),
      "stack prod is up (1 resource): npm run down -- prod first, then this again",
    );
    assert.equal(
      tooEarly({ when: "unprotected", stacks: ["prod"] }, up),
      "prod still protects what others read: npm run up -- prod first, then this again",
    );
    for (const when of ["down", "unprotected"] as const)
      assert.equal(tooEarly({ when, stacks: ["prod"] }, gone), undefined);
  });
});

describe("stack files", () => {
  it("are written all or not at all", () => {
    const folder = emptyFolder();
    const at = (name: string) => join(folder, name);
    writeFileSync(at("a"), "old");
    writeFileSync(at("b"), "old");
    const before = { a: "old", b: "old" };
    assert.throws(
      () =>
        writeAll([
          { path: at("a"), content: "new" },
          { path: at("b"), content: undefined },
          { path: at("d"), content: "new" },
          { path: at("c/none"), content: "new" },
        ]),
      /^Error: nothing was written, since /,
    );
    assert.deepEqual({ a: readFileSync(at("a"), "utf8"), b: readFileSync(at("b"), "utf8") }, before);
    assert.deepEqual(
      ["d", "a.new", "d.new"].filter((name) => existsSync(at(name))),
      [],
    );
    assert.throws(
      () =>
        writeAll([
          { path: at("a"), content: "new" },
          { path: at("d"), content: "new" },
          { path: at("gone"), content: undefined }, // fails when others are in their place already
        ]),
      /^Error: nothing was written, since gone cannot be: /,
    );
    assert.deepEqual([readFileSync(at("a"), "utf8"), existsSync(at("d"))], ["old", false]);
    writeAll([
      { path: at("a"), content: "new" },
      { path: at("b"), content: undefined },
    ]);
    assert.deepEqual([readFileSync(at("a"), "utf8"), existsSync(at("b"))], ["new", false]);
  });

  it("writes through links, and leaves a file to those who could read it", () => {
    const folder = emptyFolder();
    const at = (name: string) => join(folder, name);
    writeFileSync(at("real"), "old", { mode: 0o600 });
    symlinkSync("real", at("link"));
    writeAll([{ path: at("link"), content: "new" }]);
    assert.deepEqual(
      [readFileSync(at("real"), "utf8"), lstatSync(at("link")).isSymbolicLink()],
      ["new", true],
    );
    assert.equal(statSync(at("real")).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder).sort(), ["link", "real"]);
  });
});
