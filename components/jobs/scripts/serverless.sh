# shellcheck shell=bash
# A service of the Serverless Framework: osls packages it once for each environment, the common jobs deploy what it made.
# shellcheck source=files.sh
source "$here/files.sh"

# package_service ENVIRONMENT: into $work/package-ENVIRONMENT, without the rights that Build has, so that no template
# depends on them.
package_service() {
  local region
  log "packages the service for $1"
  region=$(jq -n -r --arg name "$1" --arg own "$AWS_REGION" --arg of "${ENVIRONMENT_REGIONS:-null}" '$of | fromjson | .[$name] // $own')
  by_itself without_rights npm run package -- --stage "$1" --region "$region" --param "stackName=$STACK_PREFIX$1" --package "$work/package-$1" \
    || fail "'npm run package' ended with exit code $? for stage $1: see the lines above. It has no AWS rights, so nothing that it packages" \
      "may ask AWS: no \${aws:...}, no \${ssm:...}, no layers"
}

# take_package ENVIRONMENT: its template and its zips, into the release.
take_package() {
  local compiled=$work/package-$1/cloudformation-template-update-stack.json sum name odd problems
  [[ -f $compiled ]] || fail "'npm run package' wrote no ${compiled##*/} for stage $1: it must run 'osls package' with" \
    "the arguments that it is given"
  odd=$(find "${compiled%/*}" -maxdepth 1 -name '*.zip' -name '*[!A-Za-z0-9._-]*' -printf %f -quit)
  [[ -z $odd ]] || fail "what is packaged for $1 has a zip named $(quoted "$odd"): name it with letters, digits, dots, _ and - only"
  (cd "${compiled%/*}" && find . -maxdepth 1 -type f -name '*.zip' | cut -c 3- | sort | xargs -r -d '\n' sha256sum --) \
    > "$work/zips-$1"
  jq --rawfile sums "$work/zips-$1" --arg stack "$STACK_PREFIX$1" -f "$here/serverless.jq" "$compiled" \
    > "$work/made.json" || fail "${compiled##*/} of stage $1 is not a template: see the line above"
  problems=$(jq -r '.problems[]' "$work/made.json")
  [[ -z $problems ]] || fail "what is packaged for $1 can't be deployed:"$'\n'"$problems"
  jq .template "$work/made.json" > "$release/templates/$1.json"
  while read -r sum name; do
    cp "${compiled%/*}/$name" "$release/code/$sum.zip"
  done < "$work/zips-$1"
}

# same_code ENVIRONMENT OTHER: what is tested in one is what comes to the next.
same_code() {
  local unlike
  unlike=$(sort <(cut -c 1-64 "$work/zips-$1" | sort -u) <(cut -c 1-64 "$work/zips-$2" | sort -u) | uniq -u)
  [[ -z $unlike ]] || fail "the code of $1 and $2 differs:" \
    "$(grep -hF "$unlike" "$work/zips-$1" "$work/zips-$2" | cut -c 67- | sort -u | paste -sd ' ')." \
    "Every environment gets the same code: give it what differs by environment variables"
}

# make_templates: a template for each environment, and the code that all of them share.
make_templates() {
  local environment
  # All before the first is taken: the release may be below the service's folder, and must not come into a zip.
  for environment in $ENVIRONMENTS; do package_service "$environment"; done
  mkdir -p "$release/templates" "$release/code"
  for environment in $ENVIRONMENTS; do
    take_package "$environment"
    same_code "${ENVIRONMENTS%% *}" "$environment"
  done
}

# make_code: sets CODE_DIGEST, of the one zip or else of the sorted list of all.
make_code() {
  local sums
  sums=$(find "$release/code" -type f | sed 's:.*/::; s:[.]zip$::' | sort)
  [[ -n $sums ]] || fail "osls packaged no code: serverless.yml must have a function with a handler"
  [[ $sums != *$'\n'* ]] || sums=$(sha256sum <<< "$sums" | cut -c 1-64)
  CODE_DIGEST=sha256:$sums
}
