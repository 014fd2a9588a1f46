import assert from "node:assert/strict";
import type { DeployedSite } from "../../../components/workloads/workload";
import type { Resource } from "../../../rehearsal/record/record";
import { inputsOf, names, roleStatements } from "../../programs";
import { asked, onPlatform, roles } from "./crossAccountRoles";

describe("CrossAccountRoles of a workload on a platform", () => {
  it("are without a boundary where the workload makes no roles", async () => {
    const made = await roles({ workload: onPlatform });
    assert.deepEqual(
      names(made).filter((name) => !name.startsWith("aws:iam/rolePolicy")),
      [
        ...["cleanup", "deploy", "execution", "plan", "task"].map(
          (kind) => `aws:iam/role:Role roles-${kind}`,
        ),
        "delivery:index:CrossAccountRoles roles",
      ],
    );
  });

  it("trust a service on whose behalf AWS says it asks, where the workload's role does", async () => {
    const { assumeRolePolicy } =
      inputsOf(await roles({ workload: onPlatform }), "iam/role:Role")["roles-task"] ?? {};
    assert.deepEqual(assumeRolePolicy, {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "AssumedByService",
          Effect: "Allow",
          Principal: { Service: "ecs-tasks.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: { ArnEquals: { "aws:SourceArn": "arn:of-cat--test" } },
        },
      ],
    });
  });

  it("plan with the platform's parameters where the workload runs on one", async () => {
    const parameters = (made: Resource[]) =>
      roleStatements(made, "roles-plan").filter(({ Sid }) => Sid === "ReadPlatform");
    assert.deepEqual(parameters(await roles()), []);
    const [read, ...others] = parameters(await roles({ workload: onPlatform }));
    assert.deepEqual(others, []);
    assert.deepEqual(read?.Resource, [
      "arn:aws:ssm:eu-central-1:222222222222:parameter/acme/test/platform/*",
    ]);
  });

  it("hand the platform on to the workload", async () => {
    asked.length = 0;
    const platform = { cluster: "apps", listenerArn: "arn:listener", subnetIds: ["subnet-1"] };
    await roles({ workload: onPlatform, platform });
    assert.deepEqual(
      (asked as DeployedSite[]).map((site) => site.platform),
      [platform],
    );
  });
});
