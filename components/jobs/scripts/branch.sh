# shellcheck shell=bash disable=SC2034 # what the functions set is for their callers
# What Register and the clean-up of branches share: which stack is a branch's, and the registry of those that have one.

registry=kept/$PIPELINE/

# is_branch NAME: whether git takes it for a branch, and people can't take it for another's full ref. A name is data:
# letters of any language, quotes and dollars are among what git allows.
is_branch() {
  local bad='[[:cntrl:][:space:]~^:?*[\]|\.\.|//|/\.|@\{|^[-/.]|^refs/|[/.]$|\.lock(/|$)'
  [[ -n $1 && ${#1} -le 1000 && ! $1 =~ $bad ]]
}

# hash_of NAME: prints what stands for the branch in names and in the tag of its sessions.
hash_of() {
  local sum
  sum=$(printf 'refs/heads/%s' "$1" | sha256sum)
  printf '%s' "${sum:0:8}"
}

# list_registry: sets registered to the hashes of the branches that have an environment.
list_registry() {
  local keys key
  registered=()
  keys=$(aws s3api list-objects-v2 --bucket "$ARTIFACT_BUCKET" --prefix "$registry" --query 'Contents[].[Key]' --output text)
  while IFS= read -r key; do
    [[ ! ${key#"$registry"} =~ ^[0-9a-f]{8}$ ]] || registered+=("${key#"$registry"}")
  done <<< "$keys"
}

# read_entry HASH: sets entry, and of it branch and deployed_at (seconds since 1970).
read_entry() {
  local text
  aws s3 cp "s3://$ARTIFACT_BUCKET/$registry$1" "$work/entry.json" --only-show-errors
  entry=$(< "$work/entry.json")
  text=$(jq -r '"\(.deployedAt) \(.ref)"' "$work/entry.json")
  deployed_at=${text%% *} branch=${text#* refs/heads/}
  if [[ ! $deployed_at =~ ^[0-9]{1,12}$ ]] || ! is_branch "$branch" || [[ $(hash_of "$branch") != "$1" ]]; then
    fail "the registry's entry s3://$ARTIFACT_BUCKET/$registry$1 is not what Register writes: delete the entry, and its" \
      "stack if there is one"
  fi
}
