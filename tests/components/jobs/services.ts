import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { ServiceError, type Service } from "./service";
import { REGION } from "./stack";
import type { OwnersService } from "./world";

const ARN = `arn:aws:ecs:${REGION}:222222222222`;
/** What register-task-definition takes: ECS refuses all else of what it describes. */
const INPUT = [
  ...["family", "taskRoleArn", "executionRoleArn", "networkMode", "containerDefinitions", "volumes"],
  ...[
    "placementConstraints",
    "requiresCompatibilities",
    "cpu",
    "memory",
    "runtimePlatform",
    "ephemeralStorage",
  ],
  ...["pidMode", "ipcMode", "proxyConfiguration", "inferenceAccelerators", "enableFaultInjection"],
];

const shown = (found: OwnersService) => ({
  serviceName: found.name,
  status: found.status,
  ...found.says,
  deployments: found.deployments.map(({ id, status, definition, states }) => {
    const [rolloutState, rolloutStateReason] = (states.length > 1 ? states.shift() : states[0]) ?? [];
    return {
      id: `ecs-svc/${id}`,
      status,
      taskDefinition: `${ARN}:task-definition/${definition}`,
      createdAt: "2026-01-01T10:00:00+00:00",
      rolloutState,
      rolloutStateReason,
    };
  }),
});

/** The revision that is newest and active. */
const newest = ({ definitions }: OwnersService, family: string): number =>
  Math.max(
    0,
    ...[...definitions]
      .filter(([name, { status }]) => name.startsWith(`${family}:`) && status === "ACTIVE")
      .map(([name]) => Number(name.split(":")[1])),
  );

/** Where the circuit breaker is to go back, it has as soon as somebody looks at what failed. */
function goBack(found: OwnersService): void {
  const [first, before] = found.deployments;
  if (!found.goesBack || first?.states.length !== 1 || first.states[0]?.[0] !== "FAILED" || !before) return;
  first.status = "ACTIVE";
  found.deployments.unshift({
    ...{
      id: "9000000000000000009",
      status: "PRIMARY",
      definition: before.definition,
      states: [["COMPLETED"]],
    },
  });
}

export const services: Service = (call, who, world, cwd) => {
  if (!call.operation.startsWith("ecs ")) return undefined;
  const option = (name: string): string => call.options[name]?.[0] ?? "";
  const { ownersService: found } = world;
  if (who.account !== "222222222222" || !found) throw new Error("there is no ECS");
  const requireCluster = (): void => {
    if (option("cluster") !== found.cluster)
      throw new ServiceError("ClusterNotFoundException", "Cluster not found.");
  };
  switch (call.operation) {
    case "ecs describe-services":
      requireCluster();
      goBack(found);
      return { services: option("services") === found.name ? [shown(found)] : [] };
    case "ecs describe-task-definition": {
      const asked = option("task-definition");
      const name = asked.includes(":") ? asked : `${asked}:${newest(found, asked)}`;
      const definition = found.definitions.get(name);
      if (!definition) throw new ServiceError("ClientException", "Unable to describe task definition.");
      return { taskDefinition: definition };
    }
    case "ecs register-task-definition": {
      const [, file = ""] = /^file:\/\/(.+)$/.exec(option("cli-input-json")) ?? [];
      const asked = JSON.parse(readFileSync(resolve(cwd, file), "utf8")) as Record<string, unknown>;
      const unknown = Object.keys(asked).filter((key) => !INPUT.includes(key));
      if (unknown.length > 0) throw new Error(`ECS takes no ${unknown.join(", ")}`);
      const family = String(asked["family"]);
      const revision = Math.max(newest(found, family), 0) + 1;
      const registered = described(family, revision, asked);
      found.definitions.set(`${family}:${revision}`, registered);
      return { taskDefinition: registered };
    }
    case "ecs update-service": {
      requireCluster();
      if (option("service") !== found.name) throw new ServiceError("ServiceNotFoundException", "no such");
      const definition = option("task-definition");
      if (!found.definitions.has(definition)) throw new Error(`there is no ${definition}`);
      if (found.deployments[0]?.definition !== definition) {
        for (const each of found.deployments) each.status = "ACTIVE";
        const id = String(1000000000000000000n + BigInt(found.deployments.length + 1));
        found.deployments.unshift({ id, status: "PRIMARY", definition, states: [...found.rollout] });
      }
      return { service: shown(found) };
    }
    default:
      return undefined;
  }
};

/** Variables in an order that differs from one revision to the next. */
const inOrder = (all: readonly { readonly name: string }[], revision: number) =>
  [...all].sort((one, other) => one.name.localeCompare(other.name) * (revision % 2 === 0 ? 1 : -1));

/** A task definition as ECS describes it: what was registered, in an order of its own, and what ECS adds. */
export function described(
  family: string,
  revision: number,
  input: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const containers = input["containerDefinitions"] as readonly Record<string, unknown>[];
  return {
    ...input,
    containerDefinitions: containers.map((each) => ({
      ...each,
      ...(Array.isArray(each["environment"]) && {
        environment: inOrder(each["environment"] as { readonly name: string }[], revision),
      }),
    })),
    ...{ family, revision, status: "ACTIVE" },
    taskDefinitionArn: `${ARN}:task-definition/${family}:${revision}`,
    requiresAttributes: [{ name: "com.amazonaws.ecs.capability.ecr-auth" }],
    compatibilities: ["EC2", "FARGATE"],
    registeredAt: "2026-01-01T10:00:00+00:00",
    registeredBy: "arn:aws:sts::222222222222:assumed-role/owner/terraform",
  };
}
