#!/usr/bin/env bash
# Build: tests, one image per commit, the scan gate, and the release that every environment gets.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=release.sh
source "$here/release.sh"
# shellcheck source=image.sh
source "$here/image.sh"

required=(ImageUri Release DeploymentConfig CodeDeployRoleArn PermissionsBoundaryArn RolePath)
release=$PWD/delivery-release

# make_release: the app's template and parameters, and its source as it came, for Verify.
make_release() {
  local environment
  [[ -f template.yaml ]] || fail "$DIRECTORY/template.yaml is missing: it is what the pipeline deploys"
  mkdir -p "$release/parameters"
  cp template.yaml "$release/template.yaml"
  cp "$work/source.tar.gz" "$release/source.tar.gz"
  for environment in $ENVIRONMENTS; do
    if [[ -f parameters/$environment.json ]]; then
      cp "parameters/$environment.json" "$release/parameters/$environment.json"
    else
      echo '[]' > "$release/parameters/$environment.json"
    fi
  done
}

# take_kept_release: the bundle that Mark kept for this commit and image, if it is whole; sets kept.
take_kept_release() {
  local prefix=kept/$PIPELINE/$COMMIT_ID/ keys environment missing=""
  kept=false
  keys=$(aws s3api list-objects-v2 --bucket "$ARTIFACT_BUCKET" --prefix "$prefix" --query 'Contents[].[Key]' --output text)
  grep -qxF "${prefix}SHA256SUMS" <<< "$keys" || return 0
  aws s3 cp "s3://$ARTIFACT_BUCKET/$prefix" "$release" --recursive --only-show-errors
  for environment in $ENVIRONMENTS; do
    [[ -f $release/parameters/$environment.json ]] || missing+=" parameters/$environment.json"
  done
  if [[ -n $missing ]]; then
    log "the kept release of this commit has no$missing: it is made again"
  elif (cd "$release" && RELEASE_SHA256=$(sha256sum < SHA256SUMS | cut -c 1-64) && check_release); then
    kept=true
    return 0
  else
    log "the kept release of this commit is not whole, or has another image: it is made again"
  fi
  rm -rf "$release"
}

# Asks CloudFormation what the template declares: its parameters, and the macros that would rewrite it.
check_template() {
  local key=$ARTIFACT_PREFIX/Release/$COMMIT_ID.yaml suffix=amazonaws.com transform size
  [[ $AWS_REGION != cn-* ]] || suffix=amazonaws.com.cn
  size=$(wc -c < "$release/template.yaml")
  ((size <= 1048576)) || fail "template.yaml has $size bytes, CloudFormation takes 1048576: split it"
  aws s3 cp "$release/template.yaml" "s3://$ARTIFACT_BUCKET/$key" --only-show-errors
  aws cloudformation validate-template --template-url "https://$ARTIFACT_BUCKET.s3.$AWS_REGION.$suffix/$key" \
    --output json > "$work/template.json" || fail "CloudFormation refuses template.yaml: correct what it says above"
  jq -r '.DeclaredTransforms[]?' "$work/template.json" > "$work/transforms"
  while IFS= read -r transform; do
    [[ " $TRANSFORMS " == *" $transform "* ]] || fail "template.yaml uses transform $transform, which this pipeline" \
      "doesn't permit (permitted: ${TRANSFORMS:-none}): add it to the pipeline's settings, or do without it"
  done < "$work/transforms"
}

# Every problem of the template's and the environments' parameters at once.
check_parameters() {
  local environment file
  for environment in $ENVIRONMENTS; do
    file=parameters/$environment.json
    jq -r --slurpfile template "$work/template.json" --arg file "$DIRECTORY/$file" --arg required "${required[*]}" \
      -f "$here/parameters.jq" "$release/$file" >> "$work/problems" || fail "$DIRECTORY/$file is not JSON: correct it"
  done
  [[ ! -s $work/problems ]] || fail $'template and parameters can\'t be deployed:\n'"$(sort -u "$work/problems")"
}

# seal_release: sums of every file; a later job compares them with the variables that Build exports.
seal_release() {
  local name
  jq -n --arg commit "$COMMIT_ID" --arg digest "$IMAGE_DIGEST" '{commit: $commit, imageDigest: $digest}' \
    > "$release/release.json"
  (cd "$release" && find . -type f | cut -c 3- | sort | xargs -d '\n' sha256sum > "$work/sums")
  cp "$work/sums" "$release/SHA256SUMS"
}

need AWS_REGION PIPELINE DIRECTORY ENVIRONMENTS ARTIFACT_BUCKET ARTIFACT_PREFIX REPOSITORY_NAME REPOSITORY_URI \
  CACHE_URI PLATFORM SCAN_THRESHOLD BUILDKIT_IMAGE COMMIT_ID
TRANSFORMS=${TRANSFORMS-}
rm -rf "$release"
[[ -f $DIRECTORY/package.json ]] || fail "the source has no $DIRECTORY/package.json: the pipeline's setting 'directory'" \
  "must name the folder of the service"
cd -- "$DIRECTORY"
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u+rw,go=rX --dereference --hard-dereference \
  --exclude=node_modules --exclude=.git -cf - . | gzip -n > "$work/source.tar.gz"

npm ci
npm test
[[ -f reports/junit.xml ]] || fail "'npm test' wrote no reports/junit.xml: it must report its tests as JUnit XML"
find_image
kept=false
[[ -z $IMAGE_DIGEST ]] || take_kept_release
[[ $kept == true ]] || make_release
check_template
check_parameters
if [[ -n $IMAGE_DIGEST ]]; then
  log "this commit has an image already, which is used: $IMAGE_DIGEST"
else
  build_image
fi
need IMAGE_DIGEST
if [[ $kept == true ]]; then
  log "hands over the kept release of this commit, which passed the scan gate when it was built"
else
  scan_gate
  seal_release
fi

RELEASE_SHA256=$(sha256sum < "$release/SHA256SUMS" | cut -c 1-64)
output IMAGE_DIGEST
output RELEASE_SHA256
