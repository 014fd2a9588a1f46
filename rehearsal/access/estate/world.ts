import type { Rehearsed } from "../../record/record";
import type { Folder } from "../../record/stackFiles";
import { conditionKeys } from "../../../packages/iam/src/policy/conditionKeys";
import { type Deployment, type DeploymentOptions, type Deployments, deploymentsOf } from "./deployed";
import { addGuarded } from "./deployedGuarded";
import { upRoles } from "./upRoles";
import { addPrincipals } from "./deployedRoles";
import { type Kinds, kindsOf } from "./kindTraits";
import { accessModel, type ModelOptions } from "./model";
import { ownersConnections, ownersRoles } from "./owners";
import { type Policy, policy } from "../../../packages/iam/src/policy/policies";
import type { AccessModel } from "../../../packages/iam/src/model";

/** All that act 2 asks about. */
export interface World extends Deployments {
  readonly folder: Folder;
  readonly record: Rehearsed;
  /** What the kinds of workload that settings may ask for are made of. */
  readonly kinds: Kinds;
  /** Stacks and deployments together. */
  readonly model: AccessModel;
  /** What the model takes for granted, since no stack makes it: one line each. */
  readonly assumed: readonly string[];
}

export interface WorldOptions extends DeploymentOptions {
  /** Documents of managed policies that no stack makes, by ARN. */
  readonly policies?: ModelOptions["policies"];
}

/** The model with what templates make in it; the model that is given stays as it is. */
export function withDeployments(model: AccessModel, deployments: readonly Deployment[]): AccessModel {
  const [roles, managed, guarded] = [new Map(model.roles), new Map(model.managed), new Map(model.guarded)];
  for (const deployment of deployments) {
    const template = { deployment, keys: model.keys };
    addPrincipals({ roles, managed }, template);
    addGuarded(guarded, template);
  }
  return { ...model, roles, managed, guarded };
}

/** Boundaries that roles have and no stack makes: an organization's, of which only the name is known. */
function unseenBoundaries({ roles, managed }: AccessModel): string[] {
  const named = [...roles.values()].flatMap(({ boundary }) => boundary ?? []);
  return [...new Set(named)].filter((arn) => !managed.has(arn));
}

const EVERYTHING = {
  Version: "2012-10-17",
  Statement: [{ Sid: "TakenForGranted", Effect: "Allow", Action: "*", Resource: "*" }],
};

/**
 * Everything that act 2 asks about: the stacks, and what the services' templates make in each environment. A
 * boundary whose document is not here is taken to limit nothing, and named. Throws Stopped for a template that
 * cannot be read, NotKnown for whatever may carry access and is not understood.
 */
export async function makeWorld(folder: Folder, record: Rehearsed, options: WorldOptions): Promise<World> {
  const keys = await conditionKeys();
  const made = accessModel(record, { keys, ...(options.policies && { policies: options.policies }) });
  const up = upRoles(record, keys);
  const stacks = { ...made, roles: new Map([...made.roles, ...up.map((role) => [role.arn, role] as const)]) };
  const kinds = kindsOf();
  const found = deploymentsOf(folder, record, kinds, options);
  const all = withDeployments(stacks, [...found.deployments, ...found.added]);
  const owners = ownersRoles(record, keys);
  const unseen = unseenBoundaries(all);
  const stand = unseen.map((arn): [string, Policy] => [
    arn,
    policy(`permissions boundary ${arn.split("/").at(-1)}, which is not here`, "identity", EVERYTHING, keys),
  ]);
  return {
    folder,
    record,
    kinds,
    ...found,
    model: {
      ...all,
      roles: new Map([...all.roles, ...owners.map(({ role }) => [role.arn, role] as const)]),
      managed: new Map([...all.managed, ...stand]),
    },
    assumed: [
      ...up.map(
        ({ arn }) =>
          `role ${arn} is in no stack: it is taken to let in the job that brings the stacks up, and nobody else; what it may do is not shown`,
      ),
      ...unseen.map((arn) => `permissions boundary ${arn} is in no stack: what it takes away is not shown`),
      ...[...owners, ...ownersConnections(record, keys)].map(({ assumed }) => assumed),
      ...found.stoodIn.map(
        (pipeline) =>
          `the template of pipeline ${pipeline}, which Build packages: one of its types, rehearsal/access/estate/sampleTemplate.yaml, stood for it`,
      ),
    ],
  };
}
