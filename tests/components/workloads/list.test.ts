import assert from "node:assert/strict";
import { WORKLOAD_ROLES } from "../../../components/names";
import type { Statement } from "../../../components/policies";
import { WORKLOADS } from "../../../components/workloads/list";
import { codeAlone, type Workload, workloadRoles } from "../../../components/workloads/workload";
import { catalog, serviceOf } from "../../../packages/iam/src/policy/catalog";
import { conditionKeys } from "../../../packages/iam/src/policy/conditionKeys";
import { EXCEPTIONS } from "../../rehearsal/access/lint/exceptions";
import { actionPatterns, statementFaults } from "../../../packages/iam/src/lint/statementFaults";
import { resolved } from "../../programs";
import { SITE } from "./site";
import { texts, type Values } from "../../../packages/iam/src/json";

const KINDS: readonly Workload[] = Object.values(WORKLOADS);

/** Every policy of a kind, by what it is for. */
async function policiesOf(workload: Workload): Promise<[string, Statement[]][]> {
  const policies = {
    execution: workload.execution(SITE),
    ...(workload.boundary && { boundary: workload.boundary(SITE) }),
    ...Object.fromEntries(workloadRoles(workload).map(([name, role]) => [name, role.statements(SITE)])),
  };
  return Object.entries((await resolved(policies)) as Record<string, Statement[]>);
}
const all = async () =>
  (
    await Promise.all(
      KINDS.filter((each) => !codeAlone(each)).map(async (workload) =>
        (await policiesOf(workload)).map(
          ([policy, statements]) => [`${workload.kind} ${policy}`, statements] as const,
        ),
      ),
    )
  ).flat();

/**
 * Two pages of AWS's reference have the prefix elasticloadbalancing, and the data has these actions of the older one only.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
 */
const OF_OLDER_PAGE = ["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"];

describe("WORKLOADS", () => {
  it("has each kind under the name that settings call it", () => {
    assert.deepEqual(
      Object.entries(WORKLOADS).map(([key, workload]) => [key, workload.kind]),
      [
        ...["lambda-container", "lambda-zip", "lambda-zip-code", "lambda-container-code"],
        ...["ecs-service", "ecs-service-code", "serverless"],
      ].map((kind) => [kind, kind]),
    );
  });

  it("has policies whose statements are allowances with a Sid of their own", async () => {
    const policies = await all();
    assert.deepEqual(
      policies.map(([name]) => name),
      [
        ...["execution", "boundary", "codedeploy"].map((policy) => `lambda-container ${policy}`),
        ...["execution", "boundary", "codedeploy"].map((policy) => `lambda-zip ${policy}`),
        ...["execution", "task", "task-execution"].map((policy) => `ecs-service ${policy}`),
        ...["execution", "boundary"].map((policy) => `serverless ${policy}`),
      ],
    );
    for (const [name, statements] of policies) {
      assert.ok(statements.length > 0, name);
      const sids = statements.map(({ Sid }) => Sid);
      assert.deepEqual([...new Set(sids)], sids, name);
      for (const { Sid, Effect } of statements) {
        assert.match(Sid, /^[A-Z][A-Za-z]+$/, name);
        assert.equal(Effect, Sid === "LogToOwnGroups" ? "Deny" : "Allow", name);
      }
    }
  });

  it("allows no action of every kind, and names the environment's or tooling's resources wherever AWS knows some", async () => {
    const statements = (await all()).flatMap(([, each]) => each);
    const actions = statements.flatMap(({ Action }) => texts(Action));
    assert.deepEqual(
      actions.filter((action) => action.includes("*")),
      [],
    );
    const { covered } = await catalog(actions.map(serviceOf));
    const wide = statements
      .filter(({ Resource }) => texts(Resource).includes("*"))
      .flatMap(({ Action }) => texts(Action))
      .filter((action) => covered(action).some(({ alone }) => !alone));
    // CodeDeploy asks for alarms of all groups at once.
    assert.deepEqual([...new Set(wide)], ["cloudwatch:DescribeAlarms"]);
  });

  it("asks for actions that AWS has, on resources and with conditions that they come with", async () => {
    const keys = await conditionKeys();
    for (const [name, statements] of await all()) {
      for (const { Sid, ...rest } of statements) {
        const statement = rest as unknown as Values;
        const asked = await catalog(actionPatterns(statement).map(serviceOf));
        const faults = statementFaults(statement, asked, keys).filter(
          ({ action, check, on }) =>
            !OF_OLDER_PAGE.includes(action) &&
            // An action that the reference does not have is asked for on nothing in it either.
            !EXCEPTIONS.some(
              (each) =>
                each.action.test(action) &&
                (each.check === "action" || (each.check === check && each.on.test(on))),
            ),
        );
        assert.deepEqual(faults, [], `${name} ${Sid}`);
      }
    }
  });

  it("has no role that names do not foresee, and passes none that is not the workload's own", async () => {
    for (const workload of KINDS) {
      for (const [name] of workloadRoles(workload)) assert.ok(WORKLOAD_ROLES.includes(name), name);
      for (const [, statements] of await policiesOf(workload)) {
        for (const { Action, Resource, Condition } of statements) {
          if (!texts(Action).includes("iam:PassRole")) continue;
          assert.deepEqual(Object.keys((Condition as Values)["StringEquals"] as Values), [
            "iam:PassedToService",
          ]);
          for (const each of texts(Resource)) assert.match(each, /:role\/team\/(acme-)?cat--test-/);
        }
      }
    }
  });

  it("takes the boundary off no role, whoever asks: no statement lets that be deleted", async () => {
    const actions = (await all()).flatMap(([, each]) => each).flatMap(({ Action }) => texts(Action));
    assert.ok(actions.length > 0);
    assert.deepEqual(
      actions.filter((action) =>
        /DeleteRolePermissionsBoundary|PolicyVersion|DeletePolicy|CreatePolicy/.test(action),
      ),
      [],
    );
  });

  it("gives every template the run, where there is one, and what a placeholder of the release stands for only where the kind has it", () => {
    const placeholders = Object.fromEntries(
      KINDS.map((workload) => [
        workload.kind,
        Object.values(workload.parameters(SITE)).flatMap((value) => value.match(/<\w+>/g) ?? []),
      ]),
    );
    assert.deepEqual(placeholders, {
      "lambda-container": ["<image>", "<run>"],
      "lambda-zip": ["<bucket>", "<files>", "<sha256>", "<base64>", "<run>"],
      "lambda-zip-code": [],
      "lambda-container-code": [],
      "ecs-service": ["<image>", "<run>"],
      "ecs-service-code": [],
      serverless: ["<bucket>", "<files>", "<run>"],
    });
  });
});
