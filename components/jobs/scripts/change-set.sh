# shellcheck shell=bash disable=SC2034 # what the functions set is for their callers
# What Plan and Deploy share: from a checked release to a change set that has been read.

# start_release forward|either: whose run this is and what it was handed: a release that is whole.
start_release() {
  need AWS_REGION PIPELINE ENVIRONMENT PULUMI_STACK ENVIRONMENT_ACCOUNT ARTIFACT_BUCKET PLAN_ROLE_ARN DEPLOY_ROLE_ARN \
    PARAMETERS ROLLBACK_PARAMETERS APPROVAL EXECUTION_ID JUDGE JUDGE_SHA256
  own_run "$1"
  take_handed_over
  check_release
  own_set=d-$EXECUTION_ID
  files=releases/$PIPELINE/$ENVIRONMENT_ACCOUNT/$ENVIRONMENT/$EXECUTION_ID/
  region=${ENVIRONMENT_REGION:-$AWS_REGION} bucket=${ENVIRONMENT_BUCKET:-$ARTIFACT_BUCKET}
  choose_stack_options
}

# choose_stack_options: sets stack_options to what every change set is made with, besides its template.
choose_stack_options() {
  need STACK_NAME EXECUTION_ROLE_ARN
  stack_options=(--tags "Key=delivery:workload,Value=$STACK_NAME" --role-arn "$EXECUTION_ROLE_ARN")
}

# name_stack: nothing to do; Build knows the stacks of environments. Branches have their own.
name_stack() { :; }

# require_environment PROFILE: its role is in the account that tooling lists, and can be taken. Reads the stack.
require_environment() {
  [[ $role_account == "$ENVIRONMENT_ACCOUNT" ]] \
    || fail "the $1 role is in account $role_account, settings say $ENVIRONMENT_ACCOUNT for $ENVIRONMENT"
  read_stack "$1" "$STACK_NAME" denied
  [[ $stack_status != DENIED ]] || fail "environment $ENVIRONMENT (account $ENVIRONMENT_ACCOUNT) isn't up yet:" \
    "run 'pulumi up --stack $PULUMI_STACK', then retry this stage"
}

# wait_for_stack PROFILE: until nobody's update of the stack, which was just read, is running.
wait_for_stack() {
  local n
  for ((n = 0; n < 480; n++)); do
    stack_is_busy || return 0
    log "stack $STACK_NAME is in $stack_status: waiting ($n of 480)"
    sleep 15
    waited=true
    read_stack "$1" "$STACK_NAME"
  done
  fail "stack $STACK_NAME is still in $stack_status after 2 hours: see its events, then retry this stage"
}

# Refuses the states that no change set can be made for.
require_deployable_stack() {
  case $stack_status in
    MISSING | REVIEW_IN_PROGRESS | CREATE_COMPLETE | UPDATE_COMPLETE | UPDATE_FAILED) ;;
    UPDATE_ROLLBACK_COMPLETE | IMPORT_COMPLETE | IMPORT_ROLLBACK_COMPLETE) ;;
    ROLLBACK_COMPLETE | ROLLBACK_FAILED | CREATE_FAILED)
      fail "stack $STACK_NAME never came to be ($stack_status) and can't be updated: the clean-up job," \
        "which starts when this run ends, removes it; retry this stage after that"
      ;;
    *) fail "stack $STACK_NAME is in $stack_status and can't be updated: repair or delete it in account" \
      "$ENVIRONMENT_ACCOUNT, then retry this stage" ;;
  esac
}

# read_template: the environment's template as JSON, in $work/template.json, without transforms that settings do not permit.
# CloudFormation gets this and no other, so that nobody reads YAML in another way than what is judged.
read_template() {
  local template size folder=$work/reading transforms
  template=$(template_of "$ENVIRONMENT")
  [[ -f $template ]] || fail "the release has no template for environment $ENVIRONMENT: start a new release"
  if ! jq -s 'if length == 1 and (.[0] | type == "object") then .[0] else error("not one object") end' "$template" \
    > "$work/template.json" 2> "$work/error"; then
    mkdir -p "$folder"
    # The CLI takes what looks like a date for one, and can't write it. For a function of SAM without a CodeUri of its own, such
    # as one of an image, it would upload the folder: it isn't told the type.
    sed -E 's/((^|[^A-Za-z])(AWSTemplateFormat)?Version"?:[[:space:]]+)([0-9]{4}-[0-9]{2}-[0-9]{2})([[:space:],}]|$)/\1"\4"\5/
      s/AWS::Serverless::Function/AWS::Serverless-Function/g' "$template" > "$folder/template.yaml"
    # In a folder of its own and without rights: it would upload what a template names by a path.
    (cd "$folder" && without_rights aws cloudformation package --template-file template.yaml --s3-bucket none --use-json \
      --output-template-file template.json) > "$work/packaged" \
      || fail "$template can't be read, see the lines above: it must be YAML or JSON as CloudFormation takes it, with dates" \
        "in quotes and no paths to local files"
    jq . "$folder/template.json" | sed 's/AWS::Serverless-Function/AWS::Serverless::Function/g' > "$work/template.json"
  fi
  name_stack
  size=$(wc -c < "$work/template.json")
  ((size <= 1000000)) || fail "$template has $size bytes as JSON, at most 1000000 are taken: split it"
  transforms=$(jq -r --arg permitted "${TRANSFORMS-}" '
    ($permitted / " ") as $permitted
    | [(.Transform | if type == "array" then .[] else . end), (.. | objects | .["Fn::Transform"])]
    | map(select(. != null) | (objects | .Name) // . | tostring | select(. as $name | $permitted | index($name) | not)) | unique
    | join(", ") | gsub("[^ -~]+"; " ") | .[:200]' "$work/template.json")
  [[ -z $transforms ]] || fail "$template uses transform $transforms, which this pipeline doesn't permit (permitted:" \
    "${TRANSFORMS:-none}): add it to the pipeline's setting 'transforms', or do without it"
}

# given_in_call: whether CloudFormation gets the template in the call itself, which takes no longer one. Then nothing of the release is
# read before the set is executed, where code is an image: the job uploads it while the set is made.
given_in_call() { [[ -n ${REPOSITORY_URI-} && $(wc -c < "$work/template.json") -le 51200 ]]; }

# upload_release: the template as CloudFormation got it, or reads it by its URL, beside the release's own files, which Promote keeps
# once they are verified: it takes them from tooling's Region, and an environment in another Region reads its own there, the same bytes.
upload_release() {
  local run name
  run=${files%/} run=${run##*/}
  jq -r --arg files "$files" '.[].ParameterValue | select(startswith($files)) | ltrimstr($files)' "$work/parameters.json" \
    > "$work/named"
  while IFS= read -r name; do
    [[ -e $name ]] || fail "the release has no $name, which a parameter of its template names: start a new release"
  done < "$work/named"
  # In one call: beside each other, under the names that they get.
  mkdir "$work/upload"
  ln -s "$PWD" "$work/upload/$run"
  cp "$work/template.json" "$work/upload/$run.template.json"
  aws s3 cp "$work/upload" "s3://$ARTIFACT_BUCKET/${files%"$run/"}" --recursive --only-show-errors
  if [[ $bucket != "$ARTIFACT_BUCKET" ]]; then
    AWS_REGION=$region aws s3 cp "$work/upload" "s3://$bucket/${files%"$run/"}" --recursive --only-show-errors
  fi
}

# write_parameters ROLLBACK: the app's own parameters and the pipeline's, which the app may not set.
write_parameters() {
  local file=parameters/$ENVIRONMENT.json rollback='{}' hex=${CODE_DIGEST#sha256:} base64
  [[ $1 == false ]] || rollback=$ROLLBACK_PARAMETERS
  [[ -f $file ]] || fail "the release has no $file: it is older than environment $ENVIRONMENT; start a new release"
  base64=$(code_base64)
  jq --argjson given "$PARAMETERS" --argjson rollback "$rollback" --arg run "$EXECUTION_ID" --arg hex "$hex" \
    --arg image "${REPOSITORY_URI-}@$CODE_DIGEST" --arg bucket "$bucket" --arg files "$files" --arg base64 "$base64" \
    --arg stack "$STACK_NAME" --arg priority "${BRANCH_PRIORITY-}" '
    ($given + $rollback | map_values(gsub("<run>"; $run) | gsub("<image>"; $image) | gsub("<bucket>"; $bucket)
      | gsub("<files>"; $files) | gsub("<sha256>"; $hex) | gsub("<base64>"; $base64)
      | gsub("<stack>"; $stack) | gsub("<priority>"; $priority))) as $fixed
    | (map({key: .ParameterKey, value: .ParameterValue}) | from_entries) as $own
    | (($own | keys) - (($own | keys) - ($given | keys))) as $reserved
    | if $reserved != [] then error("the app may not set \($reserved | join(", "))") else $own + $fixed end
    | to_entries | map({ParameterKey: .key, ParameterValue: .value})' "$file" > "$work/parameters.json" \
    || fail "$file is not a list of {ParameterKey, ParameterValue}, or sets what the pipeline gives: correct it"
  [[ ${SHORT_DEPLOY-} != true ]] || require_short_shift
}

# require_short_shift: where Deploy has 15 minutes, traffic moves in time for what else an update takes. A roll-back's moves at once.
require_short_shift() {
  local shift
  shift=$(jq -r 'map(select(.ParameterKey == "DeploymentConfig").ParameterValue) | first // ""' "$work/parameters.json")
  case ${shift#CodeDeployDefault.Lambda} in
    "" | AllAtOnce | Canary10Percent5Minutes) ;;
    *) fail "parameters/$ENVIRONMENT.json says DeploymentConfig $(quoted "$shift"), and this pipeline's shortJobs say that Deploy ends" \
      "within 14 minutes: choose CodeDeployDefault.LambdaAllAtOnce or CodeDeployDefault.LambdaCanary10Percent5Minutes, or take" \
      "deploy out of shortJobs in the pipeline's settings" ;;
  esac
}

# Change sets of runs before: they are obsolete.
delete_stale_sets() {
  local list name state
  list=$(aws --profile plan cloudformation list-change-sets --stack-name "$STACK_NAME" --output text \
    --query 'Summaries[].[ChangeSetName, ExecutionStatus]')
  while read -r name state; do
    [[ $name == d-* && $name != "$own_set" && $state != EXECUTE_IN_PROGRESS && $state != EXECUTE_COMPLETE ]] || continue
    delete_set "$name"
  done <<< "$list"
}

delete_set() {
  log "deletes change set $1"
  delete_change_set plan "$STACK_NAME" "$1"
}

# refuse_leftovers: tables that a stack of this name has left, by the names that CloudFormation makes. A new stack would make each
# again, empty, under another name; one that the template names itself CloudFormation refuses to make.
refuse_leftovers() {
  aws --profile plan dynamodb list-tables --query 'TableNames[].[@]' --output text > "$work/tables"
  ! grep -E "^$STACK_NAME-[A-Za-z0-9]+-[A-Z0-9]{10,}$" "$work/tables" > "$work/left" || fail "there is no stack $STACK_NAME, but one" \
    "before it has left tables: $(head -n 20 "$work/left" | paste -sd ' '). A new stack would make them again, empty. In account" \
    "$ENVIRONMENT_ACCOUNT, delete each ('aws dynamodb update-table --no-deletion-protection-enabled --table-name <name>', then" \
    "'aws dynamodb delete-table --table-name <name>'), or import it into a stack of this name; then retry this stage"
}

# ask_for_set WHAT: the description says which build has made the set, and so which template it has; sets made_by to it where AWS
# refuses another.
ask_for_set() {
  aws --profile plan cloudformation create-change-set --stack-name "$STACK_NAME" --change-set-name "$own_set" \
    --change-set-type "$type" "${on_failure[@]}" "${given[@]}" \
    --parameters "file://$work/parameters.json" "${stack_options[@]}" \
    --capabilities CAPABILITY_IAM CAPABILITY_NAMED_IAM CAPABILITY_AUTO_EXPAND --description "$CODEBUILD_BUILD_ID" \
    --client-token "$(call_token "$1")" --query Id --output text 2> "$work/refusal" && return 0
  made_by=$(aws --profile plan cloudformation describe-change-set --stack-name "$STACK_NAME" --change-set-name "$own_set" \
    --no-paginate --query Description --output text 2> "$work/error") || made_by=""
  [[ $made_by == "$CODEBUILD_BUILD_ID" ]] || return 1
  log "CloudFormation has made change set $own_set, and its answer was lost"
}

create_set() {
  local type=UPDATE on_failure=() made_by suffix=amazonaws.com given=(--template-body "file://$work/template.json")
  [[ $region != cn-* ]] || suffix=amazonaws.com.cn
  given_in_call || given=(--template-url "https://$bucket.s3.$region.$suffix/${files%/}.template.json")
  if [[ $stack_status == MISSING || $stack_status == REVIEW_IN_PROGRESS ]]; then
    type=CREATE on_failure=(--on-stack-failure DELETE)
    refuse_leftovers
  fi
  log "creates change set $own_set ($type) for stack $STACK_NAME"
  ask_for_set create && return 0
  # Where an attempt before has left one, AWS says so: most runs have none, and don't look for it.
  if [[ -n $made_by ]] && grep -q AlreadyExistsException "$work/refusal"; then
    delete_set "$own_set"
    ask_for_set create-again && return 0
  fi
  fail "CloudFormation doesn't make change set $own_set: $(refusal)"
}

# wait_for_set: sets set_status and set_reason once CloudFormation has worked the changes out, which are in $work/changes.json then.
wait_for_set() {
  local n
  for ((n = 0; n < 180; n++)); do
    # Most sets take seconds, and a look takes one.
    sleep $((n < 20 ? 0 : 5))
    aws --profile plan cloudformation describe-change-set --stack-name "$STACK_NAME" --change-set-name "$own_set" \
      --include-property-values --output json > "$work/changes.json"
    IFS=$'\t' read -r set_status set_reason < <(jq -r '[.Status, .StatusReason // "-"] | map(tostring) | @tsv' "$work/changes.json")
    [[ $set_status == CREATE_PENDING || $set_status == CREATE_IN_PROGRESS ]] || return 0
  done
  fail "change set $own_set is still in $set_status after 15 minutes: retry this stage"
}

# take_judge: sets judge to the program that judges templates, with what they may hold. It is too long for a job, which has its
# checksum instead: who could change the parameters changes nothing that is run.
take_judge() {
  local packed sum
  # shellcheck disable=SC2086,SC2153 # names, a word each; judge is what they hold
  packed=$(aws ssm get-parameters --names $JUDGE --query "join('', sort_by(Parameters, &Name)[].Value)" --output text)
  sum=$(printf %s "$packed" | sha256sum)
  [[ ${sum%% *} == "$JUDGE_SHA256" ]] || fail "the parameters $JUDGE don't hold the judge of templates that this job was made with" \
    "(sha256 ${sum%% *}, should be $JUDGE_SHA256): nothing was changed. Retry this stage, which takes the job as it is now; if that" \
    "ends the same, run 'pulumi up --stack tooling --refresh' first"
  judge=$(base64 -d <<< "$packed" | gzip -d)
}

# judge_change_set ROLLBACK: sets changes; ends the job for what may not be deployed or can't be judged.
judge_change_set() {
  local codes partition image=""
  [[ -z ${REPOSITORY_URI-} ]] || image=$REPOSITORY_URI@$CODE_DIGEST
  IFS=: read -r _ partition _ <<< "$PLAN_ROLE_ARN"
  codes=$(jq -n --arg files "$files" --arg names "$(sed -n 's:^[0-9a-f]*  \(code/.*\)$:\1:p' SHA256SUMS)" \
    '$names / "\n" | map(select(. != "") | $files + .)')
  # With transforms expanded: what is executed.
  aws --profile plan cloudformation get-template --stack-name "$STACK_NAME" --change-set-name "$own_set" \
    --template-stage Processed --query TemplateBody --output json > "$work/processed.json"
  jq -r --arg account "$ENVIRONMENT_ACCOUNT" --arg partition "$partition" --arg region "$region" --arg stack "$STACK_NAME" \
    --arg image "$image" --arg bucket "$bucket" --argjson codes "$codes" --argjson rollback "$1" \
    --slurpfile templates "$work/processed.json" --slurpfile asked "$work/parameters.json" \
    "\$templates[0] as \$template | \$asked[0] as \$parameters | $judge" "$work/changes.json" \
    > "$work/changes.txt" || {
    delete_set "$own_set"
    fail "the change set can't be judged, see the line above: CloudFormation shows it in another form than is known here"
  }
  grep -v '^refused: ' "$work/changes.txt" || true
  IFS= read -r changes < "$work/changes.txt"
  if grep '^refused: ' "$work/changes.txt" > "$work/refused"; then
    delete_set "$own_set"
    # People are mailed what follows the error.
    fail $'the change set is refused for these reasons: correct the template, then start a new release\n'"$(< "$work/refused")"
  fi
}

# make_change_set ROLLBACK: sets change_set (a name, or `none`) and changes (a line). A roll-back may not touch data.
make_change_set() {
  local judge
  read_template
  write_parameters "$1"
  given_in_call || upload_release
  create_set
  # While CloudFormation works the changes out.
  ! given_in_call || upload_release
  take_judge
  [[ $stack_status == MISSING ]] || delete_stale_sets
  wait_for_set
  if [[ $set_status != CREATE_COMPLETE ]]; then
    delete_set "$own_set"
    [[ $set_reason == *"didn't contain changes"* || $set_reason == *"No updates are to be performed"* ]] \
      || fail "CloudFormation refused the change set: $set_reason"
    log "nothing would change in $STACK_NAME"
    change_set=none changes="no changes"
    return 0
  fi
  judge_change_set "$1"
  change_set=$own_set
}
