/** The roles of a workload of nobody's kind in one environment. */
import {
  CrossAccountRoles,
  type CrossAccountRolesArgs,
} from "../../../components/environment/crossAccountRoles";
import type { Statement } from "../../../components/policies";
import { lambdaTemplates } from "../../../components/workloads/templateRules";
import { RELEASED, type Workload, type WorkloadSite } from "../../../components/workloads/workload";
import { CATALOG, registered, SCOPE } from "../../programs";

export const JOBS = "arn:aws:iam::444444444444:role/team/";
export const ROLES = "arn:aws:iam::222222222222:role/team/acme-cat--test-";
export const STACK = "arn:aws:cloudformation:eu-central-1:222222222222:stack/cat--test/*";
export const statement = (Sid: string): Statement => ({
  Sid,
  Effect: "Allow",
  Action: ["x:Y"],
  Resource: ["arn:x"],
});
export const asked: WorkloadSite[] = [];
/** One whose template has no roles, that runs on a platform, with a role that says on whose behalf it may be taken. */
export const onPlatform: Workload = {
  kind: "something",
  packaging: "zip",
  fetchedBy: "execution",
  platform: true,
  parameters: () => ({ Release: RELEASED.run }),
  rollbackParameters: {},
  template: lambdaTemplates("files"),
  execution: (site) => (asked.push(site), [statement("Execution")]),
  roles: {
    task: {
      service: "ecs-tasks.amazonaws.com",
      description: "What the tasks may do of",
      sourceArn: ({ name }) => `arn:of-${name}`,
      statements: () => [statement("Task")],
    },
  },
};
export const workload: Workload = {
  ...onPlatform,
  platform: false,
  boundary: (site) => (asked.push(site), [statement("Boundary")]),
  roles: {
    codedeploy: {
      service: "codedeploy.amazonaws.com",
      description: "Shifts the aliases of",
      statements: (site) => (asked.push(site), [statement("CodeDeploy")]),
    },
  },
};
export const args: CrossAccountRolesArgs = {
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
export const roles = (change: Partial<CrossAccountRolesArgs> = {}) =>
  registered((opts) => new CrossAccountRoles("roles", { ...args, ...change }, opts));
export const KINDS = ["cleanup", "codedeploy", "deploy", "execution", "plan"] as const;
