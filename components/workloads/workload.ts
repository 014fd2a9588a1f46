import type * as pulumi from "@pulumi/pulumi";
import type { Scope } from "../names";
import type { Statement } from "../policies";

/** One workload in one environment: what its permissions are limited to. */
export interface WorkloadSite {
  readonly scope: Scope;
  /** Account of the environment. */
  readonly account: string;
  /** `catalog--test`: the stack, and with a hyphen behind it the prefix of every physical name in it. */
  readonly name: string;
  /** Repository of its images, in tooling. */
  readonly repositoryArn: pulumi.Input<string>;
  /** Boundary that every role of the workload must have. */
  readonly boundaryArn: string;
  /** Role that shifts its aliases. */
  readonly codedeployRoleArn: string;
}

/** A kind of workload: how it is built, and the permissions that this takes in an environment. */
export interface Workload {
  /** What settings call it. */
  readonly kind: string;
  /** Whether Build needs Docker. */
  readonly privilegedBuild: boolean;
  /** What CloudFormation may do to deploy it. Nothing is allowed that no template of this kind needs. */
  readonly execution: (site: WorkloadSite) => Statement[];
  /** The most that any role of it can ever do, whatever its template says. */
  readonly boundary: (site: WorkloadSite) => Statement[];
  /** What CodeDeploy may do to shift traffic. */
  readonly codedeploy: (site: WorkloadSite) => Statement[];
}
