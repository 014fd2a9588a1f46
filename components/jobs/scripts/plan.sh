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

# Between this Plan and its Deploy no other run may change the environment, so the stage must be free.
wait_for_deploy_stage() {
  local states n
  for ((n = 0; n < 240; n++)); do
    states=$(aws codepipeline get-pipeline-state --name "$PIPELINE" --output text \
      --query "stageStates[?stageName=='$DEPLOY_STAGE'].[latestExecution.status, inboundExecution.status][]")
    [[ $states == *InProgress* || $states == *Stopping* ]] || return 0
    log "stage $DEPLOY_STAGE is busy with another release: waiting ($n of 240)"
    sleep 30
  done
  fail "stage $DEPLOY_STAGE is still busy after 2 hours: let it finish or stop it, then retry this stage"
}

# The page of the console with this log, for the approver.
plan_link() {
  local form='^arn:(aws|aws-cn|aws-us-gov):codebuild:([a-z0-9-]+):([0-9]{12}):build/([A-Za-z0-9_-]+):([0-9a-f-]+)$'
  [[ ${CODEBUILD_BUILD_ARN-} =~ $form ]] || fail "CODEBUILD_BUILD_ARN is not the ARN of a build"
  local region=${BASH_REMATCH[2]} project=${BASH_REMATCH[4]} host
  case ${BASH_REMATCH[1]} in
    aws) host=$region.console.aws.amazon.com ;;
    aws-cn) host=$region.console.amazonaws.cn ;;
    aws-us-gov) host=console.amazonaws-us-gov.com ;;
  esac
  PLAN_LINK="https://$host/codesuite/codebuild/${BASH_REMATCH[3]}/projects/$project"
  PLAN_LINK+="/build/$project%3A${BASH_REMATCH[5]}/log?region=$region"
}

# compose_summary: sets SUMMARY to what the approver reads. CodePipeline pastes it into the approval: what could end a text
# there, or be taken for a variable, is no part of it.
compose_summary() {
  SUMMARY="$ENVIRONMENT: commit $COMMIT_ID, code $CODE_DIGEST: $CHANGES"
  SUMMARY=$(printf %s "$SUMMARY" | tr -c ' !%-[]-z|}~' '?')
  SUMMARY=${SUMMARY:0:900}
}

need DEPLOY_STAGE
plan_link
start_release forward
use_role plan "$PLAN_ROLE_ARN"
require_environment plan
require_scanned
wait_for_deploy_stage
wait_for_stack plan
[[ $stack_status != UPDATE_ROLLBACK_FAILED ]] || fail "stack $STACK_NAME is in UPDATE_ROLLBACK_FAILED, and Plan may not" \
  "change it: retry the stage $DEPLOY_STAGE of the run that failed, which continues the roll-back, or run" \
  "'aws cloudformation continue-update-rollback --stack-name $STACK_NAME' in account $ENVIRONMENT_ACCOUNT; then retry this stage"
require_deployable_stack
still_own_run
make_change_set false

# shellcheck disable=SC2034 # output takes them by name
CHANGE_SET=$change_set CHANGES=$changes
compose_summary
output CHANGE_SET
output SUMMARY
output PLAN_LINK
