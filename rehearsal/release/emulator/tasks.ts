import { type Rule, ruleOf } from "./balancer";
import { CORRECT, type Deployment, type EvaluatedRelease, ofType, type Runtime } from "./deployment";
import { wiringOf } from "./events/wiring";
import { droppedByServices } from "./promises";
import { serviceOf } from "./serviceSettings";
import { RunningServices, ServiceTasks } from "./serviceTasks";
import { AWS } from "../shownBy";
import type { Evaluated } from "../cloudformation/stack";
import { Stopped } from "../stopped";

/** `ANY /product/find/*`, one for each path of a rule. */
const keysOf = ({ paths, methods }: Rule): string[] =>
  (paths.length > 0 ? paths : ["/*"]).flatMap((path) =>
    (methods.length > 0 ? methods : ["ANY"]).map((method) => `${method} ${path}`),
  );

const groupsOf = (evaluated: Evaluated): string[] =>
  ofType(evaluated, "AWS::ElasticLoadBalancingV2::TargetGroup").map(({ id }) => id);

/** What of a template are services behind the environment's load balancer. */
function read(release: EvaluatedRelease): Deployment {
  const { target, evaluated } = release;
  if (target.endpointUrl === undefined)
    throw new Stopped(
      `environment ${target.site.environment} has no platform, which ${target.workload.kind} needs`,
      "give it one in the settings of tooling's environments, then start again",
    );
  const wiring = wiringOf(target.site, evaluated, []);
  const notRehearsed: string[] = [...(wiring?.notRehearsed ?? [])];
  const services = ofType(evaluated, "AWS::ECS::Service").map((each) =>
    serviceOf(each, release, notRehearsed),
  );
  const rules = ofType(evaluated, "AWS::ElasticLoadBalancingV2::ListenerRule").map(ruleOf);
  const routes = rules.flatMap((rule) => {
    const served = services.find(({ targetGroup }) => targetGroup === rule.action);
    if (typeof rule.action === "string" && !served)
      notRehearsed.push(
        `${rule.logicalId}: ${groupsOf(evaluated).includes(rule.action) ? "no service of the template is behind its target group" : "its target group is not in the template"}; it answers 503 here`,
      );
    return served ? keysOf(rule).map((key) => ({ key, target: served.logicalId })) : [];
  });
  if (routes.length === 0)
    throw new Stopped(
      "template.yaml has no rule of a listener that leads to a service of its own",
      CORRECT,
      notRehearsed,
    );
  return {
    tables: ofType(evaluated, "AWS::DynamoDB::Table"),
    routes,
    awsEndpoint: target.endpointUrl,
    endpoint: { of: "the environment's load balancer", remedy: "make it the parameter EndpointUrl" },
    dropped: droppedByServices(evaluated),
    wiring,
    notRehearsed: [...notRehearsed, ...rules.flatMap(({ ignored }) => ignored)],
    start: (place) =>
      new RunningServices(
        services.map((each) => new ServiceTasks(each, place)),
        rules,
      ),
  };
}

/** Services of containers behind a load balancer, each task a process. */
export const tasks: Runtime = {
  read,
  notShown: [
    {
      what: `ECS and Fargate: where tasks are placed, limits of memory and CPU, the read-only file system, the user, another platform; what the base image brings (Node here is ${process.version})`,
      shownBy: AWS,
    },
    {
      what: "the network: VPC, security groups, the load balancer itself, its certificate, the DNS record; alarms that turn a deployment back, and the times of checks",
      shownBy: AWS,
    },
  ],
};
