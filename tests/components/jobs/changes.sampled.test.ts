import assert from "node:assert/strict";
import { ecsService } from "../../../components/workloads/ecsService";
import type { TemplateRules } from "../../../components/workloads/templateRules";
import {
  ACCOUNT,
  BUCKET,
  CODES,
  CONTAINER,
  FILES,
  IMAGE,
  itStartsTogether,
  judge,
  LATER,
  made,
  refusals,
  SHA,
  shownOnly,
  templateOnly,
  ZIP,
} from "./judging";
import { whole } from "../../whole/sample";

const it = itStartsTogether();

interface Change {
  readonly Action?: string;
  readonly LogicalResourceId?: string;
  readonly ResourceType: string;
  readonly Replacement?: string;
  readonly Details?: readonly object[];
  readonly AfterContext?: string;
}
type Shown = Change & { readonly properties?: object };

/** A change set of these, and the template that makes them. */
function caseOf(changes: readonly Shown[], rollback = false) {
  const Changes = changes.map(({ properties, ...change }) => ({
    Type: "Resource",
    ResourceChange: {
      Action: "Add",
      LogicalResourceId: "It",
      ...change,
      ...(properties && { AfterContext: JSON.stringify({ Properties: properties }) }),
    },
  }));
  const resources = changes.map(
    ({ LogicalResourceId = "It", ResourceType, properties }) =>
      [LogicalResourceId, { Type: ResourceType, Properties: properties ?? {} }] as const,
  );
  const template = { Resources: Object.fromEntries(resources) };
  return { template, set: { Changes }, rules: WIDE, rollback };
}
const plan = async (changes: readonly Shown[], rollback = false): Promise<string[]> =>
  (await judge([caseOf(changes, rollback)]))[0] ?? [];
const trust = (Principal: unknown, more: object = {}): object => ({
  AssumeRolePolicyDocument: {
    Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole", ...more }],
  },
});
const ROLE = "AWS::IAM::Role";
const CODE = { S3Bucket: BUCKET, S3Key: `${FILES}code/${SHA}.zip` };
const DATA = [
  "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::S3::Bucket",
  "AWS::EFS::FileSystem", "AWS::Kinesis::Stream", "AWS::OpenSearchService::Domain", "AWS::ElastiCache::ReplicationGroup",
  "AWS::SQS::Queue", "AWS::KMS::Key", "AWS::SecretsManager::Secret", "AWS::Cognito::UserPool", "AWS::ECR::Repository",
]; // prettier-ignore

/** Every type that is spoken of here may be there. */
const WIDE: TemplateRules = { ...ZIP, types: [...ZIP.types, ...DATA, "AWS::X::Y"] };

describe("changes.jq", () => {
  it("puts replacements and permissions first, and sums up in plain ASCII", async () => {
    const target = (Path: string, BeforeValue?: string, AfterValue?: string): object => ({
      Target: { Attribute: "Properties", Path, BeforeValue, AfterValue },
    });
    assert.deepEqual(
      await plan([
        { Action: "Modify", LogicalResourceId: "Function", ResourceType: "AWS::Lambda::Function", Replacement: "False", properties: { Code: CODE },
          Details: [target("/Properties/Timeout", "3", "10"), target("/Properties/Description")] },
        { LogicalResourceId: "Alarm", ResourceType: "AWS::CloudWatch::Alarm", properties: {} },
        { Action: "Remove", LogicalResourceId: "Old", ResourceType: "AWS::SNS::Topic" },
        { Action: "Modify", LogicalResourceId: "Role", ResourceType: ROLE, properties: trust({ Service: "lambda.amazonaws.com" }) },
        { Action: "Modify", LogicalResourceId: "Table", ResourceType: "AWS::DynamoDB::Table", Replacement: "Conditional", properties: {},
          Details: [target("/Properties/TableName", "a\u001b[31m\nb", "é\nc")] },
      ]), // prettier-ignore
      [
        "1 replaced (Table), 1 permissions (Role), 1 removed (Old), 1 added, 1 changed, rights grow in Role",
        "MAY REPLACE Table (AWS::DynamoDB::Table) /Properties/TableName: a [31m b ->  c",
        "MODIFY PERMISSION Role (AWS::IAM::Role)",
        "MAY GROW Role: what it was before isn't shown",
        "REMOVE Old (AWS::SNS::Topic)",
        "ADD Alarm (AWS::CloudWatch::Alarm)",
        "MODIFY Function (AWS::Lambda::Function) /Properties/Description; /Properties/Timeout: 3 -> 10",
      ],
    );
  });

  it("keeps the summary within 200 characters, whatever the names are", async () => {
    const many = Array.from({ length: 12 }, (_, i) => ({
      Action: "Remove",
      LogicalResourceId: `Resource${i}${"x".repeat(60)}`,
      ResourceType: "AWS::X::Y",
    }));
    const [summary = ""] = await plan(many);
    assert.equal(summary.length, 200);
    assert.match(summary, /^12 removed \(Resource0x+, .*\.\.\.$/);
  });

  it("says so when no resource changes", async () => {
    assert.deepEqual(await plan([]), ["no resource changes"]);
  });

  const FOR_LAMBDA = "roles of this workload are for lambda.amazonaws.com alone";
  const ODD =
    "can be taken in a way that can't be judged: each statement of AssumeRolePolicyDocument must have Effect Allow, " +
    "Principal {Service: lambda.amazonaws.com} and Action sts:AssumeRole";
  const [PERMISSION, QUEUE, LOGS] = [
    "AWS::Lambda::Permission",
    "AWS::SQS::QueuePolicy",
    "AWS::Logs::ResourcePolicy",
  ];
  const policy = (statement: unknown): object => ({ PolicyDocument: { Statement: statement } });
  const allow = (Principal: unknown, rest: object = {}): object =>
    policy([{ Effect: "Allow", Principal, Action: "sqs:SendMessage", ...rest }]);
  const API = "apigateway.amazonaws.com";
  const ANY = `lets a service call on behalf of any account: give SourceArn or SourceAccount, of account ${ACCOUNT} and known now`;
  const OPEN_URL =
    "is a function URL open to everybody: AuthType must be AWS_IAM, or NONE with publicFunctionUrl among the uses in the settings of its pipeline";
  const notOurs = (who: string): string => `opens to ${who}, which is not account ${ACCOUNT}`;
  const taken = (who: string): string => `can be taken by ${who}: ${FOR_LAMBDA}`;
  const strangers: [what: string, type: string, properties: object, why: string][] = [
    ["trust in everybody", ROLE, trust("*"), taken("*")],
    ["trust in everybody, as AWS", ROLE, trust({ AWS: ["*"] }), taken('{"AWS":["*"]}')],
    ["trust in everybody, with a condition that looks safe", ROLE, trust("*", { Condition: { StringEquals: { "aws:PrincipalAccount": ACCOUNT } } }), taken("*")],
    ["trust in its own account", ROLE, trust({ AWS: ACCOUNT }), taken(`{"AWS":"${ACCOUNT}"}`)],
    ["trust in its own session, which would tag itself", ROLE, trust({ AWS: `arn:aws:sts::${ACCOUNT}:assumed-role/a/b` }), taken(`{"AWS":"arn:aws:sts::${ACCOUNT}:assumed-role/a/b"}`)],
    ["trust in another account", ROLE, trust({ AWS: "999999999999" }), taken('{"AWS":"999999999999"}')],
    ["trust in a role that isn't there yet", ROLE, trust({ AWS: LATER }), taken(`{"AWS":"${LATER}"}`)],
    ["trust in people of Google", ROLE, trust({ Federated: "accounts.google.com" }, { Action: "sts:AssumeRole" }), taken('{"Federated":"accounts.google.com"}')],
    ["trust in a pool of Cognito's", ROLE, trust({ Federated: "cognito-identity.amazonaws.com" }), taken('{"Federated":"cognito-identity.amazonaws.com"}')],
    ["trust in the own account's identity provider", ROLE, trust({ Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/x` }), taken(`{"Federated":"arn:aws:iam::${ACCOUNT}:oidc-provider/x"}`)],
    ["trust in another service", ROLE, trust({ Service: ["lambda.amazonaws.com", "ec2.amazonaws.com"] }), taken("ec2.amazonaws.com")],
    ["trust in everybody beside its own service", ROLE, trust({ Service: "lambda.amazonaws.com", AWS: "*" }), taken('{"Service":"lambda.amazonaws.com","AWS":"*"}')],
    ["trust in a service that is known later", ROLE, trust({ Service: LATER }), taken(LATER)],
    ["trust in a service from a parameter of SSM", ROLE, trust({ Service: "{{resolve:ssm:who}}" }), taken("{{resolve:ssm:who}}")],
    ["trust with tags of sessions", ROLE, trust({ Service: "lambda.amazonaws.com" }, { Action: ["sts:AssumeRole", "sts:TagSession"] }), ODD],
    ["trust by a web identity", ROLE, trust({ Service: "lambda.amazonaws.com" }, { Action: "sts:AssumeRoleWithWebIdentity" }), ODD],
    ["trust by any action", ROLE, trust({ Service: "lambda.amazonaws.com" }, { Action: "*" }), ODD],
    ["trust with NotPrincipal", ROLE, { AssumeRolePolicyDocument: { Statement: { Effect: "Allow", NotPrincipal: { AWS: ACCOUNT }, Action: "sts:AssumeRole" } } }, ODD],
    ["trust with a second principal in small letters", ROLE, trust({ Service: "lambda.amazonaws.com" }, { principal: "*" }), ODD],
    ["trust with another spelling of Effect", ROLE, trust({ Service: "lambda.amazonaws.com" }, { Effect: "allow" }), ODD],
    ["trust whose effect is known later", ROLE, trust({ Service: "lambda.amazonaws.com" }, { Effect: LATER }), ODD],
    ["trust of which a statement is known later", ROLE, { AssumeRolePolicyDocument: { Statement: [LATER] } }, ODD],
    ["trust without a document", ROLE, {}, ODD],
    ["trust as text that is no JSON yet", ROLE, { AssumeRolePolicyDocument: `{"Statement":[${LATER}]}` }, ODD],
    ["a trust policy among the others", ROLE, { ...trust({ Service: "lambda.amazonaws.com" }), Policies: [{ PolicyName: "x", ...allow("*") }] }, "has an identity policy that names principals: leave them out"],
    ["a queue for everybody", QUEUE, allow("*"), "opens to everybody (*)"],
    ["a queue for another account", QUEUE, allow({ AWS: [`arn:aws:iam::${ACCOUNT}:root`, "arn:aws:iam::999999999999:role/x"] }), notOurs("arn:aws:iam::999999999999:role/x")],
    ["a queue for a principal by its unique id", QUEUE, allow({ AWS: "AROAEXAMPLE" }), notOurs("AROAEXAMPLE")],
    ["a queue for roles by pattern", QUEUE, allow({ AWS: `arn:aws:iam::${ACCOUNT}:role/*` }), notOurs(`arn:aws:iam::${ACCOUNT}:role/*`)],
    ["a queue for a principal that is known later", QUEUE, allow({ AWS: LATER }), notOurs(LATER)],
    ["a queue for those who log in elsewhere", QUEUE, allow({ Federated: "accounts.google.com" }), `opens to Federated accounts.google.com: only account ${ACCOUNT} and ${API} may be let in`],
    ["NotPrincipal", QUEUE, policy({ Effect: "Allow", NotPrincipal: { AWS: ACCOUNT }, Action: "*" }), "opens to everybody but those it names"],
    ["a key twice, in another case", QUEUE, allow({ AWS: ACCOUNT }, { principal: "*" }), "has a policy with a key twice, in large and small letters: write it once"],
    ["keys in another case", QUEUE, policy([{ effect: "Allow", principal: "*" }]), "has a policy that can't be judged: Effect must be Allow or Deny, and keys be spelled as in AWS's documentation"],
    ["an effect that is known later", QUEUE, allow({ AWS: ACCOUNT }, { Effect: LATER }), "has a policy that can't be judged: Effect must be Allow or Deny, and keys be spelled as in AWS's documentation"],
    ["a service that may not call", QUEUE, allow({ Service: "events.amazonaws.com" }, { Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } }), `lets in events.amazonaws.com: of AWS's services only ${API} may be let in`],
    ["a service on behalf of any account", QUEUE, allow({ Service: API }), ANY],
    ["a service with a condition only if there is a source", QUEUE, allow({ Service: API }, { Condition: { StringEqualsIfExists: { "aws:SourceAccount": ACCOUNT } } }), ANY],
    ["a service for all but the own account", QUEUE, allow({ Service: API }, { Condition: { StringNotEquals: { "aws:SourceAccount": ACCOUNT } } }), ANY],
    ["a service for sources of two accounts", QUEUE, allow({ Service: API }, { Condition: { StringEquals: { "aws:SourceAccount": [ACCOUNT, "999999999999"] } } }), ANY],
    ["a service for sources of two accounts, each in a condition", QUEUE, allow({ Service: API }, { Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT }, ArnLike: { "aws:SourceArn": "*" } } }), ANY],
    ["a service for sources by a pattern that reaches over the account", QUEUE, allow({ Service: API }, { Condition: { StringLike: { "aws:SourceArn": `arn:aws:*:${ACCOUNT}:*` } } }), ANY],
    ["a policy as text", LOGS, { PolicyDocument: '{"Statement":[{"Effect":"Allow","Principal":{"AWS":"999999999999"}}]}' }, notOurs("999999999999")],
    ["a policy as text in text", LOGS, { PolicyDocument: JSON.stringify([JSON.stringify({ Effect: "Allow", Principal: "*" })]) }, "opens to everybody (*)"],
    ["a policy as text that hides a key", LOGS, { PolicyDocument: '{"Effect":"Allow","Principal":"*","Principal":{"AWS":"222222222222"}}' }, "has a policy as text that is not plain JSON: write each key once, without escapes"],
    ["a policy as text that is no JSON yet", LOGS, { PolicyName: `{"Statement":[{"Effect":"Allow","Principal":"*"${LATER}` }, "has text that looks like a policy and is not JSON: write the policy as an object"],
    ["a policy that is known later", LOGS, { PolicyDocument: LATER }, "has a policy of which a part is known only at deployment: write it in the template"],
    ["a table's own policy", "AWS::DynamoDB::Table", { ResourcePolicy: allow("*") }, "opens to everybody (*)"],
    ["a Lambda permission for everybody", PERMISSION, { Principal: "*" }, "opens to everybody (*)"],
    ["a Lambda permission for another account", PERMISSION, { Principal: "999999999999" }, notOurs("999999999999")],
    ["a Lambda permission for a service that may not call", PERMISSION, { Principal: "s3.amazonaws.com", SourceArn: "arn:aws:s3:::b", SourceAccount: ACCOUNT }, `lets in s3.amazonaws.com: of AWS's services only ${API} may be let in`],
    ["a Lambda permission for sources of another account", PERMISSION, { Principal: API, SourceAccount: "999999999999" }, "opens to account 999999999999"],
    ["a Lambda permission for another account's API", PERMISSION, { Principal: API, SourceArn: "arn:aws:execute-api:eu-west-1:999999999999:x/*" }, `lets a service call on behalf of arn:aws:execute-api:eu-west-1:999999999999:x/*: give a SourceArn of account ${ACCOUNT}, known now but for what is behind the account`],
    ["a Lambda permission for any account's API", PERMISSION, { Principal: API }, ANY],
    ["a Lambda permission for a token", PERMISSION, { Principal: API, EventSourceToken: "x" }, ANY],
    ["a Lambda permission with something new", PERMISSION, { Principal: ACCOUNT, PrincipalOrgIDs: "*" }, "has PrincipalOrgIDs, which can't be judged: leave it out"],
    ["a layer for everybody", "AWS::Lambda::LayerVersionPermission", { Principal: "*" }, "opens to everybody (*)"],
    ["an event bus for another account", "AWS::Events::EventBusPolicy", { Principal: "999999999999" }, notOurs("999999999999")],
    ["a public function URL", "AWS::Lambda::Url", { AuthType: "NONE" }, OPEN_URL],
    ["a function URL of another spelling", "AWS::Lambda::Url", { AuthType: "aws_iam" }, OPEN_URL],
    ["code in the template", "AWS::Lambda::Function", { Code: { ZipFile: "evil()" } }, 'runs code that is not of this release ({"ZipFile":"evil()"}): it must be S3Bucket and S3Key of a zip of the release'],
    ["code of another run", "AWS::Lambda::Function", { Code: { ...CODE, S3Key: CODE.S3Key.replace("run", "old") } }, `runs code that is not of this release ({"S3Bucket":"${BUCKET}","S3Key":"${CODE.S3Key.replace("run", "old")}"}): it must be S3Bucket and S3Key of a zip of the release`],
    ["another version of the code's object", "AWS::Lambda::Function", { Code: { ...CODE, S3ObjectVersion: "1" } }, `runs code that is not of this release ({"S3Bucket":"${BUCKET}","S3Key":"${CODE.S3Key}","S3ObjectVersion":"1"}): it must be S3Bucket and S3Key of a zip of the release`],
    ["a wrapper that takes its program from the template", "AWS::Lambda::Function", { Code: CODE, Environment: { Variables: { NODE_OPTIONS: "--import=data:text/javascript,evil()" } } }, "sets NODE_OPTIONS to --import=data:text/javascript,evil(), by which other code than the release's can be run: letters, digits and _./=- are allowed there"],
    ["a file system with code", "AWS::Lambda::Function", { Code: CODE, FileSystemConfigs: [{ Arn: "x" }] }, "has FileSystemConfigs, which brings code that is not of this release"],
    ["a layer of others' files", "AWS::Lambda::LayerVersion", { Content: { ...CODE, S3Bucket: "theirs" } }, `runs a layer that is not of this release ({"S3Bucket":"theirs","S3Key":"${CODE.S3Key}"}): it must be S3Bucket and S3Key of a zip of the release`],
    ["an API of which a part is elsewhere", "AWS::ApiGatewayV2::Api", { BodyS3Location: { Bucket: "theirs" } }, "has BodyS3Location, which is a part of the template that Plan does not see"],
  ]; // prettier-ignore
  whole(
    "refuses what opens something, or runs what is not of the release, in the template and in the change set",
    async () => {
      const found = await refusals(
        strangers.map(([, type, properties]) => templateOnly({ type, properties }, WIDE)),
      );
      assert.deepEqual(
        strangers.map(([what, type, , why], index) => [
          what,
          found[index]?.find((line) => line === `It (${type}) ${why}`) ?? found[index],
        ]),
        strangers.map(([what, type, , why]) => [what, `It (${type}) ${why}`]),
      );
      // The change set alone gives it away as well.
      const alone = await refusals(
        strangers.map(([, type, properties]) => shownOnly({ type, properties }, WIDE)),
      );
      assert.deepEqual(
        alone.flatMap((lines, index) => (lines.length > 0 ? [] : [strangers[index]?.[0]])),
        [],
      );
    },
  );

  const friends: [what: string, type: string, properties: object][] = [
    ["a role for functions", ROLE, trust({ Service: ["lambda.amazonaws.com"] }, { Sid: "x", Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } })],
    ["a role for functions, as text", ROLE, { AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" } }) }],
    ["a queue for its own account", QUEUE, allow({ AWS: [ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`, `arn:aws:iam::${ACCOUNT}:role/a/b`] })],
    ["a service for sources of its own account", QUEUE, allow({ Service: API }, { Condition: { ArnLike: { "AWS:SourceArn": `arn:aws:execute-api:eu-west-1:${ACCOUNT}:${LATER}/*` } } })],
    ["a policy that denies everybody", QUEUE, policy([{ Effect: "Deny", Principal: "*", Action: "*" }])],
    ["an identity policy", "AWS::IAM::Policy", policy([{ Effect: "Allow", Action: "s3:*", Resource: LATER }])],
    ["its own API", PERMISSION, { Principal: API, SourceArn: `arn:aws:execute-api:eu-west-1:${ACCOUNT}:${LATER}/*` }],
    ["a Lambda permission for its own account", PERMISSION, { Principal: ACCOUNT }],
    ["a function URL with IAM", "AWS::Lambda::Url", { AuthType: "AWS_IAM" }],
    ["a table without properties", "AWS::DynamoDB::Table", {}],
    ["code of the release", "AWS::Lambda::Function", { Code: { ...CODE, S3Key: CODE.S3Key.replace(SHA, CODES[1] ?? "") }, PackageType: "Zip", Environment: { Variables: { NODE_OPTIONS: "--enable-source-maps", Principal: "*" } } }],
    ["text that only looks like a policy", "AWS::SSM::Parameter", { Value: "[not json", Other: "{{resolve:ssm:x}}", Format: '{"status":"$context.status"}' }],
  ]; // prettier-ignore
  it("takes what opens nothing and runs the release's code", async () => {
    const found = await refusals(friends.map(([, type, properties]) => made({ type, properties }, WIDE)));
    assert.deepEqual(
      found.map((lines, index) => [friends[index]?.[0], lines]),
      friends.map(([what]) => [what, []]),
    );
  });

  it("takes an image of the release alone, where code is one, and at most another handler in it", async () => {
    const Code = { ImageUri: IMAGE };
    const image = (properties: object) => made({ type: "AWS::Lambda::Function", properties }, CONTAINER);
    const wrong = (code: string): string =>
      `It (AWS::Lambda::Function) runs code that is not of this release (${code}): Code must be {ImageUri: ${IMAGE}} and nothing else`;
    assert.deepEqual(
      await refusals([
        image({ Code, ImageConfig: { Command: ["dist/index.other"] } }),
        image({ Code: { ImageUri: IMAGE.replace("d1", "d2") } }),
        image({ Code: { ImageUri: LATER } }),
        image({ Code, ImageConfig: { EntryPoint: ["sh", "-c", "evil"] } }),
        image({ Code, ImageConfig: { Command: ["npx", "evil"] } }),
      ]),
      [
        [],
        [wrong(`{"ImageUri":"${IMAGE.replace("d1", "d2")}"}`)],
        [wrong(`{"ImageUri":"${LATER}"}`)],
        [
          "It (AWS::Lambda::Function) has an ImageConfig that is not just Command and WorkingDirectory: the release's image says what runs in it",
        ],
        [
          'It (AWS::Lambda::Function) runs the command ["npx","evil"]: ImageConfig.Command may name one handler, of letters, digits and _./-',
        ],
      ],
    );
  });

  it("refuses a change that can't be read, and says what is wrong with it", async () => {
    const alarm = { Action: "Add", LogicalResourceId: "It", ResourceType: "AWS::CloudWatch::Alarm", AfterContext: '{"Properties":{}}' }; // prettier-ignore
    const sets: [set: unknown, why: string][] = [
      [null, "the change set is not shown in full"],
      [{}, "the change set is not shown in full"],
      [{ Changes: [], NextToken: "x" }, "the change set is not shown in full"],
      [
        { Changes: [{ Type: "Hook" }] },
        'the change set has a change that is not of a resource: {"Type":"Hook"}',
      ],
      [{ Changes: ["x"] }, 'the change set has a change that is not of a resource: "x"'],
      ...(
        [
          [{ AfterContext: undefined }, "has properties that CloudFormation doesn't show"],
          [{ AfterContext: '{"Properties":{"A' }, "has properties that CloudFormation doesn't show"],
          [{ AfterContext: "(Truncated-Signature):0a" }, "has properties that CloudFormation doesn't show"],
          [{ AfterContext: "[]" }, "has properties that CloudFormation doesn't show"],
          [{ AfterContext: '{"Properties":[]}' }, "has properties that are known only at deployment"],
          [{ Action: "Import" }, "would be changed by Import: only Add, Modify and Remove can be judged"],
          [{ Action: "Dynamic" }, "would be changed by Dynamic: only Add, Modify and Remove can be judged"],
          [{ Action: undefined }, "would be changed by null: only Add, Modify and Remove can be judged"],
          [{ Replacement: "Perhaps" }, "has a replacement Perhaps that is not known"],
          [{ ChangeSetId: "arn:x" }, "is a nested stack, which Plan can't look into"],
          [{ ModuleInfo: {} }, "comes from a module: write the resource in the template"],
          [{ LogicalResourceId: "Other" }, "is not in the template that was read"],
          [{ ResourceType: "AWS::IAM::Policy" }, "is not in the template that was read"],
        ] as const
      ).map(([more, why]): [set: unknown, why: string] => {
        const ResourceChange = { ...alarm, ...more };
        const { LogicalResourceId, ResourceType } = ResourceChange;
        return [
          { Changes: [{ Type: "Resource", ResourceChange }] },
          `${LogicalResourceId} (${ResourceType}) ${why}`,
        ];
      }),
    ];
    const template = { Resources: { It: { Type: alarm.ResourceType, Properties: {} } } };
    assert.deepEqual(
      await refusals(sets.map(([set]) => ({ set, template, rules: WIDE }))),
      sets.map(([, why]) => [why]),
    );
  });

  it("refuses what the template alone shows: types, exports, what is not its own, what is known later", async () => {
    const from = (resources: object, more: object = {}) => ({
      set: { Changes: [] },
      template: { Resources: resources, ...more },
    });
    const Function = { Type: "AWS::Lambda::Function", Properties: { Code: CODE } };
    const Version = { Type: "AWS::Lambda::Version", Properties: { FunctionName: { Ref: "Function" } } };
    const alias = (FunctionVersion: unknown, FunctionName: unknown = { Ref: "Function" }) =>
      from({
        Function,
        Version,
        Alias: { Type: "AWS::Lambda::Alias", Properties: { FunctionName, FunctionVersion } },
      });
    const typed = (Type: string): string =>
      `It (${Type}) has a type that this kind of service may not have: ${ZIP.types.join(", ")}`;
    const queue = (PolicyDocument: unknown) => from({ It: { Type: QUEUE, Properties: { PolicyDocument } } });
    const role = (Service: unknown) => from({ It: { Type: ROLE, Properties: trust({ Service }) } });
    const cases: [ReturnType<typeof from>, string[]][] = [
      [from({ It: { Type: "Custom::Anything" } }), [typed("Custom::Anything")]],
      [from({ It: { Type: "AWS::CloudFormation::WaitCondition" } }), [typed("AWS::CloudFormation::WaitCondition")]],
      [from({ It: { Type: "AWS::CloudFormation::Stack" } }), [typed("AWS::CloudFormation::Stack")]],
      [from({ It: { Type: "A::B::C::MODULE" } }), [typed("A::B::C::MODULE")]],
      [from({ It: 1 }), ["It (?) is not a resource that can be read"]],
      [from({}, { Parameters: { EndpointUrl: { Type: "String", Default: "https://a.example" } }, Outputs: { Endpoint: { Value: { Ref: "EndpointUrl" } }, Out: { Value: "x", Export: { Name: "theirs" } } } }), ["Out (output) has an Export, a name that all stacks of the account share: leave it out"]],
      [alias({ "Fn::GetAtt": ["Version", "Version"] }), []],
      [alias("3"), ["Alias (AWS::Lambda::Alias) has FunctionVersion 3: it must be AWS::Lambda::Version (Version) of a resource of this template"]],
      [alias({ "Fn::GetAtt": ["Version", "Version"] }, "catalog--test-other"), ["Alias (AWS::Lambda::Alias) has FunctionName catalog--test-other: it must be AWS::Lambda::Function (Ref, Arn) of a resource of this template"]],
      [from({ It: { ...Function, Properties: { Code: CODE, Layers: ["arn:aws:lambda:eu-west-1:999999999999:layer:x:1"] } } }), ["It (AWS::Lambda::Function) has Layers arn:aws:lambda:eu-west-1:999999999999:layer:x:1: it must be AWS::Lambda::LayerVersion (Ref, LayerVersionArn) of a resource of this template"]],
      [from({ It: { Type: "AWS::ApiGatewayV2::Integration", Properties: { IntegrationUri: "arn:aws:lambda:eu-west-1:222222222222:function:catalog--test-api:3" } } }), ["It (AWS::ApiGatewayV2::Integration) has IntegrationUri arn:aws:lambda:eu-west-1:222222222222:function:catalog--test-api:3: it must be AWS::Lambda::Function (Ref, Arn) or AWS::Lambda::Alias (Ref, AliasArn) or AWS::Lambda::Version (Ref, FunctionArn) of a resource of this template, or begin with https://"]],
      [from({ It: { Type: "AWS::ApiGatewayV2::Api", Properties: { Body: { openapi: "3.0.1" } } } }), ["It (AWS::ApiGatewayV2::Api) has a Body of which Plan can't read paths: write it out in the template"]],
      [from({ It: { Type: "AWS::ApiGatewayV2::Stage", Properties: { AccessLogSettings: { DestinationArn: "arn:aws:logs:eu-west-1:222222222222:log-group:theirs" } } } }), ["It (AWS::ApiGatewayV2::Stage) has AccessLogSettings.DestinationArn arn:aws:logs:eu-west-1:222222222222:log-group:theirs: it must be AWS::Logs::LogGroup (Arn) of a resource of this template"]],
      [queue({ "Fn::Sub": '{"Statement":[{"Effect":"Allow","Principal":"*","Resource":"${It.Arn}"}]}' }), ["It (AWS::SQS::QueuePolicy) has a policy as text that is known only at deployment: write the policy as an object", "It (AWS::SQS::QueuePolicy) has a policy of which a part is known only at deployment: write it in the template", "It (AWS::SQS::QueuePolicy) has text that looks like a policy and is not JSON: write the policy as an object"]],
      [queue({ Statement: [{ "Fn::If": ["Unknown", {}, {}] }] }), ["It (AWS::SQS::QueuePolicy) has a policy of which a part is known only at deployment: write it in the template"]],
      [role({ "Fn::Sub": "lambda.${AWS::URLSuffix}" }), []],
      [role({ "Fn::Join": [".", ["lambda", { Ref: "AWS::URLSuffix" }]] }), []],
      [role({ "Fn::ImportValue": "theirs" }), [`It (${ROLE}) ${taken("a value that is known only at deployment")}`]],
      [from({ It: { Type: "AWS::CloudWatch::Alarm", Properties: { "\u0001": 1 } } }), ["the template has a key with a control character: remove it"]],
    ]; // prettier-ignore
    assert.deepEqual(
      await refusals(cases.map(([one]) => one)),
      cases.map(([, lines]) => lines),
    );
  });

  it("takes no condition for false that CloudFormation may take for true: asterisks, texts that it fills in, numbers in its spelling", async () => {
    const Layers = ["arn:aws:lambda:eu-west-1:999999999999:layer:x:1"];
    const of = (equals: readonly unknown[], Hide: object, shown: string) => ({
      set: { Changes: [], Parameters: [{ ParameterKey: "Hide", ParameterValue: shown }] },
      template: {
        Parameters: { Hide: { Type: "String", ...Hide } },
        Conditions: { There: { "Fn::Equals": equals } },
        Resources: {
          It: { Type: "AWS::Lambda::Function", Condition: "There", Properties: { Code: CODE, Layers } },
        },
      },
    });
    const ref = { Ref: "Hide" };
    const why = `It (AWS::Lambda::Function) has Layers ${Layers[0]}: it must be AWS::Lambda::LayerVersion (Ref, LayerVersionArn) of a resource of this template`;
    const cases: [ReturnType<typeof of>, string[]][] = [
      [of([ref, "no"], {}, "yes"), []],
      [of([ref, "no"], { NoEcho: false }, "yes"), []],
      [of([ref, "no"], { NoEcho: "false" }, "yes"), []],
      [of([ref, 5], {}, "4"), []],
      [of([ref, "yes"], { NoEcho: true }, "****"), [why]],
      [of([ref, "yes"], { NoEcho: "true" }, "****"), [why]],
      [of([{ "Fn::Sub": "${Hide}" }, "yes"], { NoEcho: "True", Default: "no" }, "****"), [why]],
      [of([ref, "yes"], {}, "{{resolve:ssm:/x}}"), [why]],
      [of([1.5, "1.50"], {}, "x"), [why]],
      [of([{ "Fn::Join": ["", [1e21]] }, "1E+21"], {}, "x"), [why]],
    ];
    assert.deepEqual(
      await refusals(cases.map(([one]) => one)),
      cases.map(([, lines]) => lines),
    );
  });

  it("puts tasks where the pipeline says, as its roles, with its image and nothing beside it", async () => {
    const given = { ImageUri: IMAGE, TaskRoleArn: "arn:task", TaskExecutionRoleArn: "arn:start" };
    const platform = ["Cluster", "VpcId", "SubnetIds", "TaskSecurityGroupId", "ListenerArn"];
    const Parameters = {
      ...Object.fromEntries(Object.keys(given).map((name) => [name, { Type: "String" }])),
      ...Object.fromEntries(platform.map((name) => [name, { Type: "AWS::SSM::Parameter::Value<String>" }])),
      Mine: { Type: "AWS::SSM::Parameter::Value<String>" },
    };
    const ref = (Ref: string) => ({ Ref });
    const container = { Name: "api", Image: ref("ImageUri") };
    const FARGATE = { NetworkMode: "awsvpc", RequiresCompatibilities: ["FARGATE"] };
    const task = { ...FARGATE, TaskRoleArn: ref("TaskRoleArn"), ExecutionRoleArn: ref("TaskExecutionRoleArn"), ContainerDefinitions: [container] }; // prettier-ignore
    const AwsvpcConfiguration = { Subnets: ref("SubnetIds"), SecurityGroups: [ref("TaskSecurityGroupId")] };
    const service = { LaunchType: "FARGATE", Cluster: ref("Cluster"), TaskDefinition: ref("Task"), NetworkConfiguration: { AwsvpcConfiguration }, LoadBalancers: [{ TargetGroupArn: ref("Group") }] }; // prettier-ignore
    const group = { VpcId: ref("VpcId") };
    const of = (more: { task?: object; service?: object; group?: object; rule?: object }) => ({
      rules: ecsService.template,
      parameters: given,
      set: { Changes: [] },
      template: {
        Parameters,
        Conditions: { No: { "Fn::Equals": ["a", "b"] } },
        Resources: {
          Task: { Type: "AWS::ECS::TaskDefinition", Properties: { ...task, ...more.task } },
          Service: { Type: "AWS::ECS::Service", Properties: { ...service, ...more.service } },
          Group: { Type: "AWS::ElasticLoadBalancingV2::TargetGroup", Properties: { ...group, ...more.group } },
          Rule: { Type: "AWS::ElasticLoadBalancingV2::ListenerRule", Properties: { ListenerArn: ref("ListenerArn"), ...more.rule } },
        },
      },
    }); // prettier-ignore
    const T = "Task (AWS::ECS::TaskDefinition)";
    const S = "Service (AWS::ECS::Service)";
    const group_ =
      "it must be AWS::ElasticLoadBalancingV2::TargetGroup (Ref, TargetGroupArn) of a resource of this template";
    const net = (more: object) => ({
      NetworkConfiguration: { AwsvpcConfiguration: { ...AwsvpcConfiguration, ...more } },
    });
    const cases: [Parameters<typeof of>[0], string[]][] = [
      [{}, []],
      [{ task: { ContainerDefinitions: [container, { Name: "x", Image: "docker.io/evil" }] } }, [`${T} runs an image that is not of this release (docker.io/evil): every container's Image must be ${IMAGE}`]],
      [{ task: { ContainerDefinitions: [{ ...container, Command: ["sh"] }] } }, [`${T} has ContainerDefinitions.Command, which runs what is not in the release's image: have the image say it`]],
      [{ task: { ContainerDefinitions: [{ ...container, Environment: [{ Name: "BASH_ENV", Value: "$(evil)" }] }] } }, [`${T} sets BASH_ENV to $(evil), by which other code than the release's can be run: letters, digits and _./=- are allowed there`]],
      [{ task: { TaskRoleArn: ref("TaskExecutionRoleArn") } }, [`${T} has TaskRoleArn arn:start: it must be the parameter TaskRoleArn, which the pipeline gives`]],
      [{ task: { Volumes: [{ Name: "x", EFSVolumeConfiguration: {} }] } }, [`${T} has Volumes.EFSVolumeConfiguration, which brings files that are not of this release`]],
      [{ service: { TaskDefinition: "catalog--test-api:3" } }, [`${S} has TaskDefinition catalog--test-api:3: it must be AWS::ECS::TaskDefinition (Ref, TaskDefinitionArn) of a resource of this template`]],
      [{ service: net({ SecurityGroups: ["sg-1"] }) }, [`${S} has NetworkConfiguration.AwsvpcConfiguration.SecurityGroups ["sg-1"]: it must be the parameter TaskSecurityGroupId, which the pipeline gives`]],
      [{ service: net({ SecurityGroups: undefined }) }, [`${S} has no NetworkConfiguration.AwsvpcConfiguration.SecurityGroups, without which ECS puts the tasks into the VPC's default security group: write it`]],
      [{ service: net({ SecurityGroups: { "Fn::If": ["No", [ref("TaskSecurityGroupId")], ref("AWS::NoValue")] } }) }, [`${S} has no NetworkConfiguration.AwsvpcConfiguration.SecurityGroups, without which ECS puts the tasks into the VPC's default security group: write it`]],
      [{ service: { LaunchType: undefined } }, [`${S} has no LaunchType, without which ECS may start the tasks on instances of the cluster: write it`]],
      [{ task: { NetworkMode: undefined } }, [`${T} has no NetworkMode, without which tasks on an instance share its network: write it`]],
      [{ task: { RequiresCompatibilities: [] } }, [`${T} has no RequiresCompatibilities, without which the tasks may run on instances: write it`]],
      [{ service: net({ Subnets: ref("Mine") }) }, [`${S} has NetworkConfiguration.AwsvpcConfiguration.Subnets a value that is known only at deployment: it must be the parameter SubnetIds, which the pipeline gives`]],
      [{ service: { LoadBalancers: [{ TargetGroupArn: "arn:theirs" }] } }, [`${S} has LoadBalancers.TargetGroupArn arn:theirs: ${group_}`]],
      [{ service: { EnableExecuteCommand: true } }, [`${S} has EnableExecuteCommand, which lets people run commands in the tasks`]],
      [{ service: { EnableExecuteCommand: false, LaunchType: "FARGATE" } }, []],
      [{ service: { LaunchType: "EC2" } }, [`${S} has LaunchType EC2: only FARGATE is allowed`]],
      [{ rule: { Actions: [{ ForwardConfig: { TargetGroups: [{ TargetGroupArn: "arn:theirs" }] } }] } }, [`Rule (AWS::ElasticLoadBalancingV2::ListenerRule) has Actions.ForwardConfig.TargetGroups.TargetGroupArn arn:theirs: ${group_}`]],
      [{ group: { VpcId: "vpc-1" } }, ["Group (AWS::ElasticLoadBalancingV2::TargetGroup) has VpcId vpc-1: it must be the parameter VpcId, which the pipeline gives"]],
    ]; // prettier-ignore
    assert.deepEqual(
      await refusals(cases.map(([one]) => of(one))),
      cases.map(([, lines]) => lines),
    );
  });

  it("keeps data in a roll-back: nothing that holds data is replaced or removed, not even if it is retained", async () => {
    const why = "holds data, which a roll-back may not replace or delete";
    const changes = [
      { Action: "Modify", Replacement: "True" },
      { Action: "Modify", Replacement: "Conditional" },
      { Action: "Remove", PolicyAction: "Retain" },
    ];
    const all = DATA.flatMap((ResourceType) =>
      changes.map((change) => ({ ResourceType, properties: {}, ...change })),
    );
    assert.deepEqual(
      await refusals(all.map((each) => caseOf([each], true))),
      all.map(({ ResourceType }) => [`It (${ResourceType}) ${why}`]),
    );
    const table = { ResourceType: "AWS::DynamoDB::Table", Action: "Modify", properties: {} };
    assert.deepEqual(
      await refusals([
        caseOf([{ ...table, Replacement: "False" }], true),
        caseOf([{ ResourceType: "AWS::SNS::Topic", Action: "Remove" }], true),
        caseOf([{ ...table, Action: "Remove" }], false),
      ]),
      [[], [], []],
    );
  });
});
