import assert from "node:assert/strict";
import type { Previews } from "../../../stacks/settings/model";
import { environment, problemsOf, refuses, settingsOf, tooling } from "../settingsSample";

const KEY = "arn:aws:kms:eu-west-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef";
const URL =
  "allowed is the URL of an S3 backend, s3://<bucket> or s3://<bucket>/<folder>, as pulumi login takes it, " +
  "and a bucket's name that S3 takes: 3 to 63 of a-z, 0-9, . and -, a letter or digit first and last, no two dots in a row, " +
  "no IP address, no beginning or end that S3 reserves, such as xn-- or -s3alias";
const REPOSITORY =
  "allowed is owner/name as GitHub spells it or, for a repository made since July 2026, owner@id/name@id";
const inTooling = (previews: unknown) => problemsOf(tooling({ previews }));
const previewsOf = (previews: unknown): Previews | undefined => settingsOf(tooling({ previews })).previews;
const s3 = (bucket: string) => `s3://${bucket}`;
const STATE = { url: "s3://state" };
const NAME =
  "allowed is the name of a CodeCommit repository: letters, digits, and . _ -, at most 100 characters, not ending in .git";
const stateOf = (url: string) => previewsOf({ repository: "org/repo", state: { url } })?.state;

describe("the settings of previews", () => {
  it("are none by default, in every kind of stack", () => {
    assert.equal(settingsOf(tooling()).previews, undefined);
    assert.equal(settingsOf(environment(), "test").previews, undefined);
  });

  it("are a repository, whose account's provider is made here unless they say that there is one", () => {
    assert.deepEqual(previewsOf({ repository: "Org-1/re.po_2" }), {
      repository: "Org-1/re.po_2",
      provider: "create",
    });
    const written = { repository: "org@12/repo@34", provider: "existing" };
    assert.deepEqual(previewsOf(written), written);
    assert.deepEqual(settingsOf(environment({ previews: written }), "test").previews, written);
  });

  it("take the state's bucket and folder from the URL of its backend", () => {
    for (const [url, where] of [
      ["s3://state", { bucket: "state" }],
      ["s3://state/", { bucket: "state" }],
      ["s3://my.state/a/b/?region=eu-west-1&awssdk=v2", { bucket: "my.state", folder: "a/b" }],
      ["s3://1.a-b.2/a..b", { bucket: "1.a-b.2", folder: "a..b" }],
      ["s3://192.168.5.4.example?region=eu-west-1", { bucket: "192.168.5.4.example" }],
      ["s3://1.2.3.4.5", { bucket: "1.2.3.4.5" }],
      ["s3://a-s3alias-x", { bucket: "a-s3alias-x" }],
      ["s3://abc", { bucket: "abc" }],
      [s3("x".repeat(63)), { bucket: "x".repeat(63) }],
      ["s3://state/./a//b", { bucket: "state", folder: "a/b" }],
    ] as const)
      assert.deepEqual(stateOf(url), { url, ...where, keys: [] });
    const state = { url: "s3://state", keys: [KEY] };
    assert.deepEqual(previewsOf({ repository: "org/repo", state })?.state, { ...state, bucket: "state" });
  });

  it("are of a repository in CodeCommit, with state that a role reads", () => {
    const written = { codecommit: "plat.form_2-x", state: STATE };
    const read = { codecommit: "plat.form_2-x", state: { ...STATE, bucket: "state", keys: [] } };
    assert.deepEqual(previewsOf(written), read);
    assert.deepEqual(settingsOf(environment({ previews: written }), "test").previews, read);
  });

  for (const codecommit of ["a b", "a/b", "platform.git", "x".repeat(101)])
    it(`refuse the repository ${codecommit.slice(0, 20)} of CodeCommit`, () => {
      const shown = codecommit.length > 100 ? /^"x+…$/ : new RegExp(`^"${codecommit}"$`);
      const [problem = "", ...more] = inTooling({ codecommit, state: STATE });
      const [, received = "", allowed] = /^previews\.codecommit: received (.*?); (.*)$/.exec(problem) ?? [];
      assert.match(received, shown);
      assert.deepEqual([allowed, more], [NAME, []]);
    });

  for (const repository of [
    "repo",
    "org/",
    "org/a/b",
    "org/*",
    "org@1/repo",
    "-org/repo",
    "https://github.com/o/r",
  ])
    it(`refuse the repository ${repository}`, () =>
      assert.deepEqual(inTooling({ repository }), [
        `previews.repository: received "${repository}"; ${REPOSITORY}`,
      ]));
  for (const url of [
    "state",
    "file://~",
    "s3://",
    "s3://UPPER",
    "s3://state/a b",
    "s3://state/*",
    "https://api.pulumi.com",
    ...["a..b", "ab", "-state", "state-", ".state", "state.", "st_ate", "192.168.5.4", "x".repeat(64)].map(
      s3,
    ),
    ...["xn--state", "sthree-state", "amzn-s3-demo-state"].map(s3),
    ...["a-s3alias", "a--ol-s3", "a.mrap", "a--use1-az4--x-s3", "a--table-s3"].map(s3),
    ...["a..b/folder", "192.168.5.4?region=eu-west-1", "a-s3alias/folder?awssdk=v2"].map(s3),
  ])
    it(`refuse the state ${url}`, () =>
      assert.deepEqual(inTooling({ repository: "org/repo", state: { url } }), [
        `previews.state.url: received "${url}"; ${URL}`,
      ]));
  refuses({
    "previews without a repository, and with an unknown key": [
      () => inTooling({ repositry: "org/repo" }),
      [
        `previews.repository: is missing; ${REPOSITORY}`,
        'previews.repositry: received "org/repo"; this key is unknown: did you mean "repository"? allowed are repository, provider, state',
      ],
    ],
    "a repository in CodeCommit without state": [
      () => inTooling({ codecommit: "platform" }),
      ["previews.state: is missing; allowed is a map of url, keys"],
    ],
    "state of a repository in CodeCommit in Pulumi Cloud": [
      () => inTooling({ codecommit: "platform", state: { url: "https://api.pulumi.com" } }),
      [`previews.state.url: received "https://api.pulumi.com"; ${URL}`],
    ],
    "a repository on GitHub and one in CodeCommit": [
      () => inTooling({ codecommit: "platform", repository: "org/repo", state: STATE }),
      ['previews.codecommit: received "platform"; repository names one on GitHub: remove one of the two'],
    ],
    "GitHub's provider for a repository in CodeCommit": [
      () => inTooling({ codecommit: "platform", provider: "existing", state: STATE }),
      [
        'previews.provider: received "existing"; only previews on GitHub have this key: remove it, or name the repository on GitHub alone',
      ],
    ],
    "a repository in CodeCommit where there is no CodeCommit": [
      () =>
        problemsOf(
          tooling({ "aws:region": "eu-central-2", previews: { codecommit: "platform", state: STATE } }),
        ).filter((each) => each.startsWith("previews")),
      [
        'previews.codecommit: received "platform"; CodeCommit was not in eu-central-2 on 2026-11-20: keep the program in a repository on GitHub, or choose another Region',
      ],
    ],
    "a project whose jobs of pull requests would have too long names": [
      () =>
        problemsOf(
          tooling({ previews: { codecommit: "platform", state: STATE } }),
          "tooling",
          "p".repeat(44),
        ).filter((each) => each.startsWith("previews")),
      [
        `previews.codecommit: received "platform"; its role ${"p".repeat(44)}-pull-requests-preview has 66 characters, and IAM allows 64: rename the project in Pulumi.yaml, shorter`,
      ],
    ],
    "a provider that is neither made nor there": [
      () => inTooling({ repository: "org/repo", provider: "none" }),
      ['previews.provider: received "none"; allowed are create, existing'],
    ],
    "the alias of a key": [
      () =>
        inTooling({
          repository: "org/repo",
          state: { url: "s3://state", keys: [KEY.replace(/key\/.*/, "alias/state")] },
        }),
      [
        'previews.state.keys[0]: received "arn:aws:kms:eu-west-1:111111111111:alias/state"; allowed is the ARN of a KMS key, arn:aws:kms:<region>:<account>:key/<id>; an alias gives no permission',
      ],
    ],
    "roles that previews could not take": [
      () =>
        problemsOf(
          environment({
            previews: { repository: "org/repo" },
            "aws:assumeRoles": [{ roleArn: "arn:aws:iam::1:role/a" }],
          }),
          "test",
        ),
      [
        'aws:assumeRoles: received [{"roleArn":"arn:aws:iam::1:role/a"}]; the role of previews takes no other role: set aws:profile instead (a profile can take roles), or remove previews',
      ],
    ],
  });
});
