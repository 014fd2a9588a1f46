import type { Role } from "../../../packages/iam/src/model";
import { ofType } from "../../record/record";
import type { World } from "../estate/world";
import type { Facts, Values } from "./bindings";
import { stacksIn } from "./facts";

/** The boundary of a workload's roles, in the access matrix's own spelling. */
export const boundaryOf = ({ policies, own }: Values): string => `${String(policies)}${String(own)}-boundary`;

/** The boundary that a role must have: the organization's where settings name one, the workload's for what a template makes. */
function wanted({ record }: World, facts: Facts, { arn, account }: Role): string | undefined {
  const { settings } = facts;
  if (ofType(record, "aws:iam/role:Role").some(({ outputs }) => outputs["arn"] === arn)) {
    const name = settings.boundaries.get(account);
    return name === undefined ? undefined : `arn:${settings.partition}:iam::${account}:policy/${name}`;
  }
  const of = stacksIn(facts).find(({ values }) =>
    arn.startsWith(`${String(values["roles"])}${String(values["workload"])}-`),
  );
  return of && boundaryOf(of.values);
}

/** What is wrong with one role's permissions boundary: a line, or none. */
export function boundaryFindings(world: World, facts: Facts, role: Role): string[] {
  const must = wanted(world, facts, role);
  return must === role.boundary
    ? []
    : [
        `role ${role.arn.split("/").at(-1) ?? role.arn} has permissions boundary ${role.boundary ?? "none"}, and the access matrix says ${must ?? "none"}; give it that one`,
      ];
}
