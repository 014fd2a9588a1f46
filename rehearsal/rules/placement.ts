import { list, map, text } from "../../packages/iam/src/json";
import { pulumiType } from "../aws/registry";
import { allResources, before, type Rehearsed, type Resource, type StackRun } from "../record/record";
import { judgeResources, type Rule } from "./rule";

/** What ends up in an account: resources of AWS, and components whose own program makes some. */
const placed = (record: Rehearsed): Resource[] =>
  allResources(record).filter(({ type }) => type.startsWith("aws:") || type.startsWith("awsx:"));

/** What environments in other Regions read is in theirs, of these services. */
const NEAR = /^awsx?:(ecr|kms|s3)[:/]/;

/** Regions that a stack promises environments something in, beside its own. */
const promised = (run: StackRun | undefined): unknown[] =>
  Object.values(map(map(run?.outputs["contract"])["environments"])).map((each) => map(each)["region"]);

/** What belongs to no Region is made where its API is. */
function misplaced(own: string | undefined, region: string | undefined, apis?: readonly string[]): string[] {
  if (apis === undefined) return own === region ? [] : [`it is in Region ${own}, the stack in ${region}`];
  return own !== undefined && apis.includes(own)
    ? []
    : [`its Region is ${own}, and AWS takes it in ${apis.join(", ")}: set region to the nearest of these`];
}

/** Whether it waits in another Region, until that takes over from its stack's. */
const isReplica = ({ name }: Resource): boolean => name.includes("--replica");

/** Every resource goes where its stack belongs, however the CLI happens to be logged in. */
export const providers: Rule = {
  id: "provider",
  title: "every resource has an explicit provider, bound to the account and the Region of its stack",
  source: "https://www.pulumi.com/registry/packages/aws/api-docs/provider/",
  judge: (record) =>
    judgeResources(placed(record), (resource) => {
      const { stack, type, provider, account, region, inputs } = resource;
      const settings = record.find((run) => run.stack === stack);
      if (provider === undefined)
        return ["it has no explicit provider: hand it down with providers: [provider]"];
      const own = text(inputs, "region") ?? region;
      return [
        ...(account === settings?.account
          ? []
          : [
              `its provider is bound to account ${account ?? "(none, or several)"}, the stack's is ${settings?.account}: set allowedAccountIds to exactly that`,
            ]),
        ...(NEAR.test(type) && promised(settings).includes(own)
          ? []
          : isReplica(resource)
            ? own === settings?.region
              ? [`it is in Region ${own}, as its stack: a replica is in another`]
              : []
            : misplaced(own, settings?.region, pulumiType(type)?.regions)),
      ];
    }),
};

/** A component holds it, so that it can be protected, moved and found with what belongs to it. */
export const parents: Rule = {
  id: "parent",
  title: "every resource is the child of a component",
  source: "https://www.pulumi.com/docs/iac/concepts/components/",
  judge: (record) => {
    const components = new Set(
      allResources(record).flatMap(({ custom, type, urn }) =>
        custom || type === "pulumi:pulumi:Stack" ? [] : [urn],
      ),
    );
    return judgeResources(placed(record), ({ parent }) =>
      components.has(parent) ? [] : ["its parent is not a component: give { parent: this }"],
    );
  },
};

/** awsx answers with the repository as one object. */
const answers = (resource: Resource, output: string): unknown[] => [
  resource.outputs[output],
  ...list(resource.outputs["repository"]).map((each) => (each as Record<string, unknown>)[output]),
];

const setOnOthers = (record: Rehearsed): Resource[] =>
  allResources(record).filter(({ type }) => pulumiType(type)?.setOn !== undefined);

/** A policy on a bucket that is not there yet fails, and only in the real account. */
export const attachments: Rule = {
  id: "attachment",
  title: "what is set on another resource is created after that resource, in the same stack",
  source: "https://www.pulumi.com/docs/iac/concepts/resources/options/dependson/",
  judge: (record) =>
    judgeResources(setOnOthers(record), (resource) => {
      const [property, output, ...types] = pulumiType(resource.type)?.setOn ?? ["", ""];
      const named = resource.inputs[property];
      const run = record.find(({ stack }) => stack === resource.stack);
      const found = run?.resources.find(
        (each) => types.includes(each.type) && answers(each, output).includes(named),
      );
      if (!run || !found) return [`its ${property} ${String(named)} is not in this stack`];
      return before(run, resource).has(found.urn)
        ? []
        : [
            `it does not depend on ${found.name}, which its ${property} names: take the value from that resource`,
          ];
    }),
};
