import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readStackFiles } from "../../rehearsal/record/stackFiles";
import { settingsOf } from "../../scripts/previewMatrix";
import { type Roles, selfProfiles } from "../../scripts/selfProfiles";
import { ROOT } from "../docs/pages";
import { folderWith } from "../folders";

const TOOLING = `config:
  aws:region: eu-west-1
  kind: tooling
  account: "111111111111"
  environments: [{ name: test, account: "222222222222" }, { name: prod, account: "333333333333" }]
  pipelines: [{ name: catalog, source: { codecommit: catalog } }]
`;
const environment = (account: string, more = "", region = "eu-west-1") =>
  `config:\n  aws:region: ${region}\n  kind: environment\n  account: "${account}"\n${more}`;
const profile = (name: string) => `  aws:profile: ${name}\n`;
const FILES = {
  "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
  "Pulumi.tooling.yaml": TOOLING + profile("tooling"),
  "Pulumi.test.yaml": environment("222222222222", profile("test")),
  "Pulumi.live.yaml": environment("333333333333", `${profile("live")}  environment: prod\n`, "us-east-1"),
};
const [IN_TOOLING, IN_TEST, IN_PROD] = ["111111111111", "222222222222", "333333333333"].map(
  (account) => `arn:aws:iam::${account}:role/up`,
) as [string, string, string];
const ROLES: Roles = { environments: { test: IN_TEST, prod: IN_PROD }, tooling: IN_TOOLING };

function profiles(files: Readonly<Record<string, string>> = {}, roles: Roles = ROLES): string {
  const { project, stacks } = readStackFiles(folderWith({ ...FILES, ...files }), "");
  return selfProfiles(settingsOf(project, stacks), roles);
}
const taking = (name: string, role: string, region = "eu-west-1"): string =>
  `[profile ${name}]\nregion = ${region}\nrole_arn = ${role}\nrole_session_name = delivery-self\ncredential_source = EcsContainer\n`;

describe("profiles of the jobs that bring this program up", () => {
  it("are those that the stacks' settings name, each with the role of its environment and in its own Region", () => {
    assert.equal(
      profiles(),
      taking("live", IN_PROD, "us-east-1") + taking("test", IN_TEST) + taking("tooling", IN_TOOLING),
    );
  });

  it("have the job's own credentials where it has no role for tooling, and need no profile there", () => {
    const roles = { environments: ROLES.environments };
    const others = taking("live", IN_PROD, "us-east-1") + taking("test", IN_TEST);
    const own =
      "[profile tooling]\nregion = eu-west-1\ncredential_process = aws configure export-credentials --format process\n";
    assert.equal(profiles({}, roles), others + own);
    assert.equal(profiles({ "Pulumi.tooling.yaml": TOOLING }, roles), others);
  });

  it("are one where two stacks share both", () => {
    const both = { environments: { test: IN_PROD, prod: IN_PROD }, tooling: IN_TOOLING };
    const shared = { "Pulumi.test.yaml": environment("222222222222", profile("live")) };
    assert.equal(
      profiles(shared, both),
      taking("live", IN_PROD, "us-east-1") + taking("tooling", IN_TOOLING),
    );
  });

  const refused: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    [
      "a stack without one",
      { "Pulumi.test.yaml": environment("222222222222") },
      "test: it has no aws:profile: set one in Pulumi.test.yaml, under which this job puts its role",
    ],
    [
      "tooling without one, where it has a role there",
      { "Pulumi.tooling.yaml": TOOLING },
      "tooling: it has no aws:profile: set one in Pulumi.tooling.yaml, under which this job puts its role",
    ],
    [
      "an environment that the pipeline does not know yet",
      { "Pulumi.qa.yaml": environment("444444444444", profile("qa")) },
      "qa: this pipeline knows no environment qa, only test, prod: somebody brings up tooling and it with npm run up first",
    ],
    [
      "one profile for two roles",
      { "Pulumi.test.yaml": environment("222222222222", profile("live")) },
      "test: its aws:profile live is that of live, which has another role: give each its own",
    ],
    [
      "settings that take other roles",
      {
        "Pulumi.test.yaml": environment(
          "222222222222",
          `${profile("test")}  aws:assumeRoles: [{ roleArn: "arn:aws:iam::222222222222:role/other" }]\n`,
        ),
      },
      "test: its aws:assumeRoles lead elsewhere than to this job's role: set aws:profile alone in Pulumi.test.yaml",
    ],
  ];
  for (const [what, files, message] of refused)
    it(`refuse ${what}`, () => assert.throws(() => profiles(files), new Error(message)));

  it("are what the script prints; what it refuses ends it with 1, as the job needs it", () => {
    const args = ["-r", "ts-node/register", "scripts/selfProfiles.ts", JSON.stringify({ test: IN_TEST }), ""];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" });
    assert.equal(status, 1);
    assert.match(stderr, /^prod: this pipeline knows no environment prod, only test: /m);
  });
});
