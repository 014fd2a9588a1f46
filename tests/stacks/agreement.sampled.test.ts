import assert from "node:assert/strict";
import { type PipelineId, policyArn } from "../../components/names";
import { WORKLOADS } from "../../components/workloads/list";
import { hasStack } from "../../components/stage";
import { codeAlone } from "../../components/workloads/workload";
import { conditionValues } from "../../rehearsal/record/policyDocuments";
import { allResources, ofType } from "../../rehearsal/record/record";
import type {
  Environment,
  Pipeline,
  ReleasedEnvironment,
  ToolingSettings,
} from "../../stacks/settings/model";
import { documentOf, ofKind, runOf } from "../programs";
import { settingsOf } from "./settingsSample";
import { CASES, upOf } from "./together.cases";
import {
  callers,
  FETCHED,
  given,
  job,
  ofPipeline,
  policyOf,
  readers,
  regionsOf,
  resourcesOf,
  role,
  same,
  statement,
  store,
  trusted,
  type Up,
} from "./together.sides";
import { map, type Values } from "../../packages/iam/src/json";
import { sampled } from "../whole/sample";

/** What tooling's policies say about the environments of a pipeline. */
function shared(up: Up, pipeline: Pipeline): void {
  const { id, environments, workload } = pipeline;
  const all = (kind: string) => environments.map((environment) => role(up, id, environment, kind));
  const sid = `Read${id.name.charAt(0).toUpperCase()}${id.name.slice(1).replaceAll("-", "Dash")}`;
  if (codeAlone(WORKLOADS[workload])) {
    // Nobody in an environment reads anything of tooling's.
    for (const [policy, absent] of [
      [store(up, "s3/bucketPolicy:BucketPolicy"), sid],
      [policyOf(up, job(up, id, "cleanup")), "TakeRoles"],
    ] as const)
      assert.ok(documentOf(policy).Statement.every(({ Sid }) => Sid !== absent));
    pulled(up, pipeline);
    return;
  }
  for (const region of regionsOf(environments)) {
    const bucket = String(store(up, "s3/bucket:Bucket", region).outputs["arn"]);
    const read = statement(store(up, "s3/bucketPolicy:BucketPolicy", region), sid);
    same(up, callers(read), readers(up, pipeline, region));
    assert.deepEqual(resourcesOf(read), [`${bucket}/releases/${id.name}/\${aws:PrincipalAccount}/*`]);
  }
  same(up, resourcesOf(statement(policyOf(up, job(up, id, "cleanup")), "TakeRoles")), all("cleanup"));
  pulled(up, pipeline);
}

/** What the program calls the repository that environments of a Region pull from. */
const repositoryIn = ({ name }: PipelineId, region: string | undefined): string =>
  region === undefined ? name : `${name}.${region}`;
const repositoryArn = (up: Up, id: PipelineId, { region }: ReleasedEnvironment): unknown =>
  map(ofPipeline(up, "ecr:Repository", repositoryIn(id, region)).outputs["repository"])["arn"];

/** Who pulls its images in each Region, where it has any. */
function pulled(up: Up, pipeline: Pipeline): void {
  for (const region of regionsOf(pipeline.environments)) pulledIn(up, pipeline, region);
}

function pulledIn(up: Up, { id, environments: all, workload }: Pipeline, region: string | undefined): void {
  const environments = all.filter((each) => each.region === region);
  const fetching = environments.map((environment) => role(up, id, environment, FETCHED[workload].by));
  const policies = ofKind(runOf(up.runs, "tooling").resources, "ecr/repositoryPolicy:RepositoryPolicy");
  const [pulls] = policies.filter(({ name }) => name === repositoryIn(id, region));
  assert.equal(pulls !== undefined, FETCHED[workload].what === "image", id.name);
  if (pulls === undefined) return;
  const sids = documentOf(pulls).Statement.map(({ Sid }) => Sid);
  if (workload === "ecs-service") {
    assert.deepEqual(sids, ["PullToStartTasks"]);
    same(up, callers(statement(pulls, "PullToStartTasks")), fetching);
    return;
  }
  if (FETCHED[workload].by === "owner") {
    // No stack of ours registers these: the other side names them where it hands them to ECS.
    const handed = environments.flatMap((environment) => {
      const passed = statement(policyOf(up, role(up, id, environment, "deploy")), "PassTaskRoles");
      // That of instances is handed to nobody: the job is told it.
      const { INSTANCE_ROLE_ARN: instances } = given(up, id, environment, "release-job");
      return [resourcesOf(passed)[0], ...(instances === undefined ? [] : [instances])];
    });
    assert.deepEqual(sids, ["PullToStartTasks"]);
    assert.deepEqual([...callers(statement(pulls, "PullToStartTasks"))].sort(), handed.sort());
    return;
  }
  assert.deepEqual(sids, ["PullToCreateFunctions", "PullToRunFunctions"]);
  same(up, callers(statement(pulls, "PullToCreateFunctions")), fetching);
  const functions = environments.flatMap((environment) => {
    const of = (kind: string, Sid: string) =>
      resourcesOf(statement(policyOf(up, role(up, id, environment, kind)), Sid));
    return environment.ownersFunction
      ? ["ReleaseCode", "ReadVersions"].flatMap((Sid) => of("deploy", Sid))
      : of("execution", "ManageFunctions");
  });
  const run = statement(pulls, "PullToRunFunctions") as unknown as Values;
  assert.deepEqual(conditionValues(run, "aws:SourceArn").sort(), functions.sort());
}

/** What the two sides of one environment say about each other. */
function oneEnvironment(up: Up, { id, workload }: Pipeline, environment: ReleasedEnvironment): void {
  const { scope } = up.settings;
  const there = (kind: string) => role(up, id, environment, kind);
  const here = (kind: string) => role(up, id, { ...environment, account: scope.toolingAccount }, kind);
  const planning = environment.approval ? [here("plan-job")] : []; // without an approval nothing is planned beforehand
  same(up, trusted(up, there("plan")), [...planning, here("release-job")]);
  same(up, trusted(up, there("deploy")), [here("release-job")]);
  const takes = (kind: string) => resourcesOf(statement(policyOf(up, here(kind)), "TakeRoles"));
  for (const each of planning)
    same(up, resourcesOf(statement(policyOf(up, each), "TakeRoles")), [there("plan")]);
  same(up, takes("release-job"), [there("plan"), there("deploy")]);
  if (environment.ownersFunction) {
    const arn = `arn:aws:lambda:${environment.region ?? scope.region}:${environment.account}:function:${environment.ownersFunction.name}`;
    assert.deepEqual(resourcesOf(statement(policyOf(up, there("plan")), "ReadFunction")), [arn]);
    assert.deepEqual(resourcesOf(statement(policyOf(up, there("deploy")), "ReleaseCode")), [arn]);
    const pulls = documentOf(policyOf(up, there("deploy"))).Statement.filter(
      ({ Sid }) => Sid === "PullImage",
    );
    assert.deepEqual(
      pulls.flatMap(resourcesOf),
      FETCHED[workload].what === "image" ? [repositoryArn(up, id, environment)] : [],
    );
    return;
  }
  if (environment.ownersService) {
    const { cluster, name, family, executionRole, taskRole, instanceRole } = environment.ownersService;
    const ecs = (rest: string) =>
      `arn:aws:ecs:${environment.region ?? scope.region}:${environment.account}:${rest}`;
    const theirs = (each: string) => `arn:aws:iam::${environment.account}:role/${each}`;
    const on = (kind: string, Sid: string) => resourcesOf(statement(policyOf(up, there(kind)), Sid));
    assert.deepEqual(on("plan", "ReadService"), [ecs(`service/${cluster}/${name}`)]);
    assert.deepEqual(on("deploy", "ReleaseCode"), [ecs(`service/${cluster}/${name}`)]);
    assert.deepEqual(on("deploy", "RegisterRevisions"), [ecs(`task-definition/${family}:*`)]);
    assert.deepEqual(
      on("deploy", "PassTaskRoles"),
      [executionRole, ...(taskRole === undefined ? [] : [taskRole])].map(theirs),
    );
    const registers = statement(policyOf(up, there("deploy")), "RegisterRevisions") as unknown as Values;
    assert.deepEqual(
      conditionValues(registers, "ecs:compute-compatibility"),
      // The last is of Null: it has to say what it requires.
      instanceRole === undefined ? ["FARGATE", "false"] : ["EC2", "EXTERNAL", "FARGATE"],
    );
    return;
  }
  same(up, trusted(up, there("cleanup")), [job(up, id, "cleanup")]);

  const plan = (Sid: string) => resourcesOf(statement(policyOf(up, there("plan")), Sid));
  const filesIn = (region?: string) =>
    `${String(store(up, "s3/bucket:Bucket", region).outputs["arn"])}/releases/${id.name}/${environment.account}/${environment.name}/*`;
  const files = [filesIn(environment.region)];
  assert.deepEqual(plan("ReadReleaseFiles"), files);
  // Verify and Promote read them in tooling's Region.
  const written = resourcesOf(statement(policyOf(up, here("release-job")), "WriteReleaseFiles"));
  assert.deepEqual(written, [...new Set([filesIn(), ...files])]);
  assert.deepEqual(plan("DecryptReleaseFiles"), [
    store(up, "kms/key:Key", environment.region).outputs["arn"],
  ]);
  same(up, plan("PassExecutionRole"), [there("execution")]);
  const fetches = (Sid: string) => resourcesOf(statement(policyOf(up, there(FETCHED[workload].by)), Sid));
  if (FETCHED[workload].what === "files") {
    assert.deepEqual(fetches("ReadCode"), files);
    assert.deepEqual(fetches("DecryptCode"), plan("DecryptReleaseFiles"));
    return;
  }
  assert.deepEqual(fetches("PullImage"), [repositoryArn(up, id, environment)]);
}

/** What an environment publishes of its platform, against what its roles and the jobs go by. */
function onPlatform(up: Up, { id }: Pipeline, environment: Environment): void {
  const published = Object.fromEntries(
    ofKind(runOf(up.runs, environment.name).resources, "ssm/parameter:Parameter").map(({ inputs }) => [
      String(inputs["name"]),
      String(inputs["insecureValue"]),
    ]),
  );
  const { PARAMETERS } = given(up, id, environment, "release-job");
  const values = JSON.parse(String(PARAMETERS)) as Record<string, string>;
  const platform = (key: string) => published[values[key] ?? ""] ?? assert.fail(`${key} is not published`);
  for (const key of ["VpcId", "SubnetIds", "TaskSecurityGroupId", "EndpointUrl"])
    assert.notEqual(platform(key), "");
  const may = (Sid: string) => statement(policyOf(up, role(up, id, environment, "execution")), Sid);
  assert.deepEqual(resourcesOf(may("CreateRule")), [platform("ListenerArn")]);
  assert.match(resourcesOf(may("RunTasks")).join(), new RegExp(`:service/${platform("Cluster")}/[^,]+$`));
  const taskRoles = [values["TaskRoleArn"] ?? "", values["TaskExecutionRoleArn"] ?? ""];
  same(up, resourcesOf(may("PassTaskRoles")), taskRoles);
  const readable = statement(policyOf(up, role(up, id, environment, "plan")), "ReadPlatform");
  const [prefix = ""] = resourcesOf(readable).map((each) => each.replace(/^.*:parameter|\*$/g, ""));
  const named = Object.values(values).filter((value) => value.startsWith("/"));
  assert.equal(named.length, 6);
  for (const name of named) assert.ok(name.startsWith(prefix), name);
}

/** The names that a job gets as variables, against what the environment registered. */
function variables(up: Up, { id, workload }: Pipeline, environment: ReleasedEnvironment): void {
  const boundary = `${up.settings.scope.project}-${id.prefix}--${environment.name}-boundary`;
  const boundaryArn = policyArn(up.settings.scope, environment.account, boundary);
  const bounded = allResources(up.runs).some(
    ({ type, outputs }) => type === "aws:iam/policy:Policy" && outputs["arn"] === boundaryArn,
  );
  const there = (kind: string) => role(up, id, environment, kind);
  for (const kind of environment.approval ? ["plan-job", "release-job"] : ["release-job"]) {
    const { PLAN_ROLE_ARN, DEPLOY_ROLE_ARN, EXECUTION_ROLE_ARN, PARAMETERS, ...others } = given(
      up,
      id,
      environment,
      kind,
    );
    if (!hasStack(environment)) {
      same(up, [PLAN_ROLE_ARN, DEPLOY_ROLE_ARN], [there("plan"), there("deploy")]);
      assert.deepEqual(
        [EXECUTION_ROLE_ARN, PARAMETERS, others["STACK_NAME"]],
        [undefined, undefined, undefined],
      );
      assert.equal(others["FUNCTION_NAME"], environment.ownersFunction?.name);
      assert.equal(others["SERVICE_NAME"], environment.ownersService?.name);
      if (environment.ownersService) {
        // What one side hands to ECS, the other compares the task definition with.
        const passed = resourcesOf(statement(policyOf(up, there("deploy")), "PassTaskRoles"));
        const told = [others["TASK_EXECUTION_ROLE_ARN"], others["TASK_ROLE_ARN"]];
        assert.deepEqual(
          told.filter((each) => each !== undefined),
          passed,
        );
      }
      continue;
    }
    same(
      up,
      [PLAN_ROLE_ARN, DEPLOY_ROLE_ARN, EXECUTION_ROLE_ARN],
      [there("plan"), there("deploy"), there("execution")],
    );
    const values = JSON.parse(String(PARAMETERS)) as Record<string, string>;
    const codedeploy = values["CodeDeployRoleArn"];
    same(
      up,
      codedeploy === undefined ? [] : [codedeploy],
      workload.startsWith("lambda-") ? [there("codedeploy")] : [],
    );
    assert.equal(values["PermissionsBoundaryArn"], bounded ? boundaryArn : undefined);
    assert.equal(bounded, workload !== "ecs-service");
    assert.equal("REPOSITORY_URI" in others, FETCHED[workload].what === "image");
  }
}

for (const [title, { files, project = "delivery" }] of sampled(
  Object.entries(CASES),
  (_, index) => index % 2 === 0,
)) {
  describe(`the two sides of ${title}`, () => {
    let up: Up;
    before(async () => {
      const settings = settingsOf(files["tooling"] ?? {}, "tooling", project) as ToolingSettings;
      up = { runs: await upOf(title), settings };
      assert.ok(settings.pipelines.length > 0);
    });

    it("name exactly each other's roles in tooling's policies", () => {
      for (const pipeline of up.settings.pipelines) shared(up, pipeline);
      const all = (region?: string) =>
        up.settings.pipelines.flatMap((pipeline) => readers(up, pipeline, region));
      const ofBranches = (region?: string) =>
        up.settings.pipelines.flatMap(({ id, branches }) =>
          up.settings.environments
            .filter((each) => each.name === branches?.environment && each.region === region)
            .map((each) => role(up, id, { ...each, name: "br" }, "deploy")),
        );
      for (const region of new Set([undefined, ...regionsOf(up.settings.environments)])) {
        const expected = [...all(region), ...ofBranches(region)];
        const key = store(up, "kms/key:Key", region);
        const reads = documentOf(key).Statement.some(({ Sid }) => Sid === "DecryptReleases");
        assert.equal(reads, expected.length > 0);
        if (reads) same(up, callers(statement(key, "DecryptReleases")), expected);
      }
    });

    it("have a runner that the job in tooling starts by the name and role that it is given, where there is one", () => {
      for (const { id, environments } of up.settings.pipelines)
        for (const environment of environments) {
          const values = given(up, id, environment, "runner-job");
          if (environment.runner === undefined) {
            assert.deepEqual(values, {});
            continue;
          }
          const { runs } = up;
          const [starter, caller] = ["starter", "runner-job"].map((kind) => role(up, id, environment, kind));
          assert.equal(values["STARTER_ROLE_ARN"], starter);
          const own = caller?.replace(/:\d{12}:/, `:${up.settings.scope.toolingAccount}:`);
          assert.deepEqual(trusted(up, starter ?? ""), [own]);
          const projects = ofType(runs, "aws:codebuild/project:Project").filter(
            ({ account, outputs }) => account === environment.account && outputs["name"] === values["RUNNER"],
          );
          assert.deepEqual(
            projects.map(({ inputs }) => inputs["vpcConfig"]),
            [environment.runner.vpc],
          );
          assert.deepEqual(
            resourcesOf(statement(policyOf(up, starter ?? ""), "StartRunner")),
            projects.map(({ outputs }) => outputs["arn"]),
          );
        }
    });

    it("trust and take exactly each other's roles, and name the same bucket, key and repository", () => {
      for (const pipeline of up.settings.pipelines)
        for (const environment of pipeline.environments) oneEnvironment(up, pipeline, environment);
    });

    it("tell jobs the names that the environment has", () => {
      for (const pipeline of up.settings.pipelines)
        for (const environment of pipeline.environments) variables(up, pipeline, environment);
    });

    it("tell the same of platforms, where containers run on them", () => {
      for (const pipeline of up.settings.pipelines.filter(({ workload }) => workload === "ecs-service"))
        for (const environment of pipeline.environments) onPlatform(up, pipeline, environment);
    });
  });
}

describe("the cases", () => {
  it("have every kind of workload, in one account and in several", () => {
    const found = Object.values(CASES).flatMap(({ files, project }) => {
      const { pipelines, scope } = settingsOf(files["tooling"] ?? {}, "tooling", project) as ToolingSettings;
      return pipelines.map(({ workload, environments }) => {
        const alone = environments.every(({ account }) => account === scope.toolingAccount);
        return `${workload} ${alone ? "alone" : "across"}`;
      });
    });
    const expected = Object.keys(WORKLOADS).flatMap((kind) => [`${kind} across`, `${kind} alone`]);
    assert.deepEqual([...new Set(found)].sort(), expected.sort());
  });
});
