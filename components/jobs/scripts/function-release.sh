# shellcheck shell=bash disable=SC2034,SC2154 # given, changed and what was read are set by the other files
# How Deploy releases code to a function that another stack owns.

# publish_code: sets version to the one that has the release's code from now on.
publish_code() {
  log "gives function $FUNCTION_NAME the code $CODE_DIGEST, and publishes a version"
  version=$(aws --profile deploy lambda update-function-code --function-name "$FUNCTION_NAME" "${given[@]}" --publish \
    --revision-id "$revision" --query Version --output text 2> "$work/refusal") && return 0
  read_versions deploy
  [[ -n $version ]] || fail "Lambda doesn't take the code: $(refusal); alias $ALIAS stays at version $alias_version"
  log "Lambda has published version $version, and its answer was lost"
}

# wait_for_version: until what was published can be called.
wait_for_version() {
  local n now
  for ((n = 0; n < 120; n++)); do
    now=$(aws --profile deploy lambda get-function-configuration --function-name "$FUNCTION_NAME" --qualifier "$version" \
      --query State --output text 2> "$work/error") || refuse_unread "version $version of function $FUNCTION_NAME"
    [[ $now != Failed ]] || fail "version $version of function $FUNCTION_NAME can't be called: Lambda says why in account" \
      "$ENVIRONMENT_ACCOUNT; alias $ALIAS stays at version $alias_version"
    [[ $now == Pending ]] || return 0
    sleep 5
    waited=true
  done
  fail "version $version of function $FUNCTION_NAME is still $now after 10 minutes: retry this stage"
}

# move_alias: to that version, unless somebody else has moved it since it was read.
move_alias() {
  log "moves alias $ALIAS of function $FUNCTION_NAME from version $alias_version to $version"
  aws --profile deploy lambda update-alias --function-name "$FUNCTION_NAME" --name "$ALIAS" --function-version "$version" \
    --revision-id "$alias_revision" --query FunctionVersion --output text 2> "$work/refusal" && return 0
  read_alias deploy
  [[ $alias_version == "$version" ]] || fail "alias $ALIAS is not moved: $(refusal); it is at version $alias_version"
  log "Lambda has moved alias $ALIAS, and its answer was lost"
}

# release_code: to the version that has the release's code, which is published unless there is one. The target was just read.
release_code() {
  if [[ $alias_sha == "$code_sha" ]]; then
    log "alias $ALIAS of function $FUNCTION_NAME is at version $alias_version, which has this code"
    return 0
  fi
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
