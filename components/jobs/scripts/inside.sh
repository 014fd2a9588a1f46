#!/usr/bin/env bash
# Inside an environment's account and network: a step of the service's own, on the source that its release was built of. It has
# no rights there but to write its log and reports, and reads that source alone of tooling.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=source.sh
source "$here/source.sh"
# shellcheck source=delivery.sh
source "$here/delivery.sh"
# shellcheck source=steps.sh
source "$here/steps.sh"

need AWS_REGION PIPELINE PACKAGING ARTIFACT_BUCKET ENVIRONMENT ENVIRONMENT_ACCOUNT EXECUTION_ID STEP SOURCE_SHA256
[[ $STEP == beforeDeploy ]] || need ENDPOINT
[[ $STEP == verify ]] || need COMMANDS_SHA256
key=releases/$PIPELINE/$ENVIRONMENT_ACCOUNT/$ENVIRONMENT/$EXECUTION_ID/source.tar.gz
aws s3 cp "s3://$ARTIFACT_BUCKET/$key" source.tar.gz --only-show-errors || fail "s3://$ARTIFACT_BUCKET/$key can't be read: if the" \
  "network has no way to S3 in $AWS_REGION, give its subnets a NAT gateway or an endpoint of S3's; then retry this stage"
sum=$(sha256sum < source.tar.gz)
[[ ${sum%% *} == "$SOURCE_SHA256" ]] || fail "source.tar.gz has the checksum ${sum%% *}, the release's has $SOURCE_SHA256: it was changed"
unpack_source
cd source

read_delivery
# Without rights, and on the source alone: what was put up for approval is in the release, of which this is the checksum.
if [[ $STEP != verify ]]; then
  sum=$(said ".$STEP | tojson" | sha256sum)
  [[ ${sum%% *} == "$COMMANDS_SHA256" ]] || fail "the commands of '$STEP' in delivery.yaml are not those that were put up with the" \
    "release: Build has handed over others; start a new release"
fi
use_runtimes
must install
[[ $STEP == beforeDeploy ]] || export ENDPOINT
code=0
step "$STEP" || code=$?
how="$(step_name "$STEP") ended with exit code $code"
case $STEP in
  beforeDeploy) ((code == 0)) || fail "$how: nothing was deployed, $ENVIRONMENT runs what it ran before" ;;
  afterDeploy) ((code == 0)) || fail "$how: $ENVIRONMENT runs the release, which was not verified" ;;
  verify)
    ((code == 0)) || fail "$how: the release doesn't do in $ENVIRONMENT what its tests ask for"
    need_report verify verify reports/verify.xml
    ;;
esac
