/** Records as Pulumi writes them in states. */
import { readState } from "../../../commands/engine/engine";
import type { Rehearsed } from "../../../rehearsal/record/record";
import type { StackState } from "../../../rehearsal/record/states";

/** What the backend has of these stacks. A component of awsx is there, and so is the repository that it makes. */
export const exported = (record: Rehearsed): StackState[] =>
  record.map(({ stack, account = "", region = "", resources, outputs }) => {
    const ids = new Map(resources.map(({ urn, id }) => [urn, id]));
    const written = resources.flatMap((each): object[] => {
      const { urn, type, id, parent, provider, protect, inputs, custom, remote } = each;
      const reference = provider === undefined ? undefined : `${provider}::${ids.get(provider)}`;
      const own = {
        ...{ urn, type, id, parent, protect, inputs, custom, outputs: each.outputs },
        ...(reference !== undefined && { provider: reference }),
      };
      if (!remote) return [own];
      const { repository } = each.outputs as { repository: { name: string } };
      const child = {
        ...{ urn: `${urn.replace(/::[^:]+$/, "")}$aws:ecr/repository:Repository::${each.name}`, parent: urn },
        ...{ type: "aws:ecr/repository:Repository", id: repository.name, custom: true, protect },
        ...{ inputs: { __defaults: ["forceDelete"], ...inputs }, outputs: repository },
        ...(reference !== undefined && { provider: reference }),
      };
      return [{ ...own, id: undefined, custom: false }, child];
    });
    // The engine has providers of its own for what is not AWS's.
    const providers = ["awsx", "pulumi"].map((name) => ({
      ...{ urn: `urn:pulumi:${stack}::delivery::pulumi:providers:${name}::default`, id: name, custom: true },
      type: `pulumi:providers:${name}`,
    }));
    const { resources: all } = readState({ resources: [...providers, ...written] });
    return { stack, account, region, outputs, resources: all };
  });
