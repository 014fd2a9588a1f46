# In: describe-change-set with property values, all pages. $account: the environment's; $rollback: true keeps data.
# Out: a line that sums up, then what will change, what matters most first. "refused: " stops the release.
def clean: tostring | gsub("[^ -~]+"; " ");
def cut($n): if length > $n then .[: $n - 3] + "..." else . end;
def refused($why): "refused: \(.LogicalResourceId) (\(.ResourceType)) \($why)" | clean;
def unknown: test("\\{\\{changeSet:");

# What CloudFormation says the resource will be; null when it doesn't say.
def properties: (.AfterContext // "null") | (fromjson? // null) | if type == "object" then .Properties else null end;

# Statements that name whom they are about, wherever they are, in policies written as text too.
def statements:
  walk(if type == "string" and test("^\\s*[\\[{]") then (fromjson? // .) else . end)
  | [.. | objects | with_entries(.key |= ascii_downcase) | select(has("effect") and (has("principal") or has("notprincipal")))];

# [kind, who] pairs of a principal element.
def pairs:
  if type == "object" then to_entries[] | .key as $kind | (.value | if type == "array" then .[] else . end) | [$kind, tostring]
  else [(if type == "string" and test("\\.(amazonaws|amazon)\\.com") then "Service" else "AWS" end), tostring] end;

# Why a principal is refused; nothing when it is not.
def stranger:
  . as [$kind, $who] | ($who | capture("^(arn:[a-z-]+:(iam|sts)::)?(?<id>[0-9]{12})(:|$)").id) // "" | . as $id
  | if $who | test("\\*") then "opens to everybody (\($who))"
    elif $kind == "Service" or ($who | unknown) and $id == "" then empty
    elif $kind == "Federated" and ($who | startswith("arn:") | not) then empty
    elif $id == $account then empty
    else "opens to \($who), which is not account \($account)" end;

def source_problems:
  (.SourceArn // "" | tostring) as $arn | (.SourceAccount // "" | tostring) as $source
  | ($arn | split(":")[4] // "") as $owner
  | if $source != "" and $source != $account and ($source | unknown | not) then "opens to account \($source)"
    elif ($owner | test("^[0-9*]")) and $owner != $account then "opens to account \($owner) (\($arn))"
    elif $source == "" and .EventSourceToken == null and ($arn == "" or ($owner == "" and ($arn | unknown | not))) then
      "lets a service call on behalf of any account: give SourceArn or SourceAccount"
    else empty end;

def judged: test("^AWS::IAM::(Role|User|Group)$|^AWS::Lambda::(Permission|Url|LayerVersionPermission)$|Polic(y|ies)$");

# S3, SQS and the like hold their policies in resources of their own; some hold them in a property.
def problems:
  properties as $p
  | if .Action == "Remove" then empty
    elif .ResourceType == "AWS::CloudFormation::Stack" then "is a nested stack, which Plan can't look into"
    elif $p == null then (if .ResourceType | judged then "has properties that CloudFormation doesn't show" else empty end)
    else
      ($p | statements[] | select((.effect | tostring | ascii_downcase) != "deny")
        | if has("notprincipal") then "opens to everybody but those it names" else .principal | pairs | stranger end),
      (if .ResourceType | judged then $p.Principal // empty | pairs | stranger else empty end),
      (if .ResourceType == "AWS::Lambda::Permission" and ($p.Principal // "" | tostring | test("\\.(amazonaws|amazon)\\.com"))
        then $p | source_problems else empty end),
      (if .ResourceType == "AWS::Lambda::Url" and $p.AuthType != "AWS_IAM" then "is a function URL open to everybody" else empty end)
    end;

def data:
  test("^AWS::(RDS|DocDB|Neptune|EFS|FSx|Kinesis|OpenSearchService|OpenSearchServerless|Elasticsearch|ElastiCache|MemoryDB|Redshift|RedshiftServerless|Timestream|Cassandra|QLDB|MSK|AmazonMQ|Backup|S3Express|S3Tables|DSQL)::")
  or test("^AWS::(DynamoDB::(Global)?Table|S3::Bucket|SQS::Queue|KMS::(Replica)?Key|SecretsManager::Secret|Cognito::(UserPool|IdentityPool)|ECR::Repository|EC2::Volume)$");
def replaced: .Replacement == "True" or .Replacement == "Conditional";
def permission: (.ResourceType | judged or test("^AWS::(IAM|RAM)::")) or (properties | . != null and (statements | length > 0));
def class: if replaced then 0 elif permission then 1 elif .Action == "Remove" then 2 elif .Action == "Add" then 3 else 4 end;

def verb: if .Replacement == "True" then "REPLACE" elif replaced then "MAY REPLACE" else .Action | ascii_upcase end;
def details:
  [.Details[]?.Target | select(. != null) | (.Path // .Name // .Attribute)
    + (if .AfterValue then ": \(.BeforeValue // "" | cut(120)) -> \(.AfterValue | cut(120))" else "" end)] | unique | join("; ");
def line:
  "\(verb)\(if permission then " PERMISSION" else "" end) \(.LogicalResourceId) (\(.ResourceType)) \(details)" | clean | rtrimstr(" ") | cut(1000);

def counted($rank; $what; $named):
  map(select(class == $rank)) | select(length > 0)
  | "\(length) \($what)" + if $named then " (\(map(.LogicalResourceId) | .[:4] | join(", "))\(if length > 4 then ", ..." else "" end))" else "" end;

[.Changes[]?.ResourceChange | select(. != null)]
| ([counted(0; "replaced"; true), counted(1; "permissions"; true), counted(2; "removed"; true), counted(3; "added"; false),
    counted(4; "changed"; false)] | join(", ") | if . == "" then "no resource changes" else . end | clean | cut(200)),
  (.[] | . as $r | [problems] | unique[] | . as $why | $r | refused($why)),
  (if $rollback then .[] | select((.ResourceType | data) and (replaced or .Action == "Remove"))
    | refused("holds data, which a roll-back may not replace or delete") else empty end),
  (sort_by(class)[] | line)
