import assert from "node:assert/strict";
import { Stopped } from "../../../rehearsal/release/stopped";

/** A template of the shape that every service has, with one table, one function, one route. */
export const TEMPLATE = `Parameters:
  ImageUri: { Type: String }
  Release: { Type: String }
  DeploymentConfig: { Type: String, Default: Canary }
  CodeDeployRoleArn: { Type: String }
  PermissionsBoundaryArn: { Type: String }
  RolePath: { Type: String, Default: / }
Resources:
  Lamps:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties:
      TableName: !Sub \${AWS::StackName}-lamps
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      BillingMode: PAY_PER_REQUEST
  Role:
    Type: AWS::IAM::Role
    Properties:
      Path: !Ref RolePath
      PermissionsBoundary: !Ref PermissionsBoundaryArn
      AssumeRolePolicyDocument: { Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }] }
  Function:
    Type: AWS::Lambda::Function
    Properties:
      PackageType: Image
      Code: { ImageUri: !Ref ImageUri }
      Role: !GetAtt Role.Arn
      Timeout: 1
      Environment: { Variables: { TABLE: !Ref Lamps, RELEASE: !Ref Release } }
  Api: { Type: AWS::ApiGatewayV2::Api, Properties: { Name: lamps, ProtocolType: HTTP } }
  Integration:
    Type: AWS::ApiGatewayV2::Integration
    Properties: { ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt Function.Arn, PayloadFormatVersion: "2.0" }
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: { ApiId: !Ref Api, RouteKey: "GET /lamp/{id}", Target: !Sub "integrations/\${Integration}" }
  Stage: { Type: AWS::ApiGatewayV2::Stage, Properties: { ApiId: !Ref Api, StageName: $default } }
Outputs:
  Endpoint: { Value: !GetAtt Api.ApiEndpoint }
  Lamps: { Value: !GetAtt Lamps.Arn }
`;

/** The same with all that AWS wants to be allowed: the function writes a log, the API may invoke it. */
export const ALLOWED_TEMPLATE = TEMPLATE.replace(
  "  Function:\n",
  `  Log: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: !Sub "/aws/lambda/\${AWS::StackName}-lamps" } }
  Invoke:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Function
      Principal: apigateway.amazonaws.com
      SourceArn: !Sub "arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${Api}/*"
  Function:
`,
)
  .replace("      PackageType:", "      LoggingConfig: { LogGroup: !Ref Log }\n      PackageType:")
  .replace(
    "      AssumeRolePolicyDocument:",
    `      Policies:
        - PolicyName: log
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{ Sid: Log, Effect: Allow, Action: [logs:CreateLogStream, logs:PutLogEvents], Resource: !GetAtt Log.Arn }]
      AssumeRolePolicyDocument:`,
  );

/** What the pipeline gives. */
export const GIVEN = {
  ImageUri: "i",
  Release: "r",
  CodeDeployRoleArn: "c",
  PermissionsBoundaryArn: "b",
  RolePath: "/p/",
};
/** The message of what is thrown, with its details. */
export const refusal = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof Stopped);
    return [error.message, ...error.details].join("\n");
  }
  return assert.fail("it was taken");
};
