# shellcheck shell=bash disable=SC2034,SC2153 # what the functions set is for their callers; ENVIRONMENT is the job's own
# What Build handed over is not trusted: it must be, byte for byte, what Build's variables say.

# check_names: the working directory holds nothing that a line of SHA256SUMS can't name.
check_names() {
  local found
  found=$(find . ! -type f ! -type d -o -name '*[!A-Za-z0-9._-]*' -o -name '[.-]?*')
  [[ -z $found ]] || fail "the release holds something that is no file or folder with a plain name: $(quoted "$found")"
}

# check_release: the working directory is a release, whole and unchanged, with just the code that its digest says.
check_release() {
  local sum line name commit digest listed found code plain='[A-Za-z0-9_][A-Za-z0-9._-]*'
  [[ -f SHA256SUMS && ! -L SHA256SUMS ]] || fail "the release has no file SHA256SUMS: start a new release"
  sum=$(sha256sum < SHA256SUMS)
  [[ ${sum%% *} == "$RELEASE_SHA256" ]] \
    || fail "SHA256SUMS has the checksum ${sum%% *}, Build said $RELEASE_SHA256: the release was changed after Build"
  check_names
  listed=SHA256SUMS
  while IFS= read -r line; do
    [[ $line =~ ^[0-9a-f]{64}\ \ ($plain(/$plain)*)$ ]] || fail "SHA256SUMS has a bad line: $(quoted "$line")"
    listed+=$'\n'${BASH_REMATCH[1]}
  done < SHA256SUMS
  found=$(find . -type f | cut -c 3- | sort)
  [[ $found == "$(sort <<< "$listed")" ]] || fail "the release's files are not those in SHA256SUMS: start a new release"
  sha256sum --check --strict --quiet SHA256SUMS || fail "a file of the release was changed after Build"
  for name in release.json source.tar.gz; do
    [[ -f $name ]] || fail "the release has no file $name: start a new release"
  done
  IFS=$'\t' read -r commit digest < <(jq -r '[.commit, .codeDigest] | map(tostring) | @tsv' release.json)
  [[ $commit == "$COMMIT_ID" ]] || fail "release.json is about another commit than this run: $(quoted "$commit")"
  [[ $digest == "$CODE_DIGEST" ]] || fail "release.json names other code than Build did: $(quoted "$digest")"
  code=$(sed -n '/  code\//p' SHA256SUMS | sort)
  [[ -n $code ]] || return 0
  # Each file is called by its checksum; the digest is that of the one, or of the sorted list of all.
  sum=$(cut -c 1-64 <<< "$code")
  ! grep -Eqv '^([0-9a-f]{64})  code/\1[.]zip$' <<< "$code" || fail "a file in code/ is not called by its checksum"
  [[ $sum != *$'\n'* ]] || sum=$(sha256sum <<< "$sum" | cut -c 1-64)
  [[ $CODE_DIGEST == "sha256:$sum" ]] || fail "the release holds other code than Build said, sha256:$sum: start a new release"
}

# commands_of STEP: prints the commands that the release has inside environments for it, as JSON in one line; nothing without any.
commands_of() {
  jq -r --arg step "$1" '.commands[$step]? // empty | select(type == "array" and all(type == "string")) | tojson' "${release-.}/release.json"
}

# show_commands: prints which of the service's own commands run inside the environment beside Deploy; sets beside to the same for the
# approver, in a line. What nothing would run ends the job.
show_commands() {
  local step list line when
  beside=""
  for step in beforeDeploy afterDeploy; do
    list=$(commands_of "$step")
    [[ -n $list ]] || continue
    [[ " ${RUNNER_STEPS-} " == *" $step "* ]] || fail "the release has commands for $step, and nothing runs them inside $ENVIRONMENT: add" \
      "$step to its runner.steps in the settings and bring the stacks up, or remove it from delivery.yaml; then start a new release"
    when=before
    [[ $step == beforeDeploy ]] || when=after
    while IFS= read -r line; do
      log "$when Deploy, inside $ENVIRONMENT: $line"
      beside+=", $when Deploy runs inside: $line"
    done < <(jq -r '.[] | gsub("[^ -~]+"; " ")' <<< "$list")
  done
}

# code_base64: prints the code's SHA-256 as Lambda has it.
code_base64() {
  # shellcheck disable=SC2001,SC2059 # the bytes that the digest stands for
  printf "$(sed 's/../\\x&/g' <<< "${CODE_DIGEST#sha256:}")" | base64
}

# template_of ENVIRONMENT: its own template, or the one that all have; in the release or in its folder $release.
template_of() {
  if [[ -f ${release-.}/templates/$1.json ]]; then
    printf 'templates/%s.json' "$1"
  else
    printf template.yaml
  fi
}
