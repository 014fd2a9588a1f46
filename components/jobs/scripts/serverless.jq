# In: the template that osls compiled. $sums: lines of sha256sum, of the zips beside it; $stack: the stack's name.
# Out: problems, one line each, and the template with the code in the release and without osls's own bucket.
"ServerlessDeploymentBucket" as $bucket
| ["CodeBucket", "CodePrefix", "Release", "PermissionsBoundaryArn", "RolePath"] as $given
| ($sums / "\n" | map(select(. != "") | {key: .[66:], value: .[:64]}) | from_entries) as $zips
| def code: {"AWS::Lambda::Function": "Code", "AWS::Lambda::LayerVersion": "Content"}[.Type | tostring];
  def file: .S3Key | tostring / "/" | last;

  def code_problems:
    if has("ImageUri") then "is an image, which this pipeline doesn't build: give it a handler"
    elif has("S3Key") | not then empty
    elif file == "custom-resources.zip" then
      "is a helper of osls's own, whose role has no boundary: do without the event of something 'existing' that needs it"
    elif .S3Bucket != {Ref: $bucket} then
      "takes its code from bucket \(.S3Bucket | tojson): leave out provider.deploymentBucket, the pipeline has its own"
    elif $zips[file] == null then
      "takes its code from \(file), which is not in the package folder: have osls make the zip, by package.patterns"
    else empty end;

  # What the environment's roles and boundary would refuse, long after Build.
  def problems:
    if .Type == "AWS::CloudFormation::Stack" then "is a nested stack, whose template is not delivered: put its resources here"
    elif .Type == "AWS::IAM::Role"
      and [.Properties.Path, .Properties.PermissionsBoundary] != [{Ref: "RolePath"}, {Ref: "PermissionsBoundaryArn"}] then
      "must have Path: !Ref RolePath and PermissionsBoundary: !Ref PermissionsBoundaryArn"
    elif .Type == "AWS::Lambda::Function" and (.Properties.FunctionName | strings | startswith("\($stack)-") | not) then
      "is named \(.Properties.FunctionName), which must begin with \($stack)-: name it ${param:stackName}-..."
    else empty end;

  def moved:
    code as $at
    | if $at and .Properties[$at].S3Key then
        .Properties[$at] |= (.S3Key = {"Fn::Sub": "${CodePrefix}\($zips[file]).zip"} | .S3Bucket = {Ref: "CodeBucket"})
      else . end;
  def kept: with_entries(select(.key | startswith($bucket) | not));

  .Resources as $resources
  # The address of the only function that everybody may call, where there is no API.
  | [$resources | to_entries[] | select(.value.Type == "AWS::Lambda::Url" and .value.Properties.AuthType == "NONE") | {Value: {"Fn::GetAtt": [.key, "FunctionUrl"]}}] as $urls
  | ([.Outputs["Endpoint", "HttpApiUrl", "ServiceEndpoint"] | values] | first // (if $urls | length == 1 then $urls[0] else null end)) as $endpoint
  | .Parameters = (($given | map({key: ., value: {Type: "String"}}) | from_entries) + .Parameters)
  | .Resources |= (kept | map_values(moved))
  # Names of exports are shared by all stacks of an account; osls gives each output one.
  | .Outputs = ({Endpoint: $endpoint} + (.Outputs // {} | kept) | map_values(if type == "object" then del(.Export) else . end))
  | {
      template: .,
      problems: [
        ($resources | to_entries[] | .key as $id | .value
          | (code as $at | if $at then .Properties[$at] // {} | code_problems else empty end), problems
          | "\($id) (\($resources[$id].Type)) \(.)"),
        ((.Resources, .Outputs) | to_entries[] | select(.value | tojson | contains($bucket))
          | "\(.key) refers to \($bucket), which is not made: the pipeline has its own bucket"),
        ($given[] as $name | .Parameters[$name].Type | select(. != "String")
          | "parameter \($name) has type \(.), but must be a String: the pipeline gives it"),
        (if $endpoint then empty else
          "there is no output Endpoint, HttpApiUrl or ServiceEndpoint, which the next steps ask for: add resources.Outputs.Endpoint"
        end)
      ] | map(gsub("[^ -~]+"; " ") | .[:500])
    }
