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
# shellcheck source=planned.sh
source "$here/planned.sh"

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
