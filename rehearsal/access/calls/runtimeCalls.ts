/** What happens beside CloudFormation: requests, functions and tasks, their logs; aliases that are shifted. */
import { cloudFormationTypes } from "../../aws/registry";
import { ofType } from "../../aws/requests";
import type { LaterCalls } from "../../aws/types";
import type { Deployment } from "../estate/deployed";
import type { Target } from "../estate/branches";
import { type Call, calls, type Place, stepOf } from "./call";

/** By type, in the order of the registry: what belongs together stands together. */
const later = (deployment: Deployment, when: LaterCalls["when"]): LaterCalls[] =>
  cloudFormationTypes()
    .flatMap(([type, known]) =>
      known.later === undefined
        ? []
        : ofType(deployment, type).flatMap((each) => known.later?.(each, deployment) ?? []),
    )
    .filter((each) => each.when === when);

const at = (place: Place, all: readonly LaterCalls[]): Call[] =>
  all.flatMap(({ principal, asked, why, source }) => calls(place, principal, asked, why, source));

/** What services do while a stack is updated, and again while it is rolled back. */
export function deploymentCalls(target: Target, deployment: Deployment): Call[] {
  const { pipeline, environment } = deployment;
  return later(deployment, "deployment").flatMap((each) =>
    (["update", "roll-back"] as const).flatMap((phase) =>
      at({ pipeline, environment, phase, step: stepOf(target) }, [each]),
    ),
  );
}

/** Everything that is called once a template is deployed. */
export function runtimeCalls(deployment: Deployment): Call[] {
  const { pipeline, environment } = deployment;
  const place: Place = { pipeline, environment, phase: "every release", step: `${environment}: in use` };
  return at(place, later(deployment, "in use"));
}
