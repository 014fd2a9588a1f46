import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { shapes } from "../../../stacks/settings/stack";
import { tooling } from "../../../stacks/tooling";
import type { PipelineOutputs, ToolingOutputs } from "../../../stacks/toolingOutputs";
import { settingsOf } from "./settings";

/** The keys of tooling's stack, as docs/settings.md has them, with the same defaults. Plain values: names follow from them. */
export interface ToolingArgs extends Omit<z.input<typeof shapes.tooling>, "kind" | "replication"> {
  /** The one Region of tooling and of all environments; that of the provider which is handed down. */
  readonly region: string;
  /** First part of every role's and job's name, in all accounts. Default: the Pulumi project's name. */
  readonly project?: string;
}

/** The account that builds: artifact store, and for each pipeline its images, jobs, stages and triggers. One in a stack. */
export class Tooling extends pulumi.ComponentResource {
  /** What environments read. Export it as `contract`, the output that `readTooling` asks for. */
  readonly contract: ToolingOutputs["contract"];
  /** By pipeline: what people want to know of it. */
  readonly pipelines: Readonly<Record<string, PipelineOutputs>>;
  /** For previews in pull requests. Default: nobody has any. */
  readonly previewRoleArn: pulumi.Output<string> | undefined;

  /** Throws a RunError with everything that is wrong with the arguments, a line each; nothing is made then. */
  constructor(name: string, args: ToolingArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = settingsOf("tooling", name, args);
    super("delivery:index:Tooling", name, {}, opts);
    const { contract, pipelines, previewRoleArn } = tooling(settings, { parent: this });
    this.contract = contract;
    this.pipelines = pipelines;
    this.previewRoleArn = previewRoleArn;
    this.registerOutputs({ contract, pipelines, previewRoleArn });
  }
}
