# shellcheck shell=bash
# Code as an image, pushed under a tag of this very build. Nobody looks an image up by its tag, since any build may push
# any tag: by its digest alone, as the release says it.

# What is released is in the repository, the release itself only names it.
code_in_release=false

# check_kept_code: CODE_DIGEST stays if the repository still has it.
check_kept_code() {
  local text failure
  text=$(aws ecr batch-get-image --repository-name "$REPOSITORY_NAME" --image-ids "imageDigest=$CODE_DIGEST" \
    --accepted-media-types application/vnd.docker.distribution.manifest.v2+json application/vnd.oci.image.manifest.v1+json \
    --query '[images[0].imageId.imageDigest, failures[0].failureCode]' --output text)
  read -r text failure <<< "$text"
  [[ $text != "$CODE_DIGEST" ]] || return 0
  log "the repository can't give the image of the kept release ($failure): it is built again"
  CODE_DIGEST=""
}

# make_code: one platform and a plain manifest, as Lambda takes it. The label makes each build's image its own: one that
# was pushed again would still be as old as its first push, and could go while its release waits for an approval.
make_code() {
  local registry=${REPOSITORY_URI%%/*} build=${CODEBUILD_BUILD_ID##*:} cache=() code=0
  must bundle
  # By a file of ours alone, not by a pipe: the first that fails is the one that is seen.
  aws ecr get-login-password > "$work/password"
  docker login --username AWS --password-stdin "$registry" < "$work/password"
  rm "$work/password"
  [[ -z ${CACHE_URI-} ]] || cache=(--cache-from "type=registry,ref=$CACHE_URI:cache"
    --cache-to "type=registry,ref=$CACHE_URI:cache,mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true")
  docker buildx create --name delivery --driver docker-container --driver-opt "image=$BUILDKIT_IMAGE"
  SOURCE_DATE_EPOCH=0 docker buildx build --builder delivery --platform "$PLATFORM" --provenance=false --sbom=false \
    "${cache[@]}" --label "delivery.build=$build" \
    --output "type=image,name=$REPOSITORY_URI:$COMMIT_ID-$build,push=true,oci-mediatypes=false,rewrite-timestamp=true" \
    --metadata-file "$work/image.json" --file "$beside/Dockerfile" . || code=$?
  docker logout "$registry"
  ((code == 0)) || fail "'docker buildx build' ended with exit code $code: the image was not built or not pushed, see the lines above"
  CODE_DIGEST=$(jq -r '."containerimage.digest"' "$work/image.json")
}
