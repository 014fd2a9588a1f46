#!/usr/bin/env bash
# Build: tests, the code of a commit once, and the release that every environment gets.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=release.sh
source "$here/release.sh"
# shellcheck source=delivery.sh
source "$here/delivery.sh"
# shellcheck source=steps.sh
source "$here/steps.sh"
need PACKAGING
release=$PWD/delivery-release

# One template for all environments; a kind whose templates differ defines this itself.
make_templates() {
  # shellcheck disable=SC2153 # TEMPLATE is not template
  [[ $TEMPLATE != - ]] || return 0
  [[ -f $TEMPLATE ]] || fail "$DIRECTORY/$TEMPLATE is missing: it is what the pipeline deploys"
  cp -- "$TEMPLATE" "$release/template.yaml"
}

# shellcheck source=image.sh
# shellcheck source=zip.sh
# shellcheck source=serverless.sh
source "$here/$PACKAGING.sh"

# make_release: the service's templates and parameters, and its source as it came, for Verify.
make_release() {
  local environment
  mkdir -p "$release/parameters"
  make_templates
  cp "$work/source.tar.gz" "$release/source.tar.gz"
  for environment in $ENVIRONMENTS; do
    if [[ -n $(said ".parameters | has(\"$environment\") | select(.) | tojson") ]]; then
      [[ ! -f $beside/parameters/$environment.json ]] || printf '%s\n' \
        "$DIRECTORY/delivery.yaml: parameters.$environment: ${shown}parameters/$environment.json has them too: keep one" >> "$work/problems"
      jq --arg environment "$environment" '[.parameters[$environment] | to_entries[] | {ParameterKey: .key, ParameterValue: .value}]' \
        "$delivery" > "$release/parameters/$environment.json"
    # The framework's service has its own settings for each stage.
    elif [[ $PACKAGING != serverless && -f $beside/parameters/$environment.json ]]; then
      cp "$beside/parameters/$environment.json" "$release/parameters/$environment.json"
    else
      echo '[]' > "$release/parameters/$environment.json"
    fi
  done
}

# take_kept_release: the bundle that Promote kept for this commit and code, if it is whole and of these settings; sets kept.
take_kept_release() {
  local prefix=kept/$PIPELINE/$COMMIT_ID/ environment missing=""
  has_object "${prefix}SHA256SUMS" || return 0
  aws s3 cp "s3://$ARTIFACT_BUCKET/$prefix" "$release" --recursive --only-show-errors
  for environment in $ENVIRONMENTS; do
    [[ -f $release/parameters/$environment.json ]] || missing+=" parameters/$environment.json"
  done
  if [[ -n $missing ]]; then
    log "the kept release of this commit has no$missing: it is made again"
  elif ! (cd "$release" && RELEASE_SHA256=$(sha256sum < SHA256SUMS | cut -c 1-64) && check_release) > "$work/why" 2>&1; then
    # What this has said is not why the job may end later, and no error.
    rm -f "$work/said"
    sed 's/^error: //' "$work/why"
    log "the kept release of this commit is not whole, or has other code: it is made again"
  elif [[ $(jq -r '.settings // ""' "$release/release.json") != "$settings" ]]; then
    log "the kept release of this commit was made with other settings of the pipeline: it is made again"
  else
    kept=true
    return 0
  fi
  rm -rf "$release"
}

# find_code: sets CODE_DIGEST to what the release says that Promote kept for this commit, or to nothing. Nothing else that
# earlier builds have left is used: any of them could have left it for this commit.
find_code() {
  local key=kept/$PIPELINE/$COMMIT_ID/release.json
  CODE_DIGEST=""
  has_object "$key" || return 0
  aws s3 cp "s3://$ARTIFACT_BUCKET/$key" "$work/kept.json" --only-show-errors
  CODE_DIGEST=$(jq -r '.codeDigest | strings | select(test("^sha256:[0-9a-f]{64}$"))' "$work/kept.json") || CODE_DIGEST=""
  if [[ -n $CODE_DIGEST ]]; then
    check_kept_code
  else
    log "the kept release of this commit names no code: it is made again"
  fi
}

# check_template FILE NAME: asks CloudFormation what it declares: its parameters, and the macros that would rewrite it.
check_template() {
  local key=$ARTIFACT_PREFIX/Release/$COMMIT_ID/$1 suffix=amazonaws.com transform size from=(--template-body "file://$release/$1")
  [[ $AWS_REGION != cn-* ]] || suffix=amazonaws.com.cn
  size=$(wc -c < "$release/$1")
  ((size <= 1000000)) || fail "$2 has $size bytes, CloudFormation takes 1000000: split it"
  # A longer one is not taken in the call itself.
  if ((size > 51200)); then
    aws s3 cp "$release/$1" "s3://$ARTIFACT_BUCKET/$key" --only-show-errors
    from=(--template-url "https://$ARTIFACT_BUCKET.s3.$AWS_REGION.$suffix/$key")
  fi
  mkdir -p "$work/declared/templates"
  aws cloudformation validate-template "${from[@]}" --output json > "$work/declared/$1" || fail "CloudFormation refuses $2: correct what it says above"
  jq -r '.DeclaredTransforms[]?' "$work/declared/$1" > "$work/transforms"
  while IFS= read -r transform; do
    [[ " $TRANSFORMS " == *" $transform "* ]] || fail "$2 uses transform $(quoted "$transform"), which this pipeline" \
      "doesn't permit (permitted: ${TRANSFORMS:-none}): add it to the pipeline's settings, or do without it"
  done < "$work/transforms"
}

# Every problem of the templates' and the environments' parameters at once.
check_parameters() {
  local environment file name_of_file template name checked=""
  # Where code alone is released, nothing is deployed by a template.
  [[ $TEMPLATE != - ]] || return 0
  for environment in $ENVIRONMENTS; do
    file=parameters/$environment.json
    name_of_file=$shown$file
    [[ -z $(said ".parameters | has(\"$environment\") | select(.) | tojson") ]] || name_of_file=$DIRECTORY/delivery.yaml
    template=$(template_of "$environment")
    name=$template
    [[ $template != template.yaml ]] || name=$TEMPLATE
    [[ $template == "$checked" ]] || check_template "$template" "$name"
    checked=$template
    jq -r --slurpfile template "$work/declared/$template" --arg file "$name_of_file" --arg name "$name" \
      --arg required "$REQUIRED_PARAMETERS" --arg rollback "${ROLLBACK_PARAMETER_NAMES#-}" \
      -f "$here/parameters.jq" "$release/$file" >> "$work/problems" \
      || fail "$name_of_file is not JSON: correct it"
  done
  [[ ! -s $work/problems ]] || fail $'template and parameters can\'t be deployed:\n'"$(sort -u "$work/problems")"
}

# require_node: what the service asks for is what its scripts run on. npm only warns, and what fails then is some stack trace.
require_node() {
  local wanted
  wanted=$(jq -r '.engines.node? // "" | tostring' package.json) || fail "$DIRECTORY/package.json is not JSON: correct it"
  [[ -n $wanted ]] || return 0
  # By npm's own reading of ranges; where there is none, npm's warning is all there is.
  WANTED=$wanted node -e 'const { dirname, join } = require("node:path");
    let semver;
    try {
      semver = require(join(dirname(process.execPath), "../lib/node_modules/npm/node_modules/semver"));
    } catch {
      process.exit(0);
    }
    process.exit(semver.satisfies(process.versions.node, process.env.WANTED) ? 0 : 3)' \
    || fail "$DIRECTORY/package.json asks for Node.js $(quoted "$wanted") in 'engines', and Build and Verify run" \
      "$(node --version): change 'engines', or give the jobs an image with that Node.js"
}

# read_secrets: adds the secrets that delivery.yaml names to the variables of the service's own commands, in this job alone.
read_secrets() {
  local name secret value problems=""
  while read -r name secret; do
    if value=$(aws secretsmanager get-secret-value --secret-id "$SECRETS$secret" --query SecretString --output text 2> "$work/refusal"); then
      own_variables+=("$name=$value")
    else
      problems+=$'\n'"secrets.$name: $SECRETS$secret can't be read in Secrets Manager of tooling's account: make it there ($(refusal))"
    fi
  done < <(said '.secrets | to_entries[] | "\(.key) \(.value)"')
  [[ -z $problems ]] || fail "$DIRECTORY/delivery.yaml can't be used:$problems"
}

# seal_release: sums of every file; a later job compares them with the variables that Build exports. Which commands run inside
# environments is there too: people see these before they approve, and a runner runs no others.
seal_release() {
  (cd "$release" && check_names)
  jq -n --arg commit "$COMMIT_ID" --arg digest "$CODE_DIGEST" --arg settings "$settings" \
    --argjson commands "$(said '{beforeDeploy, afterDeploy} | with_entries(select(.value != null)) | select(. != {})' | grep . || echo null)" \
    '{commit: $commit, codeDigest: $digest, settings: $settings} + (if $commands then {commands: $commands} else {} end)' \
    > "$release/release.json"
  (cd "$release" && find . -type f | cut -c 3- | sort | xargs -d '\n' sha256sum -- > "$work/sums")
  cp "$work/sums" "$release/SHA256SUMS"
}

# The commit that CodePipeline has fetched, as CodeBuild says it.
COMMIT_ID=${CODEBUILD_RESOLVED_SOURCE_VERSION-}
need AWS_REGION PIPELINE DIRECTORY TEMPLATE REQUIRED_PARAMETERS ROLLBACK_PARAMETER_NAMES ENVIRONMENTS ARTIFACT_BUCKET ARTIFACT_PREFIX \
  STACK_PREFIX SECRETS COMMIT_ID
[[ $PACKAGING != image ]] || need REPOSITORY_NAME REPOSITORY_URI PLATFORM BUILDKIT_IMAGE CODEBUILD_BUILD_ID
TRANSFORMS=${TRANSFORMS-}
# Of the settings, what a release is made from.
settings="$PACKAGING $DIRECTORY $TEMPLATE $STACK_PREFIX $REQUIRED_PARAMETERS $ROLLBACK_PARAMETER_NAMES${ENVIRONMENT_REGIONS:+ $ENVIRONMENT_REGIONS}"
rm -rf "$release"
[[ -f $DIRECTORY/package.json || -f $DIRECTORY/delivery.yaml ]] || fail "the source has no $DIRECTORY/package.json: the pipeline's" \
  "setting 'directory' must name the folder of the service, which has that or a delivery.yaml"
cd -- "$DIRECTORY"
beside=$(dirname -- "$TEMPLATE")
shown=$DIRECTORY/
[[ $beside == . ]] || shown+=$beside/
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u+rw,go=rX --dereference --hard-dereference \
  --exclude=node_modules --exclude=.git -cf - . | gzip -n > "$work/source.tar.gz"

read_delivery
[[ -z $delivery || ${VERIFY-} != npm ]] || fail "the service has ${DIRECTORY:+$DIRECTORY/}delivery.yaml, and this pipeline's shortJobs have" \
  "Verify run where npm's scripts alone can: take verify out of shortJobs in the pipeline's settings, bring the stacks up, then retry" \
  "this stage"
[[ $TEMPLATE != - || -z $(said 'has("parameters") | select(.) | tojson') ]] || fail "${DIRECTORY:+$DIRECTORY/}delivery.yaml: parameters:" \
  "this pipeline releases code alone, to what another stack owns, and has no template that they could be for: remove them"
use_runtimes
[[ ! -f package.json ]] || require_node
read_secrets
must install
must test
need_report test tests reports/junit.xml
reported coverage coverage/cobertura-coverage.xml
find_code
kept=false
[[ -z $CODE_DIGEST ]] || take_kept_release
if [[ $kept == false ]]; then
  # A release that isn't whole gives no code either.
  [[ $code_in_release == false ]] || CODE_DIGEST=""
  make_release
fi
check_parameters
if [[ -n $CODE_DIGEST ]]; then
  log "this commit has its code already, which is used: $CODE_DIGEST"
else
  make_code
fi
need CODE_DIGEST
[[ $PACKAGING != image ]] || copy_code
if [[ $kept == true ]]; then
  log "hands over the kept release of this commit, which was checked when it was built"
else
  seal_release
fi

RELEASE_SHA256=$(sha256sum < "$release/SHA256SUMS" | cut -c 1-64)
output CODE_DIGEST
output RELEASE_SHA256
