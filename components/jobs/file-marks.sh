# shellcheck shell=bash
# Marks of code that is files are objects beside the kept releases, which name their commit.

# read_mark KEY: sets commit to what the mark says.
read_mark() {
  aws s3 cp "s3://$ARTIFACT_BUCKET/$1" "$work/mark" --only-show-errors
  commit=$(< "$work/mark")
  [[ $commit =~ ^([0-9a-f]{40}|[0-9a-f]{64})$ ]] \
    || fail "mark s3://$ARTIFACT_BUCKET/$1 names no commit, but $(printf %q "$commit"): delete it, then retry this stage"
}

put_mark() {
  printf '%s\n' "$2" > "$work/mark"
  aws s3 cp "$work/mark" "s3://$ARTIFACT_BUCKET/$1" --only-show-errors
  log "$1 is on $2"
}

move_marks() {
  local live=kept/$PIPELINE/live-$ENVIRONMENT commit=""
  ! has_object "$live" || read_mark "$live"
  if [[ $commit == "$COMMIT_ID" ]]; then
    log "$live is on $COMMIT_ID already"
    return 0
  fi
  [[ -z $commit ]] || put_mark "$live-previous" "$commit"
  put_mark "$live" "$COMMIT_ID"
}

# marked_commits: a line for each mark, its commit.
marked_commits() {
  local keys key commit
  keys=$(aws s3api list-objects-v2 --bucket "$ARTIFACT_BUCKET" --prefix "kept/$PIPELINE/live-" --query 'Contents[].[Key]' \
    --output text)
  while IFS= read -r key; do
    read_mark "$key"
    printf '%s\n' "$commit"
  done <<< "$keys"
}

# The deployed stack reads its code from this run's files, also when CloudFormation rolls the next update back: these stay
# as long as it runs. Of the others a run may still wait for its approval, until they are as old as the longest.
prune_releases() {
  local folder=releases/$PIPELINE/$ENVIRONMENT_ACCOUNT/$ENVIRONMENT/ oldest objects modified key
  need EXPIRATION_IN_DAYS
  oldest=$(date --utc --date="$EXPIRATION_IN_DAYS days ago" +%Y-%m-%dT%H:%M:%S)
  objects=$(aws s3api list-objects-v2 --bucket "$ARTIFACT_BUCKET" --prefix "$folder" \
    --query 'Contents[].[LastModified, Key]' --output text)
  while IFS=$'\t' read -r modified key; do
    [[ $modified < $oldest && $key == "$folder"* && $key != "$folder$EXECUTION_ID/"* ]] || continue
    aws s3 rm "s3://$ARTIFACT_BUCKET/$key" --only-show-errors
  done <<< "$objects"
}
