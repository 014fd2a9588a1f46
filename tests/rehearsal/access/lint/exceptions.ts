import type { LintFinding } from "../../../../rehearsal/access/lint/lint";

/** A finding that is not a fault. One that nothing needs any more has to go. */
export interface Exception {
  /** Why AWS takes it all the same. */
  readonly reason: string;
  /** Where that is documented. */
  readonly source: string;
  readonly check: LintFinding["check"];
  /** The finding's action and resource, or key. */
  readonly action: RegExp;
  readonly on: RegExp;
}

const IAM_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/";
const REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference/";

export const EXCEPTIONS: readonly Exception[] = [
  {
    reason: "a transform is asked for under CreateChangeSet; the reference lists only the stack",
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html",
    check: "resource",
    action: /^cloudformation:CreateChangeSet$/,
    on: /^arn:[a-z-]+:cloudformation:[a-z0-9-]+:aws:transform\/[A-Za-z0-9-]+$/,
  },
  {
    reason:
      "CloudFormation tags stages by these; the reference has no such actions, and deployments fail without",
    source: "https://github.com/aws-amplify/amplify-cli/issues/12316",
    check: "action",
    action: /^apigateway:(Tag|Untag)Resource$/,
    on: /^$/,
  },
  {
    reason:
      "CloudFormation's schema of functions names it; the reference has no such action, and nothing says that it is not asked for",
    source: "https://schema.cloudformation.us-east-1.amazonaws.com/aws-lambda-function.json",
    check: "action",
    action: /^lambda:AssociateRuntimeAlias$/,
    on: /^$/,
  },
  {
    reason: "the same action, of which the reference does not know either what it is asked on",
    source: "https://schema.cloudformation.us-east-1.amazonaws.com/aws-lambda-function.json",
    check: "resource",
    action: /^lambda:AssociateRuntimeAlias$/,
    on: /^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:(\$\{[^}]+\}|[^:])+$/,
  },
  {
    reason:
      "tags of target groups and rules; the data has the list of classic load balancers for the actions of both",
    source: `${REFERENCE}list_awselasticloadbalancingv2.html`,
    check: "resource",
    action: /^elasticloadbalancing:(Add|Remove)Tags$/,
    on: /^(arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:\d{12}:(targetgroup|listener-rule)\/[^ ,]+(, )?)+$/,
  },
  {
    reason: "HTTP APIs are made by POST on /apis; the data has the list of REST APIs for the methods of both",
    source: `${REFERENCE}list_amazonapigatewaymanagementv2.html`,
    check: "resource",
    action: /^apigateway:POST$/,
    on: /^arn:[a-z-]+:apigateway:[a-z0-9-]+::\/apis$/,
  },
  {
    reason:
      "tags of HTTP APIs are written by POST on /tags, or on an ARN within an ARN (cloudformation-coverage-roadmap#997); the data has the list of REST APIs for the methods of both",
    source: `${REFERENCE}list_amazonapigatewaymanagementv2.html`,
    check: "resource",
    action: /^apigateway:POST(, apigateway:PUT)?$/,
    on: /^((arn:[a-z-]+:apigateway:[a-z0-9-]+::){1,2}\/tags\/\*(, )?)+$/,
  },
  {
    reason: "tokens of every OpenID Connect provider have these claims; the data has them for AWS's own only",
    source: `${IAM_GUIDE}reference_policies_iam-condition-keys.html#condition-keys-wif`,
    check: "key",
    action: /^sts:AssumeRoleWithWebIdentity$/,
    on: /^token\.actions\.githubusercontent\.com:(aud|sub)$/,
  },
];

/** Tells findings that an exception covers from the others. */
export const exceptionFor = (
  { check, action, on }: LintFinding,
  exceptions: readonly Exception[] = EXCEPTIONS,
): Exception | undefined =>
  exceptions.find((each) => each.check === check && each.action.test(action) && each.on.test(on));
