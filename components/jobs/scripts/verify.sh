#!/usr/bin/env bash
# Verify: the app's own end-to-end tests against what was deployed. Has no rights in the environment.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=release.sh
source "$here/release.sh"
# shellcheck source=source.sh
source "$here/source.sh"
# shellcheck source=deployed.sh
source "$here/deployed.sh"
# shellcheck source=next.sh
source "$here/next.sh"
# shellcheck source=delivery.sh
source "$here/delivery.sh"
# shellcheck source=steps.sh
source "$here/steps.sh"

need AWS_REGION PIPELINE PACKAGING ARTIFACT_BUCKET ENVIRONMENT ENVIRONMENT_ACCOUNT EXECUTION_ID
read_deployed
check_release

unpack_source
cd source

read_delivery
use_runtimes
must install
export ENDPOINT
code=0
step verify || code=$?
verified=$(step_name verify)
if ((code > 0)); then
  # The environments of branches are called so: nothing of theirs is kept, and nothing rolled back.
  [[ $ENVIRONMENT != br ]] || fail "$verified ended with exit code $code: the branch doesn't do what its" \
    "tests ask for. Its stack stays as it is; push a correction"
  tell_next
  fail "$verified ended with exit code $code: the release doesn't do in $ENVIRONMENT what its tests ask for"
fi
need_report verify verify reports/verify.xml
