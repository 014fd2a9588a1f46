#!/usr/bin/env bash
# Deploy: executes exactly the change set that was approved. Only a roll-back, or an environment without approval,
# makes its own. A retry joins what an attempt before has started.
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
# shellcheck source=retained.sh
source "$here/retained.sh"
# shellcheck source=execute.sh
source "$here/execute.sh"
# shellcheck source=deployed.sh
source "$here/deployed.sh"

changed="the environment has changed since the approval: start a new release"

# make_own_set: sets change_set and changes, with the rights of Plan.
make_own_set() {
  local rollback=false
  if [[ $execution_type == ROLLBACK ]]; then
    rollback=true
    log "what a roll-back goes back to has run here: what its scan found since then doesn't stop it"
  elif [[ $APPROVAL == false ]]; then
    require_scanned
  fi
  use_role plan "$PLAN_ROLE_ARN"
  make_change_set "$rollback"
}

choose_change_set() {
  # shellcheck disable=SC2153 # CHANGE_SET is what was approved, change_set what will be executed
  if [[ $execution_type == ROLLBACK || $APPROVAL == false ]]; then
    make_own_set
  elif [[ $CHANGE_SET == none ]]; then
    make_own_set
    [[ $change_set == none ]] || {
      delete_set "$change_set"
      fail "$changed"
    }
  else
    read_own_set
    [[ $set_state != GONE ]] || refuse_gone_set
    [[ $set_state == AVAILABLE ]] || fail "change set $own_set can't be executed ($set_state): $changed"
    change_set=$CHANGE_SET
  fi
}

start_release either
[[ $execution_type == ROLLBACK ]] || show_commands
if [[ $APPROVAL == true && $execution_type == STANDARD ]]; then
  need PLANNED_BY
  CHANGE_SET=$(handed "${PLANNED_BY%/*}" "${PLANNED_BY#*/}" CHANGE_SET)
  need CHANGE_SET
fi
use_role deploy "$DEPLOY_ROLE_ARN"
require_environment deploy

join_own_update
if [[ $joined == false ]]; then
  make_ready
  choose_change_set
  [[ $change_set == none ]] || execute
fi

[[ $stack_protected == True ]] || aws --profile deploy cloudformation update-termination-protection --stack-name "$STACK_NAME" \
  --enable-termination-protection --query StackId --output text
require_endpoint
write_deployed
