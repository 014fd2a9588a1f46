#!/usr/bin/env bash
# Stale approvals: ends a run that waits for nothing but an approval, where a newer run waits to enter that stage. No job can answer
# an approval, and nobody's deployment is ended.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

# read_stale: prints stage, older and newer run of each stage that has only approvals in progress, and another run before it. Whatever
# CodePipeline calls an approval has a token, which is not read.
read_stale() {
  # shellcheck disable=SC2016 # JMESPath writes literals in backticks
  aws codepipeline get-pipeline-state --name "$PIPELINE" --query 'stageStates[].{stage: stageName, type: latestExecution.type,
    older: latestExecution.pipelineExecutionId, newer: inboundExecution.pipelineExecutionId,
    actions: actionStates[].latestExecution.{status: status, asks: token != `null`}}' --output json > "$work/state.json"
  jq -r '.[] | select(.older != null and .newer != null and .older != .newer and .type != "ROLLBACK")
    | select(.actions | map(select(.status == "InProgress")) | length > 0 and all(.[]; .asks)) | [.stage, .older, .newer] | @tsv' "$work/state.json"
}

# started RUN: prints when its first action was started.
started() {
  local first
  first=$(aws codepipeline list-action-executions --pipeline-name "$PIPELINE" --filter "pipelineExecutionId=$1" \
    --query 'min(actionExecutionDetails[].startTime)' --output json)
  [[ $first == '"'* ]] || fail "CodePipeline knows no action of run $1: its approval stays"
  printf '%s\n' "$first"
}

run_status() {
  aws codepipeline get-pipeline-execution --pipeline-name "$PIPELINE" --pipeline-execution-id "$1" --query pipelineExecution.status \
    --output text
}

# stop HOW RUN REASON: a refusal counts only where the run has not become what the call is for.
stop() {
  aws codepipeline stop-pipeline-execution --pipeline-name "$PIPELINE" --pipeline-execution-id "$2" "$1" --reason "$3" \
    --query pipelineExecutionId --output text > "$work/stopped" 2> "$work/refusal"
}

# end_run STAGE OLDER NEWER
end_run() {
  local reason="Run $3 is newer and waits behind this approval (staleApprovals: stop)" status
  # Somebody may answer at this moment. So nothing is abandoned before the run can start no further action: whoever approves now
  # stops it behind that action, and a deployment that has begun is finished.
  stop --no-abandon "$2" "$reason" || true
  status=$(run_status "$2")
  case $status in
    Stopping) ;;
    InProgress) fail "run $2 can't be stopped: $(refusal); its approval still waits" ;;
    *)
      log "$1: run $2 has ended meanwhile ($status)"
      return 0
      ;;
  esac
  read_stale > "$work/again"
  if ! cut -f 1,2 "$work/again" | grep -qxF -- "$1"$'\t'"$2"; then
    log "$1: run $2 was answered meanwhile, and stops when the action that it began has ended; retry its stage to go on with it"
    return 0
  fi
  stop --abandon "$2" "$reason" || {
    status=$(run_status "$2")
    [[ $status == Stopped ]] || fail "run $2 can't be stopped: $(refusal); reject its approval"
  }
  log "$1: ended run $2, since run $3 waits behind its approval"
}

need PIPELINE
read_stale > "$work/stale"
while IFS=$'\t' read -r stage older newer; do
  older_since=$(started "$older")
  newer_since=$(started "$newer")
  if [[ $older_since < $newer_since ]]; then
    end_run "$stage" "$older" "$newer"
  else
    # An older run whose stage was retried comes late.
    log "$stage: run $older is the newer one, and keeps its approval"
  fi
done < "$work/stale"
[[ -s $work/stale ]] || log "no approval has a newer run behind it"
