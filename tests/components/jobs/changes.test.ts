import assert from "node:assert/strict";
import { join } from "node:path";
import { jq } from "./tools";

const FILTER = join(__dirname, "../../../components/jobs/changes.jq");
const ACCOUNT = "222222222222";
interface Change {
  readonly Action?: string;
  readonly LogicalResourceId?: string;
  readonly ResourceType: string;
  readonly Replacement?: string;
  readonly Details?: readonly object[];
  readonly AfterContext?: string;
}

/** What changes.jq prints for these changes; `properties` stands for CloudFormation's text of them. */
async function plan(
  changes: readonly (Change & { properties?: object })[],
  rollback = false,
): Promise<string[]> {
  const Changes = changes.map(({ properties, ...change }) => ({
    Type: "Resource",
    ResourceChange: {
      Action: "Add",
      LogicalResourceId: "It",
      ...change,
      ...(properties && { AfterContext: JSON.stringify({ Properties: properties }) }),
    },
  }));
  const args = ["-r", "--arg", "account", ACCOUNT, "--argjson", "rollback", String(rollback), "-f", FILTER];
  const answer = await jq({ command: "jq", args, cwd: "/", env: {} }, () =>
    Promise.resolve(JSON.stringify({ Changes })),
  );
  assert.equal(answer.code, 0, answer.err);
  return answer.out.trimEnd().split("\n");
}
const refusals = async (change: Change & { properties?: object }, rollback = false): Promise<string[]> =>
  (await plan([change], rollback))
    .filter((line) => line.startsWith("refused: "))
    .map((line) => line.slice("refused: ".length));

const trust = (Principal: unknown, more: object = {}): object => ({
  AssumeRolePolicyDocument: {
    Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole", ...more }],
  },
});
const ROLE = "AWS::IAM::Role";
const DATA = [
  "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::S3::Bucket",
  "AWS::EFS::FileSystem", "AWS::Kinesis::Stream", "AWS::OpenSearchService::Domain", "AWS::ElastiCache::ReplicationGroup",
  "AWS::SQS::Queue", "AWS::KMS::Key", "AWS::SecretsManager::Secret", "AWS::Cognito::UserPool", "AWS::ECR::Repository",
]; // prettier-ignore

describe("changes.jq", () => {
  it("puts replacements and permissions first, and sums up in plain ASCII", async () => {
    const target = (Path: string, BeforeValue?: string, AfterValue?: string): object => ({
      Target: { Attribute: "Properties", Path, BeforeValue, AfterValue },
    });
    assert.deepEqual(
      await plan([
        { Action: "Modify", LogicalResourceId: "Function", ResourceType: "AWS::Lambda::Function", Replacement: "False", properties: {},
          Details: [target("/Properties/Timeout", "3", "10"), target("/Properties/Description")] },
        { LogicalResourceId: "Alarm", ResourceType: "AWS::CloudWatch::Alarm", properties: {} },
        { Action: "Remove", LogicalResourceId: "Old", ResourceType: "AWS::SNS::Topic" },
        { Action: "Modify", LogicalResourceId: "Role", ResourceType: ROLE, properties: trust({ Service: "lambda.amazonaws.com" }) },
        { Action: "Modify", LogicalResourceId: "Table", ResourceType: "AWS::DynamoDB::Table", Replacement: "Conditional", properties: {},
          Details: [target("/Properties/TableName", "a\u001b[31m\nb", "é\nc")] },
      ]), // prettier-ignore
      [
        "1 replaced (Table), 1 permissions (Role), 1 removed (Old), 1 added, 1 changed",
        "MAY REPLACE Table (AWS::DynamoDB::Table) /Properties/TableName: a [31m b ->  c",
        "MODIFY PERMISSION Role (AWS::IAM::Role)",
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

  const strangers: [string, Change & { properties?: object }, string][] = [
    ["trust in everybody", { ResourceType: ROLE, properties: trust("*") }, "opens to everybody (*)"],
    ["trust in everybody, as AWS", { ResourceType: ROLE, properties: trust({ AWS: ["*"] }) }, "opens to everybody (*)"],
    ["trust with a condition", { ResourceType: ROLE, properties: trust("*", { Condition: { StringEquals: { "aws:PrincipalAccount": ACCOUNT } } }) }, "opens to everybody (*)"],
    ["another account by id", { ResourceType: ROLE, properties: trust({ AWS: "999999999999" }) }, "opens to 999999999999, which is not account 222222222222"],
    ["another account by ARN", { ResourceType: ROLE, properties: trust({ AWS: [`arn:aws:iam::${ACCOUNT}:root`, "arn:aws:iam::999999999999:role/x"] }) }, "opens to arn:aws:iam::999999999999:role/x, which is not account 222222222222"],
    ["another account with an unknown role", { ResourceType: ROLE, properties: trust({ AWS: "arn:aws:iam::999999999999:role/{{changeSet:KNOWN_AFTER_APPLY}}" }) }, "opens to arn:aws:iam::999999999999:role/{{changeSet:KNOWN_AFTER_APPLY}}, which is not account 222222222222"],
    ["another account's identity provider", { ResourceType: ROLE, properties: trust({ Federated: "arn:aws:iam::999999999999:oidc-provider/x" }) }, "opens to arn:aws:iam::999999999999:oidc-provider/x, which is not account 222222222222"],
    ["a principal by its unique id", { ResourceType: ROLE, properties: trust({ AWS: "AROAEXAMPLE" }) }, "opens to AROAEXAMPLE, which is not account 222222222222"],
    ["NotPrincipal", { ResourceType: "AWS::S3::BucketPolicy", properties: { PolicyDocument: { Statement: { Effect: "Allow", NotPrincipal: { AWS: ACCOUNT }, Action: "*" } } } }, "opens to everybody but those it names"],
    ["keys in another case", { ResourceType: ROLE, properties: { AssumeRolePolicyDocument: { statement: { effect: "allow", principal: "*" } } } }, "opens to everybody (*)"],
    ["a queue's policy", { ResourceType: "AWS::SQS::QueuePolicy", properties: { PolicyDocument: { Statement: [{ Effect: "Allow", Principal: "*", Action: "sqs:SendMessage" }] } } }, "opens to everybody (*)"],
    ["a policy written as text", { ResourceType: "AWS::Logs::ResourcePolicy", properties: { PolicyDocument: '{"Statement":[{"Effect":"Allow","Principal":{"AWS":"999999999999"}}]}' } }, "opens to 999999999999, which is not account 222222222222"],
    ["a table's own policy", { ResourceType: "AWS::DynamoDB::Table", properties: { ResourcePolicy: { PolicyDocument: { Statement: [{ Effect: "Allow", Principal: { AWS: "*" } }] } } } }, "opens to everybody (*)"],
    ["an effect that is not known yet", { ResourceType: "AWS::SQS::QueuePolicy", properties: { PolicyDocument: { Statement: [{ Effect: "{{changeSet:KNOWN_AFTER_APPLY}}", Principal: "*" }] } } }, "opens to everybody (*)"],
    ["a Lambda permission for everybody", { ResourceType: "AWS::Lambda::Permission", properties: { Principal: "*" } }, "opens to everybody (*)"],
    ["a Lambda permission for another account", { ResourceType: "AWS::Lambda::Permission", properties: { Principal: "999999999999" } }, "opens to 999999999999, which is not account 222222222222"],
    ["a Lambda permission for a service of another account", { ResourceType: "AWS::Lambda::Permission", properties: { Principal: "s3.amazonaws.com", SourceArn: "arn:aws:s3:::b", SourceAccount: "999999999999" } }, "opens to account 999999999999"],
    ["a Lambda permission for another account's API", { ResourceType: "AWS::Lambda::Permission", properties: { Principal: "apigateway.amazonaws.com", SourceArn: "arn:aws:execute-api:eu-west-1:999999999999:x/*" } }, "opens to account 999999999999 (arn:aws:execute-api:eu-west-1:999999999999:x/*)"],
    ["a Lambda permission for any account's API", { ResourceType: "AWS::Lambda::Permission", properties: { Principal: "apigateway.amazonaws.com" } }, "lets a service call on behalf of any account: give SourceArn or SourceAccount"],
    ["a Lambda permission for any account's bucket", { ResourceType: "AWS::Lambda::Permission", properties: { Principal: "s3.amazonaws.com", SourceArn: "arn:aws:s3:::b" } }, "lets a service call on behalf of any account: give SourceArn or SourceAccount"],
    ["a layer for everybody", { ResourceType: "AWS::Lambda::LayerVersionPermission", properties: { Principal: "*" } }, "opens to everybody (*)"],
    ["an event bus for another account", { ResourceType: "AWS::Events::EventBusPolicy", properties: { Principal: "999999999999" } }, "opens to 999999999999, which is not account 222222222222"],
    ["a public function URL", { ResourceType: "AWS::Lambda::Url", properties: { AuthType: "NONE" } }, "is a function URL open to everybody"],
    ["a nested stack", { ResourceType: "AWS::CloudFormation::Stack", properties: {} }, "is a nested stack, which Plan can't look into"],
    ["a role without properties", { ResourceType: ROLE }, "has properties that CloudFormation doesn't show"],
    ["a bucket policy that is no JSON", { ResourceType: "AWS::S3::BucketPolicy", AfterContext: "{" }, "has properties that CloudFormation doesn't show"],
  ]; // prettier-ignore
  for (const [what, change, why] of strangers) {
    it(`refuses ${what}`, async () => {
      assert.deepEqual(await refusals(change), [`It (${change.ResourceType}) ${why}`]);
    });
  }

  const friends: [string, Change & { properties?: object }][] = [
    ["a role for a service", { ResourceType: ROLE, properties: trust({ Service: ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] }) }],
    ["a role for its own account", { ResourceType: ROLE, properties: trust({ AWS: [ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`, `arn:aws:sts::${ACCOUNT}:assumed-role/a/b`] }) }],
    ["a role for a role that isn't there yet", { ResourceType: ROLE, properties: trust({ AWS: "{{changeSet:KNOWN_AFTER_APPLY}}" }) }],
    ["a policy that denies everybody", { ResourceType: "AWS::S3::BucketPolicy", properties: { PolicyDocument: { Statement: [{ Effect: "Deny", Principal: "*", Action: "*" }] } } }],
    ["an identity policy", { ResourceType: "AWS::IAM::Policy", properties: { PolicyDocument: { Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] } } }],
    ["its own API", { ResourceType: "AWS::Lambda::Permission", properties: { Principal: "apigateway.amazonaws.com", SourceArn: `arn:aws:execute-api:eu-west-1:${ACCOUNT}:{{changeSet:KNOWN_AFTER_APPLY}}/*` } }],
    ["an API that isn't there yet", { ResourceType: "AWS::Lambda::Permission", properties: { Principal: "apigateway.amazonaws.com", SourceArn: "{{changeSet:KNOWN_AFTER_APPLY}}" } }],
    ["its own bucket", { ResourceType: "AWS::Lambda::Permission", properties: { Principal: "s3.amazonaws.com", SourceArn: "arn:aws:s3:::b", SourceAccount: ACCOUNT } }],
    ["a function URL with IAM", { ResourceType: "AWS::Lambda::Url", properties: { AuthType: "AWS_IAM" } }],
    ["a role that is removed", { Action: "Remove", ResourceType: ROLE }],
    ["a table without properties", { ResourceType: "AWS::DynamoDB::Table" }],
    ["text that only looks like a policy", { ResourceType: "AWS::SSM::Parameter", properties: { Value: "[not json", Other: "{{resolve:ssm:x}}" } }],
  ]; // prettier-ignore
  for (const [what, change] of friends) {
    it(`takes ${what}`, async () => {
      assert.deepEqual(await refusals(change), []);
    });
  }

  it("keeps data in a roll-back: nothing that holds data is replaced or removed, not even if it is retained", async () => {
    for (const ResourceType of DATA) {
      const why = "holds data, which a roll-back may not replace or delete";
      for (const change of [
        { Action: "Modify", Replacement: "True" },
        { Action: "Modify", Replacement: "Conditional" },
        { Action: "Remove", PolicyAction: "Retain" },
      ]) {
        assert.deepEqual(await refusals({ ResourceType, properties: {}, ...change }, true), [
          `It (${ResourceType}) ${why}`,
        ]);
      }
    }
    assert.deepEqual(
      await refusals({ ResourceType: "AWS::DynamoDB::Table", Action: "Modify", Replacement: "False" }, true),
      [],
    );
    assert.deepEqual(await refusals({ ResourceType: "AWS::Lambda::Version", Action: "Remove" }, true), []);
    assert.deepEqual(await refusals({ ResourceType: "AWS::DynamoDB::Table", Action: "Remove" }, false), []);
  });
});
