/** Previews in pull requests, for whichever stack has them in its settings. */
import type * as pulumi from "@pulumi/pulumi";
import { arn, previewName, type Scope } from "../components/names";
import { PreviewAccess } from "../components/environment/previewAccess";
import type { Previews } from "./settings/model";

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
  const { repository, provider, state } = previews;
  const access = new PreviewAccess(
    "previews",
    {
      scope,
      account,
      roleName: previewName(scope, environment),
      repository,
      provider,
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
