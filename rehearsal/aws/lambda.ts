import { list, map, text, type Values, texts } from "../../packages/iam/src/json";
import { notKnown } from "../../packages/iam/src/policy/notKnown";
import { anonymous, service, session } from "../../packages/iam/src/policy/principals";
import { shiftOf } from "./codedeploy";
import { FOR_LAMBDA, interfaceCalls, LOOKED_AT, saidOfNetwork } from "./functionNetworks";
import {
  after,
  arn,
  digest,
  functionArn,
  generatedId,
  generatedName,
  type Name,
  named,
  partitionOf,
  property,
  version,
} from "./physicalNames";
import { on, one, read, requestTags, resourceTags, several } from "./requests";
import type {
  Asked,
  CallCondition,
  DeployedResource,
  DeployedStack,
  Grant,
  LaterCalls,
  Service,
  Subject,
} from "./types";

const FUNCTION = "AWS::Lambda::Function";
const GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg/";

const lambdaName = named("FunctionName");
const lambdaArn = arn("lambda", after("function:", lambdaName));
const ofFunction: Name = (site, resource) => functionArn(site, property("FunctionName")(site, resource));
const qualified =
  (qualifier: Name): Name =>
  (site, resource) =>
    `${ofFunction(site, resource)}:${qualifier(site, resource)}`;
const mappingId: Name = (site, resource) =>
  digest(site, resource).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
const mappingArn = arn("lambda", after("event-source-mapping:", mappingId));
const aliasArn = qualified(property("Name"));
const versionArn = qualified(version);
const urlArn: Name = (site, resource) => functionArn(site, property("TargetFunctionArn")(site, resource));

const PROVISIONED: CallCondition = {
  why: "provisioned concurrency",
  when: "ProvisionedConcurrencyConfig",
  actions: "lambda:PutProvisionedConcurrencyConfig lambda:DeleteProvisionedConcurrencyConfig",
};

/** Whom a permission is for, as Lambda writes it into the policy. */
function principal(written: string, partition: string): unknown {
  if (written === "*") return "*";
  if (/^\d{12}$/.test(written)) return { AWS: `arn:${partition}:iam::${written}:root` };
  return written.startsWith("arn:") ? { AWS: written } : { Service: written };
}

/** A condition for each property that Lambda takes for one. */
const CONDITIONS: readonly (readonly [property: string, operator: string, key: string])[] = [
  ["SourceArn", "ArnLike", "AWS:SourceArn"],
  ["SourceAccount", "StringEquals", "AWS:SourceAccount"],
  ["PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"],
  ["EventSourceToken", "StringEquals", "lambda:EventSourceToken"],
  ["FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"],
  ["InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"],
];

/** https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html shows what AddPermission makes. */
function permission({ logicalId, arn, properties }: DeployedResource): Grant[] {
  const condition: Record<string, Record<string, unknown>> = {};
  for (const [property, operator, key] of CONDITIONS) {
    const value = properties[property] as string | boolean | undefined;
    if (value !== undefined) condition[operator] = { ...condition[operator], [key]: String(value) };
  }
  const statement = {
    Sid: logicalId,
    Effect: "Allow",
    Principal: principal(String(properties["Principal"]), partitionOf(arn)),
    Action: properties["Action"],
    Resource: arn,
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
  return [{ on: arn, statement, ownOnly: true }];
}

/** A function's code is read by Lambda with the caller's rights. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-package.html */
function codeOf({ resource: { properties }, store }: Subject, action: string): Asked[] {
  const { S3Bucket: bucket, S3Key: key } = map(properties["Code"]);
  if (`arn:${partitionOf(store.bucketArn)}:s3:::${String(bucket)}` !== store.bucketArn)
    notKnown(`code is read from bucket ${String(bucket)}, which is not the pipeline's`);
  return read(store, String(key), [action]);
}

/** What Lambda, or whoever deploys a function, gets an image with. */
const PULL = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

/** One example of what a pattern of a policy covers. */
const instance = (pattern: string): string =>
  pattern.replace(/:\*$/, ":log-stream:run").replaceAll("*", "x").replaceAll("?", "x");

/** What a function's role is granted by its template is what the function calls: it must not be cut away. */
function ownCalls({ properties }: DeployedResource): Asked[] {
  const statements = list(properties["Policies"]).flatMap((each) =>
    list(map(map(each)["PolicyDocument"])["Statement"]).map(map),
  );
  return statements
    .filter((each: Values) => each["Effect"] === "Allow" && each["Condition"] === undefined)
    .flatMap((each) =>
      texts(each["Action"])
        .filter((action) => !action.includes("*") && !FOR_LAMBDA.includes(action))
        .flatMap((action) =>
          list(each["Resource"]).flatMap((resource) =>
            on(resource === "*" ? "*" : instance(String(resource)), [action]),
          ),
        ),
    );
}

/** Lambda runs a function: its role, its log, its traces, its image; and the function does what it may. */
function runs(resource: DeployedResource, stack: DeployedStack): LaterCalls[] {
  const { arn, id, properties } = resource;
  const roleArn = text(properties, "Role") ?? "";
  const role = stack.resources.find((each) => each.arn === roleArn);
  const context = { "lambda:SourceFunctionArn": arn };
  const group = text(map(properties["LoggingConfig"]), "LogGroup") ?? `/aws/lambda/${id}`;
  const groupArn = `arn:${partitionOf(arn)}:logs:${stack.region}:${stack.account}:log-group:${group}`;
  const there = stack.resources.some((each) => each.arn === groupArn);
  const logs = [
    ...(there ? [] : on(groupArn, ["logs:CreateLogGroup"], context)),
    ...on(`${groupArn}:log-stream:run`, ["logs:CreateLogStream", "logs:PutLogEvents"], context),
  ];
  const traced = map(properties["TracingConfig"])["Mode"] === "Active";
  const own = role ? ownCalls(role).map((each) => ({ ...each, context })) : [];
  const isImage = text(map(properties["Code"]), "ImageUri") !== undefined;
  const called = `function ${resource.logicalId}`;
  const does = (
    asked: readonly Asked[],
    why: string,
    page: string,
    by = session(roleArn, id),
  ): LaterCalls => ({
    when: "in use",
    principal: by,
    asked,
    why,
    source: `${GUIDE}${page}.html`,
  });
  const lambda = service("lambda.amazonaws.com");
  return [
    does(
      on(roleArn, ["sts:AssumeRole"]),
      `Lambda takes the role of ${called}`,
      "lambda-intro-execution-role",
      lambda,
    ),
    does(logs, `Lambda writes the log of ${called}`, "monitoring-cloudwatchlogs"),
    does(interfaceCalls(resource, stack), `Lambda puts ${called} into its network`, "configuration-vpc"),
    does(
      traced ? on("*", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], context) : [],
      `Lambda traces ${called}`,
      "services-xray",
    ),
    does(own, `${called} uses what its template grants`, "lambda-intro-execution-role"),
    does(
      isImage
        ? on(stack.repositoryArn ?? "", PULL, { "aws:SourceArn": arn, "aws:SourceAccount": stack.account })
        : [],
      `Lambda pulls the image of ${called} again`,
      "images-create",
      lambda,
    ),
  ];
}

/** What Lambda reads a source of events with, by the source's service, as the role of the function. */
const READS: Readonly<Record<string, readonly string[]>> = {
  // https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
  dynamodb: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
  // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
  sqs: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
};

/** The function, without its version or alias. */
const functionOf = (arn: string): string => arn.split(":").slice(0, 7).join(":");

/** Lambda reads the source; it says of no function that it does so. */
function polls({ logicalId, properties }: DeployedResource, stack: DeployedStack): LaterCalls[] {
  const source = String(properties["EventSourceArn"]);
  const arn = functionArn(stack, String(properties["FunctionName"]));
  const called =
    stack.resources.find((each) => each.type === FUNCTION && each.arn === functionOf(arn)) ??
    notKnown(`event source mapping ${logicalId} calls ${arn}, which the template does not make`);
  const actions =
    READS[source.split(":")[2] ?? ""] ?? notKnown(`what Lambda reads ${source} with is not known here`);
  return [
    {
      when: "in use",
      principal: session(text(called.properties, "Role") ?? "", called.id),
      asked: [
        ...on(source, actions),
        ...(source.includes(":dynamodb:") ? on("*", ["dynamodb:ListStreams"]) : []),
      ],
      why: `Lambda reads what event source mapping ${logicalId} is for`,
      source: `${GUIDE}invocation-eventsourcemapping.html`,
    },
  ];
}

/** Where nobody is asked who he is, the function's own policy still has to let everybody in, twice. */
function opened({ logicalId, properties }: DeployedResource, stack: DeployedStack): LaterCalls[] {
  if (properties["AuthType"] !== "NONE") return [];
  const qualifier = text(properties, "Qualifier");
  const called = functionArn(stack, String(properties["TargetFunctionArn"]));
  const arn = qualifier === undefined ? called : `${called}:${qualifier}`;
  return [
    {
      when: "in use",
      principal: anonymous,
      asked: [
        ...on(arn, ["lambda:InvokeFunctionUrl"], { "lambda:FunctionUrlAuthType": "NONE" }),
        ...on(arn, ["lambda:InvokeFunction"], { "lambda:InvokedViaFunctionUrl": "true" }),
      ],
      why: `everybody calls function URL ${logicalId}`,
      source: `${GUIDE}urls-auth.html`,
    },
  ];
}

const layersAndNetwork = (properties: Values) => ({
  ...several("lambda:Layer", texts(properties["Layers"])),
  ...saidOfNetwork(properties),
});

export const lambda: Service = {
  file: "lambda",
  cloudFormation: {
    [FUNCTION]: {
      createOnly: ["FunctionName", "PackageType", "TenancyConfig"],
      ref: lambdaName,
      attributes: { Arn: lambdaArn },
      runs: true,
      arn: lambdaArn,
      carries: { guards: "function" },
      handlers: {
        create: {
          lambda: `CreateFunction GetFunction PutFunctionConcurrency GetCodeSigningConfig
          GetFunctionCodeSigningConfig GetLayerVersion GetRuntimeManagementConfig
          PutRuntimeManagementConfig TagResource PutFunctionRecursionConfig GetFunctionRecursionConfig
          PutFunctionScalingConfig PassCapacityProvider AssociateRuntimeAlias`,
          iam: "PassRole",
          s3: "GetObject GetObjectVersion",
          ec2: "DescribeSecurityGroups DescribeSubnets DescribeVpcs",
          elasticfilesystem: "DescribeMountTargets",
          s3files: "ListMountTargets",
          kms: "CreateGrant Decrypt DescribeKey Encrypt GenerateDataKey",
        },
        read: {
          lambda: `GetFunction GetFunctionCodeSigningConfig GetFunctionRecursionConfig
          GetRuntimeManagementConfig GetFunctionScalingConfig`,
          kms: "Decrypt",
        },
        update: {
          lambda: `DeleteFunctionConcurrency GetFunction PutFunctionConcurrency TagResource UntagResource
          UpdateFunctionConfiguration UpdateFunctionCode GetRuntimeManagementConfig
          PutRuntimeManagementConfig PutFunctionCodeSigningConfig DeleteFunctionCodeSigningConfig
          GetCodeSigningConfig GetFunctionCodeSigningConfig PutFunctionRecursionConfig
          GetFunctionRecursionConfig PutFunctionScalingConfig PublishVersion PassCapacityProvider
          AssociateRuntimeAlias`,
          iam: "PassRole",
          s3: "GetObject GetObjectVersion",
          ec2: "DescribeSecurityGroups DescribeSubnets DescribeVpcs",
          elasticfilesystem: "DescribeMountTargets",
          s3files: "ListMountTargets",
          kms: "CreateGrant Decrypt DescribeKey GenerateDataKey",
        },
        delete: { lambda: "DeleteFunction GetFunction", ec2: "DescribeNetworkInterfaces" },
        tagging: { lambda: "ListTags TagResource UntagResource" },
      },
      conditions: [
        {
          why: "reserved concurrency is set and taken back by calls of its own",
          when: "ReservedConcurrentExecutions",
          actions: "lambda:PutFunctionConcurrency lambda:DeleteFunctionConcurrency",
        },
        {
          why: "code in a bucket; a container image has none",
          when: "Code.S3Bucket",
          actions: "s3:GetObject",
        },
        {
          why: "the pipeline's code is under a name of its own, and in one version",
          actions: "s3:GetObjectVersion",
        },
        LOOKED_AT,
        {
          why: "file systems are looked at for functions that mount one",
          when: "FileSystemConfigs",
          actions: "elasticfilesystem:DescribeMountTargets s3files:ListMountTargets",
        },
        {
          why: "AWS's own key takes no permission; a key of one's own does",
          when: "KmsKeyArn Code.SourceKMSKeyArn",
          actions: "kms:CreateGrant kms:Decrypt kms:DescribeKey kms:Encrypt kms:GenerateDataKey",
        },
        {
          why: "container images cannot be signed this way",
          when: "CodeSigningConfigArn",
          actions: `lambda:GetCodeSigningConfig lambda:PutFunctionCodeSigningConfig
          lambda:DeleteFunctionCodeSigningConfig`,
        },
        { why: "layers", when: "Layers", actions: "lambda:GetLayerVersion" },
        {
          why: "how runtimes are updated",
          when: "RuntimeManagementConfig",
          actions: "lambda:PutRuntimeManagementConfig",
        },
        {
          why: "a container image brings its own runtime",
          when: "Runtime",
          actions: "lambda:AssociateRuntimeAlias",
        },
        {
          why: "another answer to loops than Lambda's own",
          when: "RecursiveLoop",
          actions: "lambda:PutFunctionRecursionConfig",
        },
        {
          why: "scaling of functions on instances of one's own",
          when: "FunctionScalingConfig",
          actions: "lambda:PutFunctionScalingConfig",
        },
        {
          why: "functions on instances of one's own",
          when: "CapacityProviderConfig",
          actions: "lambda:PassCapacityProvider",
        },
        {
          why: "the template makes its versions itself",
          when: "PublishToLatestPublished",
          actions: "lambda:PublishVersion",
        },
      ],
      passes: [["Role", "lambda.amazonaws.com"]],
      asked: (subject, _, action) => (action.startsWith("s3:") ? codeOf(subject, action) : undefined),
      documented: [
        {
          operations: ["create", "update"],
          when: "Code.ImageUri",
          actions: PULL,
          on: ({ resource, stack }) =>
            stack.repositoryArn ?? notKnown(`${resource.logicalId} is an image, and its kind has none`),
          fetch: true,
          source: `${GUIDE}images-create.html`,
        },
      ],
      later: runs,
      meantFor: "functions",
    },
    "AWS::Lambda::Version": {
      createOnly: [
        "FunctionName",
        "Description",
        "CodeSha256",
        "ProvisionedConcurrencyConfig",
        "RuntimePolicy",
      ],
      ref: versionArn,
      attributes: { Version: version, FunctionArn: versionArn },
      runs: true,
      arn: versionArn,
      carries: { guards: "function" },
      handlers: {
        create: {
          lambda: `PublishVersion GetFunctionConfiguration PutProvisionedConcurrencyConfig
          GetProvisionedConcurrencyConfig PutRuntimeManagementConfig GetRuntimeManagementConfig
          PutFunctionScalingConfig ListVersionsByFunction`,
        },
        read: {
          lambda: `GetFunctionConfiguration GetProvisionedConcurrencyConfig GetRuntimeManagementConfig
          GetFunctionScalingConfig`,
        },
        update: { lambda: "GetFunctionConfiguration PutFunctionScalingConfig" },
        delete: { lambda: "GetFunctionConfiguration DeleteFunction" },
      },
      conditions: [
        {
          why: "how runtimes are updated",
          when: "RuntimePolicy",
          actions: "lambda:PutRuntimeManagementConfig",
        },
        {
          why: "scaling of versions on instances of one's own",
          when: "FunctionScalingConfig",
          actions: "lambda:PutFunctionScalingConfig",
        },
        PROVISIONED,
      ],
      madeAnew: true,
      meantFor: "functions",
    },
    "AWS::Lambda::Alias": {
      createOnly: ["Name", "FunctionName"],
      ref: aliasArn,
      attributes: { AliasArn: aliasArn },
      title: property("Name"),
      runs: true,
      arn: aliasArn,
      carries: { guards: "function" },
      handlers: {
        create: { lambda: "CreateAlias PutProvisionedConcurrencyConfig GetProvisionedConcurrencyConfig" },
        read: { lambda: "GetAlias GetProvisionedConcurrencyConfig" },
        update: {
          lambda: `UpdateAlias GetAlias PutProvisionedConcurrencyConfig DeleteProvisionedConcurrencyConfig
          GetProvisionedConcurrencyConfig`,
          codedeploy: "CreateDeployment GetDeployment GetDeploymentGroup GetDeploymentConfig StopDeployment",
        },
        delete: { lambda: "DeleteAlias GetAlias" },
      },
      conditions: [
        {
          why: "CodeDeploy shifts the alias",
          when: "UpdatePolicy.CodeDeployLambdaAliasUpdate",
          actions: `codedeploy:CreateDeployment codedeploy:GetDeployment codedeploy:GetDeploymentGroup
          codedeploy:GetDeploymentConfig codedeploy:StopDeployment`,
        },
        PROVISIONED,
      ],
      later: shiftOf,
      meantFor: "functions",
    },
    "AWS::Lambda::Permission": {
      createOnly: [
        ...["Action", "EventSourceToken", "FunctionName", "FunctionUrlAuthType", "InvokedViaFunctionUrl"],
        ...["Principal", "PrincipalOrgID", "SourceAccount", "SourceArn"],
      ],
      ref: generatedName,
      attributes: { Id: generatedName },
      runs: false,
      arn: ofFunction,
      carries: { grants: permission },
      handlers: {
        create: { lambda: "AddPermission" },
        read: { lambda: "GetPolicy" },
        delete: { lambda: "RemovePermission" },
      },
      asked: ({ resource: { arn, properties } }, _, action) =>
        action === "lambda:GetPolicy"
          ? undefined
          : on(arn, [action], {
              "lambda:Principal": String(properties["Principal"]),
              ...one("lambda:FunctionUrlAuthType", text(properties, "FunctionUrlAuthType")),
            }),
      meantFor: "functions",
    },
    "AWS::Lambda::EventSourceMapping": {
      createOnly: [
        "EventSourceArn",
        "StartingPosition",
        "StartingPositionTimestamp",
        "SelfManagedEventSource",
      ],
      ref: mappingId,
      attributes: { Id: mappingId, EventSourceMappingArn: mappingArn },
      runs: true,
      arn: mappingArn,
      carries: "nothing",
      refused: ["KmsKeyArn", "SelfManagedEventSource", "SourceAccessConfigurations"],
      handlers: {
        create: {
          lambda: "CreateEventSourceMapping GetEventSourceMapping TagResource",
          kms: "DescribeKey GenerateDataKey Decrypt",
        },
        read: { lambda: "GetEventSourceMapping ListTags", kms: "Decrypt" },
        update: {
          lambda: "UpdateEventSourceMapping GetEventSourceMapping TagResource UntagResource",
          kms: "DescribeKey GenerateDataKey Decrypt",
        },
        delete: { lambda: "DeleteEventSourceMapping GetEventSourceMapping", kms: "Decrypt" },
        tagging: { lambda: "ListTags TagResource UntagResource" },
      },
      conditions: [
        {
          why: "filters that are encrypted with a key of one's own",
          actions: "kms:DescribeKey kms:GenerateDataKey kms:Decrypt",
        },
      ],
      asked: ({ resource: { arn, properties }, stack }, _, action) => {
        const called = { "lambda:FunctionArn": functionArn(stack, String(properties["FunctionName"])) };
        if (action === "lambda:CreateEventSourceMapping")
          return on("*", [action], { ...called, ...requestTags(stack) });
        if (action === "lambda:TagResource") return on(arn, [action], requestTags(stack));
        return on(arn, [action], /tag/i.test(action) ? resourceTags(stack) : called);
      },
      later: polls,
      meantFor: { uses: ["sqs", "streams"], functions: true },
    },
    "AWS::Lambda::EventInvokeConfig": {
      createOnly: ["FunctionName", "Qualifier"],
      ref: (site, resource) =>
        `${property("FunctionName")(site, resource)}|${property("Qualifier")(site, resource)}`,
      attributes: {},
      runs: true,
      arn: ofFunction,
      carries: "nothing",
      handlers: {
        create: { lambda: "PutFunctionEventInvokeConfig" },
        read: { lambda: "GetFunctionEventInvokeConfig" },
        update: { lambda: "UpdateFunctionEventInvokeConfig" },
        delete: { lambda: "DeleteFunctionEventInvokeConfig" },
      },
      meantFor: "none",
    },
    "AWS::Lambda::Url": {
      createOnly: ["TargetFunctionArn", "Qualifier"],
      ref: urlArn,
      attributes: {
        FunctionArn: urlArn,
        FunctionUrl: (site, resource) =>
          `https://${generatedId(site, resource)}.lambda-url.${site.region}.on.aws/`,
      },
      runs: true,
      arn: urlArn,
      carries: "nothing",
      handlers: {
        create: { lambda: "CreateFunctionUrlConfig" },
        read: { lambda: "GetFunctionUrlConfig" },
        update: { lambda: "UpdateFunctionUrlConfig" },
        delete: { lambda: "DeleteFunctionUrlConfig" },
      },
      asked: ({ resource: { arn, properties } }, _, action) =>
        /^lambda:(Create|Update)/.test(action)
          ? on(arn, [action], { "lambda:FunctionUrlAuthType": String(properties["AuthType"]) })
          : undefined,
      later: opened,
      meantFor: { uses: ["functionUrl", "publicFunctionUrl"], functions: true },
    },
  },
  prefix: "lambda",
  onNothing: ["elasticfilesystem:DescribeMountTargets"],
  // The function of a version or an alias is what is asked for these.
  asked: ({ resource }, _, action) =>
    /^lambda:(PublishVersion|ListVersionsByFunction|(Create|Get|Update|Delete)Alias)$/.test(action)
      ? on(functionOf(resource.arn), [action])
      : undefined,
  passedOn: {
    "lambda:CreateFunction": layersAndNetwork,
    "lambda:UpdateFunctionConfiguration": layersAndNetwork,
  },
};
