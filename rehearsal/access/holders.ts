import type { AccessModel, Role } from "./model";

const PATH = "role/whoever-has/";

/** Name of the policy that a made-up role stands for; undefined for every other role. */
export const heldPolicy = (roleArn: string): string | undefined =>
  roleArn.includes(`:${PATH}`) ? roleArn.split(PATH)[1] : undefined;

/**
 * The model with a made-up role for each managed policy: what somebody may who has that policy and no other. The
 * stacks attach none of them; people do. Nobody can take such a role.
 */
export function withHolders(model: AccessModel): AccessModel {
  const roles = new Map(model.roles);
  for (const [policyArn, policy] of model.managed) {
    const [, account = "", name = ""] =
      /^arn:[^:]+:iam::(\d{12}):policy\/(?:.*\/)?([^/]+)$/.exec(policyArn) ?? [];
    if (name === "") continue; // AWS's own, which people have apart from this project
    const arn = policyArn.replace(/:policy\/.*$/, `:${PATH}${name}`);
    const trust: Role["trust"] = { name: "trust of nobody", attached: "trust", statements: [] };
    roles.set(arn, { arn, account, trust, identity: [policy], boundary: undefined });
  }
  return { ...model, roles };
}
