# shellcheck shell=bash
# How a change set is executed and followed to its end, with the rights of the deploy role. A retry joins what an attempt
# before has started.

declare -A seen=()
failures=()
# Token of the update that this job has started, which all its events have.
update_token=""
event_status=""
# How often this job has continued a roll-back: each time is a call of its own.
continued=0

# read_own_set: sets set_state to the execution status of this run's change set, or to GONE.
read_own_set() {
  if ! set_state=$(aws --profile deploy cloudformation describe-change-set --stack-name "$STACK_NAME" \
    --change-set-name "$own_set" --no-paginate --query ExecutionStatus --output text 2> "$work/error"); then
    grep -q 'does not exist' "$work/error" || {
      cat "$work/error" >&2
      fail "change set $own_set can't be read: retry this stage"
    }
    set_state=GONE
  fi
}

# show_events [quiet]: the events since the update began, each once; remembers what failed, and in event_status the stack's own
# status, once there is a new event of that.
show_events() {
  local id own state name type reason
  aws --profile deploy cloudformation describe-stack-events --stack-name "$stack_id" --max-items 500 --output json \
    > "$work/events.json"
  # Until the update that this job has started shows, what is there is of updates before.
  jq -r --arg stack "$stack_id" --arg token "$update_token" --arg begun "$event_status" '
    .StackEvents | (map(.PhysicalResourceId == $stack and (.ResourceStatus | IN("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"))
        and ($token == "" or .ClientRequestToken == $token)) | index(true)) as $start
    | .[: (if $start != null then $start + 1 elif $token == "" or $begun != "" then length else 0 end)] | reverse[]
    | [.EventId, .PhysicalResourceId == $stack, .ResourceStatus, .LogicalResourceId, .ResourceType, (.ResourceStatusReason // "-")]
    | map(tostring | gsub("[^ -~]+"; " ")) | @tsv' "$work/events.json" > "$work/events.txt"
  while IFS=$'\t' read -r id own state name type reason; do
    [[ -z ${seen[$id]-} ]] || continue
    seen[$id]=1
    [[ $# -eq 0 ]] || continue
    [[ $own == false ]] || event_status=$state
    log "$state $name ($type) $reason"
    [[ $state != *_FAILED || $reason == *cancelled* ]] || failures+=("$name ($type): $reason")
  done < "$work/events.txt"
}

# follow [executing]: shows progress until CloudFormation has finished with the stack. Its events tell, since for a moment after
# the start the stack still shows its old state.
follow() {
  local n
  event_status=""
  for ((n = 0; n < 1440; n++)); do
    # The first looks are sooner: a small update takes seconds, and most take a minute or two.
    sleep $((n < 30 ? 1 : n < 50 ? 5 : 10))
    show_events
    [[ $event_status != *_IN_PROGRESS ]] || continue
    if [[ -z $event_status && $# -gt 0 ]]; then
      read_own_set
      [[ $set_state != AVAILABLE && $set_state != EXECUTE_IN_PROGRESS ]] || continue
    elif [[ -z $event_status ]] && ((n < 12)); then
      continue
    fi
    read_stack deploy "$stack_id"
    [[ $stack_status == *_IN_PROGRESS ]] || return 0
  done
  fail "stack $STACK_NAME is still in ${event_status:-$stack_status} after 4 hours: the update goes on; retry this stage to join it"
}

# require_rolling_back: ends the job unless the call that AWS refuses has started the roll-back; that may show late.
require_rolling_back() {
  local n
  for ((n = 0; n < 6; n++)); do
    read_stack deploy "$stack_id"
    [[ $stack_status == UPDATE_ROLLBACK_FAILED ]] || return 0
    sleep 5
  done
  fail "the roll-back of stack $STACK_NAME can't be continued: $(refusal); retry this stage"
}

# A stack that is left in this state could never be updated again.
continue_rollback() {
  ((${#seen[@]} > 0)) || show_events quiet
  log "continues the roll-back of stack $STACK_NAME"
  continued=$((continued + 1))
  aws --profile deploy cloudformation continue-update-rollback --stack-name "$stack_id" \
    --client-request-token "$(call_token "continue-$continued")" --output text 2> "$work/refusal" || require_rolling_back
  follow
  [[ $stack_status == UPDATE_ROLLBACK_COMPLETE ]] || fail "stack $STACK_NAME can't be rolled back ($stack_status):" \
    "repair what its events name in account $ENVIRONMENT_ACCOUNT, or run 'aws cloudformation continue-update-rollback" \
    "--stack-name $STACK_NAME --resources-to-skip …' there; then retry this stage"
}

# Ends the job unless the update succeeded.
conclude() {
  local line stays=""
  if [[ $stack_status =~ ^(CREATE|UPDATE)_COMPLETE$ ]]; then
    [[ $stack_release == "$EXECUTION_ID" ]] || fail "another update came in between: start a new release"
    return 0
  fi
  log "the update failed ($stack_status):"
  for line in "${failures[@]}"; do log "  $line"; done
  show_retained deploy "$stack_id" since
  ((retained == 0)) || stays=". $retained of what it had made stay, see above: the next try makes them anew, so delete them first"
  [[ $stack_status != UPDATE_ROLLBACK_FAILED ]] || continue_rollback
  case $stack_status in
    UPDATE_ROLLBACK_COMPLETE) fail "the update was rolled back: $ENVIRONMENT runs what it ran before$stays" ;;
    DELETE_COMPLETE) fail "the first release of $STACK_NAME failed and was removed$stays" ;;
    *) fail "stack $STACK_NAME ended in $stack_status; the clean-up job removes it if it never came to be$stays" ;;
  esac
}

# require_executing: ends the job unless the call that AWS refuses has started the update; that may show late.
require_executing() {
  local n
  for ((n = 0; n < 6; n++)); do
    read_own_set
    [[ $set_state != EXECUTE_* ]] || return 0
    if [[ $set_state == GONE ]]; then
      # A first release that fails at once is deleted, and its sets are.
      read_stack deploy "$stack_id"
      [[ $stack_set != */$own_set/* ]] || return 0
      refuse_gone_set
    fi
    [[ $set_state == AVAILABLE ]] || break
    sleep 5
  done
  fail "change set $own_set can't be executed ($set_state): $(refusal); nothing was changed: retry this stage"
}

refuse_gone_set() {
  fail "change set $own_set is gone: the clean-up, another run's Plan, or an update of $ENVIRONMENT, which ends every other" \
    "change set, has deleted it. Nothing was changed by this run: start a new release"
}

execute() {
  # Of a stack that was MISSING, creating the set has made one.
  [[ -n $stack_id ]] || read_stack deploy "$STACK_NAME"
  log "executes change set $change_set"
  update_token=$(call_token execute)
  aws --profile deploy cloudformation execute-change-set --stack-name "$STACK_NAME" --change-set-name "$change_set" \
    --client-request-token "$update_token" --output text 2> "$work/refusal" || require_executing
  follow executing
  conclude
}

# join_own_update: sets joined to whether this run's change set was executed before, and waits until that has succeeded.
# The stack was just read.
join_own_update() {
  local own=false
  joined=true
  if stack_is_busy; then
    read_own_set
    [[ $set_state != EXECUTE_IN_PROGRESS ]] || own=true
    [[ $stack_set != */$own_set/* || ($set_state != EXECUTE_* && $set_state != GONE) ]] || own=true
  fi
  if [[ $own == true ]]; then
    log "joins the update that this run has started before"
    follow executing
    conclude
  elif [[ $stack_release == "$EXECUTION_ID" && $stack_status =~ ^(CREATE|UPDATE)_COMPLETE$ ]]; then
    log "this run's change set was executed before"
  else
    joined=false
  fi
}

# make_ready: waits until the stack can be changed.
make_ready() {
  wait_for_stack deploy
  still_own_run
  [[ $stack_status != UPDATE_ROLLBACK_FAILED ]] || continue_rollback
  require_deployable_stack
}

# require_endpoint: sets ENDPOINT to that of the stack, which was read after the update.
require_endpoint() {
  ENDPOINT=$stack_endpoint
  [[ $ENDPOINT != None ]] || fail "the template has no output Endpoint: give it one with the service's https URL"
  need ENDPOINT
  # Only what answers behind a listener is told its address, which may have no certificate.
  [[ $ENDPOINT == https://* ]] || [[ $(jq 'has("EndpointUrl")' <<< "$PARAMETERS") == true ]] \
    || fail "the output Endpoint is $ENDPOINT, but must be an https URL: an HTTP API answers by no other"
}
