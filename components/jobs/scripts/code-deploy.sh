#!/usr/bin/env bash
# Deploy, where code alone is released: does what was approved, or nothing. Only a roll-back, or an environment without approval,
# plans by itself. A retry goes on where an attempt before has ended.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=run.sh
source "$here/run.sh"
# shellcheck source=release.sh
source "$here/release.sh"
# shellcheck source=function.sh
source "$here/function.sh"
# shellcheck source=deployed.sh
source "$here/deployed.sh"

changed="since this was planned: nothing was changed by this run, start a new release"

# release_code: to the version that has the release's code, which is published unless there is one. The target was just read.
release_code() {
  [[ $PLANNED != none ]] || fail "alias $ALIAS of function $FUNCTION_NAME has gone to other code $changed"
  [[ $alias_revision == "${PLANNED#*/}" ]] || fail "alias $ALIAS of function $FUNCTION_NAME was moved $changed"
  still_own_run
  if [[ -z $version ]]; then
    [[ $revision == "${PLANNED%/*}" ]] || fail "function $FUNCTION_NAME was changed $changed"
    publish_code
  fi
  wait_for_version
  still_own_run
  move_alias
}

start_code_release either
if [[ $APPROVAL == true && $execution_type == STANDARD ]]; then
  need PLANNED_BY
  PLANNED=$(handed "${PLANNED_BY%/*}" "${PLANNED_BY#*/}" PLANNED)
else
  use_role plan "$PLAN_ROLE_ARN"
  plan_code plan
  log "$CHANGES"
fi
need PLANNED
use_role deploy "$DEPLOY_ROLE_ARN"
read_target deploy
# What Promote keeps once it is verified.
aws s3 cp . "s3://$ARTIFACT_BUCKET/releases/$PIPELINE/$ENVIRONMENT_ACCOUNT/$ENVIRONMENT/$EXECUTION_ID/" --recursive \
  --only-show-errors
if [[ $alias_sha == "$code_sha" ]]; then
  log "alias $ALIAS of function $FUNCTION_NAME is at version $alias_version, which has this code"
else
  release_code
fi
write_deployed
