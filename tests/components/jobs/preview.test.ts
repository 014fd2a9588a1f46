import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { scriptText } from "../../../components/jobs/packing";
import { folderWith } from "../../folders";
import { run, type Result } from "./harness";
import { BUILDSPECS, changed } from "./inputs";
import { DESTINATION, SOURCE } from "./pullRequests";
import { emptyWorld } from "./world";

interface Row {
  readonly stack: string;
  readonly role?: string;
  readonly backend?: string;
  readonly profile?: string;
  readonly listed?: string;
}
const ROLE = "arn:aws:iam::222222222222:role/delivery-test-preview";

/** The CLI as an archive: it tells its arguments and the profiles that it finds, and fails for stacks that are called so. */
const archive = (): string => {
  const folder = folderWith({
    "pulumi/pulumi": [
      "#!/bin/bash",
      'if [[ $1 == login ]]; then [[ $2 != s3://closed ]] || { echo "no such bucket" >&2; exit 1; }; exit; fi',
      'echo "$AWS_REGION: $*"; cat "$AWS_CONFIG_FILE"',
      '[[ $3 != broken ]] || { echo "error: broken"; exit 255; }',
      `[[ $3 != late ]] || { echo "tooling has no environment 'late'"; exit 255; }`,
      '[[ $3 != long ]] || for i in {1..500}; do printf "%020d\\n" "$i"; done',
    ].join("\n"),
  });
  execFileSync("chmod", ["755", join(folder, "pulumi/pulumi")]);
  execFileSync("tar", ["-czf", join(folder, "pulumi.tar.gz"), "-C", folder, "pulumi"]);
  return join(folder, "pulumi.tar.gz");
};
let pulumi = "";

/** What the program's own script says of its stack files, and the CLI, take the place of what needs packages and the internet. */
function preview(rows: readonly Row[], variables: Readonly<Record<string, string>> = {}): Promise<Result> {
  const defaults = { region: "eu-west-1", role: ROLE, backend: "s3://state", profile: "", listed: "" };
  const matrix = JSON.stringify(rows.map((row) => ({ ...defaults, ...row })));
  const source = folderWith({ "package.json": "{}", outputs: `matrix=${matrix}\nwanted=true\n` });
  const offline = [
    ["node -r ts-node/register scripts/previewMatrix.ts", "cat outputs"],
    [/curl .*linux-x64\.tar\.gz"/.exec(SCRIPT)?.[0] ?? "no curl", `cp "${pulumi}" "$work/pulumi.tar.gz"`],
  ].reduce((spec, [from = "", to = ""]) => changed(spec, from, to), BUILDSPECS.preview);
  const told = {
    ...{
      PULUMI_VERSION: "1.2.3",
      SOURCE_COMMIT: SOURCE,
      DESTINATION_COMMIT: DESTINATION,
      PULL_REQUEST: "12",
    },
    CODEBUILD_SRC_DIR: source,
    ...variables,
  };
  return run(offline, source, told, emptyWorld());
}
const SCRIPT = scriptText("pulumi.sh");

/** What the other job makes a comment of. */
const told = ({ output }: Result): string[] => {
  const lines = output.split("\n");
  const from = lines.lastIndexOf(`previews of ${SOURCE}:`);
  return from < 0 ? [] : lines.slice(from + 1, lines.lastIndexOf("end of previews"));
};
const config = (...profiles: string[]): string[] =>
  profiles.flatMap((profile) => [
    `[${profile}]`,
    "region = eu-west-1",
    `role_arn = ${ROLE}`,
    "role_session_name = preview",
    "credential_source = EcsContainer",
  ]);
const asked = (stack: string): string =>
  `eu-west-1: preview --stack ${stack} --refresh=false --non-interactive --color never --suppress-outputs --suppress-progress --suppress-permalink=true`;

describe("job preview", () => {
  before(() => (pulumi = archive()));

  it("previews each stack with its own role, under the name of the profile that its settings ask for", async () => {
    const result = await preview([{ stack: "test" }, { stack: "prod", profile: "prod" }]);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(told(result), [
      ...["== test", asked("test"), ...config("default"), ""],
      ...["== prod", asked("prod"), ...config("default", "profile prod"), ""],
    ]);
    assert.deepEqual(result.calls, ["npm ci --ignore-scripts --no-audit --no-fund"]);
  });

  it("tells of all stacks, and then fails for those whose preview has failed", async () => {
    const result = await preview([
      { stack: "broken" },
      { stack: "open", backend: "s3://closed" },
      { stack: "none", backend: "" },
      { stack: "test" },
    ]);
    assert.equal(result.code, 1);
    const heads = told(result).filter((line) => /^(==|error|no |No )/.test(line));
    assert.deepEqual(heads, [
      ...["== broken", "error: broken", "== open", "no such bucket"],
      ...["== none", "No backend: set previews.state.url in Pulumi.none.yaml.", "== test"],
    ]);
    assert.equal(
      result.output.trimEnd().split("\n").at(-1),
      "error: the preview failed of broken open none: see above what Pulumi says, and correct the pull request",
    );
  });

  it("does not fail for a stack without previews, or an environment that tooling does not have yet", async () => {
    const result = await preview([
      { stack: "quiet", role: "" },
      { stack: "late", listed: "late" },
    ]);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(
      told(result).filter((line) => /^(==|Not)/.test(line)),
      [
        ...["== quiet", "Not previewed: its settings have no previews.", "== late"],
        "Not previewed yet: tooling and environment late are not up together; npm run up brings up both.",
      ],
    );
    assert.equal((await preview([{ stack: "late" }])).code, 1, "one that tooling does not list");
  });

  it("gives each stack its share of the comment, the end of what it says", async () => {
    const result = await preview([{ stack: "long" }, { stack: "test" }]);
    const lines = told(result);
    assert.ok(lines.join("\n").length < 5000 && lines.includes("500".padStart(20, "0")));
    assert.ok(!lines.includes("300".padStart(20, "0")));
  });

  it("refuses what is no commit, and a program without stack files", async () => {
    const last = ({ output }: Result) => output.trimEnd().split("\n").at(-1);
    assert.equal(
      last(await preview([{ stack: "test" }], { SOURCE_COMMIT: "main;id" })),
      "error: variable SOURCE_COMMIT must be a commit, but is main\\;id",
    );
    assert.equal(
      last(await preview([])),
      "error: the pull request has no stack file: add Pulumi.<stack>.yaml",
    );
  });
});
