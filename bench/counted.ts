import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Resources by AWS service: this project's, and CDK's for the same system. */
export type Counts = Readonly<Record<string, { readonly delivery: number; readonly cdk: number }>>;

/** `aws:iam/role:Role` is of iam, as `AWS::IAM::Role`; components and providers are of none: AWS has nothing of them. */
const serviceOfPulumi = (type: string): string | undefined => /^awsx?:(\w+)/.exec(type)?.[1];
const serviceOfCloudFormation = (type: string): string | undefined =>
  /^AWS::(\w+)::/.exec(type)?.[1]?.toLowerCase();
/** Where the two call a service by other names. */
const ONE_NAME: Readonly<Record<string, string>> = { logs: "cloudwatch", events: "cloudwatch" };

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
}

function templatesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".template.json"))
    .map((file) => join(folder, file));
}

/** What both have registered: Pulumi's types from a file, CloudFormation's from the templates in a folder. */
export function counted(types: string, templates: string): Counts {
  const ours = (JSON.parse(readFileSync(types, "utf8")) as string[]).map(serviceOfPulumi);
  const theirs = templatesBelow(templates)
    .flatMap((file) => Object.values((JSON.parse(readFileSync(file, "utf8")) as Template).Resources))
    .map(({ Type }) => serviceOfCloudFormation(Type));
  const counts: Record<string, { delivery: number; cdk: number }> = {};
  for (const [whose, services] of [
    ["delivery", ours],
    ["cdk", theirs],
  ] as const)
    for (const service of services) {
      if (service === undefined) continue;
      (counts[ONE_NAME[service] ?? service] ??= { delivery: 0, cdk: 0 })[whose]++;
    }
  for (const whose of ["delivery", "cdk"] as const)
    if (!Object.values(counts).some((each) => each[whose] > 0))
      throw new Error(`${whose}: no resources were counted`);
  return counts;
}
