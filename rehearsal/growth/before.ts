/** Reads what stacks were: what `npm run resources -- --json` wrote, or what Pulumi remembers of stacks that are up. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { map, text, type Values } from "../../packages/iam/src/json";
import { answer } from "../aws/mockOutputs";
import { pulumiType } from "../aws/registry";
import type { Rehearsed, Resource, StackRun } from "../record/record";
import { onlyAccount, providerOf, type StateResource } from "../record/states";
import { isTooDeep, MOST_LEVELS, UnusableFile } from "../record/yamlFile";
import { type Resources, resourcesSchema } from "../resources/document";

const PROVIDER = "pulumi:providers:aws";

/** A provider of AWS that a stack has: where what is made with it comes to be. */
type Places = ReadonlyMap<string, Pick<Resource, "account" | "region">>;

const placeOf = (inputs: Values): Pick<Resource, "account" | "region"> => ({
  account: onlyAccount({ inputs }),
  region: text(inputs, "region"),
});

/** A stack is where its own provider is. */
const run = (stack: string, places: Places, resources: readonly Resource[]): StackRun => ({
  ...{ stack, account: undefined, region: undefined, ...[...places.values()][0], resources },
  ...{ outputs: {}, failures: [], seconds: 0 },
});

function writtenRun({ stack, resources }: Resources["stacks"][number]): StackRun {
  const places: Places = new Map(
    resources.filter(({ type }) => type === PROVIDER).map(({ urn, inputs }) => [urn, placeOf(inputs)]),
  );
  const made = resources.map(
    ({ urn, type, name, component, protect, dependsOn, inputs, ...own }): Resource => {
      const remote = type.startsWith("awsx:");
      const place = places.get(own.provider ?? "") ?? { account: undefined, region: undefined };
      const parent = own.parent ?? "";
      const isAsked = (!component || remote) && !type.startsWith("pulumi:") && pulumiType(type) !== undefined;
      const identity = [stack, parent, type, name].join(" ");
      const answered = isAsked
        ? answer({ type, name, identity, inputs, ...place })
        : { id: "", outputs: inputs };
      return {
        ...{ stack, type, name, urn, parent, custom: !component, remote, protect, dependsOn, inputs },
        ...{ provider: own.provider ?? undefined, ...place, ...answered },
      };
    },
  );
  return run(stack, places, made);
}

/** The record of what the stacks registered. */
export const recordOf = ({ stacks }: Resources): Rehearsed => stacks.map(writtenRun);

/** The provider that a component of awsx hands to what it makes. */
const inside = (resources: readonly StateResource[], urn: string): StateResource | undefined =>
  resources.find(({ parent, provider }) => parent === urn && provider?.includes(`${PROVIDER}::`));

/** What a component of awsx has made; its own inputs and outputs are not remembered, or references to this. */
const madeIn = (resources: readonly StateResource[], urn: string): StateResource | undefined =>
  resources.find(({ parent, type }) => parent === urn && type === "aws:ecr/repository:Repository");

/** The record of one stack that is up; what awsx makes is in its component's outputs. */
export function rememberedRun(stack: string, resources: readonly StateResource[]): StackRun {
  const places: Places = new Map(
    resources.filter(({ type }) => type === PROVIDER).map(({ urn, inputs }) => [urn, placeOf(inputs)]),
  );
  const remotes = new Set(resources.filter(({ type }) => type.startsWith("awsx:")).map(({ urn }) => urn));
  const byUrn = new Map(resources.map((each) => [each.urn, each]));
  const isInside = ({ parent = "" }: StateResource): boolean =>
    remotes.has(parent) || (byUrn.has(parent) && isInside(byUrn.get(parent) as StateResource));
  const known = resources
    .filter(
      (each) => !isInside(each) && (each.type === PROVIDER || !each.type.startsWith("pulumi:providers:")),
    )
    .map((each): Resource => {
      const { urn, type, id = "", custom = false, parent = "", protect = false, inputs, outputs } = each;
      const remote = remotes.has(urn);
      const user = remote ? inside(resources, urn) : each;
      const provider = user && providerOf(user);
      const place = places.get(provider ?? "") ?? { account: undefined, region: undefined };
      const made = remote ? madeIn(resources, urn) : undefined;
      return {
        ...{ stack, type, name: urn.split("::").at(-1) ?? "", urn, id, parent, custom, remote, protect },
        ...{ provider, ...place, dependsOn: [], inputs: { ...made?.inputs, ...inputs } },
        outputs: made ? { ...outputs, repository: made.outputs } : outputs,
      };
    });
  return run(stack, places, known);
}

const version = z.object({ version: z.unknown(), stacks: z.unknown() });

/** Reads a file that `npm run resources -- --json` wrote. Throws UnusableFile, in one line. */
export function readResources(path: string, name: string): Resources {
  const refuse = (problem: string): never => {
    throw new UnusableFile(
      `${name} ${problem}; write it with npm run resources -- --json FILE where the stacks are as they were`,
    );
  };
  const read = (): unknown => {
    try {
      const text = readFileSync(path, "utf8");
      if (isTooDeep(text)) return refuse(`has more than ${MOST_LEVELS} levels`);
      return JSON.parse(text);
    } catch (error) {
      if (error instanceof UnusableFile) throw error;
      const [code] = error instanceof Error && "code" in error ? [String(error.code)] : [];
      if (error instanceof SyntaxError) return refuse("is not JSON");
      return refuse(code === "ENOENT" ? "is not there" : `cannot be read (${code ?? String(error)})`);
    }
  };
  const content = read();
  const about = version.safeParse(content);
  if (about.success && about.data.version !== 1 && about.data.version !== undefined)
    refuse(
      `has version ${JSON.stringify(about.data.version)} of the resources' format, and this program reads 1`,
    );
  const parsed = resourcesSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = map(issue)["path"] === undefined ? "" : ` at ${issue?.path.join(".") || "the top"}`;
  return refuse(`does not hold resources as npm run resources writes them (${issue?.message ?? ""}${where})`);
}
