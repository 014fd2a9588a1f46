/** What can take over in another Region, where settings have it. */
import type * as pulumi from "@pulumi/pulumi";
import { Replica } from "../components/store/replica";
import { Replication, type ReplicationArgs } from "../components/store/replication";
import { accountProvider } from "./account";
import { onlyRolesOfReplica } from "./grants";
import type { ToolingSettings } from "./settings/model";

type Shared = Pick<ReplicationArgs, "store" | "images" | "permissionsBoundary">;

/** Its provider, and that alone, is for the other Region: `npm run failover` tells by it what is there. */
export const REPLICA_PROVIDER = "replica";

/** Makes the replica and what copies to it. */
export function replication(
  settings: ToolingSettings,
  { store, images, permissionsBoundary }: Shared,
  opts: pulumi.ComponentResourceOptions,
): void {
  const { scope, deletable } = settings;
  const to = settings.replication?.region;
  if (to === undefined) return;
  const providers = [accountProvider(settings.provider, REPLICA_PROVIDER, to)];
  const replica = new Replica(
    "replica",
    { account: scope.toolingAccount, region: to, onlyRoles: onlyRolesOfReplica(settings), deletable, images },
    { providers, protect: !deletable },
  );
  new Replication("replication", { scope, to, store, replica, images, permissionsBoundary }, opts);
}
