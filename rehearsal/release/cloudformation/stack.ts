import { map, type Values } from "../../../packages/iam/src/json";
import { isDeepStrictEqual } from "node:util";
import { NO_VALUE, resolve, type Scope } from "./intrinsics";
import type { Parameters } from "./parameters";
import { dnsSuffix, partition } from "../../../components/names";
import { type Declared, generatedName, type Site } from "../../aws/physicalNames";
import { cloudFormationType } from "../../aws/registry";
import { NotCovered, Stopped } from "../stopped";
import type { Template } from "./template";

/** A resource as a stack has it. */
export interface StackResource extends Declared {
  /** What `Ref` gives. */
  readonly id: string;
  /** What CloudFormation does beside the properties: deletion and update policies, resolved. */
  readonly policies: Values;
}

/** By logical id. */
export type Resources = ReadonlyMap<string, StackResource>;

/** What a template with its parameters makes of a site. */
export interface Evaluated {
  readonly resources: Resources;
  readonly outputs: Readonly<Record<string, unknown>>;
}

const CORRECT = "correct the template, then start a new release";
const POLICIES = ["DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy", "CreationPolicy"];

/** What CloudFormation itself gives every template. */
const pseudoParameters = ({ stack, account, region }: Site): Readonly<Record<string, unknown>> => ({
  "AWS::AccountId": account,
  "AWS::Region": region,
  "AWS::Partition": partition(region),
  "AWS::StackName": stack,
  "AWS::StackId": `arn:${partition(region)}:cloudformation:${region}:${account}:stack/${stack}/rehearsal`,
  "AWS::URLSuffix": dnsSuffix(region),
  "AWS::NoValue": NO_VALUE,
});

/** Evaluates one template once: each resource after those that it names. */
class Evaluation {
  readonly #made = new Map<string, StackResource>();
  readonly #inProgress: string[] = [];
  readonly #pseudo: Readonly<Record<string, unknown>>;

  constructor(
    readonly template: Template,
    readonly site: Site,
    readonly parameters: Parameters,
    readonly before: Resources,
  ) {
    this.#pseudo = pseudoParameters(site);
  }

  readonly scope: Scope = {
    ref: (name) => {
      if (Object.hasOwn(this.#pseudo, name)) return this.#pseudo[name];
      if (Object.hasOwn(this.parameters, name)) return this.#parameter(name);
      return this.resource(name).id;
    },
    attribute: (name, attribute) => {
      const resource = this.resource(name);
      const known = cloudFormationType(resource.type);
      const make = known?.attributes[attribute];
      if (make) return make(this.site, resource);
      if (known)
        throw new Error(`${name} (${resource.type}) has no attribute ${attribute} that is known here`);
      return `{{${name}.${attribute}}}`; // nothing that could give one is here; its type is listed
    },
    condition: (name) => {
      if (!Object.hasOwn(this.template.Conditions, name)) throw new Error(`there is no condition ${name}`);
      return resolve(this.template.Conditions[name], this.scope, `Conditions.${name}`) === true;
    },
    mapping: (name, first, second) => {
      const value = this.template.Mappings[name]?.[first]?.[second];
      if (value === undefined) throw new Error(`there is no mapping ${name}.${first}.${second}`);
      return value;
    },
  };

  #parameter(name: string): unknown {
    const given = this.parameters[name] ?? "";
    const declared = this.template.Parameters[name]?.Type ?? "String";
    const type = /^AWS::SSM::Parameter::Value<(.+)>$/.exec(declared)?.[1];
    const value = type === undefined ? given : this.site.published?.[given];
    if (value === undefined)
      throw new Error(
        `parameter ${name} names the SSM parameter ${given}, which the environment's stack does not publish`,
      );
    return /^(List<|CommaDelimitedList$)/.test(type ?? declared) ? value.split(",") : value;
  }

  /** Whether its condition holds. */
  wanted(condition: string | undefined, where: string): boolean {
    return condition === undefined || resolve({ Condition: condition }, this.scope, where) === true;
  }

  resource(name: string): StackResource {
    const made = this.#made.get(name);
    if (made) return made;
    const declared = Object.hasOwn(this.template.Resources, name) ? this.template.Resources[name] : undefined;
    if (!declared) throw new Error(`${name} is neither a parameter nor a resource of the template`);
    if (!this.wanted(declared.Condition, `Resources.${name}`))
      throw new Error(`${name} is left out by its condition ${declared.Condition}`);
    if (this.#inProgress.includes(name))
      throw new Error(
        `resources depend on each other in a circle: ${[...this.#inProgress, name].join(" -> ")}`,
      );
    this.#inProgress.push(name);
    const where = `Resources.${name}`;
    const policies = Object.fromEntries(
      POLICIES.filter((key) => key in declared).map((key) => [
        key,
        resolve(declared[key], this.scope, where),
      ]),
    );
    const properties = map(resolve(declared.Properties, this.scope, where));
    for (const other of [declared.DependsOn ?? []].flat())
      if (!Object.hasOwn(this.template.Resources, other))
        throw new Error(`${where}: DependsOn names no resource: ${other}`);
    this.#inProgress.pop();
    const resource = this.#identify(name, declared.Type, properties, policies);
    this.#made.set(name, resource);
    return resource;
  }

  #identify(logicalId: string, type: string, properties: Values, policies: Values): StackResource {
    const previous = this.before.get(logicalId);
    const known = cloudFormationType(type);
    const changed = known?.createOnly.some(
      (key) => !isDeepStrictEqual(previous?.properties[key], properties[key]),
    );
    const replaced = previous !== undefined && changed === true;
    const generation = (previous?.generation ?? 1) + (replaced ? 1 : 0);
    const declared = { logicalId, type, properties, generation };
    const id = (known?.ref ?? generatedName)(this.site, declared);
    if (previous && previous.type !== type)
      throw new Error(
        `its type was ${previous.type}, and CloudFormation can't change a type; give it another logical id`,
      );
    if (replaced && id === previous.id)
      throw new Error(
        `it must be replaced but keeps its name ${id}, which CloudFormation refuses; give it another name`,
      );
    return { ...declared, id, policies };
  }
}

/** CloudFormation alone expands transforms. */
export const unexpanded = ({ Transform }: Template, warnings: readonly string[] = []): NotCovered =>
  new NotCovered(
    `template.yaml has the transform ${JSON.stringify(Transform)}, and a rehearsal can't expand it`,
    warnings,
  );

/** What a stack would be with this template and these parameters, given what it is now. Throws Stopped. */
export function evaluate(
  template: Template,
  site: Site,
  parameters: Parameters,
  before: Resources,
): Evaluated {
  if (template.Transform !== undefined) throw unexpanded(template);
  const evaluation = new Evaluation(template, site, parameters, before);
  const resources = Object.entries(template.Resources)
    .filter(([name, { Condition }]) => evaluation.wanted(Condition, `Resources.${name}`))
    .map(([name]) => [name, whereOf(`Resources.${name}`, () => evaluation.resource(name))] as const);
  const outputs = Object.entries(template.Outputs)
    .filter(([name, { Condition }]) => evaluation.wanted(Condition, `Outputs.${name}`))
    .map(([name, { Value }]) => [name, resolve(Value, evaluation.scope, `Outputs.${name}`)] as const);
  return { resources: new Map(resources), outputs: Object.fromEntries(outputs) };
}

function whereOf<Result>(where: string, make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    if (error instanceof Stopped) throw error;
    throw new Stopped(`template.yaml: ${where}: ${(error as Error).message}`, CORRECT);
  }
}
