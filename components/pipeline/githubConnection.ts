import * as codeconnections from "@pulumi/aws/codeconnections";
import * as pulumi from "@pulumi/pulumi";

/** A connection to GitHub. It works once a person has authorised it in the console, which no program can do. */
export class GithubConnection extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:GithubConnection", name, {}, opts);
    this.arn = new codeconnections.Connection(name, { providerType: "GitHub" }, { parent: this }).arn;
    this.registerOutputs({ arn: this.arn });
  }
}
