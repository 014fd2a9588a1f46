#!/usr/bin/env bash
# Deploy of a branch: makes and executes its own change set. CloudFormation acts with the session's own rights, since
# only the session says which branch it is for; a role of CloudFormation's would be all branches'. By AWS's rules such a
# session lasts an hour, and so must an update.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=release.sh
source "$here/release.sh"
# shellcheck source=change-set.sh
source "$here/change-set.sh"
# shellcheck source=execute.sh
source "$here/execute.sh"
# shellcheck source=branch-session.sh
source "$here/branch-session.sh"

need STACK_PREFIX BRANCH_HASH BRANCH_LABEL
[[ $BRANCH_HASH =~ ^[0-9a-f]{8}$ && $BRANCH_LABEL =~ ^[A-Za-z0-9_./+@-]{1,256}$ ]] \
  || fail "variables BRANCH_HASH and BRANCH_LABEL must be what Register exports"
STACK_NAME=$STACK_PREFIX$BRANCH_HASH

# The tag branch goes on to the roles of the stack, whose boundary goes by it; the label is for people.
choose_stack_options() {
  files=releases/$PIPELINE/$ENVIRONMENT_ACCOUNT/$BRANCH_HASH/$EXECUTION_ID/
  stack_options=(--tags "Key=delivery:workload,Value=$STACK_NAME" "Key=branch,Value=$BRANCH_HASH"
    "Key=delivery:branch,Value=$BRANCH_LABEL")
}

need_release_variables
check_release
use_branch_role plan "$PLAN_ROLE_ARN" "$BRANCH_HASH"
use_branch_role deploy "$DEPLOY_ROLE_ARN" "$BRANCH_HASH"
require_environment deploy

join_own_update
if [[ $joined == false ]]; then
  wait_for_stack deploy
  [[ $stack_status != UPDATE_ROLLBACK_FAILED ]] || continue_rollback
  require_deployable_stack
  make_change_set false
  [[ $change_set == none ]] || execute
fi
export_endpoint
