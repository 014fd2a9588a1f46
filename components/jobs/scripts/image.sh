# shellcheck shell=bash
# Code as an image, pushed under a tag of this very build. Nobody looks an image up by its tag, since any build may push
# any tag: by its digest alone, as the release says it.

# What is released is in the repository, the release itself only names it.
code_in_release=false

# find_image REGION REPOSITORY: sets failure to why the repository there does not give CODE_DIGEST; to nothing if it does.
find_image() {
  local text
  text=$(AWS_REGION=$1 aws ecr batch-get-image --repository-name "$2" --image-ids "imageDigest=$CODE_DIGEST" \
    --accepted-media-types application/vnd.docker.distribution.manifest.v2+json application/vnd.oci.image.manifest.v1+json \
    --query '[images[0].imageId.imageDigest, failures[0].failureCode]' --output text)
  read -r text failure <<< "$text"
  [[ $text != "$CODE_DIGEST" ]] || failure=""
}

# check_kept_code: CODE_DIGEST stays if the repository still has it.
check_kept_code() {
  local failure
  find_image "$AWS_REGION" "$REPOSITORY_NAME"
  [[ -n $failure ]] || return 0
  log "the repository can't give the image of the kept release ($failure): it is built again"
  CODE_DIGEST=""
}

# log_in REGION URI: Docker may use that registry, until it logs out.
log_in() {
  local registry=${2%%/*}
  # By a file of ours alone, not by a pipe: the first that fails is the one that is seen.
  AWS_REGION=$1 aws ecr get-login-password > "$work/password"
  docker login --username AWS --password-stdin "$registry" < "$work/password"
  rm "$work/password"
}

# make_code: one platform and a plain manifest, as Lambda takes it. The label makes each build's image its own: one that
# was pushed again would still be as old as its first push, and could go while its release waits for an approval.
make_code() {
  local build=${CODEBUILD_BUILD_ID##*:} cache=() code=0
  must bundle
  log_in "$AWS_REGION" "$REPOSITORY_URI"
  [[ -z ${CACHE_URI-} ]] || cache=(--cache-from "type=registry,ref=$CACHE_URI:cache"
    --cache-to "type=registry,ref=$CACHE_URI:cache,mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true")
  docker buildx create --name delivery --driver docker-container --driver-opt "image=$BUILDKIT_IMAGE"
  SOURCE_DATE_EPOCH=0 docker buildx build --builder delivery --platform "$PLATFORM" --provenance=false --sbom=false \
    "${cache[@]}" --label "delivery.build=$build" \
    --output "type=image,name=$REPOSITORY_URI:$COMMIT_ID-$build,push=true,oci-mediatypes=false,rewrite-timestamp=true" \
    --metadata-file "$work/image.json" --file "$beside/Dockerfile" . || code=$?
  docker logout "${REPOSITORY_URI%%/*}"
  ((code == 0)) || fail "'docker buildx build' ended with exit code $code: the image was not built or not pushed, see the lines above"
  CODE_DIGEST=$(jq -r '."containerimage.digest"' "$work/image.json")
}

# copy_code: the same image, byte for byte, in every other Region that environments pull it in. That of a kept release too: a Region
# may be newer. Docker alone would wrap a single manifest into an index, which has another digest and which Lambda refuses.
copy_code() {
  local uri region failure code build=${CODEBUILD_BUILD_ID##*:}
  for uri in ${REPOSITORIES_ELSEWHERE-}; do
    region=${uri#*.dkr.ecr.} region=${region%%.*} code=0
    find_image "$region" "${uri#*/}"
    [[ -n $failure ]] || continue
    log_in "$AWS_REGION" "$REPOSITORY_URI"
    log_in "$region" "$uri"
    docker buildx imagetools create --prefer-index=false --tag "$uri:$COMMIT_ID-$build" "$REPOSITORY_URI@$CODE_DIGEST" || code=$?
    docker logout "${REPOSITORY_URI%%/*}"
    docker logout "${uri%%/*}"
    ((code == 0)) || fail "'docker buildx imagetools create' ended with exit code $code: the image was not copied to $region, see the" \
      "lines above; retry this stage"
    find_image "$region" "${uri#*/}"
    [[ -z $failure ]] || fail "the copy in $region is not $CODE_DIGEST ($failure): environments there would not get what was built;" \
      "the jobs' image needs a buildx that knows --prefer-index=false"
    log "copied the image to $region: $CODE_DIGEST"
  done
}
