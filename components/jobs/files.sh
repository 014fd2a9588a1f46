# shellcheck shell=bash disable=SC2034 # what the functions set is for their callers
# Code as files: they are in the release, so that a kept release is all that there is of a commit.

code_in_release=true

# find_code: sets CODE_DIGEST to what the release says that Promote kept for this commit, or to nothing.
find_code() {
  local key=kept/$PIPELINE/$COMMIT_ID/release.json
  CODE_DIGEST=""
  has_object "$key" || return 0
  aws s3 cp "s3://$ARTIFACT_BUCKET/$key" "$work/kept.json" --only-show-errors
  CODE_DIGEST=$(jq -r '.codeDigest | strings | select(test("^sha256:[0-9a-f]{64}$"))' "$work/kept.json") || CODE_DIGEST=""
  [[ -n $CODE_DIGEST ]] || log "the kept release of this commit names no code: it is made again"
}

# ECR scans images; of files nothing is looked at here.
check_code() { log "files are not scanned: what the service's own tests check is all"; }
