import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./workflow";

const ROLE = "arn:aws:iam::222222222222:role/shop-test-preview";
const GITHUB = {
  ACTIONS_ID_TOKEN_REQUEST_URL: "https://token?v=1",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "asking",
};
const STACK = {
  STACK: "test",
  REGION: "eu-west-1",
  AUDIENCE: "sts.amazonaws.com",
  ROLE,
  PROFILE: "",
  BACKEND: "",
  LISTED: "test",
};
const PREVIEW =
  "--refresh=false --non-interactive --color never --suppress-outputs --suppress-progress --suppress-permalink=true";
const asks = (audience: string) =>
  `curl -sSf --retry 3 --get --data-urlencode audience=${audience} -H Authorization: bearer asking https://token?v=1`;
/** What runs in a preview; `pulumi` says what it has to go by, `git` whether the base has the stack's file. */
const preview = (
  env: Readonly<Record<string, string>>,
  pulumi = 'echo "$1"',
  curl = `echo '{"value":"signed"}'`,
  git = "exit 0",
) => run("Preview", { ...GITHUB, ...STACK, ORGANIZATION: "", ...env }, { curl, pulumi, git });
const written = (at: string) => readFileSync(join(at, "preview/test.txt"), "utf8");
const profile = (name: string, at: string) =>
  `[${name}]\nregion = eu-west-1\nrole_arn = ${ROLE}\nrole_session_name = preview\nweb_identity_token_file = ${at}/aws-token\n`;

describe("the script of a preview", () => {
  it("takes the stack's role by the run's token, and previews from the S3 backend of its settings", () => {
    const { code, at, calls } = preview({ BACKEND: "s3://state/a", ORGANIZATION: "org" });
    assert.deepEqual(calls, [
      asks("sts.amazonaws.com"),
      "pulumi login s3://state/a",
      `pulumi preview --stack test ${PREVIEW}`,
    ]);
    assert.deepEqual([code, written(at)], [0, "preview\n"]);
    assert.equal(readFileSync(join(at, "aws-token"), "utf8"), "signed\n");
    assert.equal(readFileSync(join(at, "aws-config"), "utf8"), profile("default", at));
  });

  it("gives the role under the profile's name too, where the stack has one", () => {
    const { code, at } = preview(
      { BACKEND: "s3://state", PROFILE: "team" },
      'cat "$AWS_CONFIG_FILE"; env | grep ^AWS_REGION=',
    );
    assert.equal(code, 0);
    assert.equal(
      written(at),
      `${profile("default", at)}${profile("profile team", at)}AWS_REGION=eu-west-1\n`,
    );
  });

  it("previews from Pulumi Cloud by a token too, where no state is named", () => {
    const { code, at, calls } = preview({ ORGANIZATION: "org" });
    assert.equal(code, 0);
    assert.deepEqual(calls, [
      asks("sts.amazonaws.com"),
      asks("urn:pulumi:org:org"),
      `pulumi login --oidc-token file://${at}/pulumi-token --oidc-org org`,
      `pulumi preview --stack org/test ${PREVIEW}`,
    ]);
  });

  it("says that a stack has no previews, and asks for no token", () => {
    const { code, at, calls } = preview({ ROLE: "", ORGANIZATION: "org" });
    assert.deepEqual([code, calls], [0, []]);
    assert.equal(written(at), "Not previewed: its settings have no previews.\n");
  });

  it("fails where there is no backend, and says what to set", () => {
    const { code, at } = preview({});
    assert.equal(code, 1);
    assert.equal(
      written(at),
      "No backend: set previews.state.url in Pulumi.test.yaml, or variable PULUMI_ORGANIZATION of the repository for Pulumi Cloud.\n",
    );
  });

  it("fails with what fails, and keeps what it said", () => {
    const token = preview({ BACKEND: "s3://state" }, "exit 9", "echo no token >&2; exit 22");
    assert.deepEqual([token.code !== 0, token.calls.length], [true, 1]);
    assert.match(written(token.at), /^no token\n/);
    const login = preview({ BACKEND: "s3://state" }, "echo refused >&2; exit 7");
    assert.deepEqual([login.code, login.calls.length, written(login.at)], [7, 2, "refused\n"]);
    const failing = preview({ BACKEND: "s3://state" }, '[ "$1" = login ] || { echo error: x; exit 255; }');
    assert.deepEqual([failing.code, written(failing.at)], [255, "error: x\n"]);
  });
});

describe("the script of a preview, of an environment that is not up yet", () => {
  const STATE = { BACKEND: "s3://state" };
  const failing = (text: string) => `[ "$1" = login ] || { echo "${text}"; exit 255; }`;
  const WAITS =
    "Not previewed yet: tooling and environment test are not up together; npm run up brings up both.\n";
  const UNKNOWN = "error: stack org/shop/tooling has no environment 'test', only prod: add it";
  const NO_STACK = "error: no stack named 'test' found";
  const NO_ROLE = "operation error STS: AssumeRoleWithWebIdentity, AccessDenied";

  it("says what brings it up, and does not fail, where tooling's settings have it", () => {
    for (const text of [UNKNOWN, NO_STACK]) {
      const { code, at, calls } = preview(STATE, failing(text));
      assert.deepEqual([code, written(at)], [0, `${text}\n${WAITS}`]);
      assert.ok(!calls.some((each) => each.startsWith("git")));
    }
  });

  it("takes a role that can't be taken for that only where the stack is new in the pull request", () => {
    const fresh = preview(STATE, failing(NO_ROLE), undefined, "exit 128");
    assert.deepEqual([fresh.code, written(fresh.at)], [0, `${NO_ROLE}\n${WAITS}`]);
    assert.equal(fresh.calls.at(-1), "git cat-file -e HEAD^1:Pulumi.test.yaml");
    const known = preview(STATE, failing(NO_ROLE));
    assert.deepEqual([known.code, written(known.at)], [255, `${NO_ROLE}\n`]);
  });

  it("fails where tooling's settings lack it, another is meant, or something else is wrong", () => {
    for (const text of [UNKNOWN, NO_STACK, NO_ROLE]) {
      const { code, at } = preview({ ...STATE, LISTED: "" }, failing(text), undefined, "exit 128");
      assert.deepEqual([code, written(at)], [255, `${text}\n`]);
    }
    for (const text of [UNKNOWN.replace("'test'", "'tes'"), "error: a program of its own"]) {
      const { code, at } = preview(STATE, failing(text), undefined, "exit 128");
      assert.deepEqual([code, written(at)], [255, `${text}\n`]);
    }
  });
});

/** What the base has: names of stacks are its own, whatever the pull request says. */
const BASE = { "base/Pulumi.yaml": "", "base/Pulumi.prod.yaml": "", "base/Pulumi.test.yaml": "" };
const COMMENT = {
  NUMBER: "7",
  COMMIT: "abc",
  GITHUB_REPOSITORY: "org/repo",
  GH_TOKEN: "t",
};
const comments = "repos/org/repo/issues/7/comments";
/** `found`: ids of comments that there are. */
const comment = (files: Readonly<Record<string, string>>, found = "", env = {}) => {
  const ran = run(
    "Comment",
    { ...COMMENT, ...env },
    { gh: `case "$*" in *--paginate*) printf '${found}' ;; esac` },
    {
      ...BASE,
      ...Object.fromEntries(Object.entries(files).map(([file, text]) => [`previews/${file}`, text])),
    },
  );
  const body = existsSync(join(ran.at, "body.md")) ? readFileSync(join(ran.at, "body.md"), "utf8") : "";
  return { ...ran, body };
};

describe("the script of the comment", () => {
  it("writes one comment with every stack, what their previews say as plain text", () => {
    const { code, calls, body } = comment({ "test.txt": "+ 1 to create </pre> & ```\n\n@all\n" });
    assert.equal(code, 0);
    assert.equal(
      body,
      "<!-- previews of all stacks -->\n### Previews of abc\n\n" +
        "<details><summary>prod</summary>\n\n<pre>\n" +
        "The preview did not run to its end; see the run of this workflow.\n</pre></details>\n\n" +
        "<details><summary>test</summary>\n\n<pre>\n" +
        "+ 1 to create &lt;/pre&gt; &amp; ```\n\n@all\n</pre></details>\n\n",
    );
    assert.deepEqual(calls, [
      `gh api --paginate ${comments}?per_page=100 --jq .[] | select(.user.login == "github-actions[bot]" and (.body | startswith("<!-- previews of all stacks -->"))) | .id`,
      `gh api --method POST ${comments} -F body=@body.md --silent`,
    ]);
  });

  it("changes the comment that there is, the first if somebody made several", () => {
    const { code, calls } = comment({}, String.raw`12\n34\n`);
    assert.equal(code, 0);
    assert.deepEqual(calls.slice(1), [
      "gh api --method PATCH repos/org/repo/issues/comments/12 -F body=@body.md --silent",
    ]);
  });

  it("keeps the end of long previews, so that all fit, and no half characters", () => {
    const long = { "prod.txt": `${"é".repeat(40_000)}the end\n`, "test.txt": "<".repeat(65_536) };
    const { code, body } = comment(long);
    assert.equal(code, 0);
    assert.ok(body.length > 40_000 && Buffer.byteLength(body) < 61_000, String(body.length));
    assert.match(body, /<pre>\né+the end\n<\/pre>/);
  });

  it("has no name and no text of a stack that the base has not: it counts them", () => {
    const hostile = "</summary>[all is well](https:";
    const { code, body } = comment({ "test.txt": "+ 1\n", [`${hostile}.txt`]: "x", "new.txt": "y" });
    assert.equal(code, 0);
    assert.deepEqual(body.match(/<summary>[^\n]*/g), ["<summary>prod</summary>", "<summary>test</summary>"]);
    assert.match(body, /\nStacks that are new in this pull request: 2; see the run of this workflow\.\n$/);
    assert.ok(!body.includes("all is well") && !body.includes("new.txt"));
  });

  it("leaves out a file of the base whose name no stack can have, and writes with no stack at all", () => {
    const gh = 'case "$*" in *--paginate*) ;; esac';
    const { code, at } = run(
      "Comment",
      COMMENT,
      { gh },
      { "base/Pulumi.a`b.yaml": "", "previews/a.txt": "x" },
    );
    assert.equal(code, 0);
    assert.equal(
      readFileSync(join(at, "body.md"), "utf8"),
      "<!-- previews of all stacks -->\n### Previews of abc\n\nStacks that are new in this pull request: 1; see the run of this workflow.\n",
    );
  });

  it("fails when GitHub does not take it", () => {
    const gh = 'case "$*" in *--paginate*) ;; *) exit 4 ;; esac';
    assert.equal(run("Comment", COMMENT, { gh }, BASE).code, 4);
  });
});
