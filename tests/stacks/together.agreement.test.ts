import assert from "node:assert/strict";
import { type PipelineId, policyArn, roleArn } from "../../components/names";
import type { Statement } from "../../components/policies";
import { conditionValues, texts } from "../../rehearsal/policyDocuments";
import {
  allResources,
  list,
  map,
  ofType,
  type Rehearsed,
  type Resource,
  type Values,
} from "../../rehearsal/record";
import type { Environment, Pipeline, ToolingSettings } from "../../stacks/settings";
import { documentOf, ofKind, only, runOf } from "../programs";
import { settingsOf } from "./settingsSample";
import { CASES, upOf } from "./together.cases";

/** The stacks of one case, and what they registered by the names that the other side goes by. */
interface Up {
  readonly runs: Rehearsed;
  readonly settings: ToolingSettings;
}

const store = (up: Up, kind: string) => only(runOf(up.runs, "tooling").resources, kind, "artifacts");
const ofPipeline = (up: Up, kind: string, name: string) =>
  only(runOf(up.runs, "tooling").resources, kind, name);
const role = (
  { settings: { scope } }: Up,
  { prefix }: PipelineId,
  { name, account }: Environment,
  kind: string,
) => roleArn(scope, account, `${scope.project}-${prefix}--${name}-${kind}`);
const job = ({ settings: { scope } }: Up, { prefix }: PipelineId, kind: string) =>
  roleArn(scope, scope.toolingAccount, `${scope.project}-${prefix}-${kind}`);

function statement(resource: Resource, Sid: string): Statement {
  const found = documentOf(resource).Statement.find((each) => each.Sid === Sid);
  assert.ok(found, `${resource.name} has no statement ${Sid}`);
  return found;
}
const callers = (found: Statement) => conditionValues(found as unknown as Values, "aws:PrincipalArn");
const resourcesOf = (found: Statement) => texts(found.Resource);

/** The one policy of a role, by the role's ARN. */
function policyOf({ runs }: Up, arn: string): Resource {
  const holder = ofType(runs, "aws:iam/role:Role").find(({ outputs }) => outputs["arn"] === arn);
  const own = ofType(runs, "aws:iam/rolePolicy:RolePolicy").filter(
    ({ stack, inputs }) => stack === holder?.stack && inputs["role"] === holder.outputs["name"],
  );
  assert.equal(own.length, 1, `policies of ${arn}`);
  return own[0] as Resource;
}
function trusted({ runs }: Up, arn: string): string[] {
  const found = ofType(runs, "aws:iam/role:Role").find(({ outputs }) => outputs["arn"] === arn);
  assert.ok(found, `no stack registers ${arn}`);
  return documentOf(found, "assumeRolePolicy").Statement.flatMap(callers);
}
/** Both lists have the same roles, each of which some stack registers. */
function same({ runs }: Up, actual: readonly unknown[], expected: readonly string[]): void {
  const there = ofType(runs, "aws:iam/role:Role").map(({ outputs }) => outputs["arn"]);
  assert.deepEqual([...actual].sort(), [...expected].sort());
  assert.deepEqual(
    expected.filter((each) => !there.includes(each)),
    [],
  );
}

/** What tooling's policies say about the environments of a pipeline. */
function shared(up: Up, { id, environments }: Pipeline): void {
  const all = (kind: string) => environments.map((environment) => role(up, id, environment, kind));
  const sid = `Read${id.name.charAt(0).toUpperCase()}${id.name.slice(1).replaceAll("-", "Dash")}`;
  const bucket = String(store(up, "s3/bucket:Bucket").outputs["arn"]);
  const read = statement(store(up, "s3/bucketPolicy:BucketPolicy"), sid);
  same(up, callers(read), all("plan"));
  assert.deepEqual(resourcesOf(read), [`${bucket}/releases/${id.name}/\${aws:PrincipalAccount}/*`]);
  const pulls = ofPipeline(up, "ecr/repositoryPolicy:RepositoryPolicy", id.name);
  same(up, callers(statement(pulls, "PullToCreateFunctions")), all("execution"));
  same(up, resourcesOf(statement(policyOf(up, job(up, id, "cleanup")), "TakeRoles")), all("cleanup"));
  const functions = environments.flatMap((environment) =>
    resourcesOf(statement(policyOf(up, role(up, id, environment, "execution")), "ManageFunctions")),
  );
  const run = statement(pulls, "PullToRunFunctions") as unknown as Values;
  assert.deepEqual(conditionValues(run, "aws:SourceArn").sort(), functions.sort());
}

/** What the two sides of one environment say about each other. */
function oneEnvironment(up: Up, { id }: Pipeline, environment: Environment): void {
  const { scope } = up.settings;
  const there = (kind: string) => role(up, id, environment, kind);
  const here = (kind: string) => role(up, id, { ...environment, account: scope.toolingAccount }, kind);
  const planning = environment.approval ? [here("plan-job")] : []; // without an approval nothing is planned beforehand
  same(up, trusted(up, there("plan")), [...planning, here("release-job")]);
  same(up, trusted(up, there("deploy")), [here("release-job")]);
  same(up, trusted(up, there("cleanup")), [job(up, id, "cleanup")]);
  const takes = (kind: string) => resourcesOf(statement(policyOf(up, here(kind)), "TakeRoles"));
  for (const each of planning)
    same(up, resourcesOf(statement(policyOf(up, each), "TakeRoles")), [there("plan")]);
  same(up, takes("release-job"), [there("plan"), there("deploy")]);

  const bucket = String(store(up, "s3/bucket:Bucket").outputs["arn"]);
  const plan = (Sid: string) => resourcesOf(statement(policyOf(up, there("plan")), Sid));
  const files = [`${bucket}/releases/${id.name}/${environment.account}/${environment.name}/*`];
  assert.deepEqual(plan("ReadReleaseFiles"), files);
  assert.deepEqual(resourcesOf(statement(policyOf(up, here("release-job")), "WriteReleaseFiles")), files);
  assert.deepEqual(plan("DecryptReleaseFiles"), [store(up, "kms/key:Key").outputs["arn"]]);
  same(up, plan("PassExecutionRole"), [there("execution")]);
  const repository = map(ofPipeline(up, "ecr:Repository", id.name).outputs["repository"])["arn"];
  assert.deepEqual(resourcesOf(statement(policyOf(up, there("execution")), "PullImage")), [repository]);
}

/** The names that a job gets as variables, against what the environment registered. */
function variables(up: Up, { id }: Pipeline, environment: Environment): void {
  const boundary = `${up.settings.scope.project}-${id.prefix}--${environment.name}-boundary`;
  const boundaryArn = policyArn(up.settings.scope, environment.account, boundary);
  assert.ok(
    allResources(up.runs).some(
      ({ type, outputs }) => type === "aws:iam/policy:Policy" && outputs["arn"] === boundaryArn,
    ),
  );
  for (const kind of environment.approval ? ["plan-job", "release-job"] : ["release-job"]) {
    const name = `${up.settings.scope.project}-${id.prefix}--${environment.name}-${kind}`;
    const [project] = ofKind(runOf(up.runs, "tooling").resources, "codebuild/project:Project").filter(
      ({ outputs }) => outputs["name"] === name,
    );
    const given = Object.fromEntries(
      list(map(project?.inputs["environment"])["environmentVariables"]).map((each) => [
        String(map(each)["name"]),
        map(each)["value"],
      ]),
    );
    const roles = ["plan", "deploy", "execution", "codedeploy"].map((each) =>
      role(up, id, environment, each),
    );
    const { PLAN_ROLE_ARN, DEPLOY_ROLE_ARN, EXECUTION_ROLE_ARN, CODEDEPLOY_ROLE_ARN, BOUNDARY_ARN } = given;
    same(up, [PLAN_ROLE_ARN, DEPLOY_ROLE_ARN, EXECUTION_ROLE_ARN, CODEDEPLOY_ROLE_ARN], roles);
    assert.equal(BOUNDARY_ARN, boundaryArn);
  }
}

for (const [title, { files, project = "delivery" }] of Object.entries(CASES)) {
  describe(`the two sides of ${title}`, () => {
    let up: Up;
    before(async () => {
      const settings = settingsOf(files["tooling"] ?? {}, "tooling", project) as ToolingSettings;
      up = { runs: await upOf(title), settings };
      assert.ok(settings.pipelines.length > 0);
    });

    it("name exactly each other's roles in tooling's policies", () => {
      for (const pipeline of up.settings.pipelines) shared(up, pipeline);
      const readers = up.settings.pipelines.flatMap(({ id, environments }) =>
        environments.map((environment) => role(up, id, environment, "plan")),
      );
      same(up, callers(statement(store(up, "kms/key:Key"), "DecryptReleases")), readers);
    });

    it("trust and take exactly each other's roles, and name the same bucket, key and repository", () => {
      for (const pipeline of up.settings.pipelines)
        for (const environment of pipeline.environments) oneEnvironment(up, pipeline, environment);
    });

    it("tell jobs the names that the environment has", () => {
      for (const pipeline of up.settings.pipelines)
        for (const environment of pipeline.environments) variables(up, pipeline, environment);
    });
  });
}
