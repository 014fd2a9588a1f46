import assert from "node:assert/strict";
import { join } from "node:path";
import { folderWith } from "../../folders";
import { readStackFiles } from "../../../rehearsal/record/stackFiles";
import { UnusableFile } from "../../../rehearsal/record/yamlFile";

const PROJECT = `name: acme
config:
  kind: { type: string, default: "" }
  environments: { type: array, items: { type: object }, default: [] }
  days: { type: integer, default: 7 }
  deletable: { type: boolean, default: false }
  iam: { type: object, default: {} }
  pulumi:disable-default-providers: [aws]
  aws:retries:
    value: 3
`;
const read = (config: string, project = PROJECT) => {
  const path = folderWith({ "Pulumi.yaml": project, "Pulumi.test.yaml": config });
  return readStackFiles(path, "/nowhere");
};
const settings = (yaml: string) => read(`config:\n${yaml.replace(/^/gm, "  ")}`).stacks[0]?.config;
const DEFAULTS = {
  "acme:kind": "",
  "acme:environments": "[]",
  "acme:days": "7",
  "acme:deletable": "false",
  "acme:iam": "{}",
  "pulumi:disable-default-providers": '["aws"]',
  "aws:retries": "3",
};

describe("stackFiles", () => {
  const delivers = (title: string, yaml: string, config: Readonly<Record<string, string>>) =>
    it(`delivers ${title}`, () => assert.deepEqual(settings(yaml), { ...DEFAULTS, ...config }));

  delivers("the defaults of Pulumi.yaml", "kind: x", { "acme:kind": "x" });
  delivers("bare keys with the project's prefix, others as written", "kind: x\naws:region: eu-west-1", {
    "acme:kind": "x",
    "aws:region": "eu-west-1",
  });
  delivers("a key with a prefix before the bare one", "acme:kind: full\nkind: bare", { "acme:kind": "full" });
  delivers("lists and maps as JSON", "environments: [{ name: test }]\niam: { path: /a/ }", {
    "acme:environments": '[{"name":"test"}]',
    "acme:iam": '{"path":"/a/"}',
  });
  delivers("text in quotes as it is", `kind: "012345678901"`, { "acme:kind": "012345678901" });
  delivers("an account without quotes as YAML mangles it", "kind: 012345678901", {
    "acme:kind": "12345678901",
  });
  delivers("an account that is taken for an octal number", "kind: 012345670123", {
    "acme:kind": "1402433619",
  });
  delivers(
    "accounts in lists as numbers",
    "environments: [{ account: 222222222222 }, { account: 012345670123 }]",
    {
      "acme:environments": '[{"account":222222222222},{"account":1402433619}]',
    },
  );
  delivers("negative, hexadecimal and underlined integers", "a: -5\nb: 0x1F\nc: 1_000", {
    "acme:a": "-5",
    "acme:b": "31",
    "acme:c": "1000",
  });
  delivers("booleans", "deletable: true", { "acme:deletable": "true" });
  delivers("dates and words of YAML 1.1 as text", "a: 2026-01-02\nb: yes\nc: 12:30", {
    "acme:a": "2026-01-02",
    "acme:b": "yes",
    "acme:c": "12:30",
  });
  delivers("blocks of text", "a: |\n  one\n  two", { "acme:a": "one\ntwo\n" });
  delivers("anchors", "a: &x { b: 1 }\nc: *x", { "acme:a": '{"b":1}', "acme:c": '{"b":1}' });

  const refuses = (title: string, yaml: string, message: string) =>
    it(`refuses ${title}`, () =>
      assert.throws(
        () => settings(yaml),
        (error) => error instanceof UnusableFile && (assert.equal(error.message, message), true),
      ));
  const HOW = "write text in quotes, an integer, true or false, a list or a map";

  refuses(
    "broken YAML with file and line",
    "kind: x\na: [1",
    "Pulumi.test.yaml:3: Flow sequence in block collection must be sufficiently indented and end with a ]",
  );
  refuses("a key that stands twice", "a: 1\na: 2", "Pulumi.test.yaml:3: Map keys must be unique");
  refuses(
    "a fraction",
    "a: 1.5",
    `Pulumi.test.yaml:2: config.a has 1.5, which is not an integer below 2^53; ${HOW}`,
  );
  refuses(
    "a number that is too large",
    "a: 99999999999999999999",
    `Pulumi.test.yaml:2: config.a has 99999999999999999999, which is not an integer below 2^53; ${HOW}`,
  );
  refuses("nothing", "a:", `Pulumi.test.yaml:2: config.a has no value; ${HOW}`);
  refuses("nothing in a list", "a: [{ b: ~ }]", `Pulumi.test.yaml:2: config.a[0].b has no value; ${HOW}`);
  refuses(
    "a tag",
    "a: !!binary aGk=",
    "Pulumi.test.yaml:2: config.a has the tag tag:yaml.org,2002:binary; write it without",
  );
  refuses(
    "a merge key",
    "a: &x { b: 1 }\nc: { <<: *x }",
    "Pulumi.test.yaml:3: merge keys (<<) are not read; write the keys out",
  );
  refuses(
    "a map that holds itself",
    "a: &x { b: [*x] }",
    "Pulumi.test.yaml:2: config.a.b[0].b[0] holds itself: *x is within &x",
  );
  refuses(
    "aliases of aliases",
    `x0: &x0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n${Array.from(
      { length: 9 },
      (_, i) => `x${i + 1}: &x${i + 1} [${Array(10).fill(`*x${i}`).join(", ")}]`,
    ).join("\n")}`,
    "Pulumi.test.yaml:1: its aliases make more than 100000 values: write out what is needed",
  );
  refuses("an anchor that is not there", "a: *x", "Pulumi.test.yaml:2: config.a names no anchor: *x");
  const SECURE =
    "is encrypted (secure:), and the rehearsal has no key; rehearse a copy of the folder with a plain value";
  refuses("an encrypted value", "token: { secure: v1:abc }", `Pulumi.test.yaml: token ${SECURE}`);
  refuses(
    "an encrypted value inside a list",
    "a: [{ b: { secure: v1:abc } }]",
    `Pulumi.test.yaml: a[0].b ${SECURE}`,
  );
  const typed = (key: string, type: string) =>
    `Pulumi.test.yaml: Stack 'test' with configuration key '${key}' must be of type '${type}'`;
  refuses("text for a list, as the CLI does", "environments: test", typed("environments", "array<object>"));
  refuses("a list for a map, also under its full key", "acme:iam: []", typed("iam", "object"));
  refuses("text for an integer", "days: soon", typed("days", "integer"));
  refuses("text for a boolean", "deletable: maybe", typed("deletable", "boolean"));
  refuses("a map for text", "kind: { a: 1 }", typed("kind", "string"));

  const UTF8 = "Pulumi.test.yaml: it is no text in UTF-8: save it as UTF-8";
  const CONTENTS: Readonly<Record<string, readonly [content: string | Buffer, message: string]>> = {
    "a list for the whole file": ["- a", "Pulumi.test.yaml: its content is a list; write a map of keys"],
    "one word for the whole file": [
      "kind=tooling",
      "Pulumi.test.yaml: its content is a single value; write a map of keys",
    ],
    "a list of settings": ["config: [a]", "Pulumi.test.yaml: config is a list; write a map of keys"],
    "UTF-16, as shells of Windows write it": [Buffer.from("\ufeffconfig: {}", "utf16le"), UTF8],
    "another encoding": [Buffer.from("config: { kind: caf\u00e9 }", "latin1"), UTF8],
    "bytes that are no text": [Buffer.from([0x61, 0, 0x62]), UTF8],
  };
  for (const [title, [content, message]] of Object.entries(CONTENTS))
    it(`refuses ${title}`, () => {
      const path = folderWith({ "Pulumi.yaml": PROJECT, "Pulumi.test.yaml": content });
      assert.throws(() => readStackFiles(path, "/nowhere"), new UnusableFile(message));
    });

  it("refuses a folder that has the name of a stack's file", () => {
    const path = folderWith({ "Pulumi.yaml": PROJECT, "Pulumi.test.yaml/inner": "" });
    const message =
      "Pulumi.test.yaml: it can't be read (EISDIR: illegal operation on a directory, read): make it a file that can be";
    assert.throws(() => readStackFiles(path, "/nowhere"), new UnusableFile(message));
  });

  it("takes line ends of Windows and a byte order mark as the CLI does", () => {
    const [stack] = read("\ufeffconfig:\r\n  kind: x\r\n").stacks;
    assert.equal(stack?.config["acme:kind"], "x");
  });

  it("takes the project's own Pulumi.yaml where the folder has none", () => {
    const own = join(folderWith({ "Pulumi.yaml": "name: own" }), "Pulumi.yaml");
    const { project, stacks } = readStackFiles(
      folderWith({ "Pulumi.b.yaml": "config: { a: 1 }", "Pulumi.a.yaml": "" }),
      own,
    );
    assert.equal(project, "own");
    assert.deepEqual(
      stacks.map(({ stack, config }) => [stack, config]),
      [
        ["a", {}],
        ["b", { "own:a": "1" }],
      ],
    );
  });

  const unusable = (title: string, make: () => unknown, message: RegExp) =>
    it(`refuses ${title}`, () =>
      assert.throws(make, (error) => error instanceof UnusableFile && message.test(error.message)));
  unusable(
    "a folder that is not there",
    () => readStackFiles("/nowhere/at/all", ""),
    /^\/nowhere\/at\/all is not a folder; /,
  );
  unusable(
    "a folder without stack files",
    () => readStackFiles(folderWith({ "Pulumi.yaml": PROJECT }), ""),
    /has no Pulumi\.<stack>\.yaml file; npm run init writes those of this project$/,
  );
  unusable("a project without a name", () => read("", "runtime: nodejs"), /^Pulumi\.yaml: name is missing; /);
  unusable(
    "values that are imported",
    () => read("environment: [shared]"),
    /^Pulumi\.test\.yaml: environment imports values/,
  );
});
