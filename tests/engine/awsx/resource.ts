import type * as pulumi from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/pulumi/resource";

/** Any resource of the aws plugin, without @pulumi/aws: that takes longer to load than all else here. */
export class Resource extends CustomResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly repositoryUrl: pulumi.Output<string>;
  declare readonly allocationId: pulumi.Output<string>;

  constructor(
    type: string,
    name: string,
    inputs: pulumi.Inputs,
    outputs: readonly string[],
    parent: pulumi.Resource,
    dependsOn: pulumi.Resource[] = [],
  ) {
    const properties = Object.fromEntries(outputs.map((key) => [key, undefined]));
    super(type, name, { ...properties, ...inputs }, { parent, dependsOn });
  }
}

/** Fails with the inputs that the component is given and the double has no part for. */
export function refuseUnknown(inputs: pulumi.Inputs, known: readonly string[], file: string): void {
  const unknown = Object.keys(inputs).filter((key) => !known.includes(key));
  if (unknown.length > 0)
    throw new Error(
      `the doubled awsx does not know ${unknown.join(", ")}: add it to tests/engine/awsx/${file}`,
    );
}
