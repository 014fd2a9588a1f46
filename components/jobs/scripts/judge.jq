# What a template makes, worked out as far as it is known before the approval, and why it is refused. Before changes.jq.
# $template: what CloudFormation will execute; $parameters: what it is given; $rules: what templates of this kind may have
# (components/workloads); $account, $partition, $region, $stack: where; $image, $bucket, $codes: the release's own code.

# What is known only at deployment is an object with this one key, which no template can write.
def later_key: "\u0001";
def later($what): {(later_key): $what};
def is_later: type == "object" and has(later_key);
# CloudFormation may write numbers in another way than jq, but for integers.
def known: type == "string" or type == "boolean" or (type == "number" and (tostring | test("^-?[0-9]{1,15}$")));
# Ends in the value itself: CloudFormation fills neither its own marks nor {{resolve:...}} before.
def plain: type == "string" and (contains("{{") | not);
def listed: if type == "array" then .[] else . end;

# Parts of a text, known ones in one: text where all are known.
def has_parts: is_later and (.[later_key] | type == "object" and has("parts"));
def glued:
  reduce (.[] | if has_parts then .[later_key].parts[] elif known then tostring else . end) as $part ([];
    if ($part | type) == "string" and (last | type) == "string" then .[:-1] + [last + $part] else . + [$part] end)
  | if length == 0 then "" elif length == 1 and (.[0] | type) == "string" then .[0] else later({parts: .}) end;

# evaluate($at): a value of the template with its functions worked out; $at: parameters, conditions, mappings, resources.
def evaluate($at):
  def absent: is_later and .[later_key] == "absent";
  def reference:
    if type != "string" then later("a reference")
    elif . == "AWS::NoValue" then later("absent")
    elif in($at.pseudo) then $at.pseudo[.]
    elif in($at.parameters) then $at.parameters[.]
    elif in($at.resources) then later({ref: .})
    else later("Ref of \(.)") end;
  def attribute:
    (if type == "string" then index(".") as $dot | if $dot then [.[:$dot], .[$dot + 1:]] else [] end else . end)
    | if type == "array" and length == 2 and all(.[]; type == "string") then later({of: .[0], attribute: .[1]})
      else later("an attribute") end;
  def truth: evaluate($at) | if type == "boolean" then . else null end;
  def substituted:
    (if type == "array" then . else [., {}] end) as [$text, $own]
    | if ($text | type) != "string" or ($own | type) != "object" then later("Fn::Sub")
      else
        [$text | scan("\\$\\{[^}]*\\}|\\$|[^$]+")
          | if startswith("${!") then "${" + .[3:]
            elif startswith("${") then
              .[2:-1] | gsub("^\\s+|\\s+$"; "")
              | if in($own) then $own[.] | evaluate($at) elif contains(".") then attribute else reference end
            else . end]
        | glued
      end;
  def joined:
    if type != "array" or length != 2 or (.[0] | type) != "string" then later("Fn::Join")
    else .[0] as $by | (.[1] | evaluate($at))
      | if type != "array" then later("Fn::Join") else [foreach .[] as $one (null; if . == null then [$one] else [$by, $one] end; .[])] | glued end
    end;
  def mapped:
    (evaluate($at) | if type == "array" and length == 3 and all(.[]; known) then map(tostring) else null end) as $path
    | (if $path then try ($at.mappings | getpath($path)) catch null else null end) as $found
    | if $found == null then later("Fn::FindInMap") else $found end;
  def chosen:
    if type != "array" or length != 3 then later("Fn::If")
    else ({Condition: .[0]} | truth) as $which
      | if $which == null then later("Fn::If") elif $which then .[1] | evaluate($at) else .[2] | evaluate($at) end
    end;
  def worked_out($name):
    if $name == "Ref" then .Ref | reference
    elif $name == "Condition" then
      if (.Condition | type) != "string" then .
      elif .Condition | in($at.conditions) then $at.conditions[.Condition] | evaluate($at | .depth += 1)
      else later("a condition") end
    elif $name == "Fn::GetAtt" then .[$name] | attribute
    elif $name == "Fn::Sub" then .[$name] | substituted
    elif $name == "Fn::Join" then .[$name] | joined
    elif $name == "Fn::FindInMap" then .[$name] | mapped
    elif $name == "Fn::If" then .[$name] | chosen
    elif $name == "Fn::Equals" then
      [.[$name] | listed | evaluate($at)]
      | if length == 2 and all(.[]; known and (tostring | contains("{{") | not)) then (.[0] | tostring) == (.[1] | tostring) else later($name) end
    elif $name == "Fn::Not" then
      [.[$name] | listed | truth] | if length != 1 or .[0] == null then later($name) else .[0] | not end
    else later($name) end;
  if $at.depth > 50 then later("a condition")
  elif type == "array" then map(evaluate($at) | select(absent | not))
  elif type == "object" then
    keys_unsorted as $keys
    | if $keys | length == 1 and (.[0] | . == "Ref" or . == "Condition" or startswith("Fn::")) then worked_out($keys[0])
      elif any($keys[]; startswith("Fn::") or . == "Ref" or contains(later_key)) then later("functions beside other keys")
      else with_entries(.value |= evaluate($at)) | with_entries(select(.value | absent | not)) end
  else . end;

# What the template is evaluated with: what CloudFormation says that parameters are, else what it was asked for. Of one with NoEcho it
# shows asterisks: taken for its value, they would turn conditions round, and with them what is judged.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
def context($set):
  (($parameters + [$set.Parameters[]? | objects]) | map({key: (.ParameterKey | tostring), value: .ParameterValue}) | from_entries) as $given
  | ($template.Parameters // {}) as $declared
  | {
      depth: 0,
      conditions: ($template.Conditions // {}),
      mappings: ($template.Mappings // {}),
      resources: ($template.Resources | if type == "object" then map_values(if type == "object" then .Type else null end) else {} end),
      pseudo: {"AWS::AccountId": $account, "AWS::Partition": $partition, "AWS::Region": $region, "AWS::StackName": $stack,
        "AWS::URLSuffix": (if $partition == "aws-cn" then "amazonaws.com.cn" else "amazonaws.com" end)},
      parameters: ($declared | if type == "object" then . else {} end | map_values(if type == "object" then . else {} end) | with_entries(.key as $name | .value |= (
        (.Type | tostring) as $type | (if $name | in($given) then $given[$name] else .Default end) as $value
        | if ($type | startswith("AWS::SSM::")) or (.NoEcho | IN(null, false, "false") | not) or ($value | known | not) then later({parameter: $name})
          elif $type | test("^(CommaDelimitedList$|List<)") then $value | tostring | split(",") | map(gsub("^\\s+|\\s+$"; ""))
          else $value | tostring end)))
    };

def shown: if type == "string" then . elif is_later then "a value that is known only at deployment" else tojson end | .[:200];
def or_none: if length == 0 then "none" else join(" or ") end;

# Text that is JSON is what it says, at any depth; a policy that this hides or cannot read is refused by texts below.
def unfolded:
  walk(if type == "string" and test("^\\s*[\\[{]") then . as $text | try ($text | fromjson | unfolded) catch $text else . end);
def is_statement: [keys[] | ascii_downcase] | index("effect") and (index("principal") or index("notprincipal"));
def like_policy: test("\"?(statement|principal|notprincipal|effect)\\\\*\"\\s*:"; "i");

def texts:
  .. | if type == "string" then
      . as $text
      | if test("^\\s*[\\[{]") then
          try (fromjson | unfolded
            | select(any(.. | objects; is_statement)) | tojson | gsub("\\s"; "")
            | select(. != ($text | gsub("\\s"; ""))) | "has a policy as text that is not plain JSON: write each key once, without escapes")
          catch (if $text | like_policy then "has text that looks like a policy and is not JSON: write the policy as an object" else empty end)
        elif like_policy then "has text that looks like a policy and is not JSON: write the policy as an object"
        else empty end
    elif has_parts then
      .[later_key].parts | map(if type == "string" then . else "?" end) | join("")
      | select(like_policy) | "has a policy as text that is known only at deployment: write the policy as an object"
    else empty end;

# A text of CloudFormation's that is filled in at deployment, or a value of the template's that is.
def open_ended: is_later or (type == "string" and contains("{{"));

# Policies, by the names that CloudFormation's properties have: none of their statements may be known only at deployment.
def hidden_statements:
  .. | objects | to_entries[] | select(.key | test("polic(y|ies)(document|text)?$"; "i")) | .value
  | (., (listed | objects | ., (to_entries[] | select(.key | ascii_downcase == "statement") | .value | ., (arrays | .[]))))
  | select(open_ended) | "has a policy of which a part is known only at deployment: write it in the template";


# Principals. $at.resources: the types of the template's own resources.
def own_account($at):
  (plain and (. == $account or test("^arn:\($partition):(iam::\($account):(root|(role|user)/[A-Za-z0-9+=,.@_/-]+)|sts::\($account):assumed-role/[A-Za-z0-9+=,.@_/-]+)$")))
  or (is_later and (.[later_key] | type == "object" and .attribute == "Arn" and (.of | in($at.resources)) and $at.resources[.of] == "AWS::IAM::Role"));
# Whether a source is of this account, as far as the value itself says; CloudFormation's text of one that is not known
# yet is judged by the template, which says whose it is.
def own_arn($at):
  def begins: test("^arn:\($partition):[a-z0-9-]+:[a-z0-9-]*:\($account):");
  if type == "string" then begins or ($at.shown and startswith("{{changeSet:"))
  elif is_later and (.[later_key] | type == "object") then
    .[later_key] | if has("parts") then .parts[0] | type == "string" and begins
      # What Ref gives of a topic is its ARN.
      elif has("ref") then $at.resources[.ref] == "AWS::SNS::Topic"
      else has("of") and (.attribute | test("Arn$")) and (.of | in($at.resources)) end
  else false end;

def caller($at):
  if own_account($at) then empty
  elif . == "*" then "opens to everybody (*)"
  else "opens to \(shown), which is not account \($account)" end;
def service: plain and (. as $who | $rules.callers | index($who));
def no_service: "lets in \(shown): of AWS's services only \($rules.callers | or_none) may be let in";
def no_source: "lets a service call on behalf of any account: give SourceArn or SourceAccount, of account \($account) and known now";

def sourced($at):
  [objects | to_entries[] | select(.key | IN("StringEquals", "StringLike", "ArnEquals", "ArnLike")) | .value | objects | to_entries[]
    | {key: (.key | ascii_downcase), values: [.value | listed]} | select(.key | IN("aws:sourcearn", "aws:sourceaccount"))
    | (.values | length > 0) and (.key as $key | all(.values[]; if $key == "aws:sourcearn" then own_arn($at) else . == $account end))]
  | length > 0 and all(.[]; .);

# A statement of a resource's policy.
def statement_problems($at):
  if [.. | objects | keys | map(ascii_downcase) | length != (unique | length)] | any then
    "has a policy with a key twice, in large and small letters: write it once"
  elif .Effect == "Deny" then empty
  elif .Effect != "Allow" or ((keys - ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"]) != []) then
    "has a policy that can't be judged: Effect must be Allow or Deny, and keys be spelled as in AWS's documentation"
  elif has("NotPrincipal") then "opens to everybody but those it names"
  elif .Principal | type == "object" and length > 0 and (is_later | not) then
    .Condition as $condition | .Principal | to_entries[] | .key as $kind | .value | listed
    | if $kind == "AWS" then caller($at)
      elif $kind != "Service" then "opens to \($kind) \(shown): only account \($account) and \($rules.callers | or_none) may be let in"
      elif service | not then no_service
      elif $condition | sourced($at) then empty
      else no_source end
  else .Principal | caller($at) end;

# Who may take a role of the workload: its own services, by sts:AssumeRole and nothing else. What is not written so is refused.
def trust_problems:
  def odd: "can be taken in a way that can't be judged: each statement of AssumeRolePolicyDocument must have Effect Allow, Principal {Service: \($rules.trusted | or_none)} and Action sts:AssumeRole";
  (if type == "string" then try fromjson catch null else . end)
  | if type != "object" or (keys - ["Version", "Id", "Statement"]) != [] then odd
    else .Statement | if type == "array" then (if length == 0 then odd else .[] end) else . end
      | if type != "object" or (keys - ["Sid", "Effect", "Principal", "Action", "Condition"]) != [] then odd
        elif .Effect == "Deny" then empty
        elif .Effect != "Allow" or [.Action | listed] != ["sts:AssumeRole"] then odd
        elif .Principal | type != "object" or is_later or keys != ["Service"] then
          "can be taken by \(.Principal | shown): roles of this workload are for \($rules.trusted | or_none) alone"
        else .Principal.Service | if type == "array" and length == 0 then odd else listed end
          | select(plain and (. as $who | $rules.trusted | index($who)) | not)
          | "can be taken by \(shown): roles of this workload are for \($rules.trusted | or_none) alone" end
    end;

# Whether a value is a Ref or an attribute of the template's own resource; what CloudFormation shows doesn't tell.
def own($at; $which):
  def is_own:
    (.ref // .of) as $id | (if .ref then "Ref" else .attribute end) as $how
    | $id != null and ($id | in($at.resources)) and ($which[$at.resources[$id]] // [] | index($how) != null);
  $at.shown or (is_later and (.[later_key] | type == "object" and is_own));
def own_words: to_entries | map("\(.key) (\(.value | join(", ")))") | join(" or ");
def functions: {"AWS::Lambda::Function": ["Ref", "Arn"], "AWS::Lambda::Alias": ["Ref", "AliasArn"], "AWS::Lambda::Version": ["Ref", "FunctionArn"]};

# Function URLs. Where settings let everybody in, two permissions do so, and each of them there alone:
# https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
def auth_types: $rules.authTypes // ["AWS_IAM"];
def open_urls: any(auth_types[]; . == "NONE");
def of_open_url($at):
  open_urls and .Principal == "*" and (.FunctionName | own($at; functions))
  and (del(.FunctionName, .Principal) | . == {Action: "lambda:InvokeFunctionUrl", FunctionUrlAuthType: "NONE"}
    or (.InvokedViaFunctionUrl | IN(true, "true")) and del(.InvokedViaFunctionUrl) == {Action: "lambda:InvokeFunction"});
def url_problems:
  (.AuthType | select(IN(auth_types[]) | not)
    | if open_urls then "has AuthType \(shown): only \(auth_types | or_none) is allowed"
      else "is a function URL open to everybody: AuthType must be AWS_IAM, or NONE with publicFunctionUrl among the uses in the settings of its pipeline" end),
  (.Cors // {} | select((type == "object" and (is_later | not) and ((.AllowCredentials // false | IN(false, "false"))
      or (.AllowOrigins // [] | type == "array" and all(.[]; plain and (contains("*") | not))))) | not)
    | "lets every site call it with what its visitors' browsers know (Cors): name the sites in AllowOrigins, or leave AllowCredentials out");

def permission_problems($at):
  (keys - ["Action", "EventSourceToken", "FunctionName", "FunctionUrlAuthType", "InvokedViaFunctionUrl", "Principal", "PrincipalOrgID", "SourceAccount", "SourceArn"]) as $more
  | if $more != [] then "has \($more | join(", ")), which can't be judged: leave it out"
    elif .Principal | service then
      if has("SourceAccount") and .SourceAccount != $account then "opens to account \(.SourceAccount | shown)"
      elif has("SourceArn") and (.SourceArn | own_arn($at)) then empty
      elif has("SourceAccount") and (.SourceArn == null or (.SourceArn | plain and test("^arn:\($partition):s3:::"))) then empty
      elif has("SourceArn") then "lets a service call on behalf of \(.SourceArn | shown): give a SourceArn of account \($account), known now but for what is behind the account"
      else no_source end
    elif .Principal | plain and test("\\.(amazonaws|amazon)\\.com") then .Principal | no_service
    elif of_open_url($at) then empty
    elif open_urls and .Principal == "*" then
      "opens to everybody (*) more than a function URL: give FunctionName, \(functions | own_words) of a resource of this template, and Action lambda:InvokeFunctionUrl"
      + " with FunctionUrlAuthType NONE, or lambda:InvokeFunction with InvokedViaFunctionUrl true, and nothing else"
    else .Principal | caller($at) end;

# Values at a path such as LoadBalancers.TargetGroupArn, of each item of the lists on it; one that is known only later as such.
def at($names):
  if is_later or ($names | length) == 0 then .
  elif type == "array" then .[] | at($names)
  elif type == "object" then .[$names[0]] | values | at($names[1:])
  elif plain then empty else . end;

# Code. What an interpreter takes options from names files of the release, and no address or text that would be run.
def interpreted: test("^(NODE_OPTIONS|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS|PERL5OPT|RUBYOPT|PYTHONSTARTUP|BASH_ENV|DOTNET_STARTUP_HOOKS|LD_PRELOAD|LD_AUDIT|AWS_LAMBDA_EXEC_WRAPPER)$");
def variable_problems:
  if type != "object" or is_later then "has environment variables that are known only at deployment: write them in the template"
  else to_entries[] | select(.key | interpreted) | select(.value | known and (tostring | test("^[A-Za-z0-9_./= -]*$")) | not)
    | "sets \(.key) to \(.value | shown), by which other code than the release's can be run: letters, digits and _./=- are allowed there" end;
def zip_problems($what):
  select((type == "object" and keys == ["S3Bucket", "S3Key"] and .S3Bucket == $bucket and (.S3Key as $key | $codes | index($key))) | not)
  | "runs \($what) that is not of this release (\(shown)): it must be S3Bucket and S3Key of a zip of the release";
def function_problems:
  (if $rules.code == "image" then
      .Code | select(. != {ImageUri: $image}) | "runs code that is not of this release (\(shown)): Code must be {ImageUri: \($image)} and nothing else"
    else .Code | zip_problems("code") end),
  (.ImageConfig.Command? // empty | select((type == "array" and length == 1 and (.[0] | plain and test("^[A-Za-z0-9_/][A-Za-z0-9_./-]*$"))) | not)
    | "runs the command \(shown): ImageConfig.Command may name one handler, of letters, digits and _./-"),
  (.ImageConfig // empty | select(type != "object" or is_later or (keys - ["Command", "WorkingDirectory"]) != [])
    | "has an ImageConfig that is not just Command and WorkingDirectory: the release's image says what runs in it"),
  (.Environment.Variables? // {} | variable_problems),
  (.Environment // empty | select(type != "object" or is_later) | variable_problems);
def task_problems:
  .ContainerDefinitions
  | if type != "array" then "has containers that are known only at deployment: write ContainerDefinitions as a list"
    else .[]
      | if type != "object" or is_later then "has a container that is known only at deployment: write it in the template"
        else
          (.Image | select(. != $image) | "runs an image that is not of this release (\(shown)): every container's Image must be \($image)"),
          ((.Environment, .Secrets) // empty
            | if type != "array" or any(.[]; type != "object" or (.Name | plain | not)) then later("variables") else map({key: .Name, value: (.Value // {})}) | from_entries end
            | variable_problems)
        end
    end;
# What an API calls: a function of the template's own, as such or in an address of API Gateway's.
def called($at):
  own($at; functions)
  or (has_parts and ([.[later_key].parts[] | strings] | join("") | test("^arn:\($partition):apigateway:[a-z0-9-]+:lambda:path/[0-9-]+/functions//invocations$"))
    and all(.[later_key].parts[] | select(type != "string"); own($at; functions)));
# Functions that an API calls; $open: it may be reached at an address of the internet otherwise.
def invoked($at; $path; $open):
  [at($path / ".")][]
  | select(($open and plain and test("^https?://")) or called($at) | not)
  | "has \($path) \(shown): it must be \(functions | own_words) of a resource of this template" + (if $open then ", or begin with https://" else "" end);

# An API by its OpenAPI document. Where API Gateway reads something, only what is known here may be; what is called is of the template.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
def openapi_problems($at; $of):
  ($of == "AWS::ApiGateway::RestApi") as $rest |
  def integrations: "x-amazon-apigateway-integration";
  def verbs: "get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method";
  def unread($where): "has a Body of which Plan can't read \($where): write it out in the template";
  def readable: type == "object" and (is_later | not);
  def within($where; $words):
    if readable then keys[] | select(IN($words[]) | not) | "has a Body with \(.) in \($where): Plan knows \($words | join(", ")) there"
    else unread($where) end;
  def one_of($where; $name; $values):
    .[$name] | select(IN($values[]) | not) | "has a Body with \($name) \(shown) in \($where): only \($values | or_none) is allowed there";
  def leads($where; $name):
    .[$name] | select(called($at) | not) | "has a Body with \($name) \(shown) in \($where): it must be \(functions | own_words) of a resource of this template";
  def integration($where):
    within($where; ["type", "uri", "httpMethod", "connectionType", "payloadFormatVersion", "timeoutInMillis", "contentHandling", "passthroughBehavior",
      "requestParameters", "requestTemplates", "responses"]),
    (select(readable)
      | one_of($where; "type"; ["aws_proxy"] + if $rest then ["mock"] else [] end),
        one_of($where; "connectionType"; [null, "INTERNET"]),
        (select(.type != "mock" or has("uri")) | leads($where; "uri")));
  def authorizer($where):
    within($where; ["type", "authorizerUri", "authorizerPayloadFormatVersion", "authorizerResultTtlInSeconds", "enableSimpleResponses", "identitySource",
      "identityValidationExpression", "jwtConfiguration", "providerARNs"]),
    (select(readable)
      | one_of($where; "type"; if $rest then ["token", "request", "cognito_user_pools"] else ["request", "jwt"] end),
        (select((.type | IN("jwt", "cognito_user_pools") | not) or has("authorizerUri")) | leads($where; "authorizerUri")));
  def open_door: "API Gateway would let everybody in";
  def scheme($where):
    within($where; ["type", "name", "in", "description", "flow", "flows", "openIdConnectUrl", "scheme", "bearerFormat", "x-amazon-apigateway-authtype",
      "x-amazon-apigateway-authorizer"]),
    (select(readable)
      | if has("x-amazon-apigateway-authorizer") then .["x-amazon-apigateway-authorizer"] | authorizer($where + ".x-amazon-apigateway-authorizer")
        elif .["x-amazon-apigateway-authtype"] == "awsSigv4" or ($rest and .type == "apiKey" and .name == "x-api-key") then empty
        else "has a Body with \($where), which asks nobody: \(open_door). Give it an x-amazon-apigateway-authorizer" end);
  def security($where; $schemes):
    if type != "array" then unread($where)
    else .[] | if readable then keys[] | select(IN($schemes[], "NONE") | not) | "has a Body with \(.) in \($where), which it does not define: \(open_door)"
      else unread($where) end end;
  def method($where; $schemes):
    within($where; [integrations, "security", "responses", "parameters", "requestBody", "operationId", "summary", "description", "tags", "consumes", "produces",
      "deprecated", "isDefaultRoute", "x-amazon-apigateway-request-validator"]),
    (select(readable) | (.[integrations] | integration("\($where).\(integrations)")), (.security // [] | security($where + ".security"; $schemes)));
  .Body // empty | if $at.shown or $rules.never[$of].Body != null then empty else
    within("it"; ["openapi", "swagger", "info", "paths", "components", "definitions", "security", "securityDefinitions", "tags", "x-amazon-apigateway-importexport-version"]
      + if $rest then ["api-key-source", "binary-media-types", "gateway-responses", "minimum-compression-size", "request-validator", "request-validators"]
        | map("x-amazon-apigateway-" + .) else ["x-amazon-apigateway-cors"] end),
    (select(readable)
      | {securityDefinitions, "components.securitySchemes": (.components | if type == "object" then .securitySchemes else null end)} as $places
      | [$places[] | select(readable) | keys[]] as $schemes
      | (.components // {} | within("components"; ["schemas", "securitySchemes"])),
        ($places | to_entries[] | .key as $where | .value // {}
          | if readable then to_entries[] | .key as $name | .value | scheme("\($where).\($name)") else unread($where) end),
        (.security // [] | security("security"; $schemes)),
        (.tags // [] | if type != "array" then unread("tags") else .[] end
          | if type == "string" then . elif readable and (.name | plain) then .name | select(test("^delivery:"; "i")) | "has a Body with a tag \(.), which says whose the API is"
            else unread("tags") end),
        (.paths | if readable then to_entries[] else {value: later("paths")} end | .key as $path | .value
          | if $path == null then unread("paths")
            else within($path; [verbs, "parameters", "summary", "description"]),
              (select(readable) | to_entries[] | select(.key | IN(verbs)) | .key as $method | .value | method("\($path) \($method)"; $schemes)) end),
        (.. | objects | select(has("$ref")) | .["$ref"] | select((plain and test("^#/(components/schemas|definitions)/[A-Za-z0-9._-]+$")) | not)
          | "has a Body with a $ref to \(shown): only models of its own may be referred to")) end;

# What a state machine does: text as the JSON that it is, with what is known only at deployment in its place, or null.
def definition:
  if has_parts then
    .[later_key].parts as $parts
    | [range($parts | length) as $i | $parts[$i] | if type == "string" then . else "<later \($i)>" end] | join("")
    | try (fromjson | walk(if type == "string" and test("^<later [0-9]+>$") then $parts[.[7:-1] | tonumber] else . end)) catch null
  elif type == "string" then try fromjson catch null
  else . end;

# States may call functions of the template's own: any other Resource is a call of whichever API it names.
def machine_problems($at):
  def named_later: is_later and (.[later_key] | type == "object" and (.ref // .of | . != null and in($at.resources)));
  [.Definition, .DefinitionString | values | definition | if . == null then "text" else . end]
  | if $at.shown then empty
    elif length != 1 or (.[0] | type != "object" or is_later) then
      "has a definition that can't be judged: write Definition or DefinitionString, as JSON into which names and attributes of the template's own resources are filled"
    else .[0] | .. | objects
      | if is_later then select(named_later | not) | "has a definition into which more is filled than names and attributes of the template's own resources"
        elif has("Credentials") then "has a state with Credentials, which takes another role: leave them out"
        elif has("Resource") | not then empty
        elif .Resource | own($at; functions) then empty
        elif .Resource == "arn:\($partition):states:::lambda:invoke" then
          [.Parameters, .Arguments | values] | select(length == 0 or any(.[]; type != "object" or is_later or (.FunctionName | own($at; functions) | not)))
          | "has a state that calls a function which isn't of this template: FunctionName must be \(functions | own_words)"
        else "has a state that calls \(.Resource | shown): Resource must be \(functions | own_words) of this template, or arn:\($partition):states:::lambda:invoke" end
    end;

# problems($at; $of): why a resource of this type with these properties is refused.
def problems($at; $of):
  if type != "object" or is_later then "has properties that are known only at deployment"
  else
    unfolded as $p
    | (if $of == "AWS::IAM::Role" then .AssumeRolePolicyDocument | trust_problems else
        ($p | [.. | objects | select(is_statement)] | .[] | statement_problems($at)),
        (to_entries[] | select(.key | ascii_downcase == "principal") | .value | select($of != "AWS::Lambda::Permission") | caller($at)) end),
      (if $of == "AWS::IAM::Role" then del(.AssumeRolePolicyDocument) | unfolded | .. | objects | select(is_statement) | "has an identity policy that names principals: leave them out" else empty end),
      texts, hidden_statements,
      (if $of == "AWS::Lambda::Permission" then permission_problems($at)
      elif $of == "AWS::Lambda::Url" then url_problems
      elif $of == "AWS::Lambda::Function" then function_problems
      elif $of == "AWS::Lambda::LayerVersion" then .Content | zip_problems("a layer")
      elif $of == "AWS::ECS::TaskDefinition" then task_problems
      elif $of == "AWS::ApiGatewayV2::Api" then invoked($at; "Target"; true), openapi_problems($at; $of)
      elif $of == "AWS::ApiGateway::RestApi" then openapi_problems($at; $of)
      elif $of == "AWS::ApiGatewayV2::Integration" then invoked($at; "IntegrationUri"; true)
      elif $of == "AWS::ApiGatewayV2::Authorizer" then invoked($at; "AuthorizerUri"; true)
      elif $of == "AWS::StepFunctions::StateMachine" then machine_problems($at)
      elif $of == "AWS::ApiGateway::Method" then invoked($at; "Integration.Uri"; false)
      elif $of == "AWS::ApiGateway::Authorizer" then invoked($at; "AuthorizerUri"; false)
      else empty end),
      ($rules.never[$of] // {} | to_entries[] | .key as $path | .value as $why | $p | at($path / ".") | select(. != false and . != "false" and . != "")
        | "has \($path), which \($why)"),
      (if $at.shown then empty else $rules.needed[$of] // {} | to_entries[] | .key as $path | .value as $why
        | select([$p | at($path / ".") | listed | select(. != "")] | length == 0) | "has no \($path), without which \($why): write it" end),
      ($rules.only[$of] // {} | to_entries[] | .key as $path | .value as $values | $p | at($path / ".") | listed
        | select(. as $value | $values | index($value) | not) | "has \($path) \(shown): only \($values | or_none) is allowed"),
      ($rules.given[$of] // {} | to_entries[] | .key as $path | .value as $name | $at.parameters[$name] as $value
        | $p | at($path / ".") | select($at.shown and ($value | is_later) or . == $value or . == [$value] | not)
        | "has \($path) \(shown): it must be the parameter \($name), which the pipeline gives"),
      ($rules.named[$of] // {} | to_entries[] | .key as $key | ($key | rtrimstr("[]")) as $path | (.value | map(gsub("<stack>"; $stack))) as $beginnings
        | [$p | at($path / ".") | if $key == $path then . else listed end] | if . == [] then [null] else . end | .[] | select((plain and (. as $name | any($beginnings[]; . as $one | $name | startswith($one))))
            or ($rules.own[$of][$path]? as $which | $which != null and own($at; $which)) | not)
        | "has " + (if . == null then "no \($path), and the one that is made up does not say whose it is" else "\($path) \(shown)" end)
          + ": it must be known now and begin with \($beginnings | or_none)"),
      ($rules.own[$of] // {} | to_entries[] | .key as $path | .value as $which | $p | at($path / ".") | listed | select(own($at; $which) | not)
        | "has \($path) \(shown): it must be \($which | own_words) of a resource of this template")
  end;

def refused($id; $of; $why): "refused: \($id) (\($of | tostring)) \($why)" | gsub("[^ -~]+"; " ") | .[:1000];

# Where Verify sends the service's tests: to the template's own HTTP or REST API, to a function URL that everybody may call, or to what the
# parameter EndpointUrl says; a path may follow.
def endpoint_refusals($at):
  ".execute-api.\($region).\($at.pseudo["AWS::URLSuffix"])" as $host
  | {"AWS::ApiGatewayV2::Api": ["ApiEndpoint"]} as $address | {"AWS::ApiGatewayV2::Api": ["Ref"], "AWS::ApiGateway::RestApi": ["Ref"]} as $id
  | ($template.Outputs | if type == "object" then .Endpoint else null end) as $output
  | ($output | if type == "object" then .Value else null end | evaluate($at | if .parameters | has("EndpointUrl") then .parameters.EndpointUrl = later("EndpointUrl") else . end)
    | if has_parts then .[later_key].parts else [.] end) as [$first, $next, $path, $more]
  | ($next == null or ($next | plain and (. == "" or startswith("/")))) as $whole
  | if $output == null then "is missing: add it to the template's Outputs, with the https URL that Verify runs the service's tests against"
    elif ($output | type) != "object" then empty
    elif $output.Condition != null and ($output | {Condition} | evaluate($at)) != true then
      "has the condition \($output.Condition | shown), which is not known to be true: leave it out"
    elif ($whole and ($first | own($at; $address)))
      or ($whole and ($first | own($at; {"AWS::Lambda::Url": ["FunctionUrl"]}) and (.[later_key].of as $url | $template.Resources[$url].Properties | evaluate($at) | objects | .AuthType == "NONE")))
      or ($first == "https://" and ($next | own($at; $id)) and ($path | plain and ((. == $host and $more == null) or startswith($host + "/"))))
      or ($whole and $first == later("EndpointUrl")
        and ($at.parameters.EndpointUrl | is_later or (plain and test("^https://([A-Za-z0-9-]+[.])+[A-Za-z][A-Za-z0-9-]*(:[0-9]+)?(/|$)")))) then empty
    else "is \($output.Value | shown): it must be the address of the template's HTTP API or REST API\(if open_urls then ", or of a function URL of AuthType NONE" else "" end), or the parameter EndpointUrl with an https URL; a path may follow" end
  | refused("Endpoint"; "output"; .);

# Resources that may be made.
def judged($at): objects | select((.Type | type) == "string" and ((.Condition != null) and ({Condition} | evaluate($at)) == false | not));

# Resources that AWS gives an open policy, without one of the template's that is there whenever they are.
def open_refusals($at):
  [$template.Resources[] | judged($at)] as $made
  | $template.Resources | to_entries[] | .key as $id | .value | judged($at) | .Type as $of | .Condition as $when
  | ($rules.policies[$of] // empty) as $policies
  | select(any($made[]; . as $policy | ($policies[.Type] // null) as $path
      | $path != null and ($policy.Condition == null or $policy.Condition == $when or ($policy | {Condition} | evaluate($at)) == true)
        and any($policy.Properties // {} | evaluate($at) | at($path / ".") | listed; own($at; $rules.own[$policy.Type][$path]) and (.[later_key] | .ref // .of) == $id)) | not)
  | refused($id; $of; "has no policy of its own, and the one that AWS gives it lets in the whole account: add \($policies | to_entries | map("\(.key) (\(.value))") | join(" or "))");

# Whether a statement may allow an action: as if it did, where that is not known now. Conditions are not looked at.
def may_allow($action):
  def like: (plain | not) or (. as $written | $action | test("^\($written | gsub("(?<c>[^A-Za-z0-9:*?])"; "\\\(.c)") | gsub("\\*"; ".*") | gsub("\\?"; "."))$"; "i"));
  type != "object"
    or (.Effect != "Deny"
      and (if has("NotAction") then any(.NotAction | listed; plain and like) | not else any(.Action | listed; like) end)
      # EC2 takes no resource for what describes.
      and (($action | contains(":Describe") | not) or any(.Resource | listed; plain and . != "*" | not)));

# Properties for which AWS takes a role of the template's that surely lacks what it takes.
def role_refusals($at):
  def elsewhere: plain and test("^arn:\($partition):iam::aws:policy/(service-role/AWSLambda(Basic|DynamoDB|Kinesis|SQSQueue)ExecutionRole|AWSX[Rr]ay(DaemonWrite|WriteOnly)Access)$");
  def of($role; $name): [.Roles, .RoleName | values | listed]
    | any(.[]; if is_later then (.[later_key] | if type == "object" then .ref // $role else $role end) == $role else . == $name end);
  def document: if type == "object" and (is_later | not) then .PolicyDocument | unfolded else later("a policy") end;
  def properties_of: .Properties // {} | evaluate($at) | if type == "object" and (is_later | not) then . else {} end;
  $template.Resources | to_entries[] | .key as $id | .value | judged($at) | .Type as $of
  | ($rules.granted[$of] // {} | to_entries[]) as {key: $path, value: $needs}
  | properties_of | select(any(at($path / "."); . != {}) and (.Role | own($at; {"AWS::IAM::Role": ["Arn"]})))
  | .Role[later_key].of as $role | ($template.Resources[$role] | properties_of) as $its
  | select(all($its.ManagedPolicyArns // [] | listed; elsewhere))
  | [($its.Policies // [] | listed), ($template.Resources[] | judged($at) | select(.Type | IN("AWS::IAM::Policy", "AWS::IAM::RolePolicy")) | properties_of | select(of($role; $its.RoleName)))
      | document | if type == "object" and (is_later | not) then .Statement | listed else . end] as $statements
  | [$needs.actions[] | select(. as $action | any($statements[]; may_allow($action)) | not)] | select(length > 0)
  | refused($id; $of; "has \($path), and its role \($role) lacks \(join(", ")), \($needs.why): allow them on * in its policies, or name arn:\($partition):iam::aws:policy/\($needs.policy) in its ManagedPolicyArns");

# Everything that the template makes, whether it changes or not.
def template_refusals($at):
  if ($template.Resources | type) != "object" then "refused: the template has no Resources that can be read"
  elif any($template | .. | objects | keys[]; contains(later_key)) then "refused: the template has a key with a control character: remove it"
  else
    ($template.Resources | to_entries[] | .key as $id | .value
      | if type != "object" or (.Type | type) != "string" then refused($id; "?"; "is not a resource that can be read")
        elif .Type as $type | $rules.types | index($type) | not then
          refused($id; .Type; "has a type that this kind of service may not have" + ($rules.offered[.Type] // (.Type
            | if $rules.closed != null and test("^AWS(::[A-Za-z0-9]+){2}$") and (split("::")[1] as $namespace | $rules.closed | index($namespace) | not) then
                " without permissions.types: [\(.)] in the settings of its pipeline, and what CloudFormation may do for it in permissions.execution"
              else ": \($rules.types | join(", "))" end)))
        elif (.Condition != null) and ({Condition} | evaluate($at)) == false then empty
        else .Type as $type | [.Properties // {} | evaluate($at) | problems($at; $type)] | unique[] | . as $why | refused($id; $type; $why) end),
    open_refusals($at),
    role_refusals($at),
    endpoint_refusals($at),
    ($template.Outputs // {} | if type != "object" then "refused: the template has Outputs that can't be read" else to_entries[] end
      | if type == "string" then . elif (.value | type) != "object" then refused(.key; "output"; "is not an output that can be read")
        elif .value | has("Export") then refused(.key; "output"; "has an Export, a name that all stacks of the account share: leave it out")
        else empty end)
  end;
