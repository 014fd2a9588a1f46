import { heldPolicy, withHolders } from "../../../../packages/iam/src/evaluate/unattachedPolicies";
import type { Deployment } from "../../../access/estate/deployed";
import type { World } from "../../../access/estate/world";
import { allResources, ofType, type Resource } from "../../../record/record";
import { isShown } from "./instances";
import { list, map, text } from "../../../../packages/iam/src/json";
import type { AccessModel, Role } from "../../../../packages/iam/src/model";
import { type Found, nameOf } from "./thing";

const RUNNERS = [
  ["aws:codebuild/project:Project", "serviceRole", "CodeBuild project"],
  ["aws:codepipeline/pipeline:Pipeline", "roleArn", "pipeline"],
  ["aws:cloudwatch/eventTarget:EventTarget", "roleArn", "EventBridge rule"],
] as const;

interface Runner {
  readonly resource: Resource;
  readonly kind: string;
}

/** What runs as a role, by the role's ARN. */
function runners({ record }: World): Map<string, Runner[]> {
  const found = new Map<string, Runner[]>();
  for (const [type, property, kind] of RUNNERS) {
    for (const resource of ofType(record, type)) {
      const role = text(resource.inputs, property);
      if (role !== undefined) found.set(role, [...(found.get(role) ?? []), { resource, kind }]);
    }
  }
  return found;
}

/** `role for cloudformation`: by the services that its trust names. */
function kindOf({ trust }: Role): string {
  const services = trust.statements
    .flatMap(({ content }) => list(map(content["Principal"])["Service"]))
    .map((each) => String(each).split(".")[0]);
  return services.length > 0 ? `role for ${[...new Set(services)].join(", ")}` : "role";
}

/** Policies that bound roles: had by a role, or demanded of roles by a statement. They are nobody's to have. */
function boundaries({ roles, managed }: AccessModel): Set<string> {
  const all = [...roles.values()];
  const conditions = all
    .flatMap(({ identity }) => identity.flatMap(({ statements }) => statements))
    .map(({ content }) => JSON.stringify(content["Condition"] ?? ""));
  const demanded = (arn: string) => conditions.some((each) => each.includes(`"${arn}"`));
  return new Set([...all.flatMap(({ boundary }) => boundary ?? []), ...[...managed.keys()].filter(demanded)]);
}

/** Every role, with what runs as it, and whoever has a managed policy. */
export function askersOf(world: World): Found[] {
  const { model, record, deployments } = world;
  const [run, bounds] = [runners(world), boundaries(model)];
  const stackOf = new Map(allResources(record).map((each) => [text(each.outputs, "arn"), each.stack]));
  const stackOfBranches = (maker: Deployment | undefined) =>
    [...stackOf].find(([arn]) => maker && arn?.endsWith(`-${maker.pipeline}-deploy`))?.[1];
  const makers = (arn: string) =>
    deployments.filter(({ resources }) => resources.some((each) => each.arn === arn));
  return [...withHolders(model).roles.values()].flatMap((role): Found[] => {
    const held = heldPolicy(role.arn);
    const policyArn =
      held && [...model.managed.keys()].find((arn) => nameOf(arn) === held && arn.includes(role.account));
    if (policyArn !== undefined && bounds.has(policyArn)) return [];
    const runs = run.get(role.arn) ?? [];
    // A rule's target answers with the ARN of what it starts, not with one of its own.
    const running = runs.flatMap(({ resource, kind }) =>
      kind === "EventBridge rule" ? [] : (text(resource.outputs, "arn") ?? []),
    );
    const [maker] = makers(role.arn);
    if (maker && !isShown(maker)) return [];
    const ofService = record.find(
      ({ account, stack }) =>
        account === maker?.account && [maker?.environment, stackOfBranches(maker)].includes(stack),
    );
    return [
      {
        name: held ?? nameOf(role.arn),
        called: maker?.resources.find((each) => each.arn === role.arn)?.logicalId,
        kind: held
          ? "whoever has this policy"
          : (runs[0]?.kind ?? (maker ? "role of the service" : kindOf(role))),
        shape: held ? "people" : "principal",
        account: role.account,
        stack: stackOf.get(policyArn ?? role.arn) ?? ofService?.stack,
        arns: [role.arn, ...running],
        has: (arn) => running.some((each) => arn.startsWith(`${each}/`)),
        role,
        notes: [
          ...running,
          ...(held ? ["No stack attaches this policy: people get it by hand."] : []),
          ...(maker ? [`Made by the template of ${maker.stackName}.`] : []),
          ...(role.boundary === undefined ? [] : [`Bounded by ${role.boundary}.`]),
        ],
      },
    ];
  });
}
