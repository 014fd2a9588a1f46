# shellcheck shell=bash disable=SC2034 # what the functions set is for their callers
# What every job starts with. Sourced, never run by itself.
set -euo pipefail
shopt -s inherit_errexit
export LC_ALL=C AWS_PAGER="" AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=6

# EXECUTION_ID as CodePipeline has pasted it; a job may find out that it acts for another run.
PASTED_ID=${EXECUTION_ID-}
here=$(dirname -- "${BASH_SOURCE[0]}")
work=$(mktemp -d)
trap 'ended $? "$BASH_COMMAND"' EXIT
export AWS_CONFIG_FILE="$work/config"
: > "$AWS_CONFIG_FILE"

log() { printf '%s\n' "$*"; }
# fail TEXT...: ends the job, from a shell within it too; by its exit code, `ended` knows that the job has said why.
fail() {
  printf 'error: %s\n' "$*" >&2
  : > "$work/said"
  exit 99
}

# quoted TEXT: prints what was received in one line, as bash would be given it, and no more of it than people read.
quoted() { printf %q "$1" | cut -c 1-200; }

# tell_end CODE COMMAND: whichever command has failed, the last line is the job's own, and people are mailed it. The command is
# shown as the script has it, without the values of variables.
tell_end() {
  [[ $1 -eq 0 || ($1 -eq 99 && -e $work/said) ]] || printf "error: '%.150s' ended with exit code %d: %s\n" \
    "${2%%$'\n'*}" "$1" "see what it says above; correct it, or retry this stage" >&2
}
ended() {
  tell_end "$@"
  rm -rf -- "$work"
  [[ $1 -eq 0 ]] || exit 1
}

# need NAME...: every variable is set and has its form; what a run hands over is data, never trusted.
need() {
  local name form
  for name in "$@"; do
    case $name in
      EXECUTION_ID | HANDED_BY) form='[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}' ;;
      COMMIT_ID) form='[0-9a-f]{40}|[0-9a-f]{64}' ;;
      CODE_DIGEST) form='sha256:[0-9a-f]{64}' ;;
      RELEASE_SHA256 | JUDGE_SHA256 | SOURCE_SHA256 | COMMANDS_SHA256) form='[0-9a-f]{64}' ;;
      PLANNED) form='none|[A-Za-z0-9-]{1,64}/[A-Za-z0-9-]{1,64}' ;;
      FUNCTION_NAME) form='[A-Za-z0-9_-]{1,64}' ;;
      ALIAS) form='[A-Za-z0-9_-]{1,128}' ;;
      RUNTIME) form='[a-z][a-z0-9.]*' ;;
      ARCHITECTURE) form='arm64|x86_64' ;;
      CHANGE_SET) form="none|d-${EXECUTION_ID-}" ;;
      STAGE) form='[A-Za-z0-9.@_-]{1,100}' ;;
      PLANNED_BY) form='[A-Za-z0-9.@_-]{1,100}/[A-Za-z0-9.@_-]{1,100}' ;;
      BRANCH_HASH) form='[0-9a-f]{8}' ;;
      BRANCH_PRIORITY) form='[1-9][0-9]{0,4}' ;;
      BRANCH_LABEL) form='[A-Za-z0-9_./+@-]{1,256}' ;;
      # A name, never an address: 169.254.169.254 and 169.254.170.2 answer in every container.
      ENDPOINT) form='https?://([A-Za-z0-9-]+[.])+[A-Za-z][A-Za-z0-9-]*(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?' ;;
      ENVIRONMENT) form='[a-z0-9]+(-[a-z0-9]+)*' ;;
      ENVIRONMENTS) form='[a-z0-9]+(-[a-z0-9]+)*( [a-z0-9]+(-[a-z0-9]+)*)*' ;;
      ENVIRONMENT_ACCOUNT) form='[0-9]{12}' ;;
      CODEBUILD_BUILD_ID) form='[A-Za-z0-9_-]+:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}' ;;
      EXPIRATION_IN_DAYS) form='[1-9][0-9]{0,3}' ;;
      KEEP_RELEASES) form='[1-9]|[1-4][0-9]|50' ;;
      PACKAGING) form='image|serverless|zip' ;;
      APPROVAL) form='true|false' ;;
      STEP) form='beforeDeploy|afterDeploy|verify' ;;
      SCAN_THRESHOLD) form='CRITICAL|HIGH|MEDIUM|LOW|INFORMATIONAL|UNDEFINED|NONE' ;;
      STATE) form='FAILED|STOPPED|SUPERSEDED|CANCELED' ;;
      *_ROLE_ARN) form='arn:[a-z-]+:iam::[0-9]{12}:[A-Za-z0-9/_+=,.@-]+' ;;
      *) form='[[:print:]]+' ;;
    esac
    [[ ${!name-} =~ ^($form)$ ]] \
      || fail "variable $name must match $form, but is $(quoted "${!name-}")"
  done
}

# Calls that change something. The answer of one that had its effect can get lost: the CLI repeats the call, and AWS refuses
# the second, since the first has done it. So a refusal counts only when what the call is for is not there.

# call_token WHAT: prints a token by which AWS knows a call that is repeated; another attempt of the stage is another build,
# and its calls are meant.
call_token() { printf '%s-%s' "$1" "${CODEBUILD_BUILD_ID##*:}"; }

# refusal: prints what AWS said of the last call that changes something, in one line.
refusal() { tr -s '[:space:]' ' ' < "$work/refusal" | sed 's/^ //; s/ $//'; }

# delete_change_set PROFILE STACK SET: it is gone after that.
delete_change_set() {
  local list
  aws --profile "$1" cloudformation delete-change-set --stack-name "$2" --change-set-name "$3" --output text \
    2> "$work/refusal" && return 0
  list=$(aws --profile "$1" cloudformation list-change-sets --stack-name "$2" --query 'Summaries[].[ChangeSetName]' \
    --output text)
  ! grep -qxF -- "$3" <<< "$list" || fail "change set $3 of stack $2 can't be deleted: $(refusal); retry this stage"
}

# output NAME: hands a variable on; the buildspec's last command sources the file.
output() { printf 'export %s=%q\n' "$1" "${!1}" >> "$here/outputs.sh"; }

# without_rights COMMAND...: runs it as somebody who may do nothing in AWS.
without_rights() {
  env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_SESSION_TOKEN -u AWS_PROFILE -u AWS_DEFAULT_PROFILE \
    -u AWS_ROLE_ARN -u AWS_WEB_IDENTITY_TOKEN_FILE -u AWS_CONTAINER_CREDENTIALS_RELATIVE_URI \
    -u AWS_CONTAINER_CREDENTIALS_FULL_URI -u AWS_CONTAINER_AUTHORIZATION_TOKEN \
    -u AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true "$@"
}

# use_role PROFILE ARN: `aws --profile PROFILE` takes the role, and takes it again when it expires; sets role_account. It calls the
# environment's Region, where that is not the job's own: then commands take the Region from the file, since a variable of that name
# would come before what a profile says.
use_role() {
  local credentials=EcsContainer
  # On Lambda's compute a job has its own where every function has them.
  [[ -n ${AWS_CONTAINER_CREDENTIALS_RELATIVE_URI-}${AWS_CONTAINER_CREDENTIALS_FULL_URI-} || -z ${AWS_ACCESS_KEY_ID-} ]] \
    || credentials=Environment
  IFS=: read -r _ _ _ _ role_account _ <<< "$2"
  if [[ -n ${ENVIRONMENT_REGION-} ]]; then
    grep -qxF '[default]' "$AWS_CONFIG_FILE" || printf '[default]\nregion = %s\n' "$AWS_REGION" >> "$AWS_CONFIG_FILE"
    export -n AWS_REGION AWS_DEFAULT_REGION
  fi
  printf '[profile %s]\nrole_arn = %s\ncredential_source = %s\n' "$1" "$2" "$credentials" >> "$AWS_CONFIG_FILE"
  printf 'role_session_name = delivery-%s\nregion = %s\n' "$EXECUTION_ID" "${ENVIRONMENT_REGION:-$AWS_REGION}" >> "$AWS_CONFIG_FILE"
}

# read_stack PROFILE STACK [denied]: sets stack_status (MISSING when there is none; DENIED when AWS denies the role, where that
# is asked for), stack_id, stack_set (the change set that was executed last), stack_release (the run that is deployed), stack_protected (True when the
# stack is protected from termination) and stack_endpoint.
read_stack() {
  local text none=MISSING
  if text=$(aws --profile "$1" cloudformation describe-stacks --stack-name "$2" --query "Stacks[0].[StackStatus, StackId,
    ChangeSetId, Parameters[?ParameterKey=='Release'].ParameterValue | [0], EnableTerminationProtection,
    Outputs[?OutputKey=='Endpoint'].OutputValue | [0]]" --output text 2> "$work/error"); then
    IFS=$'\t' read -r -d '' stack_status stack_id stack_set stack_release stack_protected stack_endpoint <<< "$text" || true
    stack_endpoint=${stack_endpoint%$'\n'}
    return 0
  fi
  if [[ $# -gt 2 ]] && grep -Eq 'AccessDenied.*(AssumeRole|TagSession)' "$work/error"; then
    cat "$work/error" >&2
    none=DENIED
  elif ! grep -q 'does not exist' "$work/error"; then
    cat "$work/error" >&2
    fail "stack $2 can't be read: retry this stage"
  fi
  # shellcheck disable=SC2034 # each job takes what it needs
  stack_status=$none stack_id="" stack_set="" stack_release="" stack_protected="" stack_endpoint=None
}

# True while AWS works on the stack; a stack under review only waits for a change set.
stack_is_busy() { [[ $stack_status == *_IN_PROGRESS && $stack_status != REVIEW_IN_PROGRESS ]]; }

# has_object KEY: whether the bucket has it. By a list: to who may list only some prefixes, a missing object is denied.
has_object() {
  local found
  found=$(aws s3api list-objects-v2 --bucket "$ARTIFACT_BUCKET" --prefix "$1" --query 'Contents[].[Key]' --output text) \
    || fail "the artifact bucket can't be read: retry this stage"
  grep -qxF -- "$1" <<< "$found"
}
