/** Refusals of container platforms, of what starts pipelines, and of published values: code and page of each. */

const DOCS = "https://docs.aws.amazon.com/";
const CODEPIPELINE = `${DOCS}codepipeline/latest/`;
const EVENTS = `${DOCS}eventbridge/latest/`;
const BALANCING = `${DOCS}elasticloadbalancing/latest/APIReference/`;
const PUT_PARAMETER = `${DOCS}systems-manager/latest/APIReference/API_PutParameter.html`;

/** What container platforms are made of. */
export const PLATFORM = {
  "balancer-taken": { code: "DuplicateLoadBalancerName", source: `${BALANCING}API_CreateLoadBalancer.html` },
  "balancer-zones": { code: "ValidationError", source: `${BALANCING}API_CreateLoadBalancer.html` },
  "balancer-missing": { code: "LoadBalancerNotFound", source: `${BALANCING}API_CreateListener.html` },
  "listener-taken": { code: "DuplicateListener", source: `${BALANCING}API_CreateListener.html` },
  "certificate-missing": { code: "CertificateNotFound", source: `${BALANCING}API_CreateListener.html` },
  "balancer-protected": { code: "OperationNotPermitted", source: `${BALANCING}API_DeleteLoadBalancer.html` },
  "cluster-in-use": {
    code: "ClusterContainsServicesException",
    source: `${DOCS}AmazonECS/latest/APIReference/API_DeleteCluster.html`,
  },
  "network-in-use": {
    code: "DependencyViolation",
    source: `${DOCS}AWSEC2/latest/APIReference/errors-overview.html`,
  },
} as const;

/** What starts pipelines, and values that are published. */
export const EVENTS_AND_VALUES = {
  "rule-when": { code: "ValidationException", source: `${EVENTS}userguide/eb-scheduled-rule-pattern.html` },
  "pattern-form": {
    code: "InvalidEventPatternException",
    source: `${EVENTS}APIReference/API_PutRule.html`,
  },
  "pattern-size": { code: "LimitExceededException", source: `${EVENTS}userguide/eb-quota.html` },
  "targets-many": { code: "LimitExceededException", source: `${EVENTS}userguide/eb-quota.html` },
  "target-input": {
    code: "ValidationException",
    source: `${EVENTS}APIReference/API_InputTransformer.html`,
  },
  "pipeline-variables": {
    code: "InvalidStructureException",
    source: `${CODEPIPELINE}APIReference/API_PipelineVariableDeclaration.html`,
  },
  "pipeline-triggers": {
    code: "InvalidStructureException",
    source: `${CODEPIPELINE}APIReference/API_GitConfiguration.html`,
  },
  "parameter-taken": { code: "ParameterAlreadyExists", source: PUT_PARAMETER },
  "parameter-name": { code: "ValidationException", source: PUT_PARAMETER },
  "parameter-value": { code: "ValidationException", source: PUT_PARAMETER },
} as const;
