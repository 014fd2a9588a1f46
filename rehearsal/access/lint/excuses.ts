/** Condition keys that no statement uses, by name, each with its reason. One that nothing needs any more has to go. */
import type { Excuse as ExcuseIn } from "../../../packages/iam/src/lint/limits";
import { map, text } from "../../../packages/iam/src/json";
import { principals } from "../../record/policyDocuments";
import {
  type PlacedDocument,
  resources,
  named,
  goesBy,
  either,
  both,
  takenBy,
  usesState,
  saysWho,
  passesNone,
  ownBuckets,
  withoutAcls,
  withoutLock,
  refusesOtherKeys,
  ofWorkload,
  byService,
} from "./grounds";

export type Excuse = ExcuseIn<PlacedDocument>;

export const EXCUSES: readonly Excuse[] = [
  // API Gateway
  {
    reason:
      "the API is the workload's own, and its stages, authorizers and formats of logs are its template's to say",
    action: /^apigateway:/,
    key: /^apigateway:(Request|Resource)\/(AccessLoggingFormat|AuthorizerType|StageName)$|^apigateway:Resource\/AccessLoggingDestination$/,
    holds: goesBy("aws:ResourceTag/delivery:workload"),
  },
  {
    reason: "the REST API is the workload's own, and who may call it and where is its template's to say",
    action: /^apigateway:/,
    key: /^apigateway:(Request|Resource)\/(ApiKeyRequired|ApiName|AuthorizerType|DisableExecuteApiEndpoint|EndpointType|RouteAuthorizationType|SecurityPolicy)$/,
    holds: either(
      goesBy("aws:ResourceTag/delivery:workload"),
      goesBy("aws:RequestTag/delivery:workload"),
      named(/:apigateway:[^:]*::\/restapis$/),
    ),
  },
  {
    reason:
      "where logs go is refused to PATCH and POST; AWS lists the key with deletion and reading, too, which set none",
    action: /^apigateway:(DELETE|GET|PUT)$/,
    key: /^apigateway:Request\/AccessLoggingDestination$/,
  },
  // CloudFormation
  {
    reason: "a transform is only expanded: the same call is asked for on the stack, with its conditions",
    action: /^cloudformation:CreateChangeSet$/,
    key: /^cloudformation:/,
    holds: named(/:aws:transform\//),
  },
  {
    reason:
      "who makes change sets of this one stack writes their templates, too, and the role that carries them out limits both",
    action: /^cloudformation:CreateChangeSet$/,
    key: /^cloudformation:(ImportResourceTypes|ResourceTypes|StackPolicyUrl|TemplateUrl)$/,
    holds: both(named(/:stack\/[^*/][^/]*\//), goesBy("cloudformation:RoleArn")),
  },
  {
    reason:
      "CloudFormation takes another role only of somebody who may pass it, and its holder passes none to CloudFormation",
    action: /^cloudformation:(ContinueUpdateRollback|DeleteStack)$/,
    key: /^cloudformation:RoleArn$/,
    holds: passesNone("cloudformation.amazonaws.com"),
  },
  {
    reason: "a template that is validated is only read",
    action: /^cloudformation:ValidateTemplate$/,
    key: /^cloudformation:TemplateUrl$/,
  },
  // CloudWatch, X-Ray
  {
    reason: "access grants of CloudWatch are made by nobody here, and these pass nothing on",
    action: /^cloudwatch:/,
    key: /^cloudwatch:HasAccessGrant$/,
  },
  {
    reason: "traces have no ARN, and what they are said to come from gives nobody anything",
    action: /^xray:/,
    key: /^logs:LogGeneratingResourceArns$/,
  },
  // CodeBuild, CodeConnections
  {
    reason:
      "a build is started by CodePipeline as the pipeline says, or by EventBridge as the rule says, and by nobody else",
    action: /^codebuild:StartBuild$/,
    key: /^codebuild:/,
    holds: takenBy("codepipeline.amazonaws.com", "events.amazonaws.com"),
  },
  {
    reason:
      "what a runner runs, on which image, as which role and of which source is its project's own, and its role has nothing for the rest",
    action: /^codebuild:StartBuild$/,
    key: /^codebuild:/,
    holds: ({ statement }) =>
      ["environment.image", "serviceRole", "source.buildspec", "source.location"].every(
        (key) => map(map(statement["Condition"])["Null"])[`codebuild:${key}`] === "true",
      ),
  },
  {
    reason: "a connection is used by CodePipeline, for the repository that the pipeline names",
    action: /^(codeconnections|codestar-connections):UseConnection$/,
    key: /^(codeconnections|codestar-connections):/,
    holds: takenBy("codepipeline.amazonaws.com"),
  },
  // DynamoDB
  {
    reason: "a workload may do with the items of its own tables what it likes",
    action: /^dynamodb:/,
    key: /^dynamodb:/,
    holds: named(/:table\/(\$\{[^}]*\}|[^*/])+-\*$/),
  },
  // EC2
  {
    reason: "interfaces are in the subnets of the settings, by condition or by name",
    action: /^ec2:((Create|Delete)NetworkInterface(Permission)?|(Una|A)ssignPrivateIpAddresses)$/,
    key: /^ec2:/,
    holds: either(
      goesBy("ec2:Subnet"),
      (allowed) =>
        named(/:(subnet|security-group)\/[^*]+$|:network-interface\/\*$/)(allowed) &&
        resources(allowed).some((each) => each.includes(":subnet/")),
    ),
  },
  {
    reason: "looking at networks passes nothing on",
    action: /^ec2:Describe/,
    key: /^ec2:Region$/,
  },
  // ECS, Elastic Load Balancing
  {
    reason: "the cluster is in the name of what it is on, and so is the service",
    action: /^ecs:/,
    key: /^ecs:(cluster|service)$/,
    holds: named(/:service(-deployment)?\/[^/*]+\/(([^/*]|\$\{[^}]*\})+-\*|[^/*]+$)/),
  },
  {
    reason: "looking at services passes nothing on",
    action: /^ecs:(Describe|List)/,
    key: /^ecs:cluster$/,
  },
  {
    reason: "how large tasks are, and which tags they get, is the template's to say",
    action: /^ecs:(CreateService|RegisterTaskDefinition|UpdateService)$/,
    key: /^ecs:(enable-ecs-managed-tags|propagate-tags|task-cpu|task-memory)$/,
  },
  {
    reason: "what is tagged later has the workload's name, or its tag",
    action: /^(ecs:TagResource|elasticloadbalancing:AddTags)$/,
    key: /^(ecs|elasticloadbalancing):CreateAction$/,
    holds: either(
      named(/:(service|task-definition)\/([^/*]+\/)?([^/*]|\$\{[^}]*\})+-\*/),
      goesBy("aws:ResourceTag/delivery:workload"),
    ),
  },
  // IAM, STS
  {
    reason: "few services say what a role will be used for; to whom it goes is limited",
    action: /^iam:PassRole$/,
    key: /^iam:AssociatedResourceArn$/,
    holds: goesBy("iam:PassedToService"),
  },
  {
    reason: "whatever policy a role gets, its boundary is the ceiling",
    action: /^iam:(Attach|Detach)RolePolicy$/,
    key: /^iam:PolicyARN$/,
    holds: goesBy("iam:PermissionsBoundary"),
  },
  {
    reason: "what a role is made from is limited as what it becomes is: by its boundary",
    action: /^iam:(AttachRolePolicy|CreateRole|PutRolePermissionsBoundary|PutRolePolicy)$/,
    key: /^iam:RoleTemplateARN$/,
    holds: goesBy("iam:PermissionsBoundary"),
  },
  {
    reason: "to read, describe, tag or delete a role gives it nothing",
    action: /^iam:(DeleteRole|GetRole|TagRole|UpdateRole|UpdateRoleDescription)$/,
    key: /^iam:(PermissionsBoundary|RoleTemplateARN)$/,
  },
  {
    reason:
      "who takes a role is named, or the role that is taken is: what a session is called gives it nothing",
    action: /^sts:(AssumeRole|AssumeRoleWithWebIdentity|TagSession)$/,
    key: /^sts:(ExternalId|RoleAuthorizedByIdp|RoleSessionName|SourceIdentity|TransitiveTagKeys)$/,
    holds: either(named(/:role\/[^*]+$/), saysWho),
  },
  // KMS
  {
    reason: "the account that the key is in decides by its own policies",
    action: /^kms:/,
    key: /^kms:/,
    holds: ({ document, statement }) =>
      document.kind === "key" &&
      principals(statement, "AWS").every((each) => /^arn:[a-z-]+:iam::\d{12}:root$/.test(each)) &&
      statement["Condition"] === undefined,
  },
  {
    reason: "it is one key, for artifacts or state alone, and S3 gives out no ciphertext of what it encrypts",
    action: /^kms:(Decrypt|DescribeKey|Encrypt|GenerateDataKey|ReEncrypt(From|To))$/,
    key: /^kms:(?!ViaService$)/,
    holds: either(named(/:key\/[^*]+$/), goesBy("aws:PrincipalArn")),
  },
  {
    reason:
      "CodeBuild and CodePipeline do not say that they use it through S3 alone, and Pulumi decrypts its state itself",
    action: /^kms:(Decrypt|DescribeKey|Encrypt|GenerateDataKey|ReEncrypt(From|To))$/,
    key: /^kms:ViaService$/,
    holds: either(takenBy("codebuild.amazonaws.com", "codepipeline.amazonaws.com"), usesState),
  },
  // Lambda
  {
    reason: "no function is in a VPC",
    action: /^lambda:(CreateFunction|UpdateFunctionConfiguration)$/,
    key: /^lambda:(SecurityGroupIds|SubnetIds)$/,
    holds: ({ statement }) => map(map(statement["Condition"])["Null"])["lambda:VpcIds"] === "true",
  },
  {
    reason: "its subnets say in which VPC a function is",
    action: /^lambda:(CreateFunction|UpdateFunctionConfiguration)$/,
    key: /^lambda:VpcIds$/,
    holds: goesBy("lambda:SubnetIds"),
  },
  {
    reason: "a signature only narrows what code runs",
    action: /^lambda:CreateFunction$/,
    key: /^lambda:CodeSigningConfigArn$/,
  },
  {
    reason: "API Gateway, EventBridge, S3 and SNS call no function by URL",
    action: /^lambda:(Add|Remove)Permission$/,
    key: /^lambda:FunctionUrlAuthType$/,
    holds: either(
      goesBy("lambda:Principal", "apigateway.amazonaws.com"),
      goesBy("lambda:Principal", "events.amazonaws.com"),
      goesBy("lambda:Principal", "s3.amazonaws.com"),
      goesBy("lambda:Principal", "sns.amazonaws.com"),
    ),
  },
  {
    reason: "Secrets Manager calls no function by URL",
    action: /^lambda:(Add|Remove)Permission$/,
    key: /^lambda:FunctionUrlAuthType$/,
    holds: goesBy("lambda:Principal", "secretsmanager.amazonaws.com"),
  },
  {
    reason: "functions of the workload's own, which its roles may call in every way",
    action: /^lambda:InvokeFunction$/,
    key: /^lambda:(EventSourceToken|InvokedViaFunctionUrl)$/,
    holds: named(/:function:[^*]+-\*$/),
  },
  {
    reason: "the function is what is asked for",
    action: /^lambda:(Create|Get|Update|Delete)FunctionUrlConfig$/,
    key: /^lambda:FunctionArn$/,
    holds: named(/:function:[^*]+-\*$/),
  },
  {
    reason: "a URL that is read or taken away is opened to nobody",
    action: /^lambda:(Get|Delete)FunctionUrlConfig$/,
    key: /^lambda:FunctionUrlAuthType$/,
  },
  // Settings
  {
    reason: "the team's own documents say how far they go, and settings refuse what they may never hold",
    action: /./,
    key: /./,
    holds: ({ statement }) => /^BySettings/.test(text(statement, "Sid") ?? ""),
  },
  // EventBridge
  {
    reason: "rules of the workload's name, whoever has made them",
    action: /^events:/,
    key: /^events:(ManagedBy|creatorAccount)$/,
    holds: named(/:(rule\/[^*]+-\*\/\*|event-bus\/[^*]+-\*)$/),
  },
  {
    reason: "rules of the workload's own buses, which get its own events alone",
    action: /^events:PutRule$/,
    key: /^events:(source|detail)/,
    holds: named(/:rule\/[^*]+-\*\/\*$/),
  },
  {
    reason: "events of the workload's own buses, whatever they say",
    action: /^events:PutEvents$/,
    key: /^events:/,
    holds: named(/:event-bus\/[^*]+-\*$/),
  },
  // Step Functions
  {
    reason: "state machines of the workload's own, in whichever version",
    action: /^states:(DescribeStateMachine|Start(Sync)?Execution)$/,
    key: /^states:StateMachineQualifier$/,
    holds: named(/:stateMachine:[^*]+-\*$/),
  },
  // S3
  {
    reason: "how and when something is asked for passes nothing on",
    action: /^s3:/,
    key: /^s3:(AccessGrantsInstanceArn|ObjectCreationOperation|TlsVersion|authType|delimiter|if-match|if-none-match|max-keys|signatureAge|signatureversion|versionid|x-amz-content-sha256)$/,
  },
  {
    reason:
      "the bucket is one of ours by its name, which nobody else can have, or holds Pulumi's state; or the account is asked for",
    action: /^s3:/,
    key: /^s3:ResourceAccount$/,
    holds: either(
      ownBuckets,
      ({ document }) => document.kind === "bucket",
      usesState,
      goesBy("aws:ResourceAccount"),
    ),
  },
  {
    reason: "buckets of the workload's own, which S3 makes without ACLs and nobody here can give any",
    action: /^s3:(CreateBucket|PutObject)$/,
    key: /^s3:(locationconstraint|x-amz-(acl|bucket-namespace|grant-.+|object-ownership))$/,
    holds: ofWorkload,
  },
  {
    reason: "what is in buckets of the workload's own it may read, write and delete as it likes",
    action: /^s3:(DeleteObject|GetObject|ListBucket|PutObject)$/,
    key: /^s3:(ExistingObjectTag\/.+|RequestObjectTag.*|object-lock-.+|prefix|x-amz-(copy-source|metadata-directive|object-annotation-directive|server-side-encryption.*|storage-class|website-redirect-location))$/,
    holds: ofWorkload,
  },
  {
    reason: "S3 alone takes the role, and copies as the bucket's own replication says",
    action: /^s3:(ListBucket|ReplicateObject)$/,
    key: /^s3:(prefix|object-lock-.+|x-amz-server-side-encryption.*)$/,
    holds: takenBy("s3.amazonaws.com"),
  },
  {
    reason: "the bucket's owner owns every object, and there are no ACLs",
    action: /^s3:PutObject(Acl)?$/,
    key: /^s3:x-amz-(acl|grant-.+)$/,
    holds: withoutAcls,
  },
  {
    reason: "the bucket refuses every other algorithm and key",
    action: /^s3:PutObject$/,
    key: /^s3:x-amz-server-side-encryption/,
    holds: either(refusesOtherKeys, byService),
  },
  {
    reason: "the bucket has no object lock",
    action: /^s3:PutObject$/,
    key: /^s3:object-lock-/,
    holds: withoutLock,
  },
  {
    reason: "what is copied must be read as well, and nothing here serves websites; a colder class keeps it",
    action: /^s3:PutObject(Acl)?$/,
    key: /^s3:x-amz-(copy-source|metadata-directive|object-annotation-directive|storage-class|website-redirect-location)$/,
    holds: named(/^arn:[a-z-]+:s3:::[^/]+\/[^*]+/),
  },
  {
    reason:
      "the bucket of state is the organization's: it says who owns what is in it, how that is encrypted, and what is locked",
    action: /^s3:PutObject$/,
    key: /^s3:(object-lock-.+|x-amz-(acl|grant-.+|server-side-encryption.*))$/,
    holds: usesState,
  },
  {
    reason: "the whole list of a bucket of state is names of projects and stacks",
    action: /^s3:ListBucket$/,
    key: /^s3:prefix$/,
    holds: usesState,
  },
  // Secrets Manager, SSM
  {
    reason: "the workload's secrets have its name, whatever their versions are",
    action: /^secretsmanager:GetSecretValue$/,
    key: /^secretsmanager:/,
    holds: named(/:secret:[^*]+[/-]\*$/),
  },
  {
    reason:
      "secrets of the workload's name; what opens one to others, or has a key of others' or copies, Plan refuses",
    action: /^secretsmanager:(?!GetSecretValue)/,
    key: /^secretsmanager:/,
    holds: named(/:secret:[^*]+[/-]\*$/),
  },
  {
    reason: "parameters of the workload's name, whatever their policies are",
    action: /^ssm:PutParameter$/,
    key: /^ssm:(Overwrite|Policies)$/,
    holds: named(/:parameter\/[^*]+-\*$/),
  },
  {
    reason: "all that is published below one path may be read",
    action: /^ssm:GetParametersByPath$/,
    key: /^ssm:Recursive$/,
    holds: named(/:parameter\/[^*]+(\/\*)?$/),
  },
];
