import assert from "node:assert/strict";
import { CrossAccountRoles } from "../../../components/environment/crossAccountRoles";
import type { Statement } from "../../../components/policies";
import { planStatements } from "../../../components/environment/stackStatements";
import type { DeployedSite } from "../../../components/workloads/workload";
import {
  inputsOf,
  names,
  only,
  registered,
  resolved,
  roleStatements,
  SCOPE,
  TOOLING_ROOT,
} from "../../programs";
import { args, asked, JOBS, KINDS, roles, ROLES, STACK, statement } from "./crossAccountRoles";

describe("CrossAccountRoles", () => {
  it("are four roles and the workload's with one policy each, and the boundary of what the workload makes", async () => {
    assert.deepEqual(names(await roles()), [
      "aws:iam/policy:Policy roles-boundary",
      ...KINDS.map((kind) => `aws:iam/role:Role roles-${kind}`),
      ...KINDS.map((kind) => `aws:iam/rolePolicy:RolePolicy roles-${kind}`),
      "delivery:index:CrossAccountRoles roles",
    ]);
  });

  it("trust exact jobs of tooling, without a condition on the source, or one service", async () => {
    const trust = (...jobs: string[]) => ({
      Sid: "AssumedByJobs",
      Effect: "Allow",
      Principal: { AWS: TOOLING_ROOT },
      Action: "sts:AssumeRole",
      Condition: { ArnEquals: { "aws:PrincipalArn": jobs.map((job) => `${JOBS}${job}`) } },
    });
    const service = (Service: string) => ({
      ...{ Sid: "AssumedByService", Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" },
    });
    const role = (kind: string, description: string, Statement: object) => ({
      name: `acme-cat--test-${kind}`,
      path: "/team/",
      description,
      assumeRolePolicy: { Version: "2012-10-17", Statement: [Statement] },
    });
    assert.deepEqual(inputsOf(await roles(), "iam/role:Role"), {
      "roles-plan": role(
        "plan",
        "Makes change sets of cat--test, executes none",
        trust("plan-job", "release-job"),
      ),
      "roles-deploy": role("deploy", "Executes change sets of cat--test", trust("release-job")),
      "roles-cleanup": role(
        "cleanup",
        "Removes change sets of cat--test, and a stack that never came to be",
        trust("cleanup"),
      ),
      "roles-execution": role(
        "execution",
        "What CloudFormation does to deploy cat--test",
        service("cloudformation.amazonaws.com"),
      ),
      "roles-codedeploy": role(
        "codedeploy",
        "Shifts the aliases of cat--test",
        service("codedeploy.amazonaws.com"),
      ),
    });
  });

  it("trust no plan job where there is none", async () => {
    const { assumeRolePolicy } = inputsOf(await roles({ planJobRoleArn: undefined }), "iam/role:Role")[
      "roles-plan"
    ] as { assumeRolePolicy: { Statement: Statement[] } };
    assert.deepEqual(
      assumeRolePolicy.Statement.map(({ Condition }) => Condition),
      [{ ArnEquals: { "aws:PrincipalArn": [`${JOBS}release-job`] } }],
    );
  });

  it("may do what concerns this one stack, these release files and this execution role", async () => {
    const made = await roles({ transforms: ["AWS::Serverless-2016-10-31", "AWS::LanguageExtensions"] });
    const transform = "arn:aws:cloudformation:eu-central-1:aws:transform/";
    const site = {
      stackArn: STACK,
      executionRoleArn: `${ROLES}execution`,
      transformArns: [`${transform}Serverless-2016-10-31`, `${transform}LanguageExtensions`],
      releaseFilesArn: "arn:bucket/releases/catalog/222222222222/test/*",
      keyArn: "arn:key",
      region: "eu-central-1",
      planned: true,
    };
    const sids = (kind: string) => roleStatements(made, `roles-${kind}`).map(({ Sid }) => Sid);
    assert.deepEqual(roleStatements(made, "roles-plan"), planStatements(site));
    assert.deepEqual(sids("deploy"), [
      "DescribeStack",
      "FollowStack",
      "ExecuteChangeSets",
      "KeepStackUsable",
    ]);
    assert.deepEqual(sids("cleanup"), ["DescribeStack", "DeleteChangeSets", "ListChangeSets", "DeleteStack"]);
    for (const kind of ["deploy", "cleanup"]) {
      const resources = roleStatements(made, `roles-${kind}`).flatMap(({ Resource }) => Resource);
      assert.deepEqual(new Set(resources), new Set([STACK]));
    }
  });

  it("leave to the workload what its own roles may do, and tell it what that is limited to", async () => {
    asked.length = 0;
    const made = await roles();
    assert.deepEqual(roleStatements(made, "roles-execution"), [statement("Execution")]);
    assert.deepEqual(roleStatements(made, "roles-codedeploy"), [statement("CodeDeploy")]);
    assert.deepEqual(only(made, "iam/policy:Policy").inputs, {
      name: "acme-cat--test-boundary",
      path: "/team/",
      description: "The most that any role of cat--test can do",
      policy: { Version: "2012-10-17", Statement: [statement("Boundary")] },
    });
    const known = {
      scope: SCOPE,
      account: "222222222222",
      environment: "test",
      host: "test",
      name: "cat--test",
      boundaryArn: "arn:aws:iam::222222222222:policy/team/acme-cat--test-boundary",
      repositoryArn: "arn:repository",
      platform: undefined,
      functionNetwork: undefined,
      releaseFilesArn: "arn:bucket/releases/catalog/222222222222/test/*",
      keyArn: "arn:key",
    };
    assert.deepEqual(
      (asked as DeployedSite[]).map(({ roleArn, ...site }) => ({
        ...site,
        codedeploy: roleArn("codedeploy"),
      })),
      Array(3).fill({ ...known, codedeploy: `${ROLES}codedeploy` }),
    );
  });

  it("bear the organization's boundary, every one", async () => {
    const permissionsBoundary = "arn:aws:iam::222222222222:policy/org";
    const bounded = Object.values(inputsOf(await roles({ permissionsBoundary }), "iam/role:Role"));
    assert.deepEqual(
      bounded.map((role) => role["permissionsBoundary"]),
      KINDS.map(() => permissionsBoundary),
    );
  });

  it("are handed out by their ARNs", async () => {
    const made: { component?: CrossAccountRoles } = {};
    const resources = await registered(
      (opts) => (made.component = new CrossAccountRoles("roles", args, opts)),
    );
    const arnOf = (kind: string, name: string) => only(resources, kind, name).outputs["arn"];
    const { roleArns, boundaryArn } = made.component ?? {};
    assert.deepEqual(await resolved({ roleArns, boundaryArn }), {
      roleArns: Object.fromEntries(KINDS.map((kind) => [kind, arnOf("iam/role:Role", `roles-${kind}`)])),
      boundaryArn: arnOf("iam/policy:Policy", "roles-boundary"),
    });
  });
});
