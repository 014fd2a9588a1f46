import assert from "node:assert/strict";
import { join } from "node:path";
import { folderWith } from "../folders";
import program from "../../index";
import { rehearse } from "../../rehearsal/bringUp/check";
import { total } from "../../rehearsal/rules/rule";
import { readStackFiles } from "../../rehearsal/record/stackFiles";
import { ROOT } from "./sample";
import { whole } from "../whole/sample";

const TOOLING = "111111111111";
const CONNECTION = `arn:aws:codeconnections:eu-west-1:${TOOLING}:connection/01234567-89ab-cdef-0123-456789abcdef`;

/** Stack files for some environments and pipelines; every second pipeline has a connection, every second environment an approval. */
function settings(accounts: readonly string[], pipelines: number, more = ""): string {
  const name = (index: number) => `env${"abcdefghij"[index]}`;
  const config = (account: string, rest: string) =>
    `config:\n  aws:region: eu-west-1\n  account: "${account}"\n${rest}`;
  const environments = accounts.map((account, index) => {
    const approval = index % 2 === 1 ? ', approval: { emails: ["a@example.com"] }' : "";
    return `    - { name: ${name(index)}, account: "${account}"${approval} }\n`;
  });
  const services = Array.from({ length: pipelines }, (_, index) => {
    const source =
      index % 2 === 1
        ? `{ connection: "${CONNECTION}", repository: org/r, branch: main, paths: [a/**] }`
        : `{ codecommit: r${index} }`;
    return `    - { name: service${"abc"[index]}, workload: lambda-container, source: ${source} }\n`;
  });
  const tooling = `  kind: tooling\n${more}  environments:\n${environments.join("")}  pipelines:\n${services.join("")}`;
  return folderWith({
    "Pulumi.tooling.yaml": config(TOOLING, tooling),
    ...Object.fromEntries(
      accounts.map((account, index) => [
        `Pulumi.${name(index)}.yaml`,
        config(account, "  kind: environment\n"),
      ]),
    ),
  });
}

describe("rehearse, with other settings", () => {
  const holds = (title: string, make: () => string, stacks: number) =>
    (title.startsWith("seven") ? whole : it)(`finds nothing with ${title}, and no rule is idle`, async () => {
      const stackFiles = readStackFiles(make(), join(ROOT, "Pulumi.yaml"));
      const { runs, verdicts, findings } = await rehearse(stackFiles, { program });
      assert.deepEqual(findings, []);
      assert.equal(runs.length, stacks);
      assert.deepEqual(
        verdicts.filter(({ examined }) => total(examined) === 0).map(({ rule }) => rule.id),
        [],
      );
    });

  holds("one environment and one pipeline", () => settings(["222222222222"], 1), 2);
  holds(
    "seven environments and three pipelines",
    () =>
      settings(
        Array.from({ length: 7 }, (_, index) => `${index + 2}`.repeat(12)),
        3,
      ),
    8,
  );
  holds("every environment in tooling's own account", () => settings([TOOLING, TOOLING], 2), 3);
  holds(
    "roles under a path and a boundary, and jobs in a VPC",
    () =>
      settings(
        ["222222222222", "333333333333"],
        2,
        "  iam: { path: /delivery/, permissionsBoundary: org }\n" +
          "  vpc: { vpcId: vpc-0123456789abcdef0, subnets: [subnet-0123456789abcdef0], securityGroupIds: [sg-0123456789abcdef0] }\n" +
          "  deletable: true\n",
      ),
    3,
  );
});
