import { platformParameter, workloadName } from "../../../components/names";
import { WORKLOADS } from "../../../components/workloads/list";
import type { Workload } from "../../../components/workloads/workload";
import type { Environment, Pipeline, ToolingSettings } from "../../../stacks/settings/model";
import { variablesOf } from "../../access/estate/jobs";
import { ofType, type Rehearsed } from "../../record/record";
import type { Parameters, Released } from "../cloudformation/parameters";
import type { Site } from "../../aws/physicalNames";
import type { Release } from "./releasePlan";
import { Stopped } from "./stopped";

/** Where a pipeline deploys in one environment, and what every release is given there. */
export interface Target {
  readonly site: Site;
  readonly workload: Workload;
  /** As the environment's jobs have them, with placeholders. */
  readonly parameters: Parameters;
  readonly rollbackParameters: Parameters;
  /** Where the environment's load balancer answers; undefined where it has none. */
  readonly endpointUrl: string | undefined;
  readonly released: (release: Release) => Released;
}

/** What the stacks of an account publish, by name. */
export const publishedIn = (record: Rehearsed, account: string): Record<string, string> =>
  Object.fromEntries(
    ofType(record, "aws:ssm/parameter:Parameter")
      .filter((parameter) => parameter.account === account)
      .map(({ outputs }) => [String(outputs["name"]), String(outputs["value"])]),
  );

function given(variables: Readonly<Record<string, string>>, name: string, environment: string): string {
  const value = variables[name];
  if (value !== undefined) return value;
  throw new Stopped(`the jobs of ${environment} have no variable ${name}`, "bring act 1 up first: npm start");
}

/** Reads what the jobs of an environment are told, from what the stacks registered. Throws Stopped. */
export function targetOf(
  record: Rehearsed,
  { scope }: ToolingSettings,
  { id, workload }: Pipeline,
  { name, account }: Environment,
): Target {
  const jobs = ofType(record, "aws:codebuild/project:Project").map(variablesOf);
  const variables =
    jobs.find((each) => each["PIPELINE"] === id.name && each["ENVIRONMENT"] === name && each["PARAMETERS"]) ??
    {};
  const of = (variable: string): string => given(variables, variable, name);
  const published = publishedIn(record, account);
  const site: Site = {
    stack: workloadName(id, name),
    environment: name,
    account,
    region: scope.region,
    published,
  };
  return {
    site,
    workload: WORKLOADS[workload],
    parameters: JSON.parse(of("PARAMETERS")) as Parameters,
    rollbackParameters: JSON.parse(of("ROLLBACK_PARAMETERS")) as Parameters,
    endpointUrl: published[platformParameter(scope, name, "endpoint-url")],
    released: (release) => ({
      run: release.id,
      image:
        variables["REPOSITORY_URI"] === undefined
          ? ""
          : `${of("REPOSITORY_URI")}@sha256:${release.handover.bundle}`,
      bucket: of("ARTIFACT_BUCKET"),
      files: `releases/${of("PIPELINE")}/${account}/${name}/${release.id}/`,
      sha256: release.handover.bundle,
      base64: Buffer.from(release.handover.bundle, "hex").toString("base64"),
    }),
  };
}
