import assert from "node:assert/strict";
import { EnvironmentJobs, environmentRoleArn } from "../../../components/jobs/environmentJobs";
import { buildspec } from "../../../components/jobs/buildspec";
import {
  environmentJobStatements,
  runInsideStatements,
  scanStatements,
} from "../../../components/jobs/jobStatements";
import type { Statement } from "../../../components/policies";
import { ecsServiceCode } from "../../../components/workloads/ecsServiceCode";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import { lambdaContainerCode } from "../../../components/workloads/lambdaContainerCode";
import { lambdaZipCode } from "../../../components/workloads/lambdaZipCode";
import { serverless } from "../../../components/workloads/serverless";
import type { Workload } from "../../../components/workloads/workload";
import {
  JOB_DEFAULTS,
  jobScope,
  names,
  ofKind,
  only,
  registered,
  resolved,
  roleStatements,
} from "../../programs";
import type { PipelineEnvironment } from "../../../components/stage";
import { judgeVariables } from "./inputs";

const job = jobScope;
const test: PipelineEnvironment = { name: "test", account: "222222222222" };
const approved: PipelineEnvironment = { ...test, approvalTimeoutDays: 7 };
const jobs = (
  environment = test,
  workload: Workload = lambdaContainer,
  scope = job(),
  transforms: string[] = [],
) =>
  registered(
    (opts) =>
      new EnvironmentJobs(
        "shop",
        {
          ...scope,
          jobDefaults: JOB_DEFAULTS,
          environment,
          workload,
          transforms,
          scanThreshold: "HIGH",
          platform: "linux/amd64",
        },
        opts,
      ),
  );
const ROLE = "arn:aws:iam::222222222222:role/team/acme-cat--test-";

type Project = { environment: { environmentVariables: { name: string; value: string }[] } };
const variablesOf = (project: object) =>
  Object.fromEntries(
    (project as Project).environment.environmentVariables.map(({ name, value }) => [name, value]),
  );

describe("EnvironmentJobs", () => {
  it("are a job that plans and a job that deploys, each with a role of its own", async () => {
    const made = await jobs(approved);
    assert.deepEqual(names(ofKind(made, "index:Job")), [
      "delivery:index:Job shop-plan-job",
      "delivery:index:Job shop-release-job",
    ]);
    assert.deepEqual(
      ofKind(made, "iam/role:Role")
        .map(({ inputs }) => inputs["name"])
        .sort(),
      ["acme-cat--test-plan-job", "acme-cat--test-release-job"],
    );
  });

  it("have a job more where the environment has a runner: it takes the role that starts that, and no other", async () => {
    const inside: PipelineEnvironment = { ...test, runner: { steps: ["verify"] } };
    const made = await jobs(inside);
    assert.deepEqual(names(ofKind(made, "index:Job")), [
      "delivery:index:Job shop-release-job",
      "delivery:index:Job shop-runner-job",
    ]);
    const [, ...statements] = roleStatements(made, "shop-runner-job");
    assert.deepEqual(statements, await resolved(runInsideStatements(job(), test, `${ROLE}starter`)));
    const project = only(made, "codebuild/project:Project", "shop-runner-job").inputs;
    assert.deepEqual(
      [project["name"], project["buildTimeout"], (project["source"] as object | undefined) ?? {}],
      [
        "acme-cat--test-runner-job",
        240,
        { type: "CODEPIPELINE", buildspec: buildspec({ job: "run-inside" }) },
      ],
    );
    assert.deepEqual(variablesOf(project), {
      ...{ PIPELINE: "catalog", ARTIFACT_BUCKET: "bucket", ENVIRONMENT: "test", PULUMI_STACK: "test" },
      ...{
        ENVIRONMENT_ACCOUNT: "222222222222",
        STARTER_ROLE_ARN: `${ROLE}starter`,
        RUNNER: "acme-cat--test-runner",
      },
    });
    const told = async (each: PipelineEnvironment, job: string): Promise<unknown> =>
      variablesOf(only(await jobs(each), "codebuild/project:Project", job).inputs)["RUNNER_STEPS"];
    const runner = { steps: ["beforeDeploy", "verify"] as const };
    assert.equal(await told(inside, "shop-release-job"), "verify");
    assert.equal(await told({ ...test, runner }, "shop-release-job"), "beforeDeploy verify");
    assert.equal(await told({ ...approved, runner }, "shop-plan-job"), "beforeDeploy verify");
    assert.equal(await told(test, "shop-release-job"), undefined);
  });

  it("are told of the function and of what runs inside, and of no stack, where code alone is released", async () => {
    const ownersFunction = {
      ...{ name: "quotes-test", alias: "live", runtime: "nodejs22.x" },
      endpoint: "https://quotes.example.com",
    };
    const runner = { steps: ["afterDeploy"] as const };
    const made = await jobs({ ...approved, ownersFunction, runner }, lambdaZipCode, {
      ...job(),
      images: undefined,
    });
    for (const kind of ["plan-job", "release-job"])
      assert.deepEqual(variablesOf(only(made, "codebuild/project:Project", `shop-${kind}`).inputs), {
        ...{ PIPELINE: "catalog", ARTIFACT_BUCKET: "bucket", ENVIRONMENT: "test", PULUMI_STACK: "test" },
        ...{ ENVIRONMENT_ACCOUNT: "222222222222", RUNNER_STEPS: "afterDeploy" },
        ...{ PLAN_ROLE_ARN: `${ROLE}plan`, DEPLOY_ROLE_ARN: `${ROLE}deploy` },
        ...{ DEPLOY_STAGE: "Deploy-test", APPROVAL: "true" },
        ...{ FUNCTION_NAME: "quotes-test", ALIAS: "live", RUNTIME: "nodejs22.x", ARCHITECTURE: "x86_64" },
        FUNCTION_ENDPOINT: "https://quotes.example.com",
      });
  });

  it("are told of the repository, and of no runtime, where code alone is an image", async () => {
    const ownersFunction = { name: "quotes-test", alias: "live", endpoint: "https://quotes.example.com" };
    const made = await jobs({ ...approved, ownersFunction }, lambdaContainerCode);
    for (const kind of ["plan-job", "release-job"]) {
      const told = variablesOf(only(made, "codebuild/project:Project", `shop-${kind}`).inputs);
      const { REPOSITORY_NAME, REPOSITORY_URI, SCAN_THRESHOLD, FUNCTION_NAME } = told;
      assert.deepEqual(
        [REPOSITORY_URI, SCAN_THRESHOLD, FUNCTION_NAME],
        ["url/images", "HIGH", "quotes-test"],
      );
      assert.ok(REPOSITORY_NAME !== undefined && !("RUNTIME" in told));
    }
  });

  it("are told which service of ECS gets the image, which roles its tasks have, and run what is for services", async () => {
    const ownersService = {
      ...{ cluster: "main", name: "quotes-test", family: "quotes", container: "app", taskRole: "task" },
      ...{ executionRole: "theirs/execution", endpoint: "https://quotes.example.com" },
    };
    const there = await jobs(
      { ...approved, ownersService: { ...ownersService, instanceRole: "ecs/instances" } },
      ecsServiceCode,
    );
    const { inputs: onInstances } = only(there, "codebuild/project:Project", "shop-release-job");
    assert.equal(
      variablesOf(onInstances)["INSTANCE_ROLE_ARN"],
      "arn:aws:iam::222222222222:role/ecs/instances",
    );
    const made = await jobs({ ...approved, ownersService }, ecsServiceCode);
    for (const [kind, run] of [
      ["plan-job", "code-plan"],
      ["release-job", "code-deploy"],
    ] as const) {
      const { inputs } = only(made, "codebuild/project:Project", `shop-${kind}`);
      assert.deepEqual(inputs["source"], {
        type: "CODEPIPELINE",
        buildspec: buildspec({ job: run, target: "service" }),
      });
      const { REPOSITORY_NAME, ...told } = variablesOf(inputs);
      assert.ok(REPOSITORY_NAME !== undefined);
      assert.deepEqual(told, {
        ...{ PIPELINE: "catalog", ARTIFACT_BUCKET: "bucket", ENVIRONMENT: "test", PULUMI_STACK: "test" },
        ...{ ENVIRONMENT_ACCOUNT: "222222222222", REPOSITORY_URI: "url/images", SCAN_THRESHOLD: "HIGH" },
        ...{ PLAN_ROLE_ARN: `${ROLE}plan`, DEPLOY_ROLE_ARN: `${ROLE}deploy` },
        ...{ DEPLOY_STAGE: "Deploy-test", APPROVAL: "true", ARCHITECTURE: "x86_64" },
        ...{ CLUSTER: "main", SERVICE_NAME: "quotes-test", FAMILY: "quotes", CONTAINER: "app" },
        // Not below the path of our own roles.
        TASK_EXECUTION_ROLE_ARN: "arn:aws:iam::222222222222:role/theirs/execution",
        TASK_ROLE_ARN: "arn:aws:iam::222222222222:role/task",
        SERVICE_ENDPOINT: "https://quotes.example.com",
      });
    }
  });

  it("plan with the plan role alone; what deploys has the deploy role beside it", async () => {
    const made = await jobs(approved);
    const expected = async (kind: "plan" | "deploy", ...kinds: ("plan" | "deploy")[]) =>
      (await resolved(
        environmentJobStatements(
          job(),
          kind,
          test,
          kinds.map((each) => `${ROLE}${each}`),
        ),
      )) as Statement[];
    const own = (name: string) => roleStatements(made, name).slice(1); // without the log
    const scan = (await resolved(scanStatements(job()))) as Statement[];
    assert.deepEqual(own("shop-plan-job"), [...(await expected("plan", "plan")), ...scan]);
    assert.deepEqual(own("shop-release-job"), await expected("deploy", "plan", "deploy"));
    const alone = roleStatements(await jobs(), "shop-release-job").slice(1);
    assert.deepEqual(alone, [...(await expected("deploy", "plan", "deploy")), ...scan]);
  });

  it("get the names of everything in the environment as variables, and their own commands", async () => {
    const made = await jobs(approved, lambdaContainer, job(), ["AWS::A", "AWS::B"]);
    const variables = {
      PIPELINE: "catalog",
      ENVIRONMENT: "test",
      STACK_NAME: "cat--test",
      PULUMI_STACK: "test",
      ENVIRONMENT_ACCOUNT: "222222222222",
      ARTIFACT_BUCKET: "bucket",
      REPOSITORY_NAME: "images",
      REPOSITORY_URI: "url/images",
      SCAN_THRESHOLD: "HIGH",
      PLAN_ROLE_ARN: `${ROLE}plan`,
      DEPLOY_ROLE_ARN: `${ROLE}deploy`,
      EXECUTION_ROLE_ARN: `${ROLE}execution`,
      PARAMETERS: JSON.stringify({
        ImageUri: "<image>",
        Release: "<run>",
        CodeDeployRoleArn: `${ROLE}codedeploy`,
        PermissionsBoundaryArn: "arn:aws:iam::222222222222:policy/team/acme-cat--test-boundary",
        RolePath: "/team/",
      }),
      ROLLBACK_PARAMETERS: '{"DeploymentConfig":"CodeDeployDefault.LambdaAllAtOnce"}',
      ...judgeVariables(lambdaContainer),
      TRANSFORMS: "AWS::A AWS::B",
      DEPLOY_STAGE: "Deploy-test",
      APPROVAL: "true",
    };
    const project = (kind: string) => only(made, "codebuild/project:Project", `shop-${kind}`).inputs;
    for (const [kind, job, verb, buildTimeout] of [
      ["plan-job", "plan", "Plans", 150],
      ["release-job", "deploy", "Deploys", 300],
    ] as const) {
      const { source, description, ...rest } = project(kind);
      assert.deepEqual(source, { type: "CODEPIPELINE", buildspec: buildspec({ job }) });
      assert.equal(description, `${verb} releases of catalog to test`);
      assert.equal(rest["buildTimeout"], buildTimeout);
      assert.equal((rest as { environment: { privilegedMode: boolean } }).environment.privilegedMode, false);
      assert.deepEqual(variablesOf(rest), variables);
    }
  });

  it("are told what a template of the workload's kind is given, and of a repository only where it has images", async () => {
    const made = await jobs(test, serverless, { ...job(), images: undefined });
    const variables = variablesOf(only(made, "codebuild/project:Project", "shop-release-job").inputs);
    for (const name of ["REPOSITORY_NAME", "REPOSITORY_URI", "SCAN_THRESHOLD"])
      assert.equal(name in variables, false);
    assert.deepEqual(JSON.parse(variables["PARAMETERS"] ?? ""), {
      CodeBucket: "<bucket>",
      CodePrefix: "<files>code/",
      Release: "<run>",
      PermissionsBoundaryArn: "arn:aws:iam::222222222222:policy/team/acme-cat--test-boundary",
      RolePath: "/team/",
    });
    assert.equal(variables["ROLLBACK_PARAMETERS"], "{}");
  });

  it("say whether the environment asks for approval; one that does not has no plan job", async () => {
    const approvals = async (environment: PipelineEnvironment) =>
      ofKind(await jobs(environment), "codebuild/project:Project")
        .map(({ inputs }) => [inputs["name"], variablesOf(inputs)["APPROVAL"]])
        .sort();
    assert.deepEqual(await approvals(approved), [
      ["acme-cat--test-plan-job", "true"],
      ["acme-cat--test-release-job", "true"],
    ]);
    assert.deepEqual(await approvals(test), [["acme-cat--test-release-job", "false"]]);
  });

  it("know a role of the environment before it exists", () => {
    assert.equal(environmentRoleArn(job(), test, "cleanup"), `${ROLE}cleanup`);
  });
});
