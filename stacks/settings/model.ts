/** What a stack is told, once it is read. What a key means is said where its schema is. */
import type { z } from "zod";
import type { PipelineId, Scope } from "../../components/names";
import type { OwnersFunction, OwnersService } from "../../components/stage";
import type { aws, shapes } from "./stack";

/** One or more. */
export type NonEmpty<T> = readonly [T, ...T[]];

type Aws = z.output<typeof aws>;
type Tooling = z.output<typeof shapes.tooling>;
type EnvironmentStack = z.output<typeof shapes.environment>;
type WrittenPipeline = Tooling["pipelines"][number];

/** What the explicit provider gets: it takes nothing from the `aws:` namespace by itself. */
export interface ProviderSettings extends Omit<Aws, "defaultTags"> {
  /** Guard: the provider refuses any other account. */
  readonly account: string;
  readonly defaultTags: Aws["defaultTags"]["tags"];
}

export type Environment = Tooling["environments"][number];
export type PlatformSettings = NonNullable<Environment["platform"]>;
export type Source = WrittenPipeline["source"];
export type Branches = NonNullable<WrittenPipeline["branches"]>;
export type Previews = NonNullable<Tooling["previews"]>;
export type SelfUpdateSettings = NonNullable<Tooling["selfUpdate"]>;

/** An environment as one pipeline releases to it: with that pipeline's own approval and verification. */
export interface ReleasedEnvironment extends Environment {
  /** Name of the wave that it is released with: `wave.1`, … Default: it is released alone. */
  readonly wave?: string;
  /** Where code alone is released: one of these, which it is released to. */
  readonly ownersFunction?: OwnersFunction;
  readonly ownersService?: OwnersService;
}

export interface Pipeline extends Omit<
  WrittenPipeline,
  "name" | "prefix" | "environments" | "function" | "service"
> {
  readonly id: PipelineId;
  /** In the order of the pipeline's own list or, by default, all of the stack's. */
  readonly environments: NonEmpty<ReleasedEnvironment>;
}

export interface ToolingSettings extends Omit<Tooling, "kind" | "account" | "pipelines"> {
  readonly kind: "tooling";
  readonly scope: Scope;
  readonly stack: string;
  readonly provider: ProviderSettings;
  readonly pipelines: readonly Pipeline[];
}

export interface EnvironmentSettings extends Omit<EnvironmentStack, "kind" | "account"> {
  readonly kind: "environment";
  readonly project: string;
  readonly stack: string;
  readonly provider: ProviderSettings;
  readonly environment: string;
  /** Full name of tooling's stack, and the project in it. */
  readonly tooling: string;
  readonly toolingProject: string;
}

export type Settings = ToolingSettings | EnvironmentSettings;

/** Which stack is asking, and its whole configuration: full keys, values as Pulumi delivers them. */
export interface StackConfig {
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, string>>;
}
