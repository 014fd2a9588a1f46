import { emptyFolder, write } from "../../folders";
/** Services with other templates, as the sample's pipeline would deploy them. */

/** What the pipeline gives the sample's kind of workload. */
const GIVEN = ["ImageUri", "Release", "CodeDeployRoleArn", "PermissionsBoundaryArn", "RolePath"];
const PARAMETERS = ["DeploymentConfig", ...GIVEN]
  .map((name) => `  ${name}: { Type: String, Default: / }`)
  .join("\n");

/** A function with its role, which may write its log. Two spaces, or more, before what is put in. */
export interface Parts {
  /** Properties of the function. */
  readonly function?: string;
  /** Properties of the role. */
  readonly role?: string;
  readonly trusted?: string;
  /** More resources. */
  readonly more?: string;
}

export const templateOf = ({
  function: own = "",
  role = "",
  trusted = "lambda",
  more = "",
}: Parts): string => `Parameters:
${PARAMETERS}
Resources:
  Logs: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: !Sub "\${AWS::StackName}-log" } }
  Role:
    Type: AWS::IAM::Role
    Properties:
      Path: !Ref RolePath
      PermissionsBoundary: !Ref PermissionsBoundaryArn
      AssumeRolePolicyDocument:
        { Statement: [{ Effect: Allow, Principal: { Service: ${trusted}.amazonaws.com }, Action: sts:AssumeRole }] }
      Policies:
        - PolicyName: log
          PolicyDocument:
            { Statement: [{ Effect: Allow, Action: [logs:CreateLogStream, logs:PutLogEvents], Resource: !GetAtt Logs.Arn }] }
${role}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      PackageType: Image
      Code: { ImageUri: !Ref ImageUri }
      Role: !GetAtt Role.Arn
      LoggingConfig: { LogGroup: !Ref Logs }
${own}
${more}
Outputs:
  Endpoint: { Value: "https://example.com" }
`;

/** A folder with a service of that template. */
export function serviceOf(template: string): string {
  const folder = emptyFolder();
  write(folder, { "package.json": "{}", "template.yaml": template });
  return folder;
}
