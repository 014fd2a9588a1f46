#!/usr/bin/env bash
# Verify: the app's own end-to-end tests against what was deployed. Has no rights in the environment.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=release.sh
source "$here/release.sh"
# shellcheck source=deployed.sh
source "$here/deployed.sh"
# shellcheck source=delivery.sh
source "$here/delivery.sh"

need AWS_REGION PIPELINE PACKAGING ARTIFACT_BUCKET ENVIRONMENT ENVIRONMENT_ACCOUNT EXECUTION_ID
read_deployed
check_release

# Files and folders with plain relative names only: a link could lead out of the folder.
tar -tzf source.tar.gz > "$work/names"
tar -tvzf source.tar.gz | cut -c 1 > "$work/types"
! grep -Eq '^/|(^|/)\.\.(/|$)' "$work/names" || fail "source.tar.gz holds a name that leads out of its folder"
! grep -qv '[-d]' "$work/types" || fail "source.tar.gz holds something that is neither file nor folder"
mkdir source
tar -xzf source.tar.gz -C source --no-same-owner --no-same-permissions
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
  log "What happens next: CodePipeline rolls this stage back to the last verified release where it can."
  log "It can't on the first release, when the pipeline was changed since, or when that release is over a year old and its" \
    "artifacts have expired. After a first release there is nothing to go back to: correct it and push. Otherwise redeploy" \
    "the release kept before:"
  log "  aws codepipeline start-pipeline-execution --name $PIPELINE" \
    "--source-revisions actionName=Source,revisionType=COMMIT_ID,revisionValue=<commit>"
  log "<commit> is the first of these, which Promote has recorded:"
  log "  aws s3 cp s3://$ARTIFACT_BUCKET/kept/$PIPELINE/environments/$ENVIRONMENT.json -"
  fail "$verified ended with exit code $code: the release doesn't do in $ENVIRONMENT what its tests ask for"
fi
need_report verify verify reports/verify.xml
