#!/usr/bin/env bash
# Clean-up: what a run that ended without success left in the environments. One environment's failure doesn't stop
# the others; the exit code tells at the end.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=removal.sh
source "$here/removal.sh"
# shellcheck source=console.sh
source "$here/console.sh"
# shellcheck source=reasons.sh
source "$here/reasons.sh"

# Tells the people of the topic what failed, where and why.
report_failure() {
  local subject="$PIPELINE: release failed" stage action build what link
  # shellcheck disable=SC2016 # JMESPath writes literals in backticks
  aws codepipeline list-action-executions --pipeline-name "$PIPELINE" --filter "pipelineExecutionId=$EXECUTION_ID" \
    --query 'actionExecutionDetails[?status==`Failed`].[stageName, actionName, output.executionResult]' --output json \
    > "$work/failed.json"
  printf 'Release %s of pipeline %s failed.\n' "$EXECUTION_ID" "$PIPELINE" > "$work/message"
  jq -r '.[] | .[2] as $result
    | ([$result | .errorDetails.message, .externalExecutionSummary, .externalExecutionUrl | select(. != null and . != "")]
        | join("\n")) as $what
    | [.[0], .[1], ($result.externalExecutionId // "" | if test("^[A-Za-z0-9_-]+:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$") then . else "-" end),
        ($what | .[:2000] | gsub("[^ -~\n]+"; " ") | @base64)] | @tsv' "$work/failed.json" > "$work/failed"
  while IFS=$'\t' read -r stage action build what; do
    printf '\nStage %s, action %s\n' "$stage" "$action"
    if [[ $build == - ]]; then
      base64 -d <<< "$what"
      [[ -z $what ]] || printf '\n'
    else
      # CodePipeline knows no more than that a command ended with 1, and links to the project.
      read_reason "$build"
      build_link "$build"
      printf '%s\n' "$link"
    fi
  done < "$work/failed" >> "$work/message"
  ! grep -q '^error: ' "$work/message" || printf '\n%s\n%s\n' "Lines that begin error: are the jobs' own words, but for builds and" \
    "end-to-end tests, which run the service's code: that can print such a line too." >> "$work/message"
  # Mails get the text. Chats are told over HTTPS, and show Amazon Q Developer's own schema alone:
  # https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
  # Nothing in it is a link or calls anybody: builds can print what they like.
  jq -n --rawfile text "$work/message" --arg subject "${subject:0:100}" '
    {version: "1.0", source: "custom", content: {textType: "client-markdown", title: $subject,
      description: ($text | .[:7000] | gsub("[<\\[]"; "(") | gsub("[>\\]]"; ")"))}} as $chat
    | {default: $text, https: ($chat | tojson)}' > "$work/messages"
  aws sns publish --topic-arn "$TOPIC_ARN" --subject "${subject:0:100}" --message "file://$work/messages" \
    --message-structure json --query MessageId --output text
}

# Deletes this run's change set unless it is being executed; sets sets_left to how many there are after that.
remove_set() {
  local list name state
  list=$(aws --profile "$1" cloudformation list-change-sets --stack-name "$2" \
    --query 'Summaries[].[ChangeSetName, ExecutionStatus]' --output text)
  sets_left=0
  while read -r name state; do
    [[ -n $name && $name != None ]] || continue
    if [[ $name == "d-$EXECUTION_ID" && $state != EXECUTE_IN_PROGRESS && $state != EXECUTE_COMPLETE ]]; then
      delete_change_set "$1" "$2" "$name"
      log "$1: deleted change set $name"
    else
      sets_left=$((sets_left + 1))
    fi
  done <<< "$list"
}

# A stack that never came to be holds nothing; every stack that did has termination protection.
remove_stack() {
  log "$1: deletes stack $2, which never came to be ($stack_status)"
  delete_stack "$1" "$2"
}

# A stack under review is deleted with its last change set, unless an action of the pipeline is in progress: its job may have read
# the stack and be about to make a change set there. That run then creates the stack, or its own clean-up deletes it. Change sets
# were listed before: one that is made since belongs to a job in progress, or to a run whose approval waits, which is in progress too.
remove_reviewed() {
  local running
  running=$(aws codepipeline list-action-executions --pipeline-name "$PIPELINE" \
    --query "length(actionExecutionDetails[?status=='InProgress'])" --output json)
  if ((running > 0)); then
    log "$1: stack $2, which never came to be, stays for the run that is in progress"
  else
    remove_stack "$1" "$2"
  fi
}

clean() {
  local environment=$1 stack=$2
  use_role "$environment" "$3"
  read_stack "$environment" "$stack" denied
  if [[ $stack_status == DENIED ]]; then
    log "$environment: isn't up, so nothing was left there"
    return 0
  fi
  [[ $stack_status != MISSING ]] || {
    log "$environment: no stack $stack"
    return 0
  }
  remove_set "$environment" "$stack"
  case $stack_status in
    REVIEW_IN_PROGRESS) ((sets_left > 0)) || remove_reviewed "$environment" "$stack" ;;
    ROLLBACK_COMPLETE | ROLLBACK_FAILED | CREATE_FAILED) remove_stack "$environment" "$stack" ;;
  esac
  log "$environment: clean"
}

need AWS_REGION PIPELINE TOPIC_ARN TARGETS EXECUTION_ID STATE
jq -r '.[] | [.environment, .stackName, .roleArn, .region // ""] | map(tostring) | @tsv' <<< "$TARGETS" > "$work/targets" \
  || fail "variable TARGETS must be a JSON list of {environment, stackName, roleArn, region}"

# shellcheck disable=SC2153 # STATE is not state
[[ $STATE != FAILED ]] || attempt report_failure
status=$(aws codepipeline get-pipeline-execution --pipeline-name "$PIPELINE" --pipeline-execution-id "$EXECUTION_ID" \
  --query pipelineExecution.status --output text)
if [[ $status == InProgress ]]; then
  log "the run is in progress again: its change sets stay"
else
  while IFS=$'\t' read -r ENVIRONMENT STACK_NAME TARGET_ROLE_ARN ENVIRONMENT_REGION; do
    need ENVIRONMENT STACK_NAME TARGET_ROLE_ARN
    attempt clean "$ENVIRONMENT" "$STACK_NAME" "$TARGET_ROLE_ARN"
  done < "$work/targets"
fi
((${#failures[@]} == 0)) || fail "not everything was done: ${failures[*]}"
