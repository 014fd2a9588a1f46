#!/usr/bin/env bash
# Register: which branch this run is of, and whether it may have an environment. Notes it before anything is made, so
# that the clean-up knows of every stack that there may be.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
need AWS_REGION PIPELINE ARTIFACT_BUCKET SOURCE STACK_PREFIX INCLUDE MAIN_BRANCH MAX_BRANCHES EXECUTION_ID
# shellcheck source=branch.sh
source "$here/branch.sh"

# read_branch: sets branch, and pull_request to the number of the one whose end has started this run, or to nothing. It is
# asked for: CodePipeline would paste the name into JSON, were it a variable of the action.
read_branch() {
  if [[ $SOURCE == codecommit ]]; then
    aws codepipeline get-pipeline-execution --pipeline-name "$PIPELINE" --pipeline-execution-id "$EXECUTION_ID" \
      --query "[pipelineExecution.variables[?name=='BRANCH'].resolvedValue | [0]]" --output json > "$work/branch.json"
  else
    aws codepipeline list-action-executions --pipeline-name "$PIPELINE" --filter "pipelineExecutionId=$EXECUTION_ID" \
      --query "actionExecutionDetails[?actionName=='Source'].output.outputVariables.[BranchName, PullRequestId] | [0]" \
      --output json > "$work/branch.json"
  fi
  # Bash would lose a line feed at the end: as JSON the name has a backslash, which git takes as little.
  branch=$(jq -r '.[0] // "-" | if test("[[:cntrl:]]") then tojson else . end' "$work/branch.json")
  pull_request=$(jq -r '.[1] // ""' "$work/branch.json")
  [[ $pull_request =~ ^[0-9]*$ ]] || fail "a pull request has a number, but CodePipeline says $(printf %q "$pull_request")"
}

# require_included: the branch is one that settings mean, whoever has started the run.
require_included() {
  local pattern
  [[ $branch != - ]] || fail "this run is of no branch: CodePipeline starts one itself when it makes the pipeline;" \
    "push to a branch that $INCLUDE includes"
  is_branch "$branch" || fail "git has no branch of this name: $(printf %q "$branch" | cut -c 1-300)"
  [[ $branch != "$MAIN_BRANCH" ]] || fail "$MAIN_BRANCH is released by its own pipeline: push to another branch"
  jq -r '.[]' <<< "$INCLUDE" > "$work/include" || fail "variable INCLUDE must be a JSON list of patterns"
  while IFS= read -r pattern; do
    # shellcheck disable=SC2053 # a pattern is meant
    [[ $branch != $pattern ]] || return 0
  done < "$work/include"
  fail "branch $(printf %q "$branch") is not among $INCLUDE: choose another name, or add it to the pipeline's settings"
}

# require_room: there is an environment of this branch already, or room for one more.
require_room() {
  local wanted=$branch each
  list_registry
  for each in "${registered[@]}"; do
    [[ $each == "$BRANCH_HASH" ]] || continue
    read_entry "$each"
    [[ $branch == "$wanted" ]] \
      || fail "branch $(printf %q "$branch") has the stack $STACK_PREFIX$each, whose name this one would get too: rename this one"
    return 0
  done
  ((${#registered[@]} >= MAX_BRANCHES)) || return 0
  log "These branches have an environment:"
  for each in "${registered[@]}"; do
    read_entry "$each"
    log "  $(printf %q "$branch") ($STACK_PREFIX$each, last deployed $(date -u -d "@$deployed_at" +%FT%TZ))"
  done
  fail "there are ${#registered[@]} environments of branches, and $MAX_BRANCHES are allowed: nothing was made. Delete a branch" \
    "whose environment is not needed (where the repository is behind a connection: wait until it expires), or raise" \
    "'branches.max' in the pipeline's settings; then push to this one again"
}

# end_branch: a run that the end of a pull request has started only says that the branch is not needed any more: it counts
# as expired, and the clean-up, which starts when this run fails, removes its environment. A push brings it back.
end_branch() {
  local wanted=$branch
  has_object "$registry$BRANCH_HASH" || fail "pull request $pull_request has ended: its branch has no environment here"
  read_entry "$BRANCH_HASH"
  [[ $branch == "$wanted" ]] || fail "pull request $pull_request has ended: its branch has no environment here"
  jq '.deployedAt = 0' <<< "$entry" > "$work/ended.json"
  aws s3 cp "$work/ended.json" "s3://$ARTIFACT_BUCKET/$registry$BRANCH_HASH" --only-show-errors
  fail "pull request $pull_request has ended: the clean-up, which this run starts by ending here, removes $STACK_PREFIX$BRANCH_HASH"
}

read_branch
require_included
BRANCH_HASH=$(hash_of "$branch")
[[ -z $pull_request ]] || end_branch
BRANCH_LABEL=${branch//[^A-Za-z0-9_.\/+@-]/-}
# shellcheck disable=SC2034 # output takes it by name
BRANCH_LABEL=${BRANCH_LABEL:0:256}
name=$branch
require_room
now=$(date +%s)
jq -n --arg ref "refs/heads/$name" --arg stack "$STACK_PREFIX$BRANCH_HASH" --argjson now "$now" \
  '{ref: $ref, stackName: $stack, deployedAt: $now}' > "$work/new.json"
aws s3 cp "$work/new.json" "s3://$ARTIFACT_BUCKET/$registry$BRANCH_HASH" --only-show-errors
log "branch $(printf %q "$name") has the stack $STACK_PREFIX$BRANCH_HASH"
output BRANCH_HASH
output BRANCH_LABEL
