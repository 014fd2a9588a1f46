# shellcheck shell=bash disable=SC2154 # work and role_account are set by common.sh
# Code alone, whichever its target is: what every Plan and Deploy of it starts with. The target's own file, function.sh or service.sh,
# has need_target, take_code, read_target and plan_code; the other one for Deploy has release_code.

# start_code_release forward|either: whose run this is and what it was handed: a release that is whole, with just its code.
start_code_release() {
  need AWS_REGION PIPELINE ENVIRONMENT PULUMI_STACK ENVIRONMENT_ACCOUNT ARTIFACT_BUCKET PLAN_ROLE_ARN DEPLOY_ROLE_ARN APPROVAL \
    EXECUTION_ID ARCHITECTURE
  need_target
  need ENDPOINT
  own_run "$1"
  take_handed_over
  check_release
  take_code
}

# require_account PROFILE: the role is where settings have the environment.
require_account() {
  [[ $role_account == "$ENVIRONMENT_ACCOUNT" ]] \
    || fail "the $1 role is in account $role_account, settings say $ENVIRONMENT_ACCOUNT for $ENVIRONMENT"
}

# refuse_missing WHAT SETTING: ends the job, since its owner has none such.
refuse_missing() {
  fail "there is no $1 in account $ENVIRONMENT_ACCOUNT: its owner makes it, or the pipeline's setting '$2' names another; then retry" \
    "this stage"
}

# refuse_unanswered WHAT: ends the job, since AWS has not said how that is.
refuse_unanswered() {
  ! grep -Eq 'AccessDenied.*(AssumeRole|TagSession)' "$work/error" || fail "environment $ENVIRONMENT (account" \
    "$ENVIRONMENT_ACCOUNT) isn't up yet: run 'pulumi up --stack $PULUMI_STACK', then retry this stage"
  cat "$work/error" >&2
  fail "$1 can't be read: retry this stage"
}
