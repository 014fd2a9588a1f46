import type { Workload } from "../../../components/workloads/workload";
import type { Change } from "../cloudformation/plan";
import { runtimeOf } from "../emulator/runtimes";
import { AWS, JOBS } from "../shownBy";
import { PACKAGERS } from "../packaging/list";
import type { NotShown } from "../../record/notShown";

const CLOUDFORMATION: NotShown = {
  what: "CloudFormation itself: change sets, the order of its steps, a resource that AWS refuses, its own roll-back; what Plan refuses to let in",
  shownBy: JOBS,
};
const CODEDEPLOY: NotShown = { what: "CodeDeploy: the canary, the alarms that turn it back", shownBy: AWS };
const IAM: NotShown = {
  what: "IAM: no role is assumed, no policy limits the service or the jobs",
  shownBy: `the access check, by the policies; ${AWS}`,
};
const CODEPIPELINE: NotShown = {
  what: "CodePipeline: triggers, mails to approvers, superseded and retried runs",
  shownBy: AWS,
};

const BRANCHES: NotShown = {
  what: "environments of branches: a push to a branch, its place, the roles and the path that it gets; their rights are checked",
  shownBy: JOBS,
};

/** What a release of some kind never shows here. */
export const neverShown = (workload: Workload, branches: boolean): readonly NotShown[] => [
  ...PACKAGERS[workload.packaging].notShown,
  CLOUDFORMATION,
  ...(workload.roles.codedeploy ? [CODEDEPLOY] : []),
  IAM,
  ...runtimeOf(workload).notShown,
  CODEPIPELINE,
  ...(branches ? [BRANCHES] : []),
];

/** What this release did not show, and what does. */
export function notShownBy(
  changes: readonly Change[],
  notRehearsed: readonly string[],
  always: readonly NotShown[],
): NotShown[] {
  const types = (rehearsal: Change["rehearsal"]): string =>
    [...new Set(changes.filter((each) => each.rehearsal === rehearsal).map(({ type }) => type))]
      .sort()
      .join(", ");
  const [planned, unknown] = [types("planned"), types("not rehearsed")];
  return [
    ...(unknown ? [{ what: `types that nothing here knows, not rehearsed: ${unknown}`, shownBy: AWS }] : []),
    ...[...new Set(notRehearsed)].map((what) => ({ what, shownBy: AWS })),
    ...(planned ? [{ what: `types that were planned and no more: ${planned}`, shownBy: JOBS }] : []),
    ...always,
  ];
}
