# shellcheck shell=bash
# Code as an image: of each commit one, found or built once, and looked at by the scan gate.

# What is released is in the repository, the release itself only names it.
code_in_release=false

# find_code: sets CODE_DIGEST to what the commit's tag names, or to nothing.
find_code() {
  local text failure
  text=$(aws ecr batch-get-image --repository-name "$REPOSITORY_NAME" --image-ids "imageTag=$COMMIT_ID" \
    --accepted-media-types application/vnd.docker.distribution.manifest.v2+json application/vnd.oci.image.manifest.v1+json \
    --query '[images[0].imageId.imageDigest, failures[0].failureCode]' --output text)
  read -r CODE_DIGEST failure <<< "$text"
  [[ $CODE_DIGEST == None ]] || return 0
  [[ $failure == ImageNotFound ]] || fail "ECR can't give the image of tag $COMMIT_ID as a plain image: $failure"
  CODE_DIGEST=""
}

# make_code: one platform and a plain manifest, as Lambda takes it; the same source gives the same digest.
make_code() {
  local registry=${REPOSITORY_URI%%/*} built=true
  npm run bundle
  # By a file of ours alone, not by a pipe: the first that fails is the one that is seen.
  aws ecr get-login-password > "$work/password"
  docker login --username AWS --password-stdin "$registry" < "$work/password"
  rm "$work/password"
  docker buildx create --name delivery --driver docker-container --driver-opt "image=$BUILDKIT_IMAGE"
  SOURCE_DATE_EPOCH=0 docker buildx build --builder delivery --platform "$PLATFORM" --provenance=false --sbom=false \
    --cache-from "type=registry,ref=$CACHE_URI:cache" \
    --cache-to "type=registry,ref=$CACHE_URI:cache,mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true" \
    --output "type=image,name=$REPOSITORY_URI:$COMMIT_ID,push=true,oci-mediatypes=false,rewrite-timestamp=true" \
    --metadata-file "$work/image.json" --file "$beside/Dockerfile" . || built=false
  docker logout "$registry"
  if [[ $built == true ]]; then
    CODE_DIGEST=$(jq -r '."containerimage.digest"' "$work/image.json")
    return 0
  fi
  # The tag can't be overwritten: a run of the same commit may have been faster.
  find_code
  [[ -n $CODE_DIGEST ]] || fail "the image was not built or not pushed: see the lines above"
  log "another run has pushed this commit's image, which is used: $CODE_DIGEST"
}

# check_code: waits for ECR's scan, basic or enhanced, and stops at findings of the threshold or worse.
check_code() {
  local n status completed count summary
  if [[ $SCAN_THRESHOLD == NONE ]]; then
    log "SCAN_THRESHOLD is NONE: what ECR's scan finds is not looked at"
    return 0
  fi
  for ((n = 0; n < 80; n++)); do
    status=PENDING
    if aws ecr describe-image-scan-findings --repository-name "$REPOSITORY_NAME" --image-id "imageDigest=$CODE_DIGEST" \
      --no-paginate --output json > "$work/scan.json" 2> "$work/error"; then
      IFS=$'\t' read -r status completed count summary < <(jq -r --arg threshold "$SCAN_THRESHOLD" '
        ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED"] as $order
        | (.imageScanFindings.findingSeverityCounts // {}) as $counts
        | [.imageScanStatus.status // "PENDING", .imageScanFindings.imageScanCompletedAt // "-",
            ([$counts | to_entries[] | select(((.key as $key | $order | index($key)) // 5) <= ($order | index($threshold))) | .value]
              | add // 0),
            ($counts | to_entries | map("\(.value) \(.key)") | join(", ") | if . == "" then "none" else . end)]
        | map(tostring) | @tsv' "$work/scan.json")
    elif ! grep -q ScanNotFoundException "$work/error"; then
      cat "$work/error" >&2
      fail "the findings of the image scan can't be read: retry this stage"
    fi
    case $status in
      # Enhanced scanning says so before it has looked: only the time tells.
      COMPLETE | ACTIVE) [[ $completed == - ]] || break ;;
      PENDING | IN_PROGRESS) ;;
      *) fail "ECR's scan of $CODE_DIGEST ended in $status: no release without a scan (SCAN_THRESHOLD NONE skips it)" ;;
    esac
    log "waits for ECR's scan: $status ($n of 80)"
    sleep 15
  done
  ((n < 80)) || fail "ECR's scan of $CODE_DIGEST has no result after 20 minutes: is scanning on push switched on for" \
    "$REPOSITORY_NAME? Retry this stage, or set SCAN_THRESHOLD to NONE"
  log "findings of the image scan: $summary"
  ((count == 0)) || fail "$count findings of severity $SCAN_THRESHOLD or worse in $CODE_DIGEST:" \
    "update what the image contains, or see 'aws ecr describe-image-scan-findings --repository-name $REPOSITORY_NAME" \
    "--image-id imageDigest=$CODE_DIGEST'"
}
