#!/usr/bin/env bash
# Register: which branch this run is of, and whether it may have an environment. Notes it before anything is made, so
# that the clean-up knows of every stack that there may be.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
need AWS_REGION PIPELINE ARTIFACT_BUCKET SOURCE STACK_PREFIX INCLUDE MAIN_BRANCH MAX_BRANCHES DIRECTORY PACKAGING EXECUTION_ID
# shellcheck source=run.sh
source "$here/run.sh"
# shellcheck source=branch.sh
source "$here/branch.sh"
# shellcheck source=delivery.sh
source "$here/delivery.sh"

# read_run: sets branch, COMMIT_ID, and pull_request to the number of the one whose end has started this run, or to nothing.
# What the run is, is decided by what has started it: a run that is nothing of this builds nothing.
read_run() {
  local trigger detail
  pull_request=""
  ask_pipeline "$work/run.json" aws codepipeline get-pipeline-execution --pipeline-name "$PIPELINE" --pipeline-execution-id "$EXECUTION_ID" \
    --query 'pipelineExecution.{type: trigger.triggerType, detail: trigger.triggerDetail, variables: variables}'
  read_actions
  COMMIT_ID=$(handed Source Source CommitId)
  trigger=$SOURCE/$(jq -r '.type // "-" | @json' "$work/run.json" | tr -d '"')
  detail=$(jq -r '.detail // "" | @json' "$work/run.json")
  case $trigger in
    */CreatePipeline) branch=- ;;
    # The rule passes the branch on, and who starts a run by hand names it.
    codecommit/CloudWatchEvent | codecommit/StartPipelineExecution)
      branch=$(jq -r '[.variables[]? | select(.name == "BRANCH").resolvedValue][0] // "-"
        | if test("[[:cntrl:]]") then tojson else . end' "$work/run.json")
      ;;
    connection/WebhookV2 | connection/Webhook) read_webhook "$detail" ;;
    connection/StartPipelineExecution) fail "a run that is started by hand is of no branch, where the source is behind a" \
      "connection: push to the branch" ;;
    *) fail "this run was started by $(quoted "${trigger#*/}"), which is neither a push nor the end of a pull" \
      "request: nothing is built; push to the branch" ;;
  esac
  need COMMIT_ID
}

# read_webhook DETAIL: a push, or the end of a pull request; no other event of one is a trigger. A pull request's run is
# known by any of what only such runs have, since they don't all have the same; a push by none of it.
# https://github.com/aws/aws-cdk/issues/31000, https://github.com/aws/aws-cdk/pull/37185
read_webhook() {
  local into title pull=""
  branch=$(handed Source Source SourceBranchName)
  into=$(handed Source Source DestinationBranchName)
  title=$(handed Source Source PullRequestTitle)
  pull_request=$(handed Source Source PullRequestId)
  shopt -s nocasematch
  [[ ! $1 =~ (pull|merge)[^a-z]?request ]] || pull=true
  shopt -u nocasematch
  [[ -z $branch$into$title$pull_request ]] || pull=true
  [[ -n $branch ]] || branch=$(handed Source Source BranchName)
  [[ -n $branch ]] || branch=-
  [[ $pull == true ]] || return 0
  [[ $pull_request =~ ^[1-9][0-9]{0,17}$ ]] || fail "this run is of a pull request, and a pull request has a number, but" \
    "CodePipeline says $(quoted "$pull_request"): nothing is built or removed"
  [[ $branch != - && $branch != "$MAIN_BRANCH" ]] || fail "pull request $pull_request has ended, and CodePipeline doesn't say" \
    "of which branch: its environment, if it has one, stays until it expires"
  [[ -z $into || $into == "$MAIN_BRANCH" ]] || fail "pull request $pull_request is not into $MAIN_BRANCH: nothing is built or removed"
}

# require_included: the branch is one that settings mean, whoever has started the run.
require_included() {
  local pattern
  [[ $branch != - ]] || fail "this run is of no branch: CodePipeline starts one itself when it makes the pipeline;" \
    "push to a branch that $INCLUDE includes"
  is_branch "$branch" || fail "git has no branch of this name: $(quoted "$branch")"
  [[ $branch != "$MAIN_BRANCH" ]] || fail "$MAIN_BRANCH is released by its own pipeline: push to another branch"
  jq -r '.[]' <<< "$INCLUDE" > "$work/include" || fail "variable INCLUDE must be a JSON list of patterns"
  while IFS= read -r pattern; do
    # shellcheck disable=SC2053 # a pattern is meant
    [[ $branch != $pattern ]] || return 0
  done < "$work/include"
  fail "branch $(quoted "$branch") is not among $INCLUDE: choose another name, or add it to the pipeline's settings"
}

# require_wanted: the service's own delivery.yaml, where it names branches, means this one too. It is the branch's, so whoever pushes
# can change it: it only narrows what settings include. It is data here, and nothing of the source is run.
require_wanted() {
  local root file pattern shown=$DIRECTORY/delivery.yaml
  root=$(pwd -P)
  file=$(realpath -ms -- "$root/$shown")
  [[ -e $file || -L $file ]] || return 0
  # What a link leads to could be the job's own, and what is refused of a file is shown.
  [[ -f $file && $(realpath -e -- "$file") == "$file" ]] || fail "$shown is no file, or behind a link: make it a file of the repository"
  cd -- "$DIRECTORY"
  read_delivery
  cd -- "$root"
  has_step branches || return 0
  while IFS= read -r pattern; do
    # shellcheck disable=SC2053 # a pattern is meant
    [[ $branch != $pattern ]] || return 0
  done < <(said '.branches[]')
  fail "branch $(quoted "$branch") is not among 'branches' of $shown, $(said '.branches | tojson'): choose another name, or add it" \
    "there, on this branch"
}

# require_room: there is an environment of this branch already, or room for one more.
require_room() {
  local wanted=$branch each
  list_registry
  for each in "${registered[@]}"; do
    [[ $each == "$BRANCH_HASH" ]] || continue
    read_entry "$each"
    [[ $branch == "$wanted" ]] \
      || fail "branch $(quoted "$branch") has the stack $STACK_PREFIX$each, whose name this one would get too: rename this one"
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

# choose_priority: sets BRANCH_PRIORITY to the branch's place among the rules of the listener, `-` where there is none: the one that
# it has, or the first that no other branch has. Runs are registered one after the other, and a place is free again when the
# clean-up takes the note of it away, which it does after the stack.
choose_priority() {
  local wanted=$branch each own=- taken=" " place
  BRANCH_PRIORITY=-
  [[ -n ${FIRST_PRIORITY-} ]] || return 0
  for each in "${registered[@]}"; do
    read_entry "$each"
    place=$(jq -r '.priority // "-"' <<< "$entry")
    if [[ $each == "$BRANCH_HASH" ]]; then own=$place; else taken+="$place "; fi
  done
  branch=$wanted
  for place in "$own" $(seq "$FIRST_PRIORITY" $((FIRST_PRIORITY + MAX_BRANCHES - 1))); do
    # What another setting gave it is not among those of now.
    [[ $place =~ ^[1-9][0-9]{0,4}$ && $taken != *" $place "* ]] || continue
    ((place >= FIRST_PRIORITY && place < FIRST_PRIORITY + MAX_BRANCHES)) || continue
    BRANCH_PRIORITY=$place
    return 0
  done
  fail "every place from $FIRST_PRIORITY to $((FIRST_PRIORITY + MAX_BRANCHES - 1)) among the listener's rules is another branch's:" \
    "delete a branch whose environment is not needed, or raise 'branches.max' in the pipeline's settings; then push to this one again"
}

# end_branch: a run that the end of a pull request has started only says that the branch is not needed any more: it counts
# as expired, and the clean-up, which starts when this run fails, removes its environment. A push brings it back. CodePipeline
# doesn't say whether a pull request is of a fork, whose branch may have the name of one here: so it must have ended at the
# very commit that the branch's environment was last released from.
end_branch() {
  local wanted=$branch ended="pull request $pull_request has ended" commit
  has_object "$registry$BRANCH_HASH" || fail "$ended: its branch has no environment here"
  read_entry "$BRANCH_HASH"
  [[ $branch == "$wanted" ]] || fail "$ended: its branch has no environment here"
  commit=$(jq -r '.commit // "-"' <<< "$entry")
  [[ $commit == "$COMMIT_ID" ]] || fail "$ended at commit $COMMIT_ID, and $STACK_PREFIX$BRANCH_HASH is of another, $commit:" \
    "it may be a fork's, so the environment stays until it expires"
  jq '.deployedAt = 0' <<< "$entry" > "$work/ended.json"
  aws s3 cp "$work/ended.json" "s3://$ARTIFACT_BUCKET/$registry$BRANCH_HASH" --only-show-errors
  fail "$ended: the clean-up, which this run starts by ending here, removes $STACK_PREFIX$BRANCH_HASH"
}

own_run forward
read_run
require_included
BRANCH_HASH=$(hash_of "$branch")
[[ -z $pull_request ]] || end_branch
require_wanted
BRANCH_LABEL=${branch//[^A-Za-z0-9_.\/+@-]/-}
# shellcheck disable=SC2034 # output takes it by name
BRANCH_LABEL=${BRANCH_LABEL:0:256}
name=$branch
require_room
choose_priority
now=$(date +%s)
jq -n --arg ref "refs/heads/$name" --arg stack "$STACK_PREFIX$BRANCH_HASH" --arg commit "$COMMIT_ID" \
  --arg priority "$BRANCH_PRIORITY" --argjson now "$now" '{ref: $ref, stackName: $stack, commit: $commit, deployedAt: $now}
    + if $priority == "-" then {} else {priority: $priority} end' > "$work/new.json"
aws s3 cp "$work/new.json" "s3://$ARTIFACT_BUCKET/$registry$BRANCH_HASH" --only-show-errors
log "branch $(printf %q "$name") has the stack $STACK_PREFIX$BRANCH_HASH"
output BRANCH_HASH
output BRANCH_LABEL
output BRANCH_PRIORITY
