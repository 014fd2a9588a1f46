# shellcheck shell=bash
# Records say which releases an environment runs and ran before. Promote alone writes them; what no record names is
# neither used again nor kept, so that nothing which Build can write decides about either.

records=kept/$PIPELINE/environments/

# fetch_records: those of all environments, into a folder. One that another job writes after that names a release which it has
# just copied, and such a copy is not removed.
fetch_records() {
  mkdir "$work/records"
  aws s3 cp "s3://$ARTIFACT_BUCKET/$records" "$work/records" --recursive --only-show-errors
}

# read_record ENVIRONMENT: sets record to a file with what is recorded of it; to one without releases when nothing is.
read_record() {
  local key=$records$1.json good
  record=$work/records/$1.json
  if [[ ! -f $record ]]; then
    record=$work/none.json
    printf '{"releases": []}\n' > "$record"
    return 0
  fi
  good=$(jq -r 'keys == ["releases"] and (.releases | type == "array" and length > 0 and length <= 50 and all(.[];
      type == "object" and keys == ["codeDigest", "commit", "promotedAt", "releaseSha256", "run"]
      and all(.[]; type == "string" and test("\\A[0-9A-Za-z:-]+\\z"))
      and (.commit | test("\\A([0-9a-f]{40}|[0-9a-f]{64})\\z")) and (.codeDigest | test("\\Asha256:[0-9a-f]{64}\\z"))
      and (.releaseSha256 | test("\\A[0-9a-f]{64}\\z")) and (.run | test("\\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\z"))
      and (.promotedAt | test("\\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z\\z"))))' "$record" 2> "$work/error") || good=""
  [[ $good == true ]] || fail "s3://$ARTIFACT_BUCKET/$key is not what Promote writes, so it doesn't say what $1 runs: nothing" \
    "is removed. Delete it, then retry this stage; the next promotion to $1 writes it anew"
}

# write_record: this release first, then those before it, the newest keepReleases in all. One that is there already, since
# this is a retry, stays as it is.
write_record() {
  local key=$records$ENVIRONMENT.json same
  jq --arg commit "$COMMIT_ID" --arg digest "$CODE_DIGEST" --arg sum "$RELEASE_SHA256" --arg run "$EXECUTION_ID" \
    --arg at "$(date -u +%FT%TZ)" --argjson keep "$KEEP_RELEASES" '
    def release: del(.run, .promotedAt);
    {commit: $commit, codeDigest: $digest, releaseSha256: $sum, run: $run, promotedAt: $at} as $new
    | if (.releases[0] // {} | del(.promotedAt)) == ($new | del(.promotedAt)) then .
      else .releases |= [$new] + map(select(release != ($new | release))) end
    | .releases |= .[:$keep]' "$record" > "$work/written.json"
  same=$(jq -n --slurpfile old "$record" --slurpfile new "$work/written.json" '$old == $new')
  [[ $same == true ]] || aws s3 cp "$work/written.json" "s3://$ARTIFACT_BUCKET/$key" --only-show-errors
  mv "$work/written.json" "$work/records/$ENVIRONMENT.json"
  log "$key says that $ENVIRONMENT runs commit $COMMIT_ID, code $CODE_DIGEST"
}

# read_records: all commits and digests that any environment's record names, a line each; sets unrecorded to environments
# of the settings without one.
read_records() {
  local key environment
  : > "$work/commits"
  : > "$work/digests"
  while IFS= read -r -d '' key; do
    key=$records${key#"$work/records/"}
    [[ $key =~ ^"$records"([a-z0-9-]+)[.]json$ ]] || fail "s3://$ARTIFACT_BUCKET/$(quoted "$key") is not the record of an" \
      "environment: nothing is removed. Delete it, then retry this stage"
    read_record "${BASH_REMATCH[1]}"
    jq -r '.releases[].commit' "$record" >> "$work/commits"
    jq -r '.releases[].codeDigest' "$record" >> "$work/digests"
  done < <(find "$work/records" -type f -print0)
  unrecorded=""
  for environment in $ENVIRONMENTS; do
    [[ -f $work/records/$environment.json ]] || unrecorded+=" $environment"
  done
}
