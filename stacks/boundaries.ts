/** Whether the most that a pipeline's functions can ever do has room in one policy. Pure. */
import { arn, autoName, branchRepository, BRANCHES } from "../components/names";
import { MANAGED_POLICY_LENGTH, policyLength } from "../components/policies";
import type { UseName } from "../components/uses/list";
import { NO_PERMISSIONS } from "../components/uses/ownPermissions";
import { using } from "../components/uses/using";
import { WORKLOADS } from "../components/workloads/list";
import { ofBranches } from "../components/workloads/workload";
import { places } from "./places";
import type { Pipeline, ToolingSettings } from "./settings/model";
import { line } from "./settings/problems";

type Placing = Pick<ToolingSettings, "scope" | "environments">;

/** Its length in the environment with the longest name, or in a branch's; 0 for what has no boundary. */
export const boundaryLength = (
  settings: Placing,
  pipeline: Pipeline,
  uses: readonly UseName[] = pipeline.uses,
  permissions = pipeline.permissions,
): number => {
  const workload = using(WORKLOADS[pipeline.workload], uses, permissions);
  const { scope } = settings;
  return Math.max(
    ...places(settings, pipeline).map((site) => {
      const region = site.scope.region === scope.region ? undefined : site.scope.region;
      const repository = `repository/${autoName(branchRepository(pipeline.id.name, region))}`;
      const repositoryArn = arn(site.scope, "ecr", scope.toolingAccount, repository);
      const { boundary } = site.environment === BRANCHES ? ofBranches(workload) : workload;
      return boundary ? policyLength(boundary({ ...site, repositoryArn })) : 0;
    }),
  );
};

/** What each service takes of it. What two services share is the rest's: neither takes it away. */
function shares(settings: Placing, pipeline: Pipeline): string {
  const all = boundaryLength(settings, pipeline);
  const takes = pipeline.uses.map((name) => ({
    name,
    length:
      all -
      boundaryLength(
        settings,
        pipeline,
        pipeline.uses.filter((other) => other !== name),
      ),
  }));
  const own = all - boundaryLength(settings, pipeline, pipeline.uses, NO_PERMISSIONS);
  const rest = takes.reduce((left, { length }) => left - length, all - own);
  return [
    ...takes.map(({ name, length }) => `${name} takes ${length}`),
    ...(own > 0 ? [`permissions.workload takes ${own}`] : []),
    `the rest ${rest}`,
  ].join(", ");
}

/** Of each pipeline whose boundary would be longer than IAM takes: a role has one, which can't be divided. */
export const boundaryProblems = (settings: Placing & Pick<ToolingSettings, "pipelines">): string[] =>
  settings.pipelines.flatMap((pipeline, i) => {
    const length = boundaryLength(settings, pipeline);
    return length > MANAGED_POLICY_LENGTH
      ? [
          line(
            `pipelines[${i}].${pipeline.permissions ? "permissions" : "uses"}`,
            pipeline.permissions
              ? { workload: pipeline.permissions.workload.map(({ Sid }) => Sid) }
              : pipeline.uses,
            `the permissions boundary of its roles would have ${length} characters, and IAM takes ${MANAGED_POLICY_LENGTH}: ` +
              `${shares(settings, pipeline)}; take a service${pipeline.permissions ? " or a statement" : ""} out, or divide the service among two pipelines`,
          ),
        ]
      : [];
  });
