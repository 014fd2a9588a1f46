# shellcheck shell=bash disable=SC2034 # what the functions set is for their callers
# What every Plan has to do with the approval that follows it.

# Between this Plan and its Deploy no other run may change the environment, so the stage must be free. The look at the pipeline by
# which the job has begun tells, unless it has waited since.
wait_for_deploy_stage() {
  local states n
  [[ $waited == false ]] || look_at_stage
  for ((n = 0; n < 240; n++)); do
    states=$(jq -r --arg stage "$DEPLOY_STAGE" '.[] | select(.name == $stage) | .states[]' "$work/stages.json")
    [[ $states == *InProgress* || $states == *Stopping* ]] || return 0
    log "stage $DEPLOY_STAGE is busy with another release: waiting ($n of 240)"
    sleep 30
    waited=true
    look_at_stage
  done
  fail "stage $DEPLOY_STAGE is still busy after 2 hours: let it finish or stop it, then retry this stage"
}

# compose_summary: sets SUMMARY to what the approver reads. CodePipeline pastes it into the approval: what could end a text
# there, or be taken for a variable, is no part of it.
compose_summary() {
  local also=${beside-}
  ((${#also} <= 400)) || also=", and runs commands inside that the plan lists"
  SUMMARY="$ENVIRONMENT: commit $COMMIT_ID, code $CODE_DIGEST: $CHANGES$also"
  SUMMARY=$(printf %s "$SUMMARY" | tr -c ' !%-[]-z|}~' '?')
  SUMMARY=${SUMMARY:0:900}
}
