#!/usr/bin/env bash
# Mark: the verified image gets the environment's mark, and its release is kept as long as the image has one.
# Bundle before marks, the previous mark before the new: whatever dies in between, nothing that runs is lost.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

types=(application/vnd.docker.distribution.manifest.v2+json application/vnd.oci.image.manifest.v1+json)

keep_bundle() {
  local from=releases/$PIPELINE/$ENVIRONMENT_ACCOUNT/$ENVIRONMENT/$EXECUTION_ID/ to=kept/$PIPELINE/$COMMIT_ID/ keys key
  keys=$(aws s3api list-objects-v2 --bucket "$ARTIFACT_BUCKET" --prefix "$from" --query 'Contents[].[Key]' --output text)
  grep -qxF "${from}SHA256SUMS" <<< "$keys" || fail "Deploy left no release in s3://$ARTIFACT_BUCKET/$from: it may have" \
    "expired; start a new release"
  while IFS= read -r key; do
    [[ $key =~ ^"$from"[A-Za-z0-9._/-]+$ ]] || fail "an object of the release has a bad name: $(printf %q "$key")"
    aws s3api copy-object --bucket "$ARTIFACT_BUCKET" --key "$to${key#"$from"}" --copy-source "$ARTIFACT_BUCKET/$key" \
      --query CopyObjectResult.ETag --output text > "$work/etag"
  done <<< "$keys"
  log "keeps the release in s3://$ARTIFACT_BUCKET/$to"
}

# digest_of TAG: sets digest to the image that carries the tag, or to nothing.
digest_of() {
  local text failure
  text=$(aws ecr batch-get-image --repository-name "$REPOSITORY_NAME" --image-ids "imageTag=$1" \
    --accepted-media-types "${types[@]}" --query '[images[0].imageId.imageDigest, failures[0].failureCode]' --output text)
  read -r digest failure <<< "$text"
  [[ $digest == None ]] || return 0
  [[ $failure == ImageNotFound ]] || fail "ECR can't give the image of tag $1: $failure"
  digest=""
}

# put_mark TAG DIGEST: ECR itself compares the manifest with the digest.
put_mark() {
  local text type manifest
  text=$(aws ecr batch-get-image --repository-name "$REPOSITORY_NAME" --image-ids "imageDigest=$2" \
    --accepted-media-types "${types[@]}" --query 'images[0].[imageManifestMediaType, imageManifest]' --output text)
  [[ $text == *$'\t'* ]] || fail "image $2 is not in $REPOSITORY_NAME: it can't be marked"
  type=${text%%$'\t'*} manifest=${text#*$'\t'}
  aws ecr put-image --repository-name "$REPOSITORY_NAME" --image-tag "$1" --image-digest "$2" \
    --image-manifest "$manifest" --image-manifest-media-type "$type" --query image.imageId.imageTag --output text
}

move_marks() {
  local live=live-$ENVIRONMENT previous=live-$ENVIRONMENT-previous current
  digest_of "$live"
  current=$digest
  if [[ $current == "$IMAGE_DIGEST" ]]; then
    log "$live is on $IMAGE_DIGEST already"
    return 0
  fi
  if [[ -n $current ]]; then
    digest_of "$previous"
    [[ $digest == "$current" ]] || put_mark "$previous" "$current"
  fi
  put_mark "$live" "$IMAGE_DIGEST"
}

# A bundle whose image no environment runs, or ran just before, is of no use: its image will expire.
prune_bundles() {
  local images tags="" line prefixes prefix commit
  images=$(aws ecr describe-images --repository-name "$REPOSITORY_NAME" --filter tagStatus=TAGGED \
    --query "imageDetails[].[join(' ', imageTags)]" --output text)
  while IFS= read -r line; do
    [[ " $line" != *" live-"* ]] || tags+=${line// /$'\n'}$'\n'
  done <<< "$images"
  grep -qxF "$COMMIT_ID" <<< "$tags" || fail "no image with a mark has the tag $COMMIT_ID: Build pushes by commit;" \
    "nothing is removed"
  prefixes=$(aws s3api list-objects-v2 --bucket "$ARTIFACT_BUCKET" --prefix "kept/$PIPELINE/" --delimiter / \
    --query 'CommonPrefixes[].[Prefix]' --output text)
  while IFS= read -r prefix; do
    commit=${prefix#"kept/$PIPELINE/"} commit=${commit%/}
    [[ $commit =~ ^([0-9a-f]{40}|[0-9a-f]{64})$ ]] || continue
    ! grep -qxF "$commit" <<< "$tags" || continue
    log "removes the release kept for $commit: its image has no mark any more"
    aws s3 rm "s3://$ARTIFACT_BUCKET/kept/$PIPELINE/$commit/" --recursive --only-show-errors
  done <<< "$prefixes"
}

need AWS_REGION PIPELINE ARTIFACT_BUCKET REPOSITORY_NAME ENVIRONMENT ENVIRONMENT_ACCOUNT EXECUTION_ID COMMIT_ID \
  IMAGE_DIGEST
keep_bundle
move_marks
prune_bundles
