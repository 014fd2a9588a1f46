# In: describe-change-set with property values, all pages. $rollback: true keeps data. The rest: judge.jq, which is before this.
# Out: a line that sums up, then what will change, what matters most first. "refused: " stops the release.
def clean: tostring | gsub("[^ -~]+"; " ");
def cut($n): if length > $n then .[: $n - 3] + "..." else . end;

# Why CloudFormation's word on a change can't be read; what can't be read is refused, never passed over.
def unread:
  if type != "object" or .Type != "Resource" or (.ResourceChange | type) != "object" then "refused: the change set has a change that is not of a resource: \(tojson | .[:200])" | clean
  else .ResourceChange
    | (.LogicalResourceId | tostring) as $id
    | if (.LogicalResourceId | type) != "string" or (.ResourceType | type) != "string" then refused($id; .ResourceType; "is not named as resources are")
      elif .ChangeSetId != null then refused($id; .ResourceType; "is a nested stack, which Plan can't look into")
      elif .ModuleInfo != null then refused($id; .ResourceType; "comes from a module: write the resource in the template")
      elif .Action | IN("Add", "Modify", "Remove") | not then refused($id; .ResourceType; "would be changed by \(.Action | tostring): only Add, Modify and Remove can be judged")
      elif .Replacement | IN("True", "False", "Conditional", null) | not then refused($id; .ResourceType; "has a replacement \(.Replacement | tostring) that is not known")
      elif .Action == "Remove" then empty
      elif ((.LogicalResourceId as $name | $template.Resources | objects | .[$name] | objects | .Type) // null) != .ResourceType then
        refused($id; .ResourceType; "is not in the template that was read")
      else empty end
  end;

# What CloudFormation says the resource will be; null when it doesn't say.
def properties: ((.AfterContext | strings | fromjson?) // null) | if type == "object" then .Properties // {} else null end;

def data:
  test("^AWS::(RDS|DocDB|Neptune|EFS|FSx|Kinesis|OpenSearchService|OpenSearchServerless|Elasticsearch|ElastiCache|MemoryDB|Redshift|RedshiftServerless|Timestream|Cassandra|QLDB|MSK|AmazonMQ|Backup|S3Express|S3Tables|DSQL)::")
  or test("^AWS::(DynamoDB::(Global)?Table|S3::Bucket|SQS::Queue|KMS::(Replica)?Key|SecretsManager::Secret|Cognito::(UserPool|IdentityPool)|ECR::Repository|EC2::Volume)$");
def replaced: .Replacement == "True" or .Replacement == "Conditional";
def permission:
  (.ResourceType | test("^AWS::(IAM|RAM)::|^AWS::Lambda::(Permission|Url|LayerVersionPermission)$|Polic(y|ies)$"))
  or (properties | . != null and any(unfolded | .. | objects; is_statement));
def class: if replaced then 0 elif permission then 1 elif .Action == "Remove" then 2 elif .Action == "Add" then 3 else 4 end;

def verb: if .Replacement == "True" then "REPLACE" elif replaced then "MAY REPLACE" else .Action | ascii_upcase end;
def details:
  [.Details[]? | objects | .Target | objects | (.Path // .Name // .Attribute | tostring)
    + (if .AfterValue then ": \(.BeforeValue // "" | tostring | cut(120)) -> \(.AfterValue | tostring | cut(120))" else "" end)] | unique | join("; ");
def line:
  "\(verb)\(if permission then " PERMISSION" else "" end) \(.LogicalResourceId) (\(.ResourceType)) \(details)" | clean | rtrimstr(" ") | cut(1000);

# What of it is about rights, as people read it.
def about_rights: if permission then growth | clean | cut(1000) else empty end;

def counted($rank; $what; $named):
  map(select(.rank == $rank)) | select(length > 0)
  | "\(length) \($what)" + if $named then " (\(map(.LogicalResourceId) | .[:4] | join(", "))\(if length > 4 then ", ..." else "" end))" else "" end;

def growing:
  map(select(any(.said[]; test("^(GROWS|MAY GROW) ")))) | select(length > 0)
  | "rights grow in \(map(.LogicalResourceId) | .[:4] | join(", "))\(if length > 4 then ", ..." else "" end)";

(if type == "object" then . else {} end) as $set
| context($set) as $at
| [$set.Changes | arrays | .[] | objects | .ResourceChange | objects
    | select([.LogicalResourceId, .ResourceType, .Action] | all(.[]; type == "string")) | .rank = class | .said = [about_rights]]
| ([counted(0; "replaced"; true), counted(1; "permissions"; true), counted(2; "removed"; true), counted(3; "added"; false),
    counted(4; "changed"; false), growing] | join(", ") | if . == "" then "no resource changes" else . end | clean | cut(200)),
  ([if ($set.Changes | type) != "array" or $set.NextToken != null then "refused: the change set is not shown in full" else $set.Changes[] | unread end,
    template_refusals($at),
    (.[] | select(.Action != "Remove") | . as $change | properties
    | if . == null then refused($change.LogicalResourceId; $change.ResourceType; "has properties that CloudFormation doesn't show")
      else problems($at | .shown = true; $change.ResourceType) as $why | refused($change.LogicalResourceId; $change.ResourceType; $why) end),
    (if $rollback then .[] | select((.ResourceType | data) and (replaced or .Action == "Remove"))
    | refused(.LogicalResourceId; .ResourceType; "holds data, which a roll-back may not replace or delete") else empty end)] | unique[]),
  (sort_by(.rank)[] | line, .said[])
