import assert from "node:assert/strict";
import { type Path, Unchangeable, withItem, without, withValue } from "../../../commands/stackFiles/edits";
import { inline, type Value } from "../../../commands/stackFiles/inline";

const TEXT = `# first line
config:
  aws:region: eu-west-1 # Region
  account: "111111111111" # guard

  # all of them
  environments: # in order
    # small
    - { name: test, account: "222222222222" } # cheap
    # large
    - name: prod
      account: '333333333333'   # odd  blanks
      approval: { emails: [a@example.com] }
      # approval: true
  pipelines:
  - name: shop
    source:
      codecommit: shop # here
      branch: main
    # or another
  inline: [a, b]
  # the end
`;

/** Lines that went (-) and came (+), with the line number of the old or the new text. */
function difference(before: string, after: string): string[] {
  const [old, young] = [before.split("\n"), after.split("\n")];
  let start = 0;
  while (start < old.length && old[start] === young[start]) start++;
  let end = 0;
  while (end < Math.min(old.length, young.length) - start && old.at(-1 - end) === young.at(-1 - end)) end++;
  return [
    ...old.slice(start, old.length - end).map((line) => `-${line}`),
    ...young.slice(start, young.length - end).map((line) => `+${line}`),
  ];
}

const ENVIRONMENTS = ["config", "environments"];
const STAGING = { name: "staging", account: "444444444444" };

describe("a change of a stack file", () => {
  const cases: Readonly<
    Record<string, readonly [change: (text: string) => string, lines: readonly string[]]>
  > = {
    "puts an item last": [
      (text) => withItem(text, ENVIRONMENTS, 2, STAGING),
      ['+    - { name: staging, account: "444444444444" }'],
    ],
    "puts an item first, behind what is said of the list": [
      (text) => withItem(text, ENVIRONMENTS, 0, STAGING),
      ['+    - { name: staging, account: "444444444444" }'],
    ],
    "puts an item between others, which keep what is said of them": [
      (text) => withItem(text, ENVIRONMENTS, 1, STAGING),
      ['+    - { name: staging, account: "444444444444" }'],
    ],
    "puts an item on several lines": [
      (text) =>
        withItem(text, ["config", "pipelines"], 1, { name: "web", directory: "web" }, [
          "name: web",
          "directory: web",
        ]),
      ["+  - name: web", "+    directory: web"],
    ],
    "takes an item with its own lines": [
      (text) => without(text, [...ENVIRONMENTS, 1]),
      [
        "-    - name: prod",
        "-      account: '333333333333'   # odd  blanks",
        "-      approval: { emails: [a@example.com] }",
        "-      # approval: true",
      ],
    ],
    "takes an item on one line": [
      (text) => without(text, [...ENVIRONMENTS, 0]),
      ['-    - { name: test, account: "222222222222" } # cheap'],
    ],
    "takes a key, and nothing that is said below it": [
      (text) => without(text, [...ENVIRONMENTS, 1, "approval"]),
      ["-      approval: { emails: [a@example.com] }"],
    ],
    "takes a key that is a map of several lines": [
      (text) => without(text, ["config", "pipelines", 0, "source"]),
      ["-    source:", "-      codecommit: shop # here", "-      branch: main"],
    ],
    "takes a key whose list begins in its own column": [
      (text) => without(text, ["config", "pipelines"]),
      [
        ...["-  pipelines:", "-  - name: shop", "-    source:", "-      codecommit: shop # here"],
        ...["-      branch: main", "-    # or another"],
      ],
    ],
    "writes a value over another and leaves its line": [
      (text) => withValue(text, ["config", "account"], "555555555555"),
      ['-  account: "111111111111" # guard', '+  account: "555555555555" # guard'],
    ],
    "writes a value into a map on one line": [
      (text) => withValue(text, [...ENVIRONMENTS, 0, "verify"], false),
      [
        '-    - { name: test, account: "222222222222" } # cheap',
        '+    - { name: test, account: "222222222222", verify: false } # cheap',
      ],
    ],
    "writes a new key last": [
      (text) => withValue(text, [...ENVIRONMENTS, 1, "verify"], false),
      ["+      verify: false"],
    ],
    "writes a map over one of several lines": [
      (text) => withValue(text, ["config", "pipelines", 0, "source"], { github: "a/b" }),
      [
        ...["-    source:", "-      codecommit: shop # here", "-      branch: main"],
        "+    source: { github: a/b }",
      ],
    ],
    "changes a list on one line": [
      (text) => without(text, ["config", "inline", 0]),
      ["-  inline: [a, b]", "+  inline: [b]"],
    ],
    "is none where the value is there": [
      (text) => withValue(text, ["config", "account"], "111111111111"),
      [],
    ],
  };
  for (const [what, [change, lines]] of Object.entries(cases)) {
    it(what, () => assert.deepEqual(difference(TEXT, change(TEXT)), lines));
    it(`${what}, with the line ends of Windows and without the last one`, () => {
      const windows = TEXT.trimEnd().replaceAll("\n", "\r\n");
      const young = change(windows);
      assert.deepEqual(difference(TEXT.trimEnd(), young.replaceAll("\r\n", "\n").trimEnd()), lines);
      assert.doesNotMatch(young, /[^\r]\n/);
    });
  }

  it("is refused where it would not come to what it should, and names what", () => {
    const refuses = (text: string, path: Path, why: string) => {
      const message = new Unchangeable(`${path.join(".")} ${why}`).message;
      assert.throws(() => without(text, path), { message });
    };
    refuses("a: [1, # one\n  2]\n", ["a", 0], "has comments between its brackets");
    refuses("a: &x [1, 2]\nb: *x\n", ["a", 0], "is written in a way that is not changed here");
    refuses("a: &x\n  - 1\n  - 2\nb: *x\n", ["a", 0], "is written in a way that is not changed here");
    refuses("a: &x [1, 2]\nb: *x\n", ["b", 0], "is in nothing that is written as a list or map of its own");
    assert.throws(() => withItem("a: 1\n", ["a"], 0, 2), {
      message: "a is not written as a list of its own",
    });
  });
});

describe("a value on one line", () => {
  const cases: readonly [Value, string][] = [
    [{ name: "test", account: "222222222222" }, '{ name: test, account: "222222222222" }'],
    [{ emails: ["a@example.com", "b@example.com"] }, "{ emails: [a@example.com, b@example.com] }"],
    [["a, b", "{x}", "#1", "true", ""], '["a, b", "{x}", "#1", "true", ""]'],
    [{ a: true, b: 3, c: {}, d: [] }, "{ a: true, b: 3, c: {}, d: [] }"],
    ["feature/*", "feature/*"],
  ];
  for (const [value, text] of cases) it(text, () => assert.equal(inline(value), text));
});
