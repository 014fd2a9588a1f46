#!/usr/bin/env bash
# Promote: the verified release is what the environment runs from now on. It is kept as long as a record names it.
# The bundle comes before the record that names it, and both before anything is removed: whatever dies in between, nothing
# that runs is lost, and a retry ends the same.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=run.sh
source "$here/run.sh"
# shellcheck source=deployed.sh
source "$here/deployed.sh"
need PIPELINE
# shellcheck source=records.sh
source "$here/records.sh"

# keep_bundle: sets names to what the release consists of. What Deploy says of the run is beside it, and no part of it. Without
# properties of the objects, since the CLI would ask for more rights to copy those of large ones.
keep_bundle() {
  local from=releases/$PIPELINE/$ENVIRONMENT_ACCOUNT/$ENVIRONMENT/$EXECUTION_ID/ to=kept/$PIPELINE/$COMMIT_ID/ odd
  aws s3 cp "s3://$ARTIFACT_BUCKET/$from" "s3://$ARTIFACT_BUCKET/$to" --recursive --exclude deployed.json --copy-props none \
    --no-progress > "$work/copied"
  names=$(sed -n "s|^copy: s3://$ARTIFACT_BUCKET/$from\(.*\) to s3://.*$|\1|p" "$work/copied")
  grep -qxF SHA256SUMS <<< "$names" || fail "Deploy left no release in s3://$ARTIFACT_BUCKET/$from: it may have expired;" \
    "start a new release"
  odd=$(grep -Evx '([A-Za-z0-9_][A-Za-z0-9._-]*/?)+' <<< "$names") || odd=""
  [[ -z $odd ]] || fail "an object of the release has a bad name: $(quoted "$odd")"
  log "keeps the release in s3://$ARTIFACT_BUCKET/$to"
}

# list_kept: all that is kept, with the times; whatever of this commit is not of this release, another of the same commit has
# left, and it goes: it is not in the sums.
list_kept() {
  local modified key own=kept/$PIPELINE/$COMMIT_ID/
  aws s3api list-objects-v2 --bucket "$ARTIFACT_BUCKET" --prefix "kept/$PIPELINE/" --query 'Contents[].[LastModified, Key]' \
    --output text > "$work/kept"
  while IFS=$'\t' read -r modified key; do
    [[ $key != "$own"* ]] || grep -qxF -- "${key#"$own"}" <<< "$names" || printf '%s\n' "$key" >> "$work/obsolete"
  done < "$work/kept"
}

# remove_obsolete: the objects whose keys were noted.
remove_obsolete() {
  local part left
  split -l 1000 "$work/obsolete" "$work/obsolete-"
  for part in "$work"/obsolete-*; do
    [[ -f $part ]] || continue
    jq -n --rawfile keys "$part" '{Objects: [$keys / "\n" | .[] | select(. != "") | {Key: .}], Quiet: true}' > "$work/delete.json"
    # shellcheck disable=SC2016 # JMESPath writes literals in backticks
    left=$(aws s3api delete-objects --bucket "$ARTIFACT_BUCKET" --delete "file://$work/delete.json" \
      --query 'Errors[].[Code, Key] || `[]`' --output text)
    [[ -z $left ]] || fail "S3 doesn't remove what no record names any more: $(quoted "$left"); retry this stage"
  done
}

# days_ago DAYS: prints the moment as AWS's own dates are printed, so that texts compare.
days_ago() { date --utc --date="$1 days ago" +%Y-%m-%dT%H:%M:%S; }

# prune_bundles: what no record names. For a day it stays: another job may be keeping it just now, whose record is to come.
prune_bundles() {
  local modified key commit yesterday
  local -A newest=()
  yesterday=$(days_ago 1)
  while IFS=$'\t' read -r modified key; do
    commit=${key#"kept/$PIPELINE/"} commit=${commit%%/*}
    [[ $commit =~ ^([0-9a-f]{40}|[0-9a-f]{64})$ ]] || continue
    [[ $modified < ${newest[$commit]-} ]] || newest[$commit]=$modified
  done < "$work/kept"
  for commit in "${!newest[@]}"; do
    ! grep -qxF "$commit" "$work/commits" || continue
    [[ ${newest[$commit]} < $yesterday ]] || continue
    log "removes the release kept for $commit: no record names it"
    cut -f 2 "$work/kept" | grep -F "kept/$PIPELINE/$commit/" >> "$work/obsolete"
  done
}

# prune_images: what no record names once no approval can wait for it any more. Every build pushes an image of its own, so
# one whose release still waits is younger than that.
prune_images() {
  local images digest pushed oldest n old=()
  oldest=$(days_ago "$EXPIRATION_IN_DAYS")
  images=$(TZ=UTC aws ecr describe-images --repository-name "$REPOSITORY_NAME" \
    --query 'imageDetails[].[imageDigest, imagePushedAt]' --output text)
  while IFS=$'\t' read -r digest pushed; do
    [[ $digest =~ ^sha256:[0-9a-f]{64}$ && $pushed =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T && $pushed < $oldest ]] || continue
    grep -qxF "$digest" "$work/digests" || old+=("imageDigest=$digest")
  done <<< "$images"
  ((${#old[@]} == 0)) || log "removes ${#old[@]} images that no record names, older than $EXPIRATION_IN_DAYS days"
  for ((n = 0; n < ${#old[@]}; n += 100)); do
    # What is left is no harm: the next promotion tries again.
    aws ecr batch-delete-image --repository-name "$REPOSITORY_NAME" --image-ids "${old[@]:n:100}" \
      --query 'failures[].[imageId.imageDigest, failureCode]' --output text
  done
}

# prune_images_elsewhere: the same in every other Region that environments pull images in.
prune_images_elsewhere() {
  local uri region
  for uri in ${REPOSITORIES_ELSEWHERE-}; do
    region=${uri#*.dkr.ecr.} region=${region%%.*}
    AWS_REGION=$region REPOSITORY_NAME=${uri#*/} prune_images
  done
}

# prune_releases: the deployed stack reads code that is files from this run's, also when CloudFormation rolls the next
# update back: these stay as long as it runs. Of the others a run may still wait for its approval.
prune_releases() {
  local folder=releases/$PIPELINE/$ENVIRONMENT_ACCOUNT/$ENVIRONMENT/ oldest objects modified key
  oldest=$(days_ago "$EXPIRATION_IN_DAYS")
  objects=$(aws s3api list-objects-v2 --bucket "$ARTIFACT_BUCKET" --prefix "$folder" \
    --query 'Contents[].[LastModified, Key]' --output text)
  while IFS=$'\t' read -r modified key; do
    [[ $modified < $oldest && $key == "$folder"* && $key != "$folder$EXECUTION_ID/"* ]] || continue
    printf '%s\n' "$key" >> "$work/obsolete"
  done <<< "$objects"
}

# prune_elsewhere: the same of what the environment itself reads, where it is in another Region.
prune_elsewhere() {
  local region bucket
  [[ -n ${PLACES-} ]] || return 0
  region=$(jq -r --arg name "$ENVIRONMENT" '.[$name].region // ""' <<< "$PLACES")
  bucket=$(jq -r --arg name "$ENVIRONMENT" '.[$name].bucket // ""' <<< "$PLACES")
  [[ -n $region ]] || return 0
  rm "$work"/obsolete*
  : > "$work/obsolete"
  AWS_REGION=$region ARTIFACT_BUCKET=$bucket prune_releases
  AWS_REGION=$region ARTIFACT_BUCKET=$bucket remove_obsolete
}

need AWS_REGION PACKAGING ARTIFACT_BUCKET ENVIRONMENT ENVIRONMENT_ACCOUNT ENVIRONMENTS KEEP_RELEASES EXPIRATION_IN_DAYS \
  EXECUTION_ID
[[ $PACKAGING != image ]] || need REPOSITORY_NAME
read_own_deployment
: > "$work/obsolete"
fetch_records
read_record "$ENVIRONMENT"
keep_bundle
write_record
read_records
list_kept
if [[ -n $unrecorded ]]; then
  log "nothing is removed until each environment has a record; none yet:$unrecorded"
else
  prune_bundles
  if [[ $PACKAGING == image ]]; then
    prune_images
    prune_images_elsewhere
  fi
fi
# The bucket's lifecycle does it where what runs is an image.
[[ $PACKAGING == image ]] || prune_releases
remove_obsolete
prune_elsewhere
