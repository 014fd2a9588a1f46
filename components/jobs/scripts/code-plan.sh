#!/usr/bin/env bash
# Plan, where code alone is released: says what will change of what another stack owns. Changes nothing.
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
else
  # shellcheck source=service.sh
  source "$here/service.sh"
fi
# shellcheck source=console.sh
source "$here/console.sh"
# shellcheck source=planned.sh
source "$here/planned.sh"

need DEPLOY_STAGE
build_link "${CODEBUILD_BUILD_ARN##*/}"
start_code_release forward
show_commands
require_scanned
wait_for_deploy_stage
use_role plan "$PLAN_ROLE_ARN"
plan_code plan
still_own_run
log "$CHANGES"

# shellcheck disable=SC2034 # output takes it by name
PLAN_LINK=$link
compose_summary
output PLANNED
output SUMMARY
output PLAN_LINK
