/** Previews in pull requests, for whichever stack has them in its settings. */
import type * as pulumi from "@pulumi/pulumi";
import { PreviewAccess } from "../components/environment/previewAccess";
import type { JobDefaults } from "../components/jobs/job";
import { arn, previewName, roleArn, type Scope } from "../components/names";
import { PullRequests } from "../components/pullRequests/pullRequests";
import type { Previews, ToolingSettings } from "./settings/model";

/** The stack that is previewed. */
interface Previewed {
  readonly scope: Scope;
  readonly account: string;
  /** Default: none, it is tooling's stack. */
  readonly environment?: string;
  /** Pulumi projects whose state a preview reads. */
  readonly projects: readonly string[];
  /** Name of the organization's boundary. Default: none. */
  readonly permissionsBoundary?: string | undefined;
}

/** What a stack with previews provides for them; nothing where it has none. */
export interface PreviewOutputs {
  previewRoleArn?: pulumi.Output<string>;
}

export function previewAccess(
  previews: Previews | undefined,
  { scope, account, environment, projects, permissionsBoundary }: Previewed,
  opts: pulumi.ComponentResourceOptions,
): PreviewOutputs {
  if (previews === undefined) return {};
  const { state } = previews;
  const access = new PreviewAccess(
    "previews",
    {
      scope,
      account,
      roleName: previewName(scope, environment),
      of: "codecommit" in previews ? { codecommit: previews.codecommit } : previews,
      state: state && { bucket: state.bucket, folder: state.folder, keys: state.keys, projects },
      permissionsBoundary:
        permissionsBoundary === undefined
          ? undefined
          : arn(scope, "iam", account, `policy/${permissionsBoundary}`),
    },
    opts,
  );
  return { previewRoleArn: access.roleArn };
}

/** The jobs of pull requests in CodeCommit, where settings have previews of them: tooling's stack, and every environment's. */
export function pullRequests(
  { scope, previews, environments }: ToolingSettings,
  jobDefaults: JobDefaults,
  opts: pulumi.ComponentResourceOptions,
): void {
  if (previews === undefined || !("codecommit" in previews)) return;
  const previewRoleArns = [
    roleArn(scope, scope.toolingAccount, previewName(scope)),
    ...environments.map(({ name, account }) => roleArn(scope, account, previewName(scope, name))),
  ];
  new PullRequests(
    "pull-requests",
    { scope, repository: previews.codecommit, previewRoleArns, jobDefaults },
    opts,
  );
}
