/**
 * What a file of this folder says of the types of one AWS service. Who needs a service that is not here writes its file,
 * with a `Service`, and a line for it in registry.ts, which joins the files.
 */
import type { Values } from "../../packages/iam/src/json";
import type { Question } from "../../packages/iam/src/evaluate/decide";
import type { Attached } from "../../packages/iam/src/policy/policies";
import type { Principal, Tags } from "../../packages/iam/src/policy/principals";
import type { PolicyKind } from "../record/policyDocuments";
import type { Name } from "./physicalNames";

/** What a policy of its own can be attached to. */
export type Guarding = Exclude<Attached, "identity" | "trust">;

/** One request of AWS's API: what is asked, apart from where and by whom. */
export interface Asked {
  readonly action: string;
  /** ARN of one resource; `*` for an action that knows none. */
  readonly resource: string;
  readonly context?: Question["context"];
  /** Where AWS's pages disagree, or say nothing: what is taken for true here. The other reading is asked as well. */
  readonly reading?: string;
}

/** What one resource of a workload's template is in its environment. */
export interface DeployedResource {
  readonly logicalId: string;
  /** Such as `AWS::Service::Type`. */
  readonly type: string;
  /** What `Ref` gives: its name or id. */
  readonly id: string;
  /** Its ARN, or that of what the calls for it are asked on. */
  readonly arn: string;
  /** Resolved. */
  readonly properties: Values;
  /** What CloudFormation does beside the properties: `DeletionPolicy`, `UpdatePolicy`, resolved. */
  readonly policies: Values;
}

/** A stack that a template makes. */
export interface DeployedStack {
  /** `catalog--test` */
  readonly stackName: string;
  readonly account: string;
  readonly region: string;
  /** What every change set puts on all that it makes. */
  readonly tags: Tags;
  /** ARN of the repository that images are pulled from; undefined where code is files. */
  readonly repositoryArn: string | undefined;
  readonly resources: readonly DeployedResource[];
}

/** The bucket of a pipeline, with its key. */
export interface Store {
  readonly bucketArn: string;
  readonly keyArn: string;
  /** `s3.eu-west-1.amazonaws.com`: what KMS is told when S3 calls it for somebody. */
  readonly viaS3: string;
}

interface KnownRole {
  readonly arn: string;
  readonly account: string;
  readonly boundary: string | undefined;
}

/** What CloudFormation makes a call for: one resource, in its stack. */
export interface Subject {
  readonly resource: DeployedResource;
  readonly stack: DeployedStack;
  /** By ARN, of all accounts. */
  readonly roles: ReadonlyMap<string, KnownRole>;
  /** Where code is that is files. */
  readonly store: Store;
}

/** What CloudFormation does to a resource; tagging is part of its updates. */
export const OPERATIONS = ["create", "read", "update", "delete", "tagging"] as const;
export type Operation = (typeof OPERATIONS)[number];

/**
 * Actions of each handler, by IAM's prefix and apart by spaces: handlers.*.permissions and tagging.permissions of the
 * type's public schema, complete and as published, also what no template here can need. One that is not there has no
 * handler, since a change replaces the resource. Looked up on 2026-11-21 in the schemas of 2026-10-20 that cfn-lint 1.58.0
 * carries (us-east-1). The page of a type is https://schema.cloudformation.us-east-1.amazonaws.com/aws-lambda-function.json,
 * or `aws cloudformation describe-type`.
 */
export type Handlers = Readonly<Partial<Record<Operation, Readonly<Record<string, string>>>>>;

/** When calls that a handler may make are made. What no condition names is called always, reads above all. */
export interface CallCondition {
  readonly why: string;
  /** Properties apart by spaces, `A.B` for one inside another, of which one must be there. Default: no template here needs it. */
  readonly when?: string;
  /** Apart by spaces. */
  readonly actions: string;
}

/** Calls that a page beside the type's schema wants of whoever deploys it. */
export interface DocumentedCalls {
  readonly operations: readonly Operation[];
  /** The property, `A.B` for one inside another, that they are made for. */
  readonly when: string;
  readonly actions: readonly string[];
  /** Default: actions that know no resource. */
  readonly on?: (subject: Subject) => string;
  /** They fetch the release's code, which is for whoever fetches it. Default: false. */
  readonly fetch?: boolean;
  readonly source: string;
}

/** Something that services or the workload itself do with what is deployed. */
export interface LaterCalls {
  /** While a stack is updated or rolled back; or once it is there. */
  readonly when: "deployment" | "in use";
  readonly principal: Principal;
  readonly asked: readonly Asked[];
  readonly why: string;
  /** Page that documents it. */
  readonly source: string;
}

/** A statement that a resource, or AWS for it, writes into the policy of another one. */
export interface Grant {
  /** ARN of the other one. */
  readonly on: string;
  readonly statement: Values;
  /** Refused where the template does not make the other one. Default: false, it is another's business. */
  readonly ownOnly?: boolean;
}

/** A role, or policies that are given to roles. */
export type IdentityType =
  | { readonly kind: "role" }
  | {
      readonly kind: "managed" | "inline";
      /** Names of the roles that it is given to. */
      readonly roles: (properties: Values) => readonly string[];
    };

/** Which kinds of workload are meant to have a type: their execution roles may deploy it. A template may have others. */
export type MeantFor = "every kind" | "functions" | "shifted functions" | "containers" | "none" | ForUses;

/** Those whose settings have one of these services in `uses`; with functions alone, where it says so. */
export interface ForUses {
  readonly uses: readonly string[];
  readonly functions?: true;
}

/** A CloudFormation type. */
export interface CloudFormationType {
  /** Properties that CloudFormation replaces the resource for: `createOnlyProperties` of its schema. */
  readonly createOnly: readonly string[];
  /** What `Ref` gives. */
  readonly ref: Name;
  /** What `Fn::GetAtt` gives: all that its schema has. */
  readonly attributes: Readonly<Record<string, Name>>;
  /** What people know it by, for the plan. Default: nothing but its logical id. */
  readonly title?: Name;
  /** Whether something of it runs here; otherwise it is planned and no more. */
  readonly runs: boolean;
  /** ARN of the resource, or of what the calls for it are asked on. */
  readonly arn: Name;
  /**
   * What of access it carries: a policy of its own or that it could have one, rights that it gives on something else, a
   * role. "nothing" is for those that somebody has looked at.
   */
  readonly carries:
    | "nothing"
    | {
        readonly guards?: Guarding;
        /** The policy that its properties hold. */
        readonly policy?: (properties: Values) => unknown;
        readonly grants?: (resource: DeployedResource, stack: DeployedStack) => readonly Grant[];
        readonly identity?: IdentityType;
      };
  /** Properties, `A.B` for one inside another, that would carry access and are not collected. Default: none. */
  readonly refused?: readonly string[];
  /** What CloudFormation may call with the rights of the stack's role: `handlers` and `tagging` of its schema. */
  readonly handlers: Handlers;
  readonly conditions?: readonly CallCondition[];
  /** Roles that it hands to services; `A.B` for one inside another, also of each of a list. Default: none. */
  readonly passes?: readonly (readonly [property: string, service: string])[];
  /** What an action is asked on for it. Default: what the action's service says. */
  readonly asked?: (subject: Subject, operation: Operation, action: string) => readonly Asked[] | undefined;
  readonly documented?: readonly DocumentedCalls[];
  /** What is called later for it. Default: nothing. */
  readonly later?: (resource: DeployedResource, stack: DeployedStack) => readonly LaterCalls[];
  /** Each release makes another one, and the one before goes. Default: false. */
  readonly madeAnew?: boolean;
  readonly meantFor: MeantFor;
}

/** What the provider is asked to make, as a type's row sees it. */
export interface MockRequest {
  /** An input that must be there. */
  readonly input: (key: string) => string;
  /** An input that is a number. */
  readonly count: (key: string, otherwise: number) => number;
  /** The physical name: as written, or as Pulumi makes it. */
  readonly named: (key: string) => string;
  readonly arn: (service: string, resource: string) => string;
  readonly globalArn: (service: string, resource: string) => string;
  readonly bucketArn: (bucket: string) => string;
  /** Text that looks random and is the same in every rehearsal. */
  readonly hash: (length: number) => string;
  readonly account: string;
  readonly region: string;
}

export interface MockOutputs {
  readonly id: string;
  readonly outputs: Values;
}

/** One input that AWS limits, and what it may be. */
export interface Limit {
  readonly input: string;
  readonly allowed: (value: string) => boolean;
  /** What is allowed, in words. */
  readonly words: string;
}

/** What of access a Pulumi type carries. */
export interface PulumiCarrier {
  /** Properties that hold policy documents. Default: none. */
  readonly documents?: readonly (readonly [property: string, kind: PolicyKind])[];
  /** Properties that would carry access and are not collected; without them nothing is lost. */
  readonly refused?: readonly string[];
  /** For resources with a policy of their own. */
  readonly guards?: {
    readonly attached: Guarding;
    /** The type that sets a policy on it, and the property by which that one names it. */
    readonly setBy?: readonly [type: string, property: string];
    /** What that property holds, from its ARN. */
    readonly named: (arn: string) => string;
  };
}

/** A type of Pulumi's provider. */
export interface PulumiType {
  /** What AWS, or the provider, answers; "the rehearsal" for what the recorder itself knows. */
  readonly answer: ((request: MockRequest) => MockOutputs) | "the rehearsal";
  /** "nothing" is for those that somebody has looked at. */
  readonly carries: "nothing" | PulumiCarrier;
  /** What it is set on: the property that names it, the output that it must be, and types that have it. */
  readonly setOn?: readonly [property: string, output: string, ...types: string[]];
  readonly limits?: readonly Limit[];
  /** Regions that its API is in, where what it makes belongs to none. Default: it belongs to its stack's Region. */
  readonly regions?: readonly string[];
}

/** What the prover knows of one AWS service: one file of this folder. */
export interface Service {
  /** Name of its file, without `.ts`. */
  readonly file: string;
  readonly cloudFormation?: Readonly<Record<string, CloudFormationType>>;
  readonly pulumi?: Readonly<Record<string, PulumiType>>;
  /** Prefix of its actions in IAM. */
  readonly prefix?: string;
  /** Actions that know no resource. */
  readonly onNothing?: readonly string[];
  /** What its other actions are asked on for a resource of any type. Default: the resource, with the stack's tags where it is made. */
  readonly asked?: (subject: Subject, operation: Operation, action: string) => readonly Asked[] | undefined;
  /** What a call says of what its resource passes on to AWS's services, where a condition key has it. By action. */
  readonly passedOn?: Readonly<Record<string, (properties: Values) => NonNullable<Asked["context"]>>>;
  /** What it says when it takes a role that it was handed, by its principal. */
  readonly takes?: Readonly<Record<string, (stack: DeployedStack) => NonNullable<Asked["context"]>>>;
  /** The policy that AWS writes where nobody gives one. Default: none. */
  readonly defaultPolicy?: {
    readonly attached: Guarding;
    readonly document: (arn: string, account: string) => unknown;
  };
}
