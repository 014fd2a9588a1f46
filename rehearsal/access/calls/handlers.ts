import { map } from "../../../packages/iam/src/json";
import { cloudFormationType } from "../../aws/registry";
import { type CloudFormationType, type DeployedResource, type Operation, OPERATIONS } from "../../aws/types";

/** Whether a property, or what CloudFormation does beside them, is there: `A.B` for one inside another. */
export const has = ({ properties, policies }: DeployedResource, path: string): boolean =>
  path.split(".").reduce<unknown>((inner, key) => map(inner)[key], { ...properties, ...policies }) !==
  undefined;

const words = (written: string): string[] => written.split(/\s+/).filter((each) => each !== "");

/** Actions of a handler: `lambda:GetFunction`. */
const actionsOf = ({ handlers }: CloudFormationType, operation: Operation): string[] =>
  Object.entries(handlers[operation] ?? {}).flatMap(([prefix, names]) =>
    words(names).map((name) => `${prefix}:${name}`),
  );

/** What decides each of a type's actions: the first condition that names it. */
const conditionsOf = ({ conditions = [] }: CloudFormationType, action: string) =>
  conditions.find(({ actions }) => words(actions).includes(action));

/** What a type's handlers may call, by operation; with what each call is made for. */
interface Handler {
  readonly action: string;
  /** Properties of which one must be there; undefined: always made. */
  readonly when: readonly string[] | undefined;
}
const known = new WeakMap<CloudFormationType, ReadonlyMap<Operation, readonly Handler[]>>();
function handlersOf(type: CloudFormationType): ReadonlyMap<Operation, readonly Handler[]> {
  const found =
    known.get(type) ??
    new Map(
      OPERATIONS.map((operation) => [
        operation,
        actionsOf(type, operation).map((action) => {
          const condition = conditionsOf(type, action);
          return { action, when: condition && words(condition.when ?? "") };
        }),
      ]),
    );
  known.set(type, found);
  return found;
}

/** What CloudFormation calls for this resource. */
export const made = (resource: DeployedResource, operation: Operation): string[] => {
  const type = cloudFormationType(resource.type);
  return ((type && handlersOf(type).get(operation)) ?? []).flatMap(({ action, when }) =>
    when === undefined || when.some((each) => has(resource, each)) ? [action] : [],
  );
};

/** What some template can need for a type. */
export const possible = (type: CloudFormationType): string[] =>
  [...handlersOf(type).values()]
    .flat()
    .flatMap(({ action, when }) => (when === undefined || when.length > 0 ? [action] : []));

/** Schema of a type. */
export const schemaOf = (type: string): string =>
  `https://schema.cloudformation.us-east-1.amazonaws.com/${type.replaceAll("::", "-").toLowerCase()}.json`;
