import { type PipelineView, pipelines } from "../../record/pipelines";
import { ofType } from "../../record/record";
import { accountOf, arnOf } from "../estate/collect";
import { branchesOf, required } from "../estate/jobs";
import type { KindTraits } from "../estate/kindTraits";
import type { World } from "../estate/world";
import { type BranchFacts, branchFacts } from "./branchFacts";
import { only, pipelineFacts } from "./pipelineFacts";
import { text } from "../../../packages/iam/src/json";
import type { AccessModel } from "../../../packages/iam/src/model";

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

function reservedSid({ guarded }: AccessModel, bucket: string): string | undefined {
  const refusals = guarded.get(bucket)?.policy?.statements.filter(({ effect }) => effect === "Deny") ?? [];
  return refusals.find(({ content }) => JSON.stringify(content["Condition"]).includes("aws:PrincipalArn"))
    ?.sid;
}

/** Finds who and what there is in the registered stacks. Throws NotKnown where there is no pipeline. */
export function factsOf(world: World): Facts {
  const { record, model } = world;
  const views = pipelines(record);
  const [first] = views;
  const pipeline = only(first?.resource, "pipeline");
  const [, partition = "", , region = ""] = arnOf(pipeline).split(":");
  const logging = only(ofType(record, "aws:s3/bucketLogging:BucketLogging")[0], "logging of a bucket");
  const bucketArn = (property: string) =>
    `arn:${partition}:s3:::${required(logging.inputs, property, logging.name)}`;
  const bucket = bucketArn("bucket");
  const nameOf = ({ resource }: PipelineView) => String(resource.outputs["name"]);
  const released = views.filter((view) => branchesOf(record, nameOf(view)) === undefined);
  const all = released.map((view) => pipelineFacts(world, view, bucket));
  // Whatever the order in which a program makes them: that with the most environments, by name.
  const byReach = [...all].sort(
    (a, b) => b.environments.length - a.environments.length || a.name.localeCompare(b.name),
  );
  const [main, other] = [only(byReach[0], "pipeline"), byReach[1]];
  return {
    model,
    partition,
    region,
    tooling: accountOf(pipeline),
    stranger: only(
      ["999999999999", "888888888888", "777777777777"].find((account) => !model.accounts.has(account)),
      "account that is nobody's",
    ),
    bucket,
    reserved: reservedSid(model, bucket),
    logs: bucketArn("targetBucket"),
    key: only(
      ofType(record, "aws:codebuild/project:Project").map(({ inputs }) => text(inputs, "encryptionKey"))[0],
      "key",
    ),
    main,
    other,
    pipelines: byReach,
    branches: views
      .filter((view) => !released.includes(view))
      .map((view) => branchFacts(world, view, bucket, byReach))
      .sort((a, b) => byReach.indexOf(a.main) - byReach.indexOf(b.main))[0],
  };
}
