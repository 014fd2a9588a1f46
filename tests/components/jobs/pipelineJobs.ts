/** The jobs of a pipeline with two environments. */
import { PipelineJobs, type PipelineJobsArgs } from "../../../components/jobs/pipelineJobs";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import { JOB_DEFAULTS, jobScope, only, registered } from "../../programs";

export const args = (change: Partial<PipelineJobsArgs> = {}): PipelineJobsArgs => ({
  ...jobScope(),
  workload: lambdaContainer,
  jobDefaults: JOB_DEFAULTS,
  environments: [
    { name: "test", account: "222222222222" },
    { name: "prod", account: "333333333333", approvalTimeoutDays: 2 },
  ],
  directory: "services/shop",
  template: "aws/template.yaml",
  computeType: "BUILD_GENERAL1_LARGE",
  scanThreshold: "HIGH",
  keepReleases: 5,
  platform: "linux/amd64",
  transforms: [],
  topicArn: "arn:topic",
  expirationInDays: 90,
  deletable: false,
  ...change,
});
export const jobs = (change: Partial<PipelineJobsArgs> = {}) =>
  registered((opts) => new PipelineJobs("shop", args(change), opts));

export interface Environment {
  type: string;
  computeType: string;
  image: string;
  privilegedMode: boolean;
  environmentVariables: { name: string; value: string }[];
}
export type Made = Awaited<ReturnType<typeof jobs>>;
export const environmentOf = (made: Made, kind: string) =>
  only(made, "codebuild/project:Project", `shop-${kind}`).inputs["environment"] as Environment;
export const variablesOf = (made: Made, kind: string) =>
  Object.fromEntries(environmentOf(made, kind).environmentVariables.map(({ name, value }) => [name, value]));
