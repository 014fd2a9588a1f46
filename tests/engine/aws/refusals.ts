/** What AWS refuses when it is asked to write something: its code for it, and the page that says so. */
import { EVENTS_AND_VALUES, PLATFORM } from "./refusalsOfServices";

const DOCS = "https://docs.aws.amazon.com/";
const IAM = `${DOCS}IAM/latest/`;
const S3 = `${DOCS}AmazonS3/latest/`;
const POLICY_LIMITS = `${IAM}UserGuide/reference_iam-quotas.html`;
const PRINCIPALS = `${IAM}UserGuide/reference_policies_elements_principal.html`;
const GRAMMAR = `${IAM}UserGuide/reference_policies_grammar.html`;
const CREATE_PROJECT = `${DOCS}codebuild/latest/APIReference/API_CreateProject.html`;
const PASS_ROLE = `${IAM}UserGuide/id_roles_use_passrole.html`;

export const REFUSALS = {
  ...PLATFORM,
  ...EVENTS_AND_VALUES,
  // Whose account it is
  account: {
    code: "AWS account ID not allowed",
    source: "https://www.pulumi.com/registry/packages/aws/api-docs/provider/",
  },
  "pass-role": { code: "Cross-account pass role is not allowed", source: PASS_ROLE },
  "bucket-elsewhere": { code: "AccessDenied", source: `${S3}userguide/access-control-overview.html` },
  // Names that are taken
  "role-taken": { code: "EntityAlreadyExists", source: `${IAM}APIReference/API_CreateRole.html` },
  "policy-taken": { code: "EntityAlreadyExists", source: `${IAM}APIReference/API_CreatePolicy.html` },
  "bucket-taken": { code: "BucketAlreadyExists", source: `${S3}API/API_CreateBucket.html` },
  "project-taken": { code: "ResourceAlreadyExistsException", source: CREATE_PROJECT },
  "report-group-taken": {
    code: "ResourceAlreadyExistsException",
    source: `${DOCS}codebuild/latest/APIReference/API_CreateReportGroup.html`,
  },
  "code-taken": {
    code: "RepositoryNameExistsException",
    source: `${DOCS}codecommit/latest/APIReference/API_CreateRepository.html`,
  },
  "pipeline-taken": {
    code: "PipelineNameInUseException",
    source: `${DOCS}codepipeline/latest/APIReference/API_CreatePipeline.html`,
  },
  "images-taken": {
    code: "RepositoryAlreadyExistsException",
    source: `${DOCS}AmazonECR/latest/APIReference/API_CreateRepository.html`,
  },
  "alias-taken": {
    code: "AlreadyExistsException",
    source: `${DOCS}kms/latest/APIReference/API_CreateAlias.html`,
  },
  "log-group-taken": {
    code: "ResourceAlreadyExistsException",
    source: `${DOCS}AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html`,
  },
  "identity-provider-taken": {
    code: "EntityAlreadyExists",
    source: `${IAM}APIReference/API_CreateOpenIDConnectProvider.html`,
  },
  // Documents
  "trust-form": { code: "MalformedPolicyDocument", source: GRAMMAR },
  "inline-form": { code: "MalformedPolicyDocument", source: GRAMMAR },
  "managed-form": { code: "MalformedPolicyDocument", source: GRAMMAR },
  "bucket-form": { code: "MalformedPolicy", source: `${S3}userguide/access-policy-language-overview.html` },
  "key-form": {
    code: "MalformedPolicyDocumentException",
    source: `${DOCS}kms/latest/developerguide/key-policy-overview.html`,
  },
  "repository-form": {
    code: "InvalidParameterException",
    source: `${DOCS}AmazonECR/latest/userguide/repository-policies.html`,
  },
  "topic-form": {
    code: "InvalidParameter",
    source: `${DOCS}sns/latest/dg/access-policy-language-api-permissions-reference.html`,
  },
  "trust-size": { code: "LimitExceeded", source: POLICY_LIMITS },
  "inline-size": { code: "LimitExceeded", source: POLICY_LIMITS },
  "managed-size": { code: "LimitExceeded", source: POLICY_LIMITS },
  "bucket-size": { code: "MalformedPolicy", source: `${S3}userguide/using-iam-policies.html` },
  "key-size": {
    code: "LimitExceededException",
    source: `${DOCS}kms/latest/APIReference/API_PutKeyPolicy.html`,
  },
  "repository-size": {
    code: "InvalidParameterException",
    source: `${DOCS}AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html`,
  },
  "topic-size": {
    code: "InvalidParameter",
    source: `${DOCS}sns/latest/dg/access-policy-language-api-permissions-reference.html`,
  },
  "trust-principal": { code: "MalformedPolicyDocument", source: PRINCIPALS },
  "bucket-principal": { code: "MalformedPolicy", source: PRINCIPALS },
  "key-principal": {
    code: "MalformedPolicyDocumentException",
    source: `${DOCS}kms/latest/APIReference/API_PutKeyPolicy.html`,
  },
  "repository-principal": { code: "InvalidParameterException", source: PRINCIPALS },
  "topic-principal": { code: "InvalidParameter", source: PRINCIPALS },
  "bucket-resource": {
    code: "MalformedPolicy",
    source: `${S3}userguide/example-bucket-policies.html`,
  },
  "key-lockout": {
    code: "MalformedPolicyDocumentException",
    source: `${DOCS}kms/latest/developerguide/key-policy-default.html`,
  },
  "lifecycle-form": {
    code: "InvalidParameterException",
    source: `${DOCS}AmazonECR/latest/userguide/lifecycle_policy_parameters.html`,
  },
  // What is not there
  "role-missing": { code: "NoSuchEntity", source: `${IAM}APIReference/API_PutRolePolicy.html` },
  "boundary-missing": { code: "NoSuchEntity", source: `${IAM}UserGuide/access_policies_boundaries.html` },
  "policy-missing": { code: "NoSuchEntity", source: `${IAM}APIReference/API_AttachRolePolicy.html` },
  "bucket-missing": { code: "NoSuchBucket", source: `${S3}API/ErrorResponses.html` },
  "images-missing": {
    code: "RepositoryNotFoundException",
    source: `${DOCS}AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html`,
  },
  "key-missing": { code: "NotFoundException", source: `${DOCS}kms/latest/APIReference/API_CreateAlias.html` },
  "rule-missing": {
    code: "ResourceNotFoundException",
    source: `${DOCS}eventbridge/latest/APIReference/API_PutTargets.html`,
  },
  "topic-missing": { code: "NotFound", source: `${DOCS}sns/latest/api/API_Subscribe.html` },
  // What a service tries out
  "log-delivery": {
    code: "InvalidTargetBucketForLogging",
    source: `${S3}userguide/enable-server-access-logging.html`,
  },
  "replication-versions": { code: "InvalidRequest", source: `${S3}userguide/replication-requirements.html` },
  "replication-role": {
    code: "InvalidRequest",
    source: `${S3}userguide/setting-repl-config-perm-overview.html`,
  },
  "project-role": {
    code: "InvalidInputException",
    source: `${DOCS}codebuild/latest/userguide/troubleshooting.html`,
  },
  "project-vpc": {
    code: "InvalidInputException",
    source: `${DOCS}codebuild/latest/userguide/vpc-support.html`,
  },
  "pipeline-role": {
    code: "InvalidStructureException",
    source: `${DOCS}codepipeline/latest/userguide/how-to-custom-role.html`,
  },
  "action-role": {
    code: "InvalidStructureException",
    source: `${DOCS}codepipeline/latest/userguide/pipelines-create-cross-account.html`,
  },
  // What cannot be deleted
  "bucket-not-empty": { code: "BucketNotEmpty", source: `${S3}API/API_DeleteBucket.html` },
  "images-left": {
    code: "RepositoryNotEmptyException",
    source: `${DOCS}AmazonECR/latest/APIReference/API_DeleteRepository.html`,
  },
  "reports-left": {
    code: "InvalidInputException",
    source: `${DOCS}codebuild/latest/APIReference/API_DeleteReportGroup.html`,
  },
  "role-in-use": { code: "DeleteConflict", source: `${IAM}APIReference/API_DeleteRole.html` },
  "policy-attached": { code: "DeleteConflict", source: `${IAM}APIReference/API_DeletePolicy.html` },
  "rule-in-use": {
    code: "ValidationException",
    source: `${DOCS}eventbridge/latest/APIReference/API_DeleteRule.html`,
  },
} as const;

export type RefusalId = keyof typeof REFUSALS;

/** AWS says no. */
export class Refusal extends Error {
  constructor(
    readonly id: RefusalId,
    detail: string,
  ) {
    super(`${REFUSALS[id].code}: ${detail}`);
  }
}
