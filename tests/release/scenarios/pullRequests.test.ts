/** The two jobs that preview pull requests in CodeCommit, as its events start them. Pulumi itself is a stand-in. */
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { outputLines, previewMatrix, type PreviewRow } from "../../../scripts/previewMatrix";
import { PULUMI_VERSION } from "../../../components/pullRequests/pullRequests";
import { broughtUp } from "../../programs";
import { emptyFolder } from "../../folders";
import { environments, tooling } from "../../stacks/settingsSample";
import { all, codecommit } from "../../stacks/together.case";
import type { PullRequests } from "../system/pullRequests";
import type { Tree } from "../system/repository";
import { WHOLE } from "../whole";
import { Planting, refuse, says } from "./planted";
import { type Scenario, scenario, scenarios } from "./scenario";
import { ZIP } from "./zip";

const previews = { codecommit: "platform", state: { url: "s3://acme-state" } };
const { files } = all(
  tooling({
    environments: environments("test", "prod@333333333333"),
    pipelines: [codecommit("catalog", ZIP)],
    previews,
  }),
  { previews },
);

/** What the project's own script makes of these stack files. */
function rows(): PreviewRow[] {
  const folder = emptyFolder();
  writeFileSync(join(folder, "Pulumi.yaml"), JSON.stringify({ name: "delivery" }));
  for (const [stack, config] of Object.entries(files))
    writeFileSync(join(folder, `Pulumi.${stack}.yaml`), JSON.stringify({ config }));
  return previewMatrix(folder);
}

/** What is downloaded: its preview says who it is to AWS, and what the pull request has it say. */
const CLI = `#!/bin/bash
case $1 in
  login) [[ $2 == s3://acme-state ]] ;;
  preview) aws sts get-caller-identity --query Arn --output text && bash ./program.sh "$3" ;;
esac
`;
/** From the one address, and no other. */
const curl = (cli: string): string => `#!/bin/bash
[[ $* == *" https://get.pulumi.com/releases/sdk/pulumi-v${PULUMI_VERSION}-linux-x64.tar.gz" ]] || exit 22
while [[ $1 != -o ]]; do shift; done
tar -czf "$2" -C '${cli}' pulumi
`;

function installable({ containers }: Scenario["system"]): void {
  const cli = emptyFolder();
  mkdirSync(join(cli, "pulumi"));
  for (const [file, script] of [
    [join(cli, "pulumi/pulumi"), CLI],
    [join(containers.bin, "curl"), curl(cli)],
  ] as const) {
    writeFileSync(file, script);
    chmodSync(file, 0o755);
  }
}

const OWN = { name: "delivery", version: "1.0.0", dependencies: { "ts-node": "file:ts-node" } };

/** The pull request's own code: a stand-in for ts-node, a matrix, and what its program says of a stack. */
const tree = (matrix: readonly PreviewRow[], program: string): Tree => ({
  "package.json": JSON.stringify({ ...OWN, private: true }),
  "package-lock.json": JSON.stringify({
    ...{ name: OWN.name, version: OWN.version, lockfileVersion: 3, requires: true },
    packages: {
      "": OWN,
      "node_modules/ts-node": { resolved: "ts-node", link: true },
      "ts-node": { version: "1.0.0" },
    },
  }),
  "ts-node/package.json": JSON.stringify({ name: "ts-node", version: "1.0.0" }),
  "ts-node/register.js": 'require.extensions[".ts"] = require.extensions[".js"];\n',
  "scripts/previewMatrix.ts": `console.log(${JSON.stringify(outputLines(matrix).join("\n"))});\n`,
  "program.sh": program,
});

const pullRequestsIn = ({ system }: Scenario): PullRequests => {
  assert.ok(system.pullRequests);
  return system.pullRequests;
};

/** Somebody pushes to a branch that has a pull request; its commit. */
async function push(
  it: Scenario,
  branch: string,
  title: string,
  ...of: Parameters<typeof tree>
): Promise<string> {
  const pullRequests = pullRequestsIn(it);
  it.system.bus.put(pullRequests.push(title, branch, tree(...of)));
  await it.system.activity.idle();
  return pullRequests.repository.branches.get(branch) ?? "";
}

/** A comment without its link, which is the last line. */
const linesOf = (comment = ""): string[] => comment.split("\n").slice(0, -2);

scenarios("previews of pull requests in CodeCommit", () => {
  it("are one comment with what each stack says, by its own role, that the next commit replaces; titles and branches are run nowhere", async () =>
    scenario("pull-requests", await broughtUp(files), async (it) => {
      installable(it.system);
      const marker = join(emptyFolder(), "ran");
      const hostile = `"'$(touch\${IFS}${marker})\`touch\${IFS}${marker}\``;
      const pullRequests = pullRequestsIn(it);
      const [branch, title] = [`fix/${hostile}`, `Fix ${hostile}`];
      const first = await push(it, branch, title, rows(), `printf '%s changes\\n' "$1"`);
      const link = "Its log: https://console.aws.amazon.com/cloudwatch/home#logsV2:log-groups/";
      const expected = [
        ...[`### Previews of ${first}`, ""],
        ...[
          ["prod", "333333333333", "delivery-prod-preview"],
          ["test", "222222222222", "delivery-test-preview"],
          ["tooling", "111111111111", "delivery-preview"],
        ].flatMap(([stack, account, role]) => [
          ...[`    == ${stack}`, `    arn:aws:sts::${account}:assumed-role/${role}/preview`],
          ...[`    ${stack} changes`, "    "],
        ]),
        ...["", "The job ended with succeeded."],
      ];
      const [said = ""] = pullRequests.said(branch);
      assert.deepEqual(linesOf(said), expected);
      assert.ok(said.split("\n").at(-2)?.startsWith(link), said);

      // The next commit says what it likes: it is text, in the same comment, and its stack's name is run nowhere either.
      const [own] = rows();
      assert.ok(own);
      const second = await push(
        it,
        branch,
        title,
        [{ ...own, stack: `prod${hostile}` }],
        ["cat << 'TEXT'", "# Approved", "```", hostile, "<script>", "TEXT", "exit 3"].join("\n"),
      );
      const [replaced = "", ...others] = pullRequests.said(branch);
      assert.deepEqual(others, []);
      assert.deepEqual(linesOf(replaced), [
        ...[`### Previews of ${second}`, "", `    == prod${hostile}`],
        "    arn:aws:sts::333333333333:assumed-role/delivery-prod-preview/preview",
        ...["    # Approved", "    ```", `    ${hostile}`, "    <script>", "    "],
        ...["", "The job ended with failed."],
      ]);

      // Of one that is closed before its preview has ended nothing is said.
      it.system.bus.put(pullRequests.push("Another", "other", tree(rows(), "")));
      pullRequests.close("other");
      await it.system.activity.idle();
      assert.deepEqual(pullRequests.said("other"), []);
      assert.match(
        it.log("pull-requests-comment"),
        /\npull request 2 is CLOSED at [0-9a-f]{40}: nothing is said of /,
      );
      assert.equal(existsSync(marker), false);
    }));

  if (!WHOLE) return;

  it("say why a stack has none, and each commit has a comment where CodeCommit takes the builds for different authors", async () =>
    scenario("pull-requests-planted", await broughtUp(files), async (it) => {
      installable(it.system);
      const [prod, test, tooling] = rows();
      assert.ok(prod && test && tooling);
      // Its own settings say neither, and tooling was brought up without the last one.
      const matrix = [{ ...prod, role: "" }, { ...tooling, backend: "" }, test];
      const none = `echo "error: no stack named 'tooling' found"; exit 1`;
      const first = await push(it, "new", "New", matrix, none);
      const said = [
        ...["    == prod", "    Not previewed: its settings have no previews.", "    "],
        ...["    == tooling", "    No backend: set previews.state.url in Pulumi.tooling.yaml.", "    "],
        ...["    == test", `    arn:aws:sts::222222222222:assumed-role/delivery-test-preview/preview`],
        "    error: no stack named 'tooling' found",
        "    Not previewed yet: tooling and environment test are not up together; npm run up brings up both.",
        ...["    ", "", "The job ended with failed."],
      ];
      const comments = (): string[] => pullRequestsIn(it).said("new");
      assert.deepEqual(comments().map(linesOf), [[`### Previews of ${first}`, "", ...said]]);

      const planting = new Planting(it.system);
      const update = "codecommit:UpdateComment";
      planting.plant("pull-requests-comment", { [update]: [refuse("CommentNotCreatedByCallerException")] });
      const second = await push(it, "new", "New", matrix, `${none} # again`);
      planting.allAsked();
      assert.deepEqual(
        comments().map((each) => each.split("\n")[0]),
        [`### Previews of ${first}`, `### Previews of ${second}`],
      );
      planting.plant("pull-requests-comment", { [update]: [refuse("InvalidCommentIdException")] });
      await push(it, "new", "New", matrix, `${none} # once more`);
      planting.allAsked();
      says(it, "pull-requests-comment", /^comment .* can't be replaced: .*; start this build again$/);
    }));
});
