/** How tests look up what the two sides of a project registered. */
import assert from "node:assert/strict";
import { type PipelineId, roleArn } from "../../components/names";
import type { Statement } from "../../components/policies";
import type { WorkloadKind } from "../../components/workloads/list";
import { conditionValues } from "../../rehearsal/record/policyDocuments";
import { ofType, type Rehearsed, type Resource } from "../../rehearsal/record/record";
import type { Environment, Pipeline, ToolingSettings } from "../../stacks/settings/model";
import { documentOf, ofKind, only, runOf } from "../programs";
import { texts, list, map, type Values } from "../../packages/iam/src/json";

/** The stacks of one case, and what they registered by the names that the other side goes by. */
export interface Up {
  readonly runs: Rehearsed;
  readonly settings: ToolingSettings;
}

/** Of tooling's own Region, or of another one in which environments are. */
export const store = (up: Up, kind: string, region?: string) =>
  only(runOf(up.runs, "tooling").resources, kind, region === undefined ? "artifacts" : `artifacts-${region}`);
export const regionsOf = (environments: readonly { readonly region?: string | undefined }[]) => [
  ...new Set(environments.map(({ region }) => region)),
];
export const ofPipeline = (up: Up, kind: string, name: string) =>
  only(runOf(up.runs, "tooling").resources, kind, name);
export const role = (
  { settings: { scope } }: Up,
  { prefix }: PipelineId,
  { name, account }: Environment,
  kind: string,
) => roleArn(scope, account, `${scope.project}-${prefix}--${name}-${kind}`);
export const job = ({ settings: { scope } }: Up, { prefix }: PipelineId, kind: string) =>
  roleArn(scope, scope.toolingAccount, `${scope.project}-${prefix}-${kind}`);

export function statement(resource: Resource, Sid: string): Statement {
  const found = documentOf(resource).Statement.find((each) => each.Sid === Sid);
  assert.ok(found, `${resource.name} has no statement ${Sid}`);
  return found;
}
export const callers = (found: Statement) => conditionValues(found as unknown as Values, "aws:PrincipalArn");
export const resourcesOf = (found: Statement) => texts(found.Resource);

/** The one policy of a role, by the role's ARN. */
export function policyOf({ runs }: Up, arn: string): Resource {
  const holder = ofType(runs, "aws:iam/role:Role").find(({ outputs }) => outputs["arn"] === arn);
  const own = ofType(runs, "aws:iam/rolePolicy:RolePolicy").filter(
    ({ stack, inputs }) => stack === holder?.stack && inputs["role"] === holder.outputs["name"],
  );
  assert.equal(own.length, 1, `policies of ${arn}`);
  return own[0] as Resource;
}
export function trusted({ runs }: Up, arn: string): string[] {
  const found = ofType(runs, "aws:iam/role:Role").find(({ outputs }) => outputs["arn"] === arn);
  assert.ok(found, `no stack registers ${arn}`);
  return documentOf(found, "assumeRolePolicy").Statement.flatMap(callers);
}
/** Both lists have the same roles, each of which some stack registers. */
export function same({ runs }: Up, actual: readonly unknown[], expected: readonly string[]): void {
  const there = ofType(runs, "aws:iam/role:Role").map(({ outputs }) => outputs["arn"]);
  assert.deepEqual([...actual].sort(), [...expected].sort());
  assert.deepEqual(
    expected.filter((each) => !there.includes(each)),
    [],
  );
}

/** Who fetches the code of each kind of workload; it is an image or files of the release. */
export const FETCHED: Readonly<
  Record<WorkloadKind, { readonly what: "image" | "files"; readonly by: string }>
> = {
  "lambda-container": { what: "image", by: "execution" },
  "lambda-zip": { what: "files", by: "execution" },
  "ecs-service": { what: "image", by: "task-execution" },
  "lambda-zip-code": { what: "files", by: "nobody" },
  "lambda-container-code": { what: "image", by: "deploy" },
  "ecs-service-code": { what: "image", by: "owner" },
  serverless: { what: "files", by: "execution" },
};
/** The roles that read a pipeline's release files. */
export const readers = (up: Up, { id, environments, workload }: Pipeline, region?: string): string[] =>
  environments
    .filter((each) => each.region === region)
    .flatMap((environment) => {
      const { what, by } = FETCHED[workload];
      const fetching =
        environment.ownersFunction || environment.ownersService
          ? []
          : ["plan", ...(what === "files" ? [by] : [])];
      const kinds = [...fetching, ...(environment.runner ? ["runner"] : [])];
      return kinds.map((kind) => role(up, id, environment, kind));
    });

/** The variables of one job of an environment. */
export function given(up: Up, { prefix }: PipelineId, environment: Environment, kind: string): Values {
  const name = `${up.settings.scope.project}-${prefix}--${environment.name}-${kind}`;
  const [project] = ofKind(runOf(up.runs, "tooling").resources, "codebuild/project:Project").filter(
    ({ outputs }) => outputs["name"] === name,
  );
  return Object.fromEntries(
    list(map(project?.inputs["environment"])["environmentVariables"]).map((each) => [
      String(map(each)["name"]),
      map(each)["value"],
    ]),
  );
}
