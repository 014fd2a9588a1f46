import { platformParameter, workloadName } from "../../../components/names";
import { WORKLOADS } from "../../../components/workloads/list";
import type { Environment, Pipeline, ToolingSettings } from "../../../stacks/settings/model";
import { ofType, type Rehearsed } from "../../record/record";
import type { Parameters } from "../cloudformation/parameters";
import type { Site } from "../../aws/physicalNames";
import { Stopped } from "../stopped";
import { inventoryOf } from "../../record/inventory";
import type { Target } from "../model";

/** What the stacks of an account publish in a Region, by name. */
export const publishedIn = (record: Rehearsed, account: string, region: string): Record<string, string> =>
  Object.fromEntries(
    ofType(record, "aws:ssm/parameter:Parameter")
      .filter((parameter) => parameter.account === account && parameter.region === region)
      .map(({ outputs }) => [String(outputs["name"]), String(outputs["value"])]),
  );

function given(variables: Readonly<Record<string, string>>, name: string, environment: string): string {
  const value = variables[name];
  if (value !== undefined) return value;
  throw new Stopped(
    `the jobs of ${environment} have no variable ${name}`,
    "bring the stacks up first: npm start",
  );
}

/** Reads what the jobs of an environment are told, from what the stacks registered. Throws Stopped. */
export function targetOf(
  record: Rehearsed,
  { scope }: ToolingSettings,
  { id, workload }: Pipeline,
  { name, account, region = scope.region }: Environment,
): Target {
  const pipeline = inventoryOf(record).find((each) => each.name === id.name);
  const { variables = {} } = pipeline?.environments.find((each) => each.name === name) ?? {};
  const of = (variable: string): string => given(variables, variable, name);
  const published = publishedIn(record, account, region);
  const site: Site = {
    stack: workloadName(id, name),
    environment: name,
    account,
    region,
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
      bucket: variables["ENVIRONMENT_BUCKET"] ?? of("ARTIFACT_BUCKET"),
      files: `releases/${of("PIPELINE")}/${account}/${name}/${release.id}/`,
      sha256: release.handover.bundle,
      base64: Buffer.from(release.handover.bundle, "hex").toString("base64"),
    }),
  };
}
