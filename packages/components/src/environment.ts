import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { ReadTooling } from "../../../stacks/contract";
import { environment, type EnvironmentOutputs } from "../../../stacks/environment";
import type { shapes } from "../../../stacks/settings/stack";
import { settingsOf } from "./settings";

/** The keys of an environment's stack, as docs/settings.md has them, with the same defaults. */
export interface EnvironmentArgs extends Omit<z.input<typeof shapes.environment>, "kind" | "tooling"> {
  /** What tooling's stack promises: `await readTooling("<organization>/<project>/<stack>")`. */
  readonly tooling: ReadTooling;
  /** Tooling's Region; that of the provider which is handed down. */
  readonly region: string;
}

/** An account that runs: for each pipeline that releases here, the roles that its jobs take. One in a stack. */
export class Environment extends pulumi.ComponentResource {
  /** By pipeline: the stack that it deploys here, and the roles that it has for that. */
  readonly workloads: EnvironmentOutputs["workloads"];
  /** By pipeline: the stacks of its branches here, and their roles. Default: there are none. */
  readonly branches: EnvironmentOutputs["branches"];
  /** For those that may look at this environment. Default: nobody may. */
  readonly readOnlyRoleArn: pulumi.Output<string> | undefined;
  /** What the DNS record of a container platform's domain has to lead to. Default: none was built. */
  readonly loadBalancerDnsName: pulumi.Output<string> | undefined;
  /** For previews in pull requests. Default: nobody has any. */
  readonly previewRoleArn: pulumi.Output<string> | undefined;

  /**
   * `name` is the environment's, as tooling lists it, unless `environment` is given. Throws a RunError with everything that
   * is wrong with the arguments, a line each, or where tooling says otherwise; nothing is made then.
   */
  constructor(name: string, args: EnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    const written = { ...args, tooling: args.tooling.stack };
    const settings = settingsOf("environment", name, written);
    super("delivery:index:Environment", name, {}, opts);
    const outputs = environment(settings, args.tooling, { parent: this });
    this.workloads = outputs.workloads;
    this.branches = outputs.branches;
    this.readOnlyRoleArn = outputs.readOnlyRoleArn;
    this.loadBalancerDnsName = outputs.loadBalancerDnsName;
    this.previewRoleArn = outputs.previewRoleArn;
    this.registerOutputs({ ...outputs });
  }
}
