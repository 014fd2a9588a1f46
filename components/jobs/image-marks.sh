# shellcheck shell=bash
# Marks of images are tags: ECR's lifecycle rules spare them.

types=(application/vnd.docker.distribution.manifest.v2+json application/vnd.oci.image.manifest.v1+json)

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
    --image-manifest "$manifest" --image-manifest-media-type "$type" --query image.imageId.imageTag --output text \
    2> "$work/refusal" && return 0
  digest_of "$1"
  [[ $digest == "$2" ]] || fail "$1 can't be put on image $2: $(refusal)"
}

move_marks() {
  local live=live-$ENVIRONMENT previous=live-$ENVIRONMENT-previous current
  digest_of "$live"
  current=$digest
  if [[ $current == "$CODE_DIGEST" ]]; then
    log "$live is on $CODE_DIGEST already"
    return 0
  fi
  if [[ -n $current ]]; then
    digest_of "$previous"
    [[ $digest == "$current" ]] || put_mark "$previous" "$current"
  fi
  put_mark "$live" "$CODE_DIGEST"
}

# marked_commits: a line for each commit whose image has a mark.
marked_commits() {
  local images line
  images=$(aws ecr describe-images --repository-name "$REPOSITORY_NAME" --filter tagStatus=TAGGED \
    --query "imageDetails[].[join(' ', imageTags)]" --output text)
  while IFS= read -r line; do
    [[ " $line" != *" live-"* ]] || printf '%s\n' "${line// /$'\n'}"
  done <<< "$images"
}

# The bucket's lifecycle does it: what runs is the image.
prune_releases() { :; }
