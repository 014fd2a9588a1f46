/** The pipeline that brings these stacks up, where tooling's settings have it. */
import type * as pulumi from "@pulumi/pulumi";
import type { JobDefaults } from "../components/jobs/job";
import { APPROVAL_GRACE_IN_DAYS, artifactPrefix, type Scope, selfPipeline } from "../components/names";
import type * as components from "../components/pipeline/source";
import { SelfUpdate } from "../components/selfUpdate/selfUpdate";
import type { ArtifactStore } from "../components/store/artifactStore";
import type { SelfUpdateSettings, Source, ToolingSettings } from "./settings/model";

export interface SelfUpdateOutputs {
  readonly pipeline: pulumi.Output<string>;
  /** The roles that settings name have to let it in. */
  readonly upRoleArn: pulumi.Output<string>;
  readonly approverPolicyArn: pulumi.Output<string>;
}

interface Made {
  readonly store: ArtifactStore;
  readonly jobDefaults: JobDefaults;
  readonly sourceOf: (source: Source) => components.Source;
}

export function selfUpdate(
  { scope, environments, selfUpdate: wanted }: ToolingSettings,
  { store, jobDefaults, sourceOf }: Made,
  opts: pulumi.ComponentResourceOptions,
): { selfUpdate?: SelfUpdateOutputs } {
  if (wanted === undefined) return {};
  const { state, role, emails, timeoutDays } = wanted;
  const { name, upRoleArn, approverPolicyArn } = new SelfUpdate(
    selfPipeline(scope).name, // commands know a pipeline's runs by this
    {
      ...{ scope, environments, store, jobDefaults, role, emails, timeoutDays },
      source: sourceOf(wanted.source),
      state: { ...state, projects: [scope.project] },
    },
    opts,
  );
  return { selfUpdate: { pipeline: name, upRoleArn, approverPolicyArn } };
}

/** Where its artifacts are: Up takes the source once somebody has agreed. */
export const selfExpirations = (scope: Scope, wanted: SelfUpdateSettings | undefined) =>
  wanted === undefined
    ? []
    : [
        {
          prefix: `${artifactPrefix(selfPipeline(scope))}/`,
          days: wanted.timeoutDays + APPROVAL_GRACE_IN_DAYS,
        },
      ];
