import type { Guarded } from "../../../packages/iam/src/model";
import { add } from "./collect";
import type { Template } from "./deployedRoles";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { policy } from "../../../packages/iam/src/policy/policies";
import { cloudFormationType, defaultPolicy } from "../../aws/registry";
import type { Grant } from "../../aws/types";

const carriesOf = (type: string) => {
  const carries = cloudFormationType(type)?.carries ?? "nothing";
  return carries === "nothing" ? {} : carries;
};

/** What the template's resources write into policies of others, each statement once: by ARN. */
function grantsOf({ deployment }: Template): Map<string, Grant[]> {
  const found = new Map<string, Grant[]>();
  for (const resource of deployment.resources) {
    for (const grant of carriesOf(resource.type).grants?.(resource, deployment) ?? []) {
      const others = found.get(grant.on) ?? [];
      const same = others.some((each) => JSON.stringify(each) === JSON.stringify(grant));
      found.set(grant.on, same ? others : [...others, grant]);
    }
  }
  return found;
}

/** `logGroup` as people write it. */
const words = (attached: string): string =>
  attached.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
/** What is behind the kind of resource in its ARN: `table/x`, `function:x:live`. */
const nameIn = (arn: string): string =>
  arn
    .split(":")
    .slice(5)
    .join(":")
    .replace(/^[^:/]+[:/]/, "");

/** Adds what a template makes that has, or could have, a policy of its own. */
export function addGuarded(guarded: Map<string, Guarded>, template: Template): void {
  const { deployment, keys } = template;
  const grants = grantsOf(template);
  for (const { type, arn, properties } of deployment.resources) {
    const { guards: attached, policy: own } = carriesOf(type);
    if (attached === undefined) continue;
    const granted = grants.get(arn);
    grants.delete(arn);
    const content =
      own?.(properties) ??
      (granted && {
        Version: "2012-10-17",
        Id: "default",
        Statement: granted.map((each) => each.statement),
      }) ??
      defaultPolicy(attached, arn, deployment.account);
    const made =
      content === undefined
        ? undefined
        : policy(`policy of ${words(attached)} ${nameIn(arn)}`, attached, content, keys);
    add(guarded, arn, { arn, account: deployment.account, attached, policy: made });
  }
  const lost = [...grants.values()].flat().find(({ ownOnly }) => ownOnly);
  if (lost)
    notKnown(
      `a permission in the template of ${deployment.stackName} is for ${lost.on}, which the template does not make`,
    );
}
