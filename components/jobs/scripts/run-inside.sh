#!/usr/bin/env bash
# Has a step of the service's own run inside the environment's account, by the runner there, and waits for its end. Runs nothing
# of the repository's itself: it may start what does, and say no more to it than which run it is for.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=run.sh
source "$here/run.sh"
# shellcheck source=release.sh
source "$here/release.sh"
# shellcheck source=deployed.sh
source "$here/deployed.sh"
# shellcheck source=next.sh
source "$here/next.sh"

# start_runner: sets build to what runs the step. A runner does one thing at a time: CodeBuild refuses a second build of it, and
# what an attempt before has started is waited for. The token makes one build of a call that is repeated.
# https://docs.aws.amazon.com/codebuild/latest/userguide/builds-working.html
start_runner() {
  local n told=()
  # shellcheck disable=SC2153 # STEP is the job's own
  [[ $STEP == beforeDeploy ]] || told+=("name=ENDPOINT,value=$ENDPOINT")
  [[ $STEP == verify ]] || told+=("name=COMMANDS_SHA256,value=$COMMANDS_SHA256")
  for ((n = 0; n < 240; n++)); do
    build=$(aws --profile starter codebuild start-build --project-name "$RUNNER" --idempotency-token "$(call_token "$STEP-$n")" \
      --environment-variables-override "name=EXECUTION_ID,value=$EXECUTION_ID" "name=STEP,value=$STEP" \
      "name=SOURCE_SHA256,value=$SOURCE_SHA256" "${told[@]}" --query build.id --output text \
      2> "$work/refusal") && return 0
    grep -q AccountLimitExceeded "$work/refusal" || fail "the runner of $ENVIRONMENT (account $ENVIRONMENT_ACCOUNT) can't be started:" \
      "$(refusal); if the environment has had no runner before, run 'pulumi up --stack $PULUMI_STACK', then retry this stage"
    log "the runner of $ENVIRONMENT is busy: waiting ($n of 240)"
    sleep 30
    waited=true
    still_own_run
  done
  fail "the runner of $ENVIRONMENT is still busy after 2 hours: see project $RUNNER in account $ENVIRONMENT_ACCOUNT, then retry this stage"
}

# follow_runner: sets build_status to how the build ended.
follow_runner() {
  local n
  for ((n = 0; n < 720; n++)); do
    sleep $((n < 6 ? 5 : 10))
    build_status=$(aws --profile starter codebuild batch-get-builds --ids "$build" --query 'builds[0].buildStatus' --output text)
    [[ $build_status == IN_PROGRESS ]] || return 0
  done
  fail "build $build in account $ENVIRONMENT_ACCOUNT is still running after 2 hours: stop it there, then retry this stage"
}

# show_runner: prints the end of the build's log, which holds whatever the service has written, and sets why to its own last
# error. Failing to read is a line too.
show_runner() {
  why="see its log in account $ENVIRONMENT_ACCOUNT"
  aws --profile starter logs get-log-events --log-group-name "/aws/codebuild/$RUNNER" --log-stream-name "${build#*:}" --limit 1000 \
    --query 'events[].message' --output json > "$work/log.json" 2> "$work/error" || {
    cat "$work/error" >&2
    log "(the log of build $build could not be read)"
    return 0
  }
  jq -r '(. // [])[-200:][] | .[:1000] | gsub("\u001b\\[[0-9;?]*[@-~]"; "") | gsub("[^ -~]+"; " ") | sub(" +$"; "")
    | select(. != "" and (startswith("[Container] ") | not)) | "| " + .' "$work/log.json" > "$work/log.txt"
  cat "$work/log.txt"
  why=$(sed -n 's/^| error: //p' "$work/log.txt" | tail -n 1 | grep . || printf %s "$why")
}

# end TEXT: there is nothing to do.
end() {
  log "$1"
  exit 0
}

need AWS_REGION PIPELINE ENVIRONMENT PULUMI_STACK ENVIRONMENT_ACCOUNT ARTIFACT_BUCKET STARTER_ROLE_ARN RUNNER STEP EXECUTION_ID
if [[ $STEP == beforeDeploy ]]; then
  own_run either
else
  read_own_deployment
fi
take_handed_over
check_release
if [[ $STEP != verify ]]; then
  [[ $execution_type == STANDARD ]] || end "a roll-back runs nothing beside Deploy: what the commands of $STEP have done stays"
  COMMANDS_SHA256=$(commands_of "$STEP" | sha256sum | cut -c 1-64)
  [[ -n $(commands_of "$STEP") ]] || end "the release has no commands for $STEP"
fi
SOURCE_SHA256=$(sha256sum < source.tar.gz)
SOURCE_SHA256=${SOURCE_SHA256%% *}
files=releases/$PIPELINE/$ENVIRONMENT_ACCOUNT/$ENVIRONMENT/$EXECUTION_ID/
region=${ENVIRONMENT_REGION:-$AWS_REGION}
AWS_REGION=$region aws s3 cp source.tar.gz "s3://${ENVIRONMENT_BUCKET:-$ARTIFACT_BUCKET}/${files}source.tar.gz" --only-show-errors
use_role starter "$STARTER_ROLE_ARN"
[[ $role_account == "$ENVIRONMENT_ACCOUNT" ]] \
  || fail "the starter role is in account $role_account, settings say $ENVIRONMENT_ACCOUNT for $ENVIRONMENT"
start_runner
log "build $build runs $STEP inside $ENVIRONMENT, in account $ENVIRONMENT_ACCOUNT"
follow_runner
show_runner
[[ $build_status == SUCCEEDED ]] || {
  if [[ $STEP == beforeDeploy ]]; then
    log "What happens next: nothing was deployed, so where CodePipeline rolls this stage back it changes nothing. What the commands have" \
      "done stays. Correct them and push; a retry of this stage runs them again."
  else
    tell_next
  fi
  fail "$STEP inside $ENVIRONMENT ended as $build_status: $why"
}
