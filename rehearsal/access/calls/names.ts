/** The walk's own spelling of what the jobs' scripts and the services make of names. */

/** The tag that every change set puts on the stack, and CloudFormation on all that it makes. */
export const WORKLOAD_TAG = "delivery:workload";

interface Where {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** A repository in the account and Region of the pipeline. */
export const ecrArn = ({ partition, region, account }: Where, name: string): string =>
  `arn:${partition}:ecr:${region}:${account}:repository/${name}`;

/** What the role's last part is called; for people the policy that they have. */
export const shortName = (roleArn: string): string => roleArn.split("/").at(-1) ?? roleArn;
