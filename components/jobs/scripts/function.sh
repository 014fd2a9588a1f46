# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # what the functions set is for their callers; RUNTIME is not runtime
# Code alone: a function that another stack owns gets a version with the release's code, and its alias is moved there. Both calls
# name the revision that was looked at: Lambda refuses them where somebody has changed the function or the alias since. A version
# that has this code already is taken as it is, so nothing is made twice, and a roll-back is to the very version that ran before.

# need_target: sets ENDPOINT.
need_target() {
  need FUNCTION_NAME ALIAS FUNCTION_ENDPOINT
  ENDPOINT=$FUNCTION_ENDPOINT
}

# take_code: one zip, or one image. Sets code_sha to how Lambda says that code, takes to the functions that can run it, given to how
# it is given to one.
take_code() {
  local code size
  if [[ -n ${REPOSITORY_NAME-} ]]; then
    need REPOSITORY_URI
    # Of an image Lambda says the digest, in hexadecimal.
    takes=Image gets="an image" code_sha=${CODE_DIGEST#sha256:} given=(--image-uri "$REPOSITORY_URI@$CODE_DIGEST")
    return 0
  fi
  need RUNTIME
  code=code/${CODE_DIGEST#sha256:}.zip
  [[ -f $code ]] || fail "the release holds no $code: start a new release"
  size=$(wc -c < "$code")
  ((size <= 52428800)) || fail "the code is a zip of $size bytes, and Lambda takes 52428800 with a call: make it smaller"
  takes=Zip gets="a zip" code_sha=$(code_base64) given=(--zip-file "fileb://$code")
}

# refuse_unread WHAT: ends the job, since Lambda has not said how that is.
refuse_unread() {
  ! grep -q ResourceNotFoundException "$work/error" || refuse_missing "$1" function
  refuse_unanswered "$1"
}

# read_function PROFILE: how the function is whose code is changed; sets revision to that of its code and configuration.
read_function() {
  local text
  text=$(aws --profile "$1" lambda get-function-configuration --function-name "$FUNCTION_NAME" --output text --query \
    '[RevisionId, CodeSha256, PackageType, Runtime, Architectures[0], State, LastUpdateStatus]' 2> "$work/error") \
    || refuse_unread "function $FUNCTION_NAME"
  IFS=$'\t' read -r revision function_sha package_type runtime architecture state update <<< "$text"
}

# wait_for_function PROFILE: until nobody's change of the function is under way, which was just read.
wait_for_function() {
  local n
  for ((n = 0; n < 120; n++)); do
    [[ $state == Pending || $update == InProgress ]] || return 0
    log "function $FUNCTION_NAME is being changed ($state, $update): waiting ($n of 120)"
    sleep 5
    waited=true
    read_function "$1"
  done
  fail "function $FUNCTION_NAME is still being changed after 10 minutes: retry this stage"
}

# read_alias PROFILE: sets alias_version, alias_revision, and weights to how many other versions it sends a part of the calls to.
read_alias() {
  local text
  # shellcheck disable=SC2016 # JMESPath writes literals in backticks
  text=$(aws --profile "$1" lambda get-alias --function-name "$FUNCTION_NAME" --name "$ALIAS" --output text --query \
    '[FunctionVersion, RevisionId, length(keys(RoutingConfig.AdditionalVersionWeights || `{}`))]' 2> "$work/error") \
    || refuse_unread "alias $ALIAS of function $FUNCTION_NAME"
  IFS=$'\t' read -r alias_version alias_revision weights <<< "$text"
}

# read_versions PROFILE: sets version to the newest that has the release's code, or to nothing, and alias_sha to what the alias runs.
read_versions() {
  local number sha
  aws --profile "$1" lambda list-versions-by-function --function-name "$FUNCTION_NAME" --output text \
    --query 'Versions[].[Version, CodeSha256]' > "$work/versions" 2> "$work/error" \
    || refuse_unread "function $FUNCTION_NAME"
  version="" alias_sha=""
  while IFS=$'\t' read -r number sha; do
    [[ $number != "$alias_version" ]] || alias_sha=$sha
    [[ $number =~ ^[0-9]+$ && $sha == "$code_sha" ]] || continue
    ((number < ${version:-0})) || version=$number
  done < "$work/versions"
}

# read_target PROFILE: all of it, once nobody changes the function any more.
read_target() {
  require_account "$1"
  read_function "$1"
  wait_for_function "$1"
  read_alias "$1"
  read_versions "$1"
}

# require_fitting: the function can run what was built, and its alias is one that a release may move.
require_fitting() {
  local what="function $FUNCTION_NAME in account $ENVIRONMENT_ACCOUNT" owner="its owner changes that, or the pipeline's settings do"
  [[ $alias_version =~ ^[0-9]+$ ]] || fail "alias $ALIAS of $what is at $alias_version: code would be live before its version" \
    "is; have it point to a version, then retry this stage"
  ((weights == 0)) || fail "alias $ALIAS of $what sends a part of its calls to another version, so somebody is shifting it:" \
    "let that end, then retry this stage"
  # What has this code already was published with all that it needs.
  [[ -z $version ]] || return 0
  [[ $package_type == "$takes" ]] || fail "$what takes its code as $package_type, and the release has $gets: $owner"
  [[ $takes == Image || $runtime == "$RUNTIME" ]] || fail "$what runs on $runtime, and the code is for $RUNTIME: $owner"
  [[ $architecture == "$ARCHITECTURE" ]] || fail "$what runs on $architecture, and the code is for $ARCHITECTURE: $owner"
  # An image that is gone leaves a function so, and the next one repairs that.
  [[ $takes == Image || $state != Failed ]] || fail "$what is in state $state, so nothing can be released to it: its owner repairs it"
}

# shown_sha CHECKSUM: prints a checksum of Lambda's as the release has it.
shown_sha() {
  local hex=$1
  [[ $takes == Image ]] || hex=$(base64 -d <<< "$1" | od -An -v -tx1 | tr -d ' \n')
  printf 'sha256:%s' "$hex"
}

# plan_code PROFILE: sets PLANNED to the revisions that Deploy must find, or to none, and CHANGES to a line.
plan_code() {
  local to="a new version, with the configuration that the function has now"
  read_target "$1"
  require_fitting
  if [[ $alias_sha == "$code_sha" ]]; then
    PLANNED=none CHANGES="no changes: version $alias_version of function $FUNCTION_NAME, which alias $ALIAS is at, has this code"
    return 0
  fi
  [[ -z $version ]] || to="version $version, which has this code already, with the configuration of then"
  PLANNED=$revision/$alias_revision
  CHANGES="function $FUNCTION_NAME: code now $(shown_sha "$alias_sha"); alias $ALIAS goes from version $alias_version to $to"
}
