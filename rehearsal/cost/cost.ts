import { map, text } from "../../packages/iam/src/json";
import { promiseOf, releasing, selfPipelines } from "../record/inventory";
import { type Action, projectOf, variablesOf } from "../record/pipelines";
import { ofType, type Rehearsed, type Resource } from "../record/record";
import { BRANCH_AT_REST } from "./branches";
import { COMMANDS, DEPLOY_UNPLANNED, LAMBDA_START, RUNNER_START, SOURCE, START } from "./durations";
import { PEERS, peerSeconds } from "./peers";
import { BUILD_MINUTE, HOURS, type Price, PRICES } from "./prices";

/** One thing that AWS charges for. */
export interface Line {
  readonly what: string;
  readonly quantity: number;
  readonly price: Price;
  /** US dollars: `quantity` times the price, for a month where the price is for an hour. */
  readonly usd: number;
}

/** What one release costs, and how long it takes without the people who approve. */
export interface ReleaseCost {
  readonly pipeline: string;
  readonly lines: readonly Line[];
  readonly usd: number;
  /** Of it, CodeBuild's part in Build. */
  readonly buildUsd: number;
  readonly seconds: number;
  /** Of them, until the last environment runs it: what verifies and records it there comes after. */
  readonly deployedSeconds: number;
  readonly environments: number;
  /** Seconds of others until their last environment runs it, with as many environments. */
  readonly peers: Readonly<Record<string, number>>;
}

/** What the environment of one branch costs in a month in which nothing is pushed to it. A push is a release of its pipeline. */
export interface BranchCost {
  readonly pipeline: string;
  readonly workload: string;
  readonly lines: readonly Line[];
}

export interface Cost {
  /** Of a month in which nothing is released. */
  readonly atRest: readonly Line[];
  /** Of pipelines that release branches. */
  readonly branches: readonly BranchCost[];
  readonly releases: readonly ReleaseCost[];
  /** What costs something and has no price in the table. */
  readonly notPriced: readonly string[];
}

const line = (what: string, quantity: number, price: Price): Line => ({
  what,
  quantity,
  price,
  usd: quantity * price.usd * (price.per === "hour" ? HOURS : 1),
});
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
export const total = (lines: readonly Line[]): number => sum(lines.map(({ usd }) => usd));

/** The gateways that awsx makes with a network: its own program does not run here. */
function gateways({ inputs }: Resource): number {
  const zones = Number(inputs["numberOfAvailabilityZones"]);
  const { strategy } = map(inputs["natGateways"]);
  return { Single: 1, OnePerAz: zones, None: 0 }[String(strategy)] ?? zones;
}

function restLines(record: Rehearsed): Line[] {
  const networks = ofType(record, "awsx:ec2:Vpc");
  const nat = sum(networks.map(gateways));
  const balancers = ofType(record, "aws:lb/loadBalancer:LoadBalancer").length;
  // A load balancer that the internet reaches has an address in each zone, a NAT gateway has one.
  const addresses = nat + sum(networks.map(({ inputs }) => Number(inputs["numberOfAvailabilityZones"])));
  return [
    line("KMS keys", ofType(record, "aws:kms/key:Key").length, PRICES.key),
    line("NAT gateways", nat, PRICES.natGateway),
    line("load balancers, without what passes them", balancers, PRICES.loadBalancer),
    line("public IPv4 addresses", addresses, PRICES.publicAddress),
  ].filter(({ quantity }) => quantity > 0);
}

/** What an action does; in a wave the environment's name follows: Deploy-test. */
const kindOf = ({ name }: Action): string => name.split("-")[0] ?? "";

/** The project inside an environment's account that another one has do its work. */
function runnerOf(record: Rehearsed, project: Resource): Resource | undefined {
  const { RUNNER, ENVIRONMENT_ACCOUNT } = variablesOf(project);
  return ofType(record, "aws:codebuild/project:Project").find(
    ({ account, outputs }) => account === ENVIRONMENT_ACCOUNT && outputs["name"] === RUNNER,
  );
}

/** Seconds of an action of this pipeline, where they are known. */
const timer =
  (record: Rehearsed, pipeline: Resource) =>
  (action: Action): number | undefined => {
    if (action.provider !== "CodeBuild") return SOURCE;
    const project = projectOf(record, pipeline, action);
    const unplanned = kindOf(action) === "Deploy" && project && variablesOf(project)["APPROVAL"] === "false";
    const commands = unplanned ? DEPLOY_UNPLANNED : COMMANDS[kindOf(action)];
    const type = text(map(project?.inputs["environment"]), "type");
    const start = type === "LINUX_LAMBDA_CONTAINER" ? LAMBDA_START : START;
    // What only starts a runner waits for that to start too.
    const more = project && runnerOf(record, project) ? RUNNER_START : 0;
    return commands === undefined ? undefined : start + more + commands;
  };
type Timer = ReturnType<typeof timer>;
/** CodePipeline and CodeBuild charge each minute that has begun. */
const minutes = (duration: number): number => Math.ceil(duration / 60);

/** Stages come one after the other; within one, actions of the same runOrder at once. */
function duration(actions: readonly Action[], seconds: Timer): number {
  const slots = new Map<string, number>();
  for (const action of actions) {
    const slot = `${action.index} ${action.runOrder}`;
    slots.set(slot, Math.max(slots.get(slot) ?? 0, seconds(action) ?? 0));
  }
  return sum([...slots.values()]);
}

/** Actions up to the last that deploys; in a pipeline without one, none. */
function untilDeployed(actions: readonly Action[]): readonly Action[] {
  const deploys = actions.filter((action) => kindOf(action) === "Deploy");
  const stage = Math.max(...deploys.map(({ index }) => index));
  const order = Math.max(...deploys.filter(({ index }) => index === stage).map(({ runOrder }) => runOrder));
  return actions.filter(({ index, runOrder }) => index < stage || (index === stage && runOrder <= order));
}

/** The minutes of CodeBuild that actions take, by the sizes of their environments. */
function builds(
  record: Rehearsed,
  pipeline: Resource,
  actions: readonly Action[],
  seconds: Timer,
): Map<string, number> {
  const found = new Map<string, number>();
  for (const action of actions) {
    const project = projectOf(record, pipeline, action);
    if (!project) continue;
    const runner = runnerOf(record, project);
    const all = [
      [project, seconds(action) ?? 0],
      ...(runner ? [[runner, (seconds(action) ?? 0) - START] as const] : []),
    ] as const;
    for (const [each, took] of all) {
      const environment = map(each.inputs["environment"]);
      const size = `${text(environment, "type") ?? ""} ${text(environment, "computeType") ?? ""}`;
      found.set(size, (found.get(size) ?? 0) + minutes(took));
    }
  }
  return found;
}

/** What the settings cost, by what the stacks register. */
export function costOf(record: Rehearsed): Cost {
  const notPriced = new Set<string>();
  const buildLines = (built: ReadonlyMap<string, number>): Line[] =>
    [...built].flatMap(([size, quantity]) => {
      const price = BUILD_MINUTE[size];
      if (!price) notPriced.add(`a minute of CodeBuild, ${size}`);
      return price ? [line(`minutes of CodeBuild, ${size}`, quantity, price)] : [];
    });
  if (selfPipelines(record).length > 0) notPriced.add("runs of the pipeline that brings the stacks up");
  const releases = releasing(record).map(({ resource, actions }): ReleaseCost => {
    const charged = actions.filter(({ category }) => category !== "Approval");
    const seconds = timer(record, resource);
    const environments = charged.filter((action) => kindOf(action) === "Deploy").length;
    for (const action of charged)
      if (seconds(action) === undefined) notPriced.add(`action ${action.name}: its duration is not known`);
    const lines = [
      line("minutes of actions", sum(charged.map((each) => minutes(seconds(each) ?? 0))), PRICES.action),
      ...buildLines(builds(record, resource, charged, seconds)),
    ];
    const build = charged.filter(({ name }) => name === "Build");
    return {
      pipeline: text(resource.outputs, "name") ?? resource.name,
      lines,
      usd: total(lines),
      buildUsd: total(buildLines(builds(record, resource, build, seconds))),
      seconds: duration(charged, seconds),
      deployedSeconds: duration(untilDeployed(charged), seconds),
      environments,
      peers: Object.fromEntries(PEERS.map((peer) => [peer.name, peerSeconds(peer, environments)])),
    };
  });
  const branches = releases.flatMap(({ pipeline }): BranchCost[] => {
    const { workload, branchesOf } = promiseOf(record, pipeline);
    if (branchesOf === undefined) return [];
    const known = BRANCH_AT_REST[workload];
    if (!known) notPriced.add(`a branch's environment of workload ${workload}, at rest`);
    return [{ pipeline, workload, lines: (known ?? []).map((each) => line(...each)) }];
  });
  return { atRest: restLines(record), branches, releases, notPriced: [...notPriced] };
}

/** A month with so many releases of each pipeline. */
export const monthOf = ({ atRest, releases }: Cost, each: number): number =>
  total(atRest) + sum(releases.map(({ usd }) => usd * each));

/**
 * The same where each service has a key and a pipeline of type V1 of its own: CodeBuild runs its build alone, and
 * CodePipeline's own actions deploy. What a platform for containers costs is the same.
 */
export function monthApart({ atRest, releases }: Cost, each: number): number {
  const platform = total(atRest.filter(({ price }) => price !== PRICES.key));
  const service = ({ buildUsd }: ReleaseCost): number =>
    PRICES.key.usd + (each > 0 ? PRICES.pipelineV1.usd + buildUsd * each : 0);
  return platform + sum(releases.map(service));
}
