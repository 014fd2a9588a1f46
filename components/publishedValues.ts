import * as ssm from "@pulumi/aws/ssm";
import * as pulumi from "@pulumi/pulumi";

/** Text, or a list of texts without commas. Everybody who may read parameters can read it, so never a secret. */
export type PublishedValue = pulumi.Input<string | readonly string[]>;

/** The same values under longer keys. */
export const prefixed = (prefix: string, values: Readonly<Record<string, PublishedValue>>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`${prefix}${key}`, value]));

export interface PublishedValuesArgs {
  /** What every name begins with, without a slash at its end: `/delivery/test`. */
  readonly path: string;
  /** What the values are of: `Container platform of test`. */
  readonly description: string;
  /** By the last part of the name: `{ "bucket-name": … }`. */
  readonly values: Readonly<Record<string, PublishedValue>>;
}

/** What a stack tells to others in its account: a parameter for each value. */
export class PublishedValues extends pulumi.ComponentResource {
  /** Names of the parameters, in the order of the values. */
  readonly names: readonly pulumi.Output<string>[];

  constructor(name: string, args: PublishedValuesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:PublishedValues", name, {}, opts);
    const { path, description } = args;
    this.names = Object.entries(args.values).map(([key, value]) => {
      const published = pulumi.output(value);
      return new ssm.Parameter(
        `${name}-${key}`,
        {
          name: `${path}/${key}`,
          description,
          tier: "Standard",
          type: published.apply((each) => (typeof each === "string" ? "String" : "StringList")),
          // Not `value`, which is encrypted in the state and hidden in previews.
          insecureValue: published.apply((each) => (typeof each === "string" ? each : each.join(","))),
        },
        { parent: this },
      ).name;
    });
    this.registerOutputs({ path });
  }
}
