import { readSettings } from "../../stacks/settings/read";
import type { Folder } from "../record/stackFiles";

/** An environment as one pipeline releases to it. */
export interface Promoted {
  readonly environment: string;
  /** Who is asked by mail; undefined where nobody is asked. */
  readonly approvers?: readonly string[];
  /** Whether end-to-end tests decide about it. */
  readonly verified: boolean;
}

/** Which pipeline of a tooling stack releases where, in which order. */
export interface Promotions {
  readonly stack: string;
  readonly account: string;
  readonly environments: readonly { readonly name: string; readonly account: string }[];
  readonly pipelines: readonly {
    readonly name: string;
    readonly workload: string;
    /** What names of its resources have for its own. */
    readonly prefix: string;
    readonly promoted: readonly Promoted[];
  }[];
}

/** Of each tooling stack whose settings can be read. */
export const promotionsOf = ({ project, stacks }: Folder): Promotions[] =>
  stacks.flatMap(({ stack, config }): Promotions[] => {
    const { settings } = readSettings({ organization: "organization", project, stack, config });
    if (settings?.kind !== "tooling") return [];
    return [
      {
        stack,
        account: settings.scope.toolingAccount,
        environments: settings.environments.map(({ name, account }) => ({ name, account })),
        pipelines: settings.pipelines.map(({ id, workload, environments }) => ({
          ...{ name: id.name, workload, prefix: id.prefix },
          promoted: environments.map(({ name, approval, verify = true }) => ({
            ...{ environment: name, verified: verify },
            ...(approval && { approvers: approval.emails }),
          })),
        })),
      },
    ];
  });
