import type { KindTraits } from "../estate/kindTraits";
import type { AccessModel } from "../../../packages/iam/src/model";
import type { Branch } from "../estate/branches";

/** A CodeBuild project and the role that its commands run with; both ARNs. */
export interface JobFacts {
  readonly project: string;
  readonly role: string;
}

/** One environment of one pipeline. Roles, policies and objects are ARNs. */
export interface EnvironmentFacts {
  readonly name: string;
  readonly account: string;
  readonly stackName: string;
  /** Undefined where nothing is approved. */
  readonly planJob: JobFacts | undefined;
  readonly releaseJob: JobFacts;
  readonly plan: string;
  readonly deploy: string;
  readonly cleanup: string;
  readonly execution: string;
  /** Further roles that the kind of workload has. */
  readonly codedeploy: string | undefined;
  readonly task: string | undefined;
  readonly taskExecution: string | undefined;
  /** Undefined where the template may have no roles. */
  readonly boundary: string | undefined;
  /** The role that fetches the code. */
  readonly fetches: string;
  /** IAM path of roles, with a slash at both ends. */
  readonly rolePath: string;
  /** An object that a run hands to this environment. */
  readonly releaseFile: string;
  /** The stage that deploys, as `pipeline/stage`. */
  readonly stage: string;
  /** The action that a person answers, as `pipeline/stage/action`. */
  readonly approval: string | undefined;
  /** Managed policy of those who answer. */
  readonly approver: string | undefined;
}

/** One pipeline. All but names are ARNs. */
export interface PipelineFacts {
  readonly name: string;
  readonly arn: string;
  readonly role: string;
  readonly trigger: string;
  readonly build: JobFacts;
  readonly verify: JobFacts;
  readonly promote: JobFacts;
  readonly cleanup: JobFacts;
  /** What its workload is made of. */
  readonly traits: KindTraits;
  /** Undefined where code is files. */
  readonly repository: string | undefined;
  /** Of its layers, likewise. */
  readonly cache: string | undefined;
  readonly topic: string;
  /** What its artifacts are kept under, without a slash at the end. */
  readonly artifacts: string;
  /** An object of a release that is kept for a roll-back. */
  readonly keptFile: string;
  /** Sid of the bucket's statement that lets environments read its releases. */
  readonly readSid: string;
  /** Repository of its source; undefined where it comes through a connection. */
  readonly codecommit: string | undefined;
  readonly operator: string;
  readonly environments: readonly EnvironmentFacts[];
}

/** What attacks are made of: who is there, under whatever names settings give. */
export interface Facts {
  readonly model: AccessModel;
  readonly partition: string;
  readonly region: string;
  /** Account that builds. */
  readonly tooling: string;
  /** An account that is nobody's here. */
  readonly stranger: string;
  readonly bucket: string;
  readonly logs: string;
  readonly key: string;
  /** Sid of the bucket's statement that keeps all but some roles from artifacts; undefined: settings reserve them for none. */
  readonly reserved: string | undefined;
  /** The one that most attacks are about: the one with the most environments. */
  readonly main: PipelineFacts;
  /** Another one. */
  readonly other: PipelineFacts | undefined;
  /** All, that one first. */
  readonly pipelines: readonly PipelineFacts[];
  /** The branches of the first pipeline whose branches have stacks. */
  readonly branches: BranchFacts | undefined;
}

/** One branch. Files are ARNs. */
export interface OneBranch extends Branch {
  readonly stackName: string;
  readonly releaseFile: string;
  /** The note that it has a stack. */
  readonly note: string;
}

/** The branches of a pipeline; two of them. All but names are ARNs. */
export interface BranchFacts {
  readonly name: string;
  readonly role: string;
  readonly build: JobFacts;
  readonly releaseJob: JobFacts;
  readonly cleanup: JobFacts;
  readonly deploy: string;
  readonly codedeploy: string | undefined;
  readonly boundary: string;
  readonly account: string;
  /** IAM path of roles, with a slash at both ends. */
  readonly rolePath: string;
  /** Where code is an image. */
  readonly imaged: boolean;
  /** The pipeline that they are branches of. */
  readonly main: PipelineFacts;
  /** Its last environment. */
  readonly last: EnvironmentFacts;
  /** An environment of a pipeline in the account of the branches. */
  readonly beside: EnvironmentFacts | undefined;
  readonly one: OneBranch;
  readonly other: OneBranch;
}
