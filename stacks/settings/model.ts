/** What a stack is told. */
import type { PipelineId, Scope } from "../../components/names";
import type { CodeCommit, Connected, Connection } from "../../components/pipeline/source";
import type { WorkloadKind } from "../../components/workloads/list";
import type { Branches } from "./branches";
import type { PlatformSettings } from "./platform";

/** What the explicit provider gets: it takes nothing from the `aws:` namespace by itself. */
export interface ProviderSettings {
  /** `aws:region` */
  readonly region: string;
  /** Guard: the provider refuses any other account. */
  readonly account: string;
  /** `aws:profile` */
  readonly profile?: string;
  /** `aws:assumeRoles`, as written. Default: none. */
  readonly assumeRoles: readonly Readonly<Record<string, unknown>>[];
  /** `aws:defaultTags.tags`. Default: none. */
  readonly defaultTags: Readonly<Record<string, string>>;
}

export interface Approval {
  /** Who is asked by mail. Default: nobody. */
  readonly emails: readonly string[];
  /** Days that it is waited for, 1 to 60. Default: 7. */
  readonly timeoutDays: number;
}

export interface Environment {
  readonly name: string;
  readonly account: string;
  /** Default: none is asked for. */
  readonly approval?: Approval;
  /** Whether the service's end-to-end tests run after each deployment. Default: true. */
  readonly verify?: boolean;
  /** ARNs of the roles that may look at it, with a role of its own that reads no data. Default: none. */
  readonly readers: readonly string[];
  /** What container services run on. Default: none, the environment has none. */
  readonly platform?: PlatformSettings;
}

/** The lowest severity of a finding that stops a release; NONE: no gate. */
export type ScanThreshold = "CRITICAL" | "HIGH" | "MEDIUM" | "LOW" | "INFORMATIONAL" | "UNDEFINED" | "NONE";

/** Both kinds: the branch defaults to main. */
export interface CodeCommitSource extends CodeCommit {
  /** Whether the pipeline makes the repository. Default: true. */
  readonly create: boolean;
}

/** A connection that exists already. */
export interface ConnectionSource extends Connection {
  readonly connection: string;
}

/** A repository on GitHub. The stack makes one connection for all of these, which a person authorises once. */
export interface GithubSource extends Connected {
  readonly kind: "github";
}

export type Source = CodeCommitSource | ConnectionSource | GithubSource;

/** An environment as one pipeline releases to it: with that pipeline's own approval and verification. */
export interface ReleasedEnvironment extends Environment {
  /** Name of the wave that it is released with: `wave.1`, … Default: it is released alone. */
  readonly wave?: string;
}

export interface Pipeline {
  /** Its prefix defaults to its name. */
  readonly id: PipelineId;
  readonly workload: WorkloadKind;
  /** Folder of the service in its source, normalized. Default: ".". */
  readonly directory: string;
  /** Its CloudFormation template, below that folder, normalized. Default: "template.yaml". */
  readonly template: string;
  readonly source: Source;
  /** In the order of the pipeline's own list or, by default, all of the stack's. */
  readonly environments: readonly ReleasedEnvironment[];
  /** Default: SUPERSEDED. */
  readonly executionMode: "SUPERSEDED" | "QUEUED";
  /** CodeBuild's compute type for Build and Verify. Default: BUILD_GENERAL1_SMALL. */
  readonly computeType: string;
  /** Default: CRITICAL. */
  readonly scanThreshold: ScanThreshold;
  /** Releases of each environment that stay as long as they are among its last. Default: 5. */
  readonly keepReleases: number;
  /** Builds of images take layers of builds before. Default: false. */
  readonly layerCache: boolean;
  /** Default: linux/amd64. */
  readonly platform: "linux/amd64" | "linux/arm64";
  /** CloudFormation transforms that its template may use. Default: none. */
  readonly transforms: readonly string[];
  /** Default: none, other branches than the source's own have no environments. */
  readonly branches?: Branches;
}

/** Where the jobs' containers stand in the network. */
export interface Vpc {
  readonly vpcId: string;
  readonly subnets: readonly string[];
  readonly securityGroupIds: readonly string[];
}

export interface Iam {
  /** Path of every role, with a slash at both ends. Default: "/". */
  readonly path: string;
  /** Name of the organization's managed policy that bounds every role. Default: none. */
  readonly permissionsBoundary?: string;
}

/** An S3 backend. */
export interface PreviewState {
  /** As `pulumi login` takes it. */
  readonly url: string;
  readonly bucket: string;
  /** Folder in the bucket. Default: none. */
  readonly folder?: string;
  /** ARNs of the KMS keys of the secrets provider and of the bucket. Default: none. */
  readonly keys: readonly string[];
}

/** Previews of this stack in a repository's pull requests. */
export interface Previews {
  /** `owner/name`, or `owner@id/name@id`, as GitHub's tokens have it. */
  readonly repository: string;
  /** Whether this stack makes the account's provider for GitHub, of which there can be one. Default: create. */
  readonly provider: "create" | "existing";
  /** State that previews read with this stack's role. Default: none. */
  readonly state?: PreviewState;
}

export interface ToolingSettings {
  readonly kind: "tooling";
  readonly scope: Scope;
  readonly stack: string;
  readonly provider: ProviderSettings;
  /** In the order of promotion. */
  readonly environments: readonly Environment[];
  readonly pipelines: readonly Pipeline[];
  readonly iam: Iam;
  /** Default: none, the jobs run in CodeBuild's own network. */
  readonly vpc?: Vpc;
  /** CodeBuild image of the jobs, but those that build for ARM. Default: aws/codebuild/amazonlinux-x86_64-standard:5.0. */
  readonly image: string;
  /** One of CloudWatch's values. Default: 365. */
  readonly logRetentionInDays: number;
  /** ARNs of the only roles, besides the project's own, that may touch artifacts. Default: whom IAM lets. */
  readonly artifactRoles?: readonly string[];
  /** Default: none. */
  readonly previews?: Previews;
  /** Lifts the protection of what others read. Default: false. */
  readonly deletable: boolean;
}

export interface EnvironmentSettings {
  readonly kind: "environment";
  readonly project: string;
  readonly stack: string;
  readonly provider: ProviderSettings;
  /** Default: the stack's name. */
  readonly environment: string;
  /** Full name of tooling's stack. Default: `<organization>/<project>/tooling`. */
  readonly tooling: string;
  /** Default: as tooling has it. */
  readonly iam?: Iam;
  /** Default: none. */
  readonly previews?: Previews;
  /** Lifts the protection of what others read. Default: false. */
  readonly deletable: boolean;
}

export type Settings = ToolingSettings | EnvironmentSettings;

/** Which stack is asking, and its whole configuration: full keys, values as Pulumi delivers them. */
export interface StackConfig {
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, string>>;
}
