import assert from "node:assert/strict";
import { type UseName, USE_NAMES, USES } from "../../components/uses/list";
import { allow, type Statement } from "../../components/policies";
import { ofType, type Resource } from "../../rehearsal/record/record";
import { boundaryLength } from "../../stacks/boundaries";
import type { ToolingSettings } from "../../stacks/settings/model";
import { readSettings } from "../../stacks/settings/read";
import { WORKLOADS } from "../../components/workloads/list";
import { ofBranches, type Workload } from "../../components/workloads/workload";
import { deliver, environments, pipeline, settingsOf, tooling } from "./settingsSample";
import { CASES, isSampled, upOf } from "./together.cases";
import { sampled } from "../whole/sample";

const length = ({ inputs }: Resource): number => {
  const policy = inputs["policy"];
  return (typeof policy === "string" ? policy : JSON.stringify(policy)).length;
};
const problemsOf = (...uses: UseName[]) =>
  readSettings(
    deliver(
      tooling({
        environments: environments("test", "an-environment").map((each) => ({
          ...each,
          functionNetwork: { subnets: ["subnet-0a", "subnet-0b"], securityGroups: ["sg-0a"] },
        })),
        pipelines: [
          pipeline({ name: "mail", source: { codecommit: "mail" } }),
          pipeline({ uses, branches: { environment: "test", include: ["fix"] } }),
        ],
      }),
      "tooling",
    ),
  ).problems;

/** Problems where functions may also have these rights by sqs, which is as it was afterwards. */
function problemsWith(statements: readonly Statement[], ...uses: UseName[]) {
  const part: { workload: unknown } = USES.sqs.parts.functions ?? assert.fail();
  const { workload } = part;
  part.workload = () => statements;
  try {
    return problemsOf(...uses);
  } finally {
    part.workload = workload;
  }
}

describe("permissions boundaries", () => {
  for (const [title, { files, project }] of sampled(Object.entries(CASES), ([each]) => isSampled(each)))
    it(`are as long as settings foretell: ${title}`, async () => {
      const settings = settingsOf(files["tooling"] ?? {}, "tooling", project) as ToolingSettings;
      const policies = ofType(await upOf(title), "aws:iam/policy:Policy");
      for (const each of settings.pipelines) {
        const made = policies
          .filter(({ name }) => name.startsWith(`${each.id.prefix}--`) && name.endsWith("-boundary"))
          .map(length);
        const workload: Workload = WORKLOADS[each.workload];
        const boundaries = [workload, ...(each.branches ? [ofBranches(workload)] : [])].filter(
          ({ boundary }) => boundary,
        );
        assert.equal(made.length > 0, boundaries.length > 0);
        assert.equal(boundaryLength(settings, each), Math.max(0, ...made), each.id.name);
      }
    });

  it("have room for every service", () => {
    assert.equal(problemsOf(...USE_NAMES), undefined);
  });

  it("of one character more than IAM takes are among the settings' problems, with what each service takes", () => {
    const filled = (characters: number): Statement[] => [allow("Filled", ["x".repeat(characters)], ["*"])];
    const [first = ""] = problemsWith(filled(6144), "sqs", "ssm") ?? [];
    const [, received = ""] = /would have (\d+) characters/.exec(first) ?? [];
    const most = 6144 - (Number(received) - 6144);
    assert.equal(problemsWith(filled(most), "sqs", "ssm"), undefined);
    const [problem = "", ...more] = problemsWith(filled(most + 1), "sqs", "ssm") ?? [];
    assert.deepEqual(more, []);
    const [, sqs, ssm, rest] =
      /^pipelines\[1\]\.uses: received \["sqs","ssm"\]; the permissions boundary of its roles would have 6145 characters, and IAM takes 6144: sqs takes (\d+), ssm takes (\d+), the rest (\d+); take a service out, or divide the service among two pipelines$/.exec(
        problem,
      ) ?? [];
    assert.equal(Number(sqs) + Number(ssm) + Number(rest), 6145);
    assert.ok(Number(sqs) > most && Number(ssm) > 0 && Number(rest) > 0, problem);
  });
});

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, unless the account asks for more. */
const ATTACHED = 10;

describe("managed policies", () => {
  for (const [title] of sampled(Object.entries(CASES), ([each]) => isSampled(each)))
    it(`are not too many for any role: ${title}`, async () => {
      const counts = new Map<string, number>();
      for (const { account, inputs } of ofType(
        await upOf(title),
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      )) {
        const role = `${account} ${String(inputs["role"])}`;
        counts.set(role, (counts.get(role) ?? 0) + 1);
      }
      assert.ok(Math.max(0, ...counts.values()) <= ATTACHED, JSON.stringify([...counts]));
    });

  it("take what CloudFormation may do beyond one inline policy, of the pipeline's environments and its branches", async () => {
    const up = await upOf("functions and their branches, whose roles have the longest path");
    const more = ofType(up, "aws:iam/policy:Policy").filter(({ name }) => /-more-\d+$/.test(name));
    assert.deepEqual(
      more.map(({ name, inputs }) => [name, inputs["name"], inputs["description"]]),
      [
        [
          "order-goods--test-europe-execution-more-1",
          "delivery-order-goods--test-europe-execution-more-1",
          "More of: What CloudFormation does to deploy order-goods--test-europe",
        ],
        [
          "order-goods--br-deploy-more-1",
          "delivery-order-goods--br-deploy-more-1",
          "More of: Makes, changes and deletes the stack of a branch of order-goods",
        ],
      ],
    );
    const attached = ofType(up, "aws:iam/rolePolicyAttachment:RolePolicyAttachment").map(({ name }) => name);
    for (const { name } of more) assert.ok(attached.includes(name), name);
  });
});
