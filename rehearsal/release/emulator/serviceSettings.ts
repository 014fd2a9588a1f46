import { existsSync } from "node:fs";
import { join } from "node:path";
import { CORRECT, type EvaluatedRelease, ofType } from "./deployment";
import { imageFolder, imageOf } from "./image";
import type { StackResource } from "../cloudformation/stack";
import { Stopped } from "../stopped";
import type { ContainerSettings, HealthCheck } from "./task";
import { list, map, text, type Values } from "../../../packages/iam/src/json";

/** A service as its template has it. */
export interface ServiceSettings {
  readonly logicalId: string;
  readonly container: ContainerSettings;
  /** ARN. */
  readonly targetGroup: string;
  /** Tasks that run here. */
  readonly count: number;
  /** Whether ECS gives up a deployment whose tasks do not become healthy. */
  readonly breaker: boolean;
}

/** More would show no more: with two it is seen that any task can answer. */
const MOST_TASKS = 2;

/** `200`, `200,202` or `200-299`. */
function matcher(codes: string): (status: number) => boolean {
  const ranges = codes.split(",").map((each) => each.split("-").map(Number));
  return (status) => ranges.some(([from = 0, to = from]) => status >= from && status <= to);
}

function healthOf({ properties }: StackResource, service: StackResource): HealthCheck {
  return {
    path: text(properties, "HealthCheckPath") ?? "/",
    healthy: matcher(text(map(properties["Matcher"]), "HttpCode") ?? "200"),
    threshold: Number(properties["HealthyThresholdCount"] ?? 5),
    unhealthyThreshold: Number(properties["UnhealthyThresholdCount"] ?? 2),
    grace: Number(service.properties["HealthCheckGracePeriodSeconds"] ?? 0),
  };
}

/** Variables of a container. Secrets are not here: something else of the same name stands for each. */
function variablesOf(container: Values): Record<string, string> {
  const own = list(container["Environment"]).map((each) => [
    String(map(each)["Name"]),
    String(map(each)["Value"]),
  ]);
  const secrets = list(container["Secrets"]).map((each) => [String(map(each)["Name"]), "rehearsal"]);
  return Object.fromEntries([...own, ...secrets]) as Record<string, string>;
}

/** A container's command line on this machine. Throws Stopped for what Node does not run. */
function commandOf(container: Values, root: string, { copy }: EvaluatedRelease): string[] {
  const image = imageOf(copy);
  const own = (key: string): string[] => list(container[key]).map(String);
  const [entrypoint, command] = [own("EntryPoint"), own("Command")];
  const words = [
    ...(entrypoint.length > 0 ? entrypoint : (image?.entrypoint ?? [])),
    ...(command.length > 0 ? command : entrypoint.length > 0 ? [] : (image?.command ?? [])),
  ];
  const [first = "(none)", ...rest] = words;
  if (!/(^|\/)node$/.test(first))
    throw new Stopped(
      `the container ${String(container["Name"])} starts with ${JSON.stringify(words.join(" ") || first)}, and the rehearsal runs what begins with node`,
      'write it as ENTRYPOINT ["node", "..."] in the Dockerfile, or as EntryPoint in template.yaml, then start a new release',
    );
  const here = (word: string): string =>
    word.startsWith("/") && existsSync(join(root, word)) ? join(root, word) : word;
  return [first, ...rest.map(here)];
}

/** The container behind a target group, with its definition. */
function containerOf(service: StackResource, release: EvaluatedRelease) {
  const { evaluated, released } = release;
  const { logicalId, properties } = service;
  const stop = (what: string): Stopped => new Stopped(`service ${logicalId} ${what}`, CORRECT);
  const [balanced] = list(properties["LoadBalancers"]).map(map);
  if (!balanced) throw stop("is behind no target group, so that nothing reaches it");
  const group = ofType(evaluated, "AWS::ElasticLoadBalancingV2::TargetGroup").find(
    ({ id }) => id === balanced["TargetGroupArn"],
  );
  if (!group) throw stop("has a target group that is not in the template");
  const task = ofType(evaluated, "AWS::ECS::TaskDefinition").find(
    ({ id }) => id === properties["TaskDefinition"],
  );
  if (!task) throw stop("has a task definition that is not in the template");
  const containers = list(task.properties["ContainerDefinitions"]).map(map);
  const container = containers.find(({ Name }) => Name === balanced["ContainerName"]);
  if (!container)
    throw stop(
      `sends requests to container ${String(balanced["ContainerName"])}, which ${task.logicalId} does not have`,
    );
  if (container["Image"] !== released.image)
    throw stop(
      `runs the image ${JSON.stringify(container["Image"])}, which is not the release's: make it the parameter ImageUri`,
    );
  const port = Number(balanced["ContainerPort"]);
  if (!list(container["PortMappings"]).some((each) => Number(map(each)["ContainerPort"]) === port))
    throw stop(`is asked on port ${port}, which container ${String(container["Name"])} does not map`);
  return { group, containers, container, port };
}

/** Reads a service, and what of it is not heeded. Throws Stopped for one that can't run here. */
export function serviceOf(
  service: StackResource,
  release: EvaluatedRelease,
  notRehearsed: string[],
): ServiceSettings {
  const { properties, logicalId } = service;
  const { group, containers, container, port } = containerOf(service, release);
  const { copy } = release;
  const root = imageFolder(copy);
  const workdir = join(root, text(container, "WorkingDirectory") ?? imageOf(copy)?.workdir ?? "/");
  const name = String(container["Name"]);
  const wanted = Number(properties["DesiredCount"] ?? 1);
  const count = Math.min(wanted, MOST_TASKS);
  for (const other of containers.filter((each) => each !== container))
    notRehearsed.push(`container ${String(other["Name"])} of ${logicalId}: it does not run here`);
  for (const secret of list(container["Secrets"]))
    notRehearsed.push(
      `secret ${String(map(secret)["Name"])} of ${logicalId}: the process gets another text here`,
    );
  if (container["HealthCheck"] !== undefined)
    notRehearsed.push(`the HealthCheck of container ${name}: the load balancer's is asked here`);
  if (count < wanted) notRehearsed.push(`${wanted} tasks of ${logicalId}: ${count} run here`);
  if (count < 1)
    throw new Stopped(`service ${logicalId} has DesiredCount ${wanted}, so that nothing answers`, CORRECT);
  return {
    logicalId,
    targetGroup: group.id,
    count,
    breaker:
      String(map(map(properties["DeploymentConfiguration"])["DeploymentCircuitBreaker"])["Enable"]) ===
      "true",
    container: {
      name,
      port,
      command: commandOf(container, root, release),
      folder: existsSync(workdir) ? workdir : root,
      variables: { ...imageOf(copy)?.env, ...variablesOf(container) },
      stopTimeout: Number(container["StopTimeout"] ?? 30),
      health: healthOf(group, service),
    },
  };
}
