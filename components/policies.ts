import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** One statement of a policy, typed by the provider. */
export type Statement = aws.iam.PolicyStatement & { Sid: string };
/** A whole policy, typed by the provider. */
export type Document = aws.iam.PolicyDocument;

/**
 * Characters that a managed policy has room for.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const MANAGED_POLICY_LENGTH = 6144;

type Texts = readonly pulumi.Input<string>[];
/** `{ operator: { key: value } }`, as IAM writes it. */
export type Conditions = Record<
  string,
  Record<string, pulumi.Input<string> | pulumi.Input<readonly string[]>>
>;

const list = (values: Texts): pulumi.Input<string>[] => [...values];

/** A statement of an identity policy: what its holder may do. */
export const allow = (Sid: string, actions: Texts, resources: Texts, conditions?: Conditions): Statement => ({
  Sid,
  Effect: "Allow",
  Action: list(actions),
  Resource: list(resources),
  ...(conditions && { Condition: conditions }),
});

/** A statement that no grant elsewhere can override. */
export const deny = (Sid: string, actions: Texts, resources: Texts, conditions?: Conditions): Statement => ({
  ...allow(Sid, actions, resources, conditions),
  Effect: "Deny",
});

/** The same statement in a resource's own policy: it names whom it is about. */
export const forPrincipal = (principal: aws.iam.Principal, statement: Statement): Statement => ({
  ...statement,
  Principal: principal,
});

export const document = (...statements: Statement[]): Document => ({
  Version: "2012-10-17",
  Statement: statements,
});

/**
 * Trust in exact roles of another account, which need not exist yet: AWS refuses an unknown role as a
 * principal, but takes the account with a condition. For a session `aws:PrincipalArn` is its role's ARN.
 */
export const trustRoles = (
  accountRoots: string | readonly string[],
  roleArns: Texts,
  Sid = "AssumedByJobs",
): Document =>
  document({
    Sid,
    Effect: "Allow",
    Principal: { AWS: typeof accountRoots === "string" ? accountRoots : [...accountRoots] },
    Action: "sts:AssumeRole",
    Condition: { ArnEquals: { "aws:PrincipalArn": list(roleArns) } },
  });

/** Lets roles of whichever accounts in that may look, and no others. */
export const trustReaders = (roleArns: readonly string[]): Document =>
  trustRoles(
    [...new Set(roleArns.map((each) => each.replace(/:role\/.*$/, ":root")))],
    roleArns,
    "AssumedByReaders",
  );

/**
 * Trust in an AWS service. `sourceArn` only where AWS documents that the service sends it: CodeBuild, EventBridge, ECS for
 * the role of tasks. CodePipeline, CloudFormation, CodeDeploy, S3 where it replicates and ECS for the role that starts tasks do not
 * say so, and a wrong condition locks the service out.
 */
export const trustService = (service: string, sourceArn?: string): Document =>
  document({
    Sid: "AssumedByService",
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sts:AssumeRole",
    ...(sourceArn && { Condition: { ArnEquals: { "aws:SourceArn": sourceArn } } }),
  });

/** Characters of a policy of these statements. */
export const policyLength = (statements: readonly Statement[]): number =>
  JSON.stringify(document(...statements)).length;

/** Statements in as few documents as managed policies take, in their order. */
export function dividedBy(
  length: (statements: readonly Statement[]) => number,
  statements: readonly Statement[],
): Statement[][] {
  const documents: Statement[][] = [];
  for (const statement of statements) {
    const last = documents.at(-1);
    const grown = [...(last ?? []), statement];
    if (last && length(grown) <= MANAGED_POLICY_LENGTH) last.push(statement);
    else documents.push([statement]);
  }
  return documents;
}
