# shellcheck shell=bash disable=SC2034 # what the functions set is for their callers
# Whose run a job acts for, and what that run was handed. CodePipeline pastes variables into the JSON of a job's
# environment as they are: a quote in one would make variables of its own. So a job is given literals and the id of
# its run, and asks for the rest. Only jobs that run nothing of the repository's may ask.

# ask_pipeline FILE aws codepipeline ...: what CodePipeline says, as JSON. It throttles, and many jobs start at once: asks again after
# a while that no two have the same.
ask_pipeline() {
  local file=$1 n
  shift
  for ((n = 1; ; n++)); do
    ! "$@" --output json > "$file" 2> "$work/error" || return 0
    cat "$work/error" >&2
    grep -Eq 'ThrottlingException|TooManyRequests|Rate exceeded' "$work/error" || fail "CodePipeline gives no answer: retry this stage"
    ((n < 6)) || fail "CodePipeline is still busy after $n attempts: retry this stage"
    sleep $((RANDOM % (1 << n) + n))
  done
}

# look_at_stage: sets action_status to the state of the action that this job is (`-`: none is), stage_id and stage_type to
# the run that has the stage. What the other stages do is in $work/stages.json then.
look_at_stage() {
  ask_pipeline "$work/stages.json" aws codepipeline get-pipeline-state --name "$PIPELINE" --query "stageStates[].{name: stageName,
    id: latestExecution.pipelineExecutionId, type: latestExecution.type, states: [latestExecution.status, inboundExecution.status],
    actions: actionStates[].latestExecution.{build: externalExecutionId, status: status}}"
  IFS=$'\t' read -r action_status stage_id stage_type < <(jq -r --arg stage "$STAGE" --arg build "$CODEBUILD_BUILD_ID" '
    map(select(.name == $stage))[0] | [([.actions[]? | select(.build == $build) | .status][0]), .id, .type]
    | map(select(. != null and . != "") // "-") | @tsv' "$work/stages.json")
  [[ $action_status == InProgress || $action_status == - ]] || fail "CodePipeline has ended the action of this job" \
    "($action_status): it does nothing for a run that goes on without it"
}

# rollback_target ID: sets HANDED_BY to the run that this roll-back goes back to.
rollback_target() {
  local type
  ask_pipeline "$work/rollback.json" aws codepipeline get-pipeline-execution --pipeline-name "$PIPELINE" --pipeline-execution-id "$1" \
    --query 'pipelineExecution.[executionType, rollbackMetadata.rollbackTargetPipelineExecutionId]'
  IFS=$'\t' read -r type HANDED_BY < <(jq -r 'map(select(. != null and . != "") // "-") | @tsv' "$work/rollback.json")
  [[ $type == ROLLBACK ]] || fail "run $1 is a roll-back in its stage, but CodePipeline calls it $(quoted "$type")"
  need HANDED_BY
}

# own_run forward|either: sets EXECUTION_ID to the run that this job acts for, HANDED_BY to the run whose values count, and
# execution_type to STANDARD or ROLLBACK; `forward` refuses a roll-back. A job whose action was abandoned runs on, so the
# stage must show an action in progress that is this very build. What the pasted id is in a roll-back, AWS's pages don't
# say: its own, or that of the run that it goes back to. Either is right here, and no other.
own_run() {
  local n
  need PIPELINE STAGE EXECUTION_ID CODEBUILD_BUILD_ID
  # CodePipeline may have started this build a moment before it notes so.
  for ((n = 0; n < 20; n++)); do
    look_at_stage
    [[ $action_status == - ]] || break
    sleep 3
  done
  [[ $action_status == InProgress ]] || fail "no action in progress of stage $STAGE is this build: its action was abandoned," \
    "or the stage has gone on to another run; retry the stage"
  execution_type=$stage_type HANDED_BY=$PASTED_ID
  case $stage_type in
    STANDARD) [[ $stage_id == "$PASTED_ID" ]] || fail "stage $STAGE is run $stage_id's, and this job is of run $PASTED_ID:" \
      "it does nothing for another run" ;;
    ROLLBACK)
      [[ $1 != forward ]] || fail "stage $STAGE changes no environment, so there is nothing in it to roll back:" \
        "roll back a stage that deploys, or start a new release"
      EXECUTION_ID=$stage_id
      need EXECUTION_ID
      rollback_target "$stage_id"
      [[ $PASTED_ID == "$stage_id" || $PASTED_ID == "$HANDED_BY" ]] || fail "stage $STAGE is rolled back to run $HANDED_BY" \
        "by $stage_id, and this job is of run $PASTED_ID: it does nothing for another run"
      ;;
    *) fail "CodePipeline calls this run $(quoted "$stage_type"), not STANDARD or ROLLBACK: start a new release" ;;
  esac
}

# True once the job has waited for something.
waited=false

# still_own_run: ends the job unless the stage is still the one that it was started for, after a long wait.
still_own_run() {
  [[ $waited == true ]] || return 0
  look_at_stage
  [[ $action_status == InProgress && $stage_id == "$EXECUTION_ID" ]] \
    || fail "stage $STAGE has gone on without this job, which has changed nothing: retry the stage"
}

# handed STAGE ACTION NAME: prints what the newest attempt of the action that succeeded has handed on. Bash would lose a
# NUL, or a line feed at the end: as JSON such a value has no form that is taken.
handed() {
  jq -r --arg stage "$1" --arg action "$2" --arg name "$3" '
    [.[] | select(.stage == $stage and .action == $action and .status == "Succeeded")] | reverse | sort_by(.started) | last
    | .variables[$name]? // "" | if type != "string" or test("[[:cntrl:]]") then tojson else . end' "$work/handed.json"
}

# read_actions: what the actions of run HANDED_BY have handed on, all attempts on all pages.
read_actions() {
  ask_pipeline "$work/handed.json" aws codepipeline list-action-executions --pipeline-name "$PIPELINE" \
    --filter "pipelineExecutionId=$HANDED_BY" --query 'actionExecutionDetails[].{
      stage: stageName, action: actionName, status: status, started: startTime, variables: output.outputVariables}'
}

# take_handed_over: sets COMMIT_ID, CODE_DIGEST and RELEASE_SHA256 to what Source and Build have handed on.
take_handed_over() {
  read_actions
  COMMIT_ID=$(handed Source Source CommitId)
  CODE_DIGEST=$(handed Build Build CODE_DIGEST)
  RELEASE_SHA256=$(handed Build Build RELEASE_SHA256)
  need COMMIT_ID CODE_DIGEST RELEASE_SHA256
}
