#!/usr/bin/env bash
# Clean-up of branches: removes the environments of those that are gone, or were not deployed for long. Takes nothing of
# the branch's code. One branch's failure doesn't stop the others; the exit code tells at the end.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
need AWS_REGION PIPELINE ARTIFACT_BUCKET STACK_PREFIX DEPLOY_ROLE_ARN EXPIRE_AFTER_DAYS PULUMI_STACK
# shellcheck source=removal.sh
source "$here/removal.sh"
# shellcheck source=retained.sh
source "$here/retained.sh"
# shellcheck source=branch.sh
source "$here/branch.sh"
# shellcheck source=branch-session.sh
source "$here/branch-session.sh"

# why_obsolete: sets days since the last deployment, and why to a reason, or to nothing. Whether a branch is there, only
# CodeCommit can be asked.
why_obsolete() {
  days=$((($(date +%s) - deployed_at) / 86400))
  why=""
  if ((deployed_at == 0)); then
    why="is not needed any more, since its pull request has ended"
  elif ((days >= EXPIRE_AFTER_DAYS)); then
    why="was last deployed $days days ago, and $EXPIRE_AFTER_DAYS are allowed"
  elif [[ -n ${REPOSITORY-} ]] && ! aws codecommit get-branch --repository-name "$REPOSITORY" --branch-name "$branch" \
    --query branch.commitId --output text > "$work/commit" 2> "$work/error"; then
    grep -q BranchDoesNotExistException "$work/error" || {
      cat "$work/error" >&2
      fail "CodeCommit doesn't say whether branch $(quoted "$branch") is there"
    }
    why="is gone"
  fi
}

# read_again HASH: sets unchanged to whether the registry says what it said: a run may have deployed the branch in
# between, or another clean-up removed it.
read_again() {
  local before=$entry
  unchanged=false
  if has_object "$registry$1"; then
    read_entry "$1"
    [[ $entry != "$before" ]] || unchanged=true
  fi
  [[ $unchanged == true ]] || log "  the branch was deployed or removed in between: this clean-up leaves it"
}

# wait_until_idle HASH STACK: a run may be deploying the branch.
wait_until_idle() {
  local n
  for ((n = 0; n < 120; n++)); do
    read_stack "$1" "$2"
    stack_is_busy || return 0
    log "  stack $2 is in $stack_status: waiting ($n of 120)"
    sleep 15
  done
  fail "stack $2 is still in $stack_status after 30 minutes: the next clean-up, a day later at most, tries again"
}

# keep HASH STACK: nothing is removed but what never came to be.
keep() {
  case $stack_status in
    ROLLBACK_COMPLETE | ROLLBACK_FAILED | CREATE_FAILED)
      log "  deletes stack $2, which never came to be ($stack_status)"
      delete_stack "$1" "$2"
      ;;
    MISSING)
      # A day is more than any run takes.
      ((days == 0)) || why="has had no stack for a day"
      ;;
  esac
}

# show_kept HASH: what the template of the stack has kept, whose id was noted before it was deleted: also by a clean-up that
# came to no end.
show_kept() {
  local id
  has_object "$registry$1.stack" || return 0
  aws s3 cp "s3://$ARTIFACT_BUCKET/$registry$1.stack" "$work/stack" --only-show-errors
  id=$(< "$work/stack")
  [[ $id == arn:*:stack/"$STACK_PREFIX$1"/* ]] \
    || fail "s3://$ARTIFACT_BUCKET/$registry$1.stack is not what this job writes: delete it"
  show_retained "$1" "$id"
  aws s3 rm "s3://$ARTIFACT_BUCKET/$registry$1.stack" --only-show-errors
}

# remove HASH STACK: the stack, unless a run has deployed the branch in between, then the note of it.
remove() {
  log "branch $(printf %q "$branch") $why: removes $2"
  wait_until_idle "$1" "$2"
  read_again "$1"
  [[ $unchanged == true ]] || return 0
  if [[ $stack_status != MISSING ]]; then
    printf '%s' "$stack_id" > "$work/stack"
    aws s3 cp "$work/stack" "s3://$ARTIFACT_BUCKET/$registry$1.stack" --only-show-errors
    delete_stack "$1" "$2"
  fi
  show_kept "$1"
  [[ $stack_status == MISSING ]] || read_again "$1"
  [[ $unchanged == false ]] || aws s3 rm "s3://$ARTIFACT_BUCKET/$registry$1" --only-show-errors
}

sweep() {
  local hash=$1 stack=$STACK_PREFIX$1
  has_object "$registry$hash" || return 0 # another clean-up was faster
  read_entry "$hash"
  why_obsolete
  use_branch_role "$hash" "$DEPLOY_ROLE_ARN" "$hash"
  read_stack "$hash" "$stack" denied
  [[ $stack_status != DENIED ]] || fail "$stack can't be looked at without its environment: run 'pulumi up --stack $PULUMI_STACK'"
  [[ -n $why ]] || keep "$hash" "$stack"
  if [[ -n $why ]]; then
    remove "$hash" "$stack"
  else
    log "branch $(printf %q "$branch") keeps its environment ($stack)"
  fi
}

list_registry
log "environments of branches: ${#registered[@]}"
for hash in "${registered[@]}"; do attempt sweep "$hash"; done
((${#failures[@]} == 0)) || fail "not everything was done: ${failures[*]}"
