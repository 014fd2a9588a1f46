#!/usr/bin/env bash
# Promote: the verified code gets the environment's mark, and its release is kept as long as it has one.
# Bundle before marks, the previous mark before the new: whatever dies in between, nothing that runs is lost.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=run.sh
source "$here/run.sh"
# shellcheck source=deployed.sh
source "$here/deployed.sh"

keep_bundle() {
  local from=releases/$PIPELINE/$ENVIRONMENT_ACCOUNT/$ENVIRONMENT/$EXECUTION_ID/ to=kept/$PIPELINE/$COMMIT_ID/ keys key old
  keys=$(aws s3api list-objects-v2 --bucket "$ARTIFACT_BUCKET" --prefix "$from" --query 'Contents[].[Key]' --output text)
  grep -qxF "${from}SHA256SUMS" <<< "$keys" || fail "Deploy left no release in s3://$ARTIFACT_BUCKET/$from: it may have" \
    "expired; start a new release"
  # What Deploy says of itself is no part of the release.
  keys=$(grep -vxF "${from}deployed.json" <<< "$keys")
  while IFS= read -r key; do
    [[ $key =~ ^"$from"[A-Za-z0-9._/-]+$ ]] || fail "an object of the release has a bad name: $(printf %q "$key")"
    aws s3api copy-object --bucket "$ARTIFACT_BUCKET" --key "$to${key#"$from"}" --copy-source "$ARTIFACT_BUCKET/$key" \
      --query CopyObjectResult.ETag --output text > "$work/etag"
  done <<< "$keys"
  # What another release of this commit has left there is not in the sums of this one.
  old=$(aws s3api list-objects-v2 --bucket "$ARTIFACT_BUCKET" --prefix "$to" --query 'Contents[].[Key]' --output text)
  while IFS= read -r key; do
    grep -qxF -- "$from${key#"$to"}" <<< "$keys" || aws s3 rm "s3://$ARTIFACT_BUCKET/$key" --only-show-errors
  done <<< "$old"
  log "keeps the release in s3://$ARTIFACT_BUCKET/$to"
}

# A bundle whose commit no environment runs, or ran just before, is of no use: an image of it will expire.
prune_bundles() {
  local commits prefix commit
  commits=$(marked_commits)
  grep -qxF "$COMMIT_ID" <<< "$commits" || fail "no mark is on commit $COMMIT_ID: nothing is removed; start a new release"
  while IFS= read -r prefix; do
    commit=${prefix#"kept/$PIPELINE/"} commit=${commit%/}
    [[ $commit =~ ^([0-9a-f]{40}|[0-9a-f]{64})$ ]] || continue
    ! grep -qxF "$commit" <<< "$commits" || continue
    log "removes the release kept for $commit: it has no mark any more"
    aws s3 rm "s3://$ARTIFACT_BUCKET/kept/$PIPELINE/$commit/" --recursive --only-show-errors
  done <<< "$kept"
}

need AWS_REGION PIPELINE PACKAGING ARTIFACT_BUCKET ENVIRONMENT ENVIRONMENT_ACCOUNT EXECUTION_ID
if [[ $PACKAGING == image ]]; then
  need REPOSITORY_NAME
  # shellcheck source=image-marks.sh
  source "$here/image-marks.sh"
else
  # shellcheck source=file-marks.sh
  source "$here/file-marks.sh"
fi
read_own_deployment
# Listed first: a bundle that another job is keeping just now, whose mark is yet to come, is not among these.
kept=$(aws s3api list-objects-v2 --bucket "$ARTIFACT_BUCKET" --prefix "kept/$PIPELINE/" --delimiter / \
  --query 'CommonPrefixes[].[Prefix]' --output text)
keep_bundle
move_marks
prune_bundles
prune_releases
