#!/usr/bin/env bash
# Deploy, where code alone is released: does what was approved, or nothing. Only a roll-back, or an environment without approval,
# plans by itself. A retry goes on where an attempt before has ended.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=run.sh
source "$here/run.sh"
# shellcheck source=release.sh
source "$here/release.sh"
# shellcheck source=scan.sh
source "$here/scan.sh"
# shellcheck source=code-alone.sh
source "$here/code-alone.sh"
if [[ -z ${SERVICE_NAME-} ]]; then
  # shellcheck source=function.sh
  source "$here/function.sh"
  # shellcheck source=function-release.sh
  source "$here/function-release.sh"
else
  # shellcheck source=service.sh
  source "$here/service.sh"
  # shellcheck source=service-release.sh
  source "$here/service-release.sh"
fi
# shellcheck source=deployed.sh
source "$here/deployed.sh"

# shellcheck disable=SC2034 # for what releases to the target
changed="since this was planned: nothing was changed by this run, start a new release"

start_code_release either
[[ $execution_type == ROLLBACK ]] || show_commands
if [[ $APPROVAL == true && $execution_type == STANDARD ]]; then
  need PLANNED_BY
  PLANNED=$(handed "${PLANNED_BY%/*}" "${PLANNED_BY#*/}" PLANNED)
else
  # What a roll-back goes back to has run here: what its scan found since then doesn't stop it.
  [[ $APPROVAL == true || $execution_type == ROLLBACK ]] || require_scanned
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
release_code
write_deployed
