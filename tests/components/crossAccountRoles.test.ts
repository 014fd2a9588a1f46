import assert from "node:assert/strict";
import { CrossAccountRoles, type CrossAccountRolesArgs } from "../../components/crossAccountRoles";
import type { Statement } from "../../components/policies";
import { planStatements } from "../../components/stackStatements";
import type { Workload, WorkloadSite } from "../../components/workloads/workload";
import {
  CATALOG,
  inputsOf,
  names,
  only,
  registered,
  resolved,
  roleStatements,
  SCOPE,
  TOOLING_ROOT,
} from "../programs";

const JOBS = "arn:aws:iam::444444444444:role/team/";
const ROLES = "arn:aws:iam::222222222222:role/team/acme-cat--test-";
const STACK = "arn:aws:cloudformation:eu-central-1:222222222222:stack/cat--test/*";
const statement = (Sid: string): Statement => ({
  Sid,
  Effect: "Allow",
  Action: ["x:Y"],
  Resource: ["arn:x"],
});
const asked: WorkloadSite[] = [];
const workload: Workload = {
  kind: "something",
  privilegedBuild: false,
  execution: (site) => (asked.push(site), [statement("Execution")]),
  boundary: (site) => (asked.push(site), [statement("Boundary")]),
  codedeploy: (site) => (asked.push(site), [statement("CodeDeploy")]),
};
const args: CrossAccountRolesArgs = {
  scope: SCOPE,
  account: "222222222222",
  environment: "test",
  pipeline: CATALOG,
  workload,
  transforms: [],
  bucketArn: "arn:bucket",
  keyArn: "arn:key",
  repositoryArn: "arn:repository",
  planJobRoleArn: `${JOBS}plan-job`,
  releaseJobRoleArn: `${JOBS}release-job`,
  cleanupJobRoleArn: `${JOBS}cleanup`,
};
const roles = (change: Partial<CrossAccountRolesArgs> = {}) =>
  registered((opts) => new CrossAccountRoles("roles", { ...args, ...change }, opts));
const KINDS = ["cleanup", "codedeploy", "deploy", "execution", "plan"] as const;

describe("CrossAccountRoles", () => {
  it("are five roles with one policy each, and the boundary of what the workload makes", async () => {
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
    const site: WorkloadSite = {
      scope: SCOPE,
      account: "222222222222",
      name: "cat--test",
      repositoryArn: "arn:repository",
      boundaryArn: "arn:aws:iam::222222222222:policy/team/acme-cat--test-boundary",
      codedeployRoleArn: `${ROLES}codedeploy`,
    };
    assert.deepEqual(asked, [site, site, site]);
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
    const { planRoleArn, deployRoleArn, cleanupRoleArn, executionRoleArn, codedeployRoleArn, boundaryArn } =
      made.component ?? {};
    assert.deepEqual(
      await resolved([
        cleanupRoleArn,
        codedeployRoleArn,
        deployRoleArn,
        executionRoleArn,
        planRoleArn,
        boundaryArn,
      ]),
      [
        ...KINDS.map((kind) => arnOf("iam/role:Role", `roles-${kind}`)),
        arnOf("iam/policy:Policy", "roles-boundary"),
      ],
    );
  });
});
