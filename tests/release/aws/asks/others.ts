/**
 * The services of which the jobs call little: what is asked, by the service's page of
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import { list, map } from "../../../../packages/iam/src/json";
import { arn, type Asks, type Caller, context, type Input, repositoryOf, said } from "./ask";

const nothing =
  (action: string): Asks[string] =>
  () => [{ action, resource: "*" }];

const pipeline =
  (action: string, name: string): Asks[string] =>
  (input, caller) => [
    { action: `codepipeline:${action}`, resource: arn(caller, "codepipeline", said(input, name) ?? "") },
  ];

/** A stage, or an action in it. */
const within =
  (action: string): Asks[string] =>
  (input, caller) => {
    const path = ["pipelineName", "stageName", "actionName"].flatMap((key) => said(input, key) ?? []);
    return [{ action: `codepipeline:${action}`, resource: arn(caller, "codepipeline", path.join("/")) }];
  };

const CODEPIPELINE: Asks = {
  PutApprovalResult: within("PutApprovalResult"),
  RollbackStage: within("RollbackStage"),
  GetPipelineState: pipeline("GetPipelineState", "name"),
  GetPipelineExecution: pipeline("GetPipelineExecution", "pipelineName"),
  ListActionExecutions: pipeline("ListActionExecutions", "pipelineName"),
  ListPipelineExecutions: pipeline("ListPipelineExecutions", "pipelineName"),
  StartPipelineExecution: pipeline("StartPipelineExecution", "name"),
  StopPipelineExecution: pipeline("StopPipelineExecution", "pipelineName"),
};

const CODECOMMIT: Asks = {
  ...Object.fromEntries(
    [
      ...["GetBranch", "GetCommit", "GetMergeConflicts"],
      ...["GetCommentsForPullRequest", "PostCommentForPullRequest"],
    ].map((action): [string, Asks[string]] => [
      action,
      (input, caller) => [
        {
          action: `codecommit:${action}`,
          resource: arn(caller, "codecommit", said(input, "repositoryName") ?? ""),
        },
      ],
    ]),
  ),
  // These name no repository: the test's pull requests ask, since they know whose they are.
  GetPullRequest: () => [],
  UpdateComment: () => [],
};

const image =
  (action: string): Asks[string] =>
  (input, caller) => {
    const account = said(input, "registryId") ?? caller.account;
    return [
      {
        action: `ecr:${action}`,
        resource: arn({ ...caller, account }, "ecr", `repository/${said(input, "repositoryName") ?? ""}`),
      },
    ];
  };

const ECR: Asks = {
  ...Object.fromEntries(
    [
      ...["BatchGetImage", "BatchDeleteImage", "DescribeImages", "ListImages"],
      ...[
        "BatchCheckLayerAvailability",
        "InitiateLayerUpload",
        "UploadLayerPart",
        "CompleteLayerUpload",
        "PutImage",
      ],
      "GetDownloadUrlForLayer",
    ].map((action) => [action, image(action)]),
  ),
  GetAuthorizationToken: nothing("ecr:GetAuthorizationToken"),
  Login: () => [], // of docker to a registry: whoever has its password may
  // Where Inspector scans, ECR asks it as the caller: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-iam.html
  DescribeImageScanFindings: (...asked) => [
    ...(image("DescribeImageScanFindings")?.(...asked) ?? []),
    { action: "inspector2:ListCoverage", resource: "*" },
    { action: "inspector2:ListFindings", resource: "*" },
  ],
};

const SNS: Asks = {
  Publish: (input) => [
    { action: "sns:Publish", resource: said(input, "TopicArn") ?? said(input, "TargetArn") ?? "*" },
  ],
};

const LOGS: Asks = {
  GetLogEvents: (input, caller) => [
    {
      action: "logs:GetLogEvents",
      resource: arn(
        caller,
        "logs",
        `log-group:${said(input, "logGroupName") ?? ""}:log-stream:${said(input, "logStreamName") ?? ""}`,
      ),
    },
  ],
};

/** What of a project a start may say something in place of, by the key that says so: whether it is there, or what it is. */
const OVERRIDES: Readonly<Record<string, string>> = {
  buildspecOverride: "source.buildspec",
  computeTypeOverride: "environment.computeType",
  environmentTypeOverride: "environment.type",
  imageOverride: "environment.image",
  logsConfigOverride: "logsConfig",
  privilegedModeOverride: "environment.privilegedMode",
  serviceRoleOverride: "serviceRole",
  sourceLocationOverride: "source.location",
};

/** https://docs.aws.amazon.com/codebuild/latest/userguide/action-context-keys.html */
const overridden = (input: Input) => {
  const names = list(input["environmentVariablesOverride"]).map((each) => String(map(each)["name"]));
  return context({
    "codebuild:environment.environmentVariables.name": names.length > 0 ? names : undefined,
    ...Object.fromEntries(
      Object.entries(OVERRIDES).map(([key, condition]) => [
        `codebuild:${condition}`,
        key in input ? (said(input, key) ?? "true") : undefined,
      ]),
    ),
  });
};

const CODEBUILD: Asks = {
  BatchGetBuilds: (input, caller) =>
    [...new Set(list(input["ids"]).map((id) => String(id).replace(/:.*$/s, "")))].map((project) => ({
      action: "codebuild:BatchGetBuilds",
      resource: arn(caller, "codebuild", `project/${project}`),
    })),
  StartBuild: (input, caller) => [
    {
      action: "codebuild:StartBuild",
      resource: arn(caller, "codebuild", `project/${said(input, "projectName") ?? ""}`),
      context: overridden(input),
    },
  ],
};

const SSM: Asks = {
  GetParameters: (input, caller) =>
    list(input["Names"]).map((name) => ({
      action: "ssm:GetParameters",
      resource: arn(caller, "ssm", `parameter/${String(name).replace(/^\//, "")}`),
    })),
};

/** What is asked of one version has an ARN of its own; of an alias, the function's. */
const LAMBDA: Asks = Object.fromEntries(
  [
    ...[
      "GetAlias",
      "GetFunctionConfiguration",
      "ListVersionsByFunction",
      "UpdateAlias",
      "UpdateFunctionCode",
    ],
    ...["CreateAlias", "CreateFunction", "Invoke", "UpdateFunctionConfiguration"],
  ].map((operation): [string, Asks[string]] => [
    operation,
    (input, caller) => {
      const qualifier = said(input, "Qualifier");
      const name = said(input, "FunctionName") ?? "";
      const resource = qualifier === undefined ? name : `${name}:${qualifier}`;
      const action = operation === "Invoke" ? "InvokeFunction" : operation;
      // Lambda asks with the caller's rights when it takes an image.
      const images = repositoryOf(said(input, "ImageUri") ?? "");
      return [
        { action: `lambda:${action}`, resource: arn(caller, "lambda", `function:${resource}`) },
        ...(images === undefined
          ? []
          : ["BatchGetImage", "GetDownloadUrlForLayer"].map((each) => ({
              action: `ecr:${each}`,
              resource: images,
            }))),
      ];
    },
  ]),
);

const taskDefinition = (caller: Caller, name: string): string =>
  name.startsWith("arn:") ? name : arn(caller, "ecs", `task-definition/${name}`);

const serviceOf = (input: Input, caller: Caller, service: unknown): string =>
  arn(caller, "ecs", `service/${said(input, "cluster") ?? "default"}/${String(service)}`);

/** What an update says that has a condition key, by the key: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
const UPDATED: Readonly<Record<string, string>> = {
  capacityProviderStrategy: "ecs:capacity-provider",
  enableExecuteCommand: "ecs:enable-execute-command",
  networkConfiguration: "ecs:subnet",
  serviceConnectConfiguration: "ecs:enable-service-connect",
  volumeConfigurations: "ecs:enable-ebs-volumes",
  vpcLatticeConfigurations: "ecs:enable-vpc-lattice",
};

/** A revision has no number before it is registered; it passes the roles that are in it. */
const ECS: Asks = {
  DescribeServices: (input, caller) =>
    list(input["services"]).map((each) => ({
      action: "ecs:DescribeServices",
      resource: serviceOf(input, caller, each),
    })),
  DescribeTaskDefinition: nothing("ecs:DescribeTaskDefinition"),
  RegisterTaskDefinition: (input, caller) => [
    {
      action: "ecs:RegisterTaskDefinition",
      resource: taskDefinition(caller, `${said(input, "family") ?? ""}:1`),
      context: context({
        "ecs:compute-compatibility": list(input["requiresCompatibilities"]).map(String),
        "ecs:privileged": String(
          list(input["containerDefinitions"]).some((each) => map(each)["privileged"] === true),
        ),
      }),
    },
    ...["executionRoleArn", "taskRoleArn"].flatMap((key) => {
      const resource = said(input, key);
      const context = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };
      return resource === undefined ? [] : [{ action: "iam:PassRole", resource, context }];
    }),
  ],
  UpdateService: (input, caller) => {
    const named = said(input, "taskDefinition");
    return [
      {
        action: "ecs:UpdateService",
        resource: serviceOf(input, caller, input["service"]),
        context: context({
          "ecs:task-definition": named === undefined ? undefined : taskDefinition(caller, named),
          ...Object.fromEntries(
            Object.entries(UPDATED).map(([key, condition]) => [condition, key in input ? "true" : undefined]),
          ),
        }),
      },
    ];
  },
};

/** Of a secret by its name: AWS finds it, and its ARN ends in six characters that Secrets Manager has made up. */
const SECRETS_MANAGER: Asks = {
  GetSecretValue: (input, caller) => [
    {
      action: "secretsmanager:GetSecretValue",
      resource: arn(caller, "secretsmanager", `secret:${said(input, "SecretId") ?? ""}-AbCdEf`),
    },
  ],
};

/** Tags are a permission of their own, which the evaluator adds: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html */
const STS: Asks = {
  GetCallerIdentity: () => [],
  AssumeRole: (input) => {
    const tags = list(input["Tags"]).map(
      (each) => [String(map(each)["Key"]), String(map(each)["Value"])] as const,
    );
    return [
      {
        action: "sts:AssumeRole",
        resource: said(input, "RoleArn") ?? "",
        context: {
          ...context({
            "sts:RoleSessionName": said(input, "RoleSessionName"),
            "sts:ExternalId": said(input, "ExternalId"),
            "aws:TagKeys": tags.length > 0 ? tags.map(([key]) => key) : undefined,
          }),
          ...Object.fromEntries(tags.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
        },
      },
    ];
  },
};

export const OTHERS: Readonly<Record<string, Asks>> = {
  codebuild: CODEBUILD,
  codecommit: CODECOMMIT,
  codepipeline: CODEPIPELINE,
  dynamodb: { ListTables: nothing("dynamodb:ListTables") },
  ecr: ECR,
  ecs: ECS,
  lambda: LAMBDA,
  logs: LOGS,
  secretsmanager: SECRETS_MANAGER,
  sns: SNS,
  ssm: SSM,
  sts: STS,
};
