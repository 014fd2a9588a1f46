#!/usr/bin/env bash
# Plan: makes the change set that is put up for approval, and prints what it will change. Executes nothing.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=run.sh
source "$here/run.sh"
# shellcheck source=release.sh
source "$here/release.sh"
# shellcheck source=scan.sh
source "$here/scan.sh"
# shellcheck source=change-set.sh
source "$here/change-set.sh"
# shellcheck source=console.sh
source "$here/console.sh"

# Between this Plan and its Deploy no other run may change the environment, so the stage must be free.
wait_for_deploy_stage() {
  local states n
  for ((n = 0; n < 240; n++)); do
    states=$(aws codepipeline get-pipeline-state --name "$PIPELINE" --output text \
      --query "stageStates[?stageName=='$DEPLOY_STAGE'].[latestExecution.status, inboundExecution.status][]")
    [[ $states == *InProgress* || $states == *Stopping* ]] || return 0
    log "stage $DEPLOY_STAGE is busy with another release: waiting ($n of 240)"
    sleep 30
    waited=true
  done
  fail "stage $DEPLOY_STAGE is still busy after 2 hours: let it finish or stop it, then retry this stage"
}

# compose_summary: sets SUMMARY to what the approver reads. CodePipeline pastes it into the approval: what could end a text
# there, or be taken for a variable, is no part of it.
compose_summary() {
  ((${#beside} <= 400)) || beside=", and runs commands inside that the plan lists"
  SUMMARY="$ENVIRONMENT: commit $COMMIT_ID, code $CODE_DIGEST: $CHANGES$beside"
  SUMMARY=$(printf %s "$SUMMARY" | tr -c ' !%-[]-z|}~' '?')
  SUMMARY=${SUMMARY:0:900}
}

need DEPLOY_STAGE
build_link "${CODEBUILD_BUILD_ARN##*/}"
start_release forward
show_commands
use_role plan "$PLAN_ROLE_ARN"
require_environment plan
require_scanned
wait_for_deploy_stage
[[ $waited == false ]] || read_stack plan "$STACK_NAME"
wait_for_stack plan
[[ $stack_status != UPDATE_ROLLBACK_FAILED ]] || fail "stack $STACK_NAME is in UPDATE_ROLLBACK_FAILED, and Plan may not" \
  "change it: retry the stage $DEPLOY_STAGE of the run that failed, which continues the roll-back, or run" \
  "'aws cloudformation continue-update-rollback --stack-name $STACK_NAME' in account $ENVIRONMENT_ACCOUNT; then retry this stage"
require_deployable_stack
still_own_run
make_change_set false

# shellcheck disable=SC2034 # output takes them by name
CHANGE_SET=$change_set CHANGES=$changes PLAN_LINK=$link
compose_summary
output CHANGE_SET
output SUMMARY
output PLAN_LINK
