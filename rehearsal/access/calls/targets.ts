/** What each call of a handler is asked on, and with which context, as the Service Authorization Reference has it. */
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { cloudFormationType, SERVICES, serviceOfActions } from "../../aws/registry";
import { on, requestTags, valuesAt } from "../../aws/requests";
import type { Asked, Operation, Subject } from "../../aws/types";

/** The roles that a resource hands to a service; one that it does not have is not passed. */
function passed({ resource: { type, properties } }: Subject, action: string): Asked[] {
  const passes =
    cloudFormationType(type)?.passes ??
    notKnown(`which role ${type} passes is not said by its file in rehearsal/aws: add \`passes\``);
  return passes.flatMap(([property, service]) =>
    valuesAt(properties, property).flatMap((role) =>
      on(String(role), [action], action === "iam:PassRole" ? { "iam:PassedToService": service } : {}),
    ),
  );
}

/** What a handler's action is asked on for one resource. Several where it is asked on several. */
export function asked(subject: Subject, operation: Operation, action: string): readonly Asked[] {
  const { resource, stack } = subject;
  if (SERVICES.some(({ onNothing = [] }) => onNothing.includes(action))) return on("*", [action]);
  const type = cloudFormationType(resource.type);
  if (action === "iam:PassRole" || (action === "iam:GetRole" && type?.passes)) return passed(subject, action);
  const service = serviceOfActions(action);
  return (
    type?.asked?.(subject, operation, action) ??
    service?.asked?.(subject, operation, action) ??
    on(resource.arn, [action], {
      ...(operation === "create" || /:Tag/.test(action) ? requestTags(stack) : {}),
      ...service?.passedOn?.[action]?.(resource.properties),
    })
  );
}
