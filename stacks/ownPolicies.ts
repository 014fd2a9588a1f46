/** Whether a team's own policy documents have room in the policies of a role. Pure. */
import { dividedBy, MANAGED_POLICY_LENGTH, policyLength, type Statement } from "../components/policies";
import { ownExecution, type OwnPermissions, ownWorkload } from "../components/uses/ownPermissions";
import { using } from "../components/uses/using";
import { WORKLOADS } from "../components/workloads/list";
import type { Workload, WorkloadSite } from "../components/workloads/workload";
import { places } from "./places";
import type { Pipeline, ToolingSettings } from "./settings/model";
import { line } from "./settings/problems";

/**
 * Managed policies that a role has, by default: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 * Two are left for what has no room in an inline policy, and for what branches' jobs do themselves.
 */
export const ATTACHED = 10 - 2;

/** Statements that no policy has room for. */
function tooLong(
  key: string,
  sites: readonly WorkloadSite[],
  written: OwnPermissions["execution"],
  made: (site: WorkloadSite) => readonly Statement[],
): string[] {
  const lengths = sites.map((site) => made(site).map((each) => policyLength([each])));
  return written.flatMap(({ Sid }, at) => {
    const length = Math.max(...lengths.map((each) => each[at] ?? 0));
    const text = `it has ${length} characters as a policy, and IAM takes ${MANAGED_POLICY_LENGTH}: divide it`;
    return length > MANAGED_POLICY_LENGTH ? [line(`${key}[${at}].Sid`, Sid, text)] : [];
  });
}

function problemsOf(
  sites: readonly WorkloadSite[],
  { workload: kind, uses }: Pipeline,
  permissions: OwnPermissions,
  key: string,
): string[] {
  const workload: Workload = using(WORKLOADS[kind], uses, permissions);
  const long = [
    ...tooLong(`${key}.execution.Statement`, sites, permissions.execution, (site) =>
      ownExecution(site, permissions),
    ),
    ...tooLong(`${key}.workload.Statement`, sites, permissions.workload, (site) =>
      ownWorkload(workload, site, permissions),
    ),
  ];
  if (long.length > 0) return long;
  const most = (of: (site: WorkloadSite) => readonly Statement[]) =>
    Math.max(...sites.map((site) => dividedBy(policyLength, of(site)).length));
  const policies = most((site) => workload.further?.(site) ?? []);
  const own = most((site) => ownExecution(site, permissions));
  return policies > ATTACHED
    ? [
        line(
          `${key}.execution.Statement`,
          permissions.execution.map(({ Sid }) => Sid),
          `with ${uses.length > 0 ? `uses: [${uses.join(", ")}]` : "nothing else"} it takes ${policies} managed policies of ` +
            `${MANAGED_POLICY_LENGTH} characters (${own} of them by itself), and a role has room for ${ATTACHED}: take statements out, or ` +
            "divide the service among two pipelines",
        ),
      ]
    : [];
}

/** Of each pipeline whose documents are too much. */
export const ownPolicyProblems = (
  settings: Pick<ToolingSettings, "scope" | "environments" | "pipelines">,
): string[] =>
  settings.pipelines.flatMap((pipeline, i) =>
    pipeline.permissions
      ? problemsOf(places(settings, pipeline), pipeline, pipeline.permissions, `pipelines[${i}].permissions`)
      : [],
  );
