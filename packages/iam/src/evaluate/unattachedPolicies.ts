import type { AccessModel, Role } from "../model";

const PATH = "role/whoever-has/";

/** Name of the policy that a made-up role stands for; undefined for every other role. */
export const heldPolicy = (roleArn: string): string | undefined =>
  roleArn.includes(`:${PATH}`) ? roleArn.split(PATH)[1] : undefined;

/**
 * The model with a made-up role for each managed policy that no role has: what somebody may who has that policy and no
 * other. The stacks attach none of these; people do. Nobody can take such a role.
 */
export function withHolders(model: AccessModel): AccessModel {
  const roles = new Map(model.roles);
  const attached = new Set([...roles.values()].flatMap(({ identity }) => identity));
  for (const [policyArn, policy] of model.managed) {
    if (attached.has(policy)) continue; // it is that role's, and nobody's to have
    const [, account = "", name = ""] =
      /^arn:[^:]+:iam::(\d{12}):policy\/(?:.*\/)?([^/]+)$/.exec(policyArn) ?? [];
    if (name === "") continue; // AWS's own, which people have apart from this project
    const arn = policyArn.replace(/:policy\/.*$/, `:${PATH}${name}`);
    const trust: Role["trust"] = { name: "trust of nobody", attached: "trust", statements: [] };
    roles.set(arn, { arn, account, trust, identity: [policy], boundary: undefined });
  }
  return { ...model, roles };
}
