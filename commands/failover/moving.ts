/** A stack's state as it is once another Region has taken over: what it forgets, what it keeps, what is renamed. Pure. */
import { z } from "zod";
import { REPLICA } from "../../components/names";

/** All that a state says of a resource is kept; these are what is looked at. */
const resource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  custom: z.boolean().optional(),
  parent: z.string().optional(),
  provider: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
  dependencies: z.array(z.string()).nullish(),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).nullish(),
  deletedWith: z.string().optional(),
});
/** What `pulumi stack export` writes. */
export const exportedStack = z.looseObject({
  deployment: z.looseObject({
    resources: z.array(resource).nullish(),
    pending_operations: z.array(z.looseObject({ resource })).nullish(),
  }),
});
export type ExportedStack = z.output<typeof exportedStack>;
type Resource = z.output<typeof resource>;

/** What a stack has in the Region that is lost. */
export interface Lost {
  readonly type: string;
  readonly id: string;
  readonly urn: string;
}

export interface Moved {
  readonly exported: ExportedStack;
  readonly lost: readonly Lost[];
  /** How many stay as they are, since they are in no Region: what IAM has. */
  readonly kept: number;
  /** How many of a replica take the place of what is lost. */
  readonly adopted: number;
}

const PROVIDER = "pulumi:providers:aws";
const ACCOUNT = "account";
/** Of no Region. What else there is of AWS is in one. */
const GLOBAL = /^aws:(iam|chatbot)\//;
const COMPONENT = "delivery:index:Replica";

const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");
const region = ({ inputs }: Resource): string | undefined =>
  z.string().optional().catch(undefined).parse(inputs?.["region"]);
const providerOf = ({ provider = "" }: Resource): string => provider.slice(0, provider.lastIndexOf("::"));
const reference = ({ urn, id = "" }: Resource): string => `${urn}::${id}`;

/** `…::delivery:index:Replica$delivery:index:ArtifactStore::artifacts--replica`, as what it is a copy of is called. */
const renamed = (urn: string): string =>
  urn.includes(`::${COMPONENT}$`) ? urn.replace(`::${COMPONENT}$`, "::").replace(REPLICA, "") : urn;

/** The Region that a stack's own provider is in; undefined where nothing has been made. */
export const regionOf = ({ deployment }: ExportedStack): string | undefined => {
  const own = deployment.resources?.find(({ type, urn }) => type === PROVIDER && nameOf(urn) === ACCOUNT);
  return own && region(own);
};

/** The Region that a stack's replica is in; undefined where it has none. */
export function replicaRegion({ deployment }: ExportedStack): string | undefined {
  const all = deployment.resources ?? [];
  const some = all.find(({ urn, custom }) => custom === true && urn.includes(`::${COMPONENT}$`));
  const own = some && all.find(({ urn }) => urn === providerOf(some));
  return own && region(own);
}

/**
 * A replica's repository has a name that the program gives, tooling's own one that Pulumi makes up (`__defaults`). Marked as that,
 * the repository keeps its name; else the next up would replace it.
 */
function asMade(inputs: Resource["inputs"], type: string): Resource["inputs"] {
  if (inputs === undefined || type !== "aws:ecr/repository:Repository") return inputs;
  const made = z.array(z.string()).catch([]).parse(inputs["__defaults"]);
  return made.includes("name") ? inputs : { ...inputs, __defaults: [...made, "name"].sort() };
}

/** Takes what lies in `from` out of a state, and puts what waits in `to` in its place. */
export function moved(exported: ExportedStack, from: string, to: string): Moved {
  const { deployment } = exported;
  const all = deployment.resources ?? [];
  const own = all.find(({ type, urn }) => type === PROVIDER && nameOf(urn) === ACCOUNT);
  const providers = new Map(all.filter(({ type }) => type === PROVIDER).map((each) => [each.urn, each]));
  const isAdopted = ({ urn }: Resource): boolean => urn !== renamed(urn);
  const isLost = (each: Resource): boolean => {
    const with_ = providers.get(providerOf(each));
    return with_ !== undefined && !GLOBAL.test(each.type) && (region(each) ?? region(with_)) === from;
  };
  // Components and foreign providers make nothing in AWS; a component goes with the last of what it holds.
  const things = all.filter(({ custom, type }) => custom === true && type !== PROVIDER);
  const staying = things.filter((each) => !isLost(each));
  const byUrn = new Map(all.map((each) => [each.urn, each]));
  // The stack's own, and those of what it has in further Regions.
  const used = new Set(staying.filter((each) => !isAdopted(each)).map(providerOf));
  const needed = new Set<string>();
  for (const { urn } of [
    ...staying,
    ...[...providers.values()].filter((each) => each === own || used.has(each.urn)),
  ])
    for (let at = byUrn.get(urn); at && !needed.has(at.urn); at = byUrn.get(at.parent ?? ""))
      needed.add(at.urn);
  const stack = all.find(({ type }) => type === "pulumi:pulumi:Stack");
  if (stack) needed.add(stack.urn);
  const kept = all.filter(({ urn, type }) => needed.has(urn) && type !== COMPONENT);
  const there = new Set(kept.map(({ urn }) => urn));
  const urns = (list: readonly string[]): string[] => list.filter((each) => there.has(each)).map(renamed);
  const change = (each: Resource): Resource => {
    const { parent, dependencies, propertyDependencies, deletedWith, inputs, ...rest } = each;
    const next: Resource = { ...rest, urn: renamed(each.urn) };
    const inputsNow = isAdopted(each) ? asMade(inputs, each.type) : inputs;
    if (inputsNow !== undefined) next.inputs = inputsNow;
    if (parent !== undefined)
      next.parent = byUrn.get(parent)?.type === COMPONENT ? (stack?.urn ?? parent) : renamed(parent);
    if (dependencies) next.dependencies = urns(dependencies);
    if (propertyDependencies)
      next.propertyDependencies = Object.fromEntries(
        Object.entries(propertyDependencies).map(([key, on]) => [key, on && urns(on)]),
      );
    if (deletedWith !== undefined && there.has(deletedWith)) next.deletedWith = renamed(deletedWith);
    if (isAdopted(each) && own && providers.has(providerOf(each))) next.provider = reference(own);
    if (each === own) {
      next.inputs = { ...each.inputs, region: to };
      next.outputs = { ...each.outputs, region: to };
    }
    return next;
  };
  const resources = kept.map(change);
  const pending = deployment.pending_operations?.filter(({ resource: { urn } }) => there.has(urn));
  return {
    exported: {
      ...exported,
      deployment: { ...deployment, resources, ...(pending && { pending_operations: pending }) },
    },
    lost: things.filter(isLost).map(({ type, id = "", urn }) => ({ type, id, urn })),
    kept: staying.filter((each) => each.type.startsWith("aws:") && !isAdopted(each)).length,
    adopted: staying.filter(isAdopted).length,
  };
}
