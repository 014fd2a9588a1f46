# shellcheck shell=bash disable=SC2034 # what the functions set is for their callers
# What Deploy leaves for Verify and Promote, which may not ask CodePipeline, or needn't.

# deployed_key ID: prints where it is for the jobs that this id was pasted for.
# shellcheck disable=SC2153 # ENVIRONMENT is the job's own
deployed_key() { printf 'releases/%s/%s/%s/%s/deployed.json' "$PIPELINE" "$ENVIRONMENT_ACCOUNT" "$ENVIRONMENT" "$1"; }

# write_deployed: in a roll-back also for the pasted id, whichever run's it is.
write_deployed() {
  local id
  jq -n --arg run "$EXECUTION_ID" --arg commit "$COMMIT_ID" --arg digest "$CODE_DIGEST" --arg sum "$RELEASE_SHA256" \
    --arg endpoint "$ENDPOINT" --arg at "$(date -u +%FT%TZ)" '{run: $run, commit: $commit, codeDigest: $digest,
      releaseSha256: $sum, endpoint: $endpoint, deployedAt: $at}' > "$work/deployed.json"
  for id in "$EXECUTION_ID" "$PASTED_ID"; do
    aws s3 cp "$work/deployed.json" "s3://$ARTIFACT_BUCKET/$(deployed_key "$id")" --only-show-errors
    [[ $EXECUTION_ID != "$PASTED_ID" ]] || return 0
  done
}

# read_own_deployment: the same for a job that may ask whose run it is.
read_own_deployment() {
  local run
  own_run either
  run=$EXECUTION_ID
  read_deployed
  [[ $EXECUTION_ID == "$run" ]] || fail "Deploy left what run $EXECUTION_ID has deployed, and this job is of run $run: retry this stage"
}

# read_deployed: sets EXECUTION_ID to the run whose release files these are, and what it has deployed.
read_deployed() {
  local key
  key=$(deployed_key "$PASTED_ID")
  aws s3 cp "s3://$ARTIFACT_BUCKET/$key" "$work/deployed.json" --only-show-errors \
    || fail "Deploy left no s3://$ARTIFACT_BUCKET/$key: retry this stage, or start a new release"
  IFS=$'\t' read -r EXECUTION_ID COMMIT_ID CODE_DIGEST RELEASE_SHA256 ENDPOINT < <(jq -r \
    '[.run, .commit, .codeDigest, .releaseSha256, .endpoint] | map(select(. != null and . != "") // "-") | @tsv' "$work/deployed.json")
  need EXECUTION_ID COMMIT_ID CODE_DIGEST RELEASE_SHA256 ENDPOINT
}
