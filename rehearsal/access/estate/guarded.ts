import type { Guarded } from "../../../packages/iam/src/model";
import { policyDocuments } from "../../aws/policyDocuments";
import type { PolicyDocument } from "../../record/policyDocuments";
import { label, ofType, type Rehearsed } from "../../record/record";
import { accountOf, add, arnOf, attachedTo } from "./collect";
import type { ConditionKeys } from "../../../packages/iam/src/policy/conditionKeys";
import { defaultPolicy, pulumiTypes } from "../../aws/registry";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { policy } from "../../../packages/iam/src/policy/policies";

/** The resources with policies of their own, each with its policy: given with it, beside it, or AWS's default. */
export function guardedOf(record: Rehearsed, keys: ConditionKeys): Map<string, Guarded> {
  const found = new Map<string, Guarded>();
  const used = new Set<PolicyDocument>();
  const documents = policyDocuments(record);
  for (const [type, { carries }] of pulumiTypes()) {
    if (carries === "nothing" || !carries.guards) continue;
    const { guards } = carries;
    const [setBy, property = ""] = guards.setBy ?? [];
    const setters = documents.filter(({ resource }) => resource.type === setBy);
    const beside = attachedTo(setters, guards.attached, property);
    for (const resource of ofType(record, type)) {
      const [account, arn] = [accountOf(resource), arnOf(resource)];
      const own = documents.filter((each) => each.resource === resource);
      const all = [...own, ...(beside.get(`${account} ${resource.region} ${guards.named(arn)}`) ?? [])];
      if (all.length > 1)
        notKnown(`${label(resource)} has ${all.length} policies: the last one written would win`);
      all.forEach((each) => used.add(each));
      const content = all[0]?.content ?? defaultPolicy(guards.attached, arn, account);
      const called = `${guards.attached} policy of ${arn}`;
      const made = content && policy(called, guards.attached, content, keys);
      add(found, arn, { arn, account, attached: guards.attached, policy: made });
    }
  }
  const lost = documents.find(
    (each) => !used.has(each) && !["trust", "inline", "managed"].includes(each.kind),
  );
  if (lost) notKnown(`${label(lost.resource)} is a policy of something that no stack makes`);
  return found;
}
