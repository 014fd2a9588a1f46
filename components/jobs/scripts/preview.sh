#!/usr/bin/env bash
# Previews every stack of a pull request in CodeCommit, with the pull request's own code: this job has no right that whoever may push
# a branch must not have. Another job makes a comment of what it says at the end of its log.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=pulumi.sh
source "$here/pulumi.sh"

# profile NAME: the stack's role, under a name by which its settings may ask for it.
profile() {
  printf '[%s]\nregion = %s\nrole_arn = %s\nrole_session_name = preview\ncredential_source = EcsContainer\n' "$1" "$region" "$role"
}

# preview: of the stack that stack, region, role, backend and profile say.
preview() {
  if [[ -z $role ]]; then
    log "Not previewed: its settings have no previews."
    return
  fi
  [[ -n $backend ]] || {
    log "No backend: set previews.state.url in Pulumi.$stack.yaml."
    return 1
  }
  { profile default && { [[ -z $profile ]] || profile "profile $profile"; }; } > "$AWS_CONFIG_FILE"
  pulumi login "$backend" > "$work/login" || return
  # The last option needs its value: without one it asks for a link to the state, signed by the role.
  AWS_REGION=$region pulumi preview --stack "$stack" --refresh=false --non-interactive --color never --suppress-outputs \
    --suppress-progress --suppress-permalink=true
}

# waits TEXT: whether it failed since an environment that tooling's settings have is not up yet, or tooling was brought up without it.
# That its role can't be taken says so only where its stack is new in the pull request.
waits() {
  [[ -n $listed ]] || return
  grep -qF -e "has no environment '$listed'" -e "no stack named '" "$1" \
    || { grep -qF AssumeRole "$1" && ! git cat-file -e "$DESTINATION_COMMIT:Pulumi.$stack.yaml"; }
}

need AWS_REGION CODEBUILD_SRC_DIR
for name in SOURCE_COMMIT DESTINATION_COMMIT; do
  [[ ${!name-} =~ ^([0-9a-f]{40}|[0-9a-f]{64})$ ]] || fail "variable $name must be a commit, but is $(quoted "${!name-}")"
done
cd -- "$CODEBUILD_SRC_DIR"
npm ci --ignore-scripts --no-audit --no-fund
install_pulumi
node -r ts-node/register scripts/previewMatrix.ts > "$work/outputs"
sed -n 's/^matrix=//p' "$work/outputs" | jq -r '.[] | [.stack, .region, .role, .backend, .profile, .listed] | tojson' > "$work/stacks"

failed=() number=0
while read -r row; do
  # Those that are empty may be missing at the end.
  mapfile -t parts < <(jq -r '.[]' <<< "$row")
  stack=${parts[0]} region=${parts[1]} role=${parts[2]-} backend=${parts[3]-} profile=${parts[4]-} listed=${parts[5]-}
  number=$((number + 1)) code=0
  log "$stack"
  preview < /dev/null > "$work/text.$number" 2>&1 || code=$?
  if ((code != 0)) && waits "$work/text.$number"; then
    code=0
    log "Not previewed yet: tooling and environment $listed are not up together; npm run up brings up both." >> "$work/text.$number"
  fi
  ((code == 0)) || failed+=("$stack")
  cat "$work/text.$number"
  printf '%s\n' "$stack" > "$work/name.$number"
done < "$work/stacks"
((number > 0)) || fail "the pull request has no stack file: add Pulumi.<stack>.yaml"

# CodeCommit takes 10,240 characters of a comment, and the other job writes around this: each stack has a share.
# https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html
share=$((7500 / number))
log "previews of $SOURCE_COMMIT:"
for ((i = 1; i <= number; i++)); do
  printf '== %s\n' "$(< "$work/name.$i")"
  tail -c "$share" "$work/text.$i"
  printf '\n'
done
log "end of previews"
((${#failed[@]} == 0)) || fail "the preview failed of ${failed[*]}: see above what Pulumi says, and correct the pull request"
