import { ofType } from "../../record/record";
import type { World } from "../estate/world";
import { boundaryOf } from "./castModel";
import { stacksIn } from "./facts";
import type { Facts } from "./bindings";

/** The boundary that a role must have: the organization's where settings name one, the workload's for what a template makes. */
function wanted({ record }: World, facts: Facts, arn: string): string | undefined {
  const { settings } = facts;
  const account = arn.split(":")[4] ?? "";
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
export function boundaryFindings(
  world: World,
  facts: Facts,
  arn: string,
  boundary: string | undefined,
): string[] {
  const must = wanted(world, facts, arn);
  const shown = (one: string | undefined) => one ?? "none";
  return must === boundary
    ? []
    : [
        `role ${arn.split("/").at(-1) ?? arn} has permissions boundary ${shown(boundary)}, and the access matrix says ${shown(must)}; give it that one`,
      ];
}
