/** Whom tooling's own policies name: the more environments and pipelines, the longer they get. */
import { accountRoot, arn, environmentName, roleArn, workloadName } from "../components/names";
import type { ReleaseReaders } from "../components/artifactStore";
import type { ImagePuller } from "../components/imageRepository";
import type { Pipeline, ToolingSettings } from "./settings";

/** Who reads a pipeline's release files: the role that plans, in each environment. */
export const readers = ({ scope }: ToolingSettings, { id, environments }: Pipeline): ReleaseReaders => ({
  pipeline: id.name,
  accountRoots: [...new Set(environments.map(({ account }) => accountRoot(scope, account)))],
  roleArns: environments.map(({ name, account }) =>
    roleArn(scope, account, environmentName(scope, id, name, "plan")),
  ),
});

/** Who pulls its images: CloudFormation's role and the functions, in each environment. */
export const pullers = ({ scope }: ToolingSettings, { id, environments }: Pipeline): ImagePuller[] =>
  environments.map(({ name, account }) => ({
    accountRoot: accountRoot(scope, account),
    executionRoleArn: roleArn(scope, account, environmentName(scope, id, name, "execution")),
    functionArns: arn(scope, "lambda", account, `function:${workloadName(id, name)}-*`),
  }));
