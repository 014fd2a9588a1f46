# shellcheck shell=bash disable=SC2034,SC2154 # what, changed and what was read are set by the other files
# How Deploy releases code to a service of ECS that another stack owns.

# look_for_revision: sets target to the newest revision if that is what this release registers, or to nothing.
look_for_revision() {
  local same newest
  same=$(alike latest planned) newest=$(image_of latest) target=""
  [[ $same != true || $newest != "$image" ]] || target=$FAMILY:$latest
}

# register_revision: sets target to the revision that has the release's image, and is otherwise what was planned.
register_revision() {
  local revision
  read_definition deploy "$FAMILY:${PLANNED%/*}" planned
  look_for_revision
  [[ -z $target ]] || return 0
  [[ $latest == "${PLANNED%/*}" ]] || fail "task definition $FAMILY has got revision $latest $changed"
  log "registers a revision of task definition $FAMILY: $FAMILY:$latest with image $image"
  jq --arg container "$CONTAINER" --arg image "$image" "$again" "$work/planned.json" > "$work/wanted.json"
  revision=$(aws --profile deploy ecs register-task-definition --cli-input-json "file://$work/wanted.json" \
    --query taskDefinition.revision --output text 2> "$work/refusal") && target=$FAMILY:$revision && return 0
  read_definition deploy "$FAMILY" latest
  latest=$(jq -r '.revision // "-"' "$work/latest.json")
  look_for_revision
  [[ -n $target ]] || fail "ECS registers no revision of task definition $FAMILY: $(refusal); service $SERVICE_NAME stays with $running"
  log "ECS has registered $target, and its answer was lost"
}

# update_service: to the target; what is known of the service is about the new deployment then.
update_service() {
  log "has service $SERVICE_NAME run $target in place of $running"
  if aws --profile deploy ecs update-service --cluster "$CLUSTER" --service "$SERVICE_NAME" --task-definition "$target" \
    --output json --query "service.$shape" > "$work/service.json" 2> "$work/refusal"; then
    take_service
    return 0
  fi
  read_service deploy
  [[ $running == "$target" ]] || fail "$what is not updated: $(refusal); it runs $running"
  log "ECS has updated service $SERVICE_NAME, and its answer was lost"
}

# take_event: logs what ECS has said of the service since the deployment began, where that is new, and sets event to it: to the last that
# tells what goes wrong, such as that a task can't be placed, if one does.
take_event() {
  local said
  said=$(jq -r --arg since "$since" '[.events[]? | select((.at | tostring) >= $since and .message != null) | .message | gsub("\\s+"; " ")]
    | (map(select(test("unable|fail|unhealthy"))) + .)[0] // ""' "$work/service.json")
  [[ -n $said && $said != "$event" ]] || return 0
  log "ECS says: $said"
  event=$said
}

# wait_for_deployment: until all tasks of the deployment that was just read run; what else becomes of it, ends the job with what ECS says.
wait_for_deployment() {
  local n id=$primary definition=$running state reason since event=""
  since=$(jq -r --arg id "$id" '[.deployments[]? | select(.id | endswith("/" + $id))][0].at // ""' "$work/service.json")
  for ((n = 0; n < 240; n++)); do
    IFS=$'\t' read -r state reason < <(jq -r --arg id "$id" '[.deployments[]? | select(.id | endswith("/" + $id))][0] // {}
      | [.state, .reason] | map(select(. != null and . != "") // "-") | @tsv' "$work/service.json")
    take_event
    [[ $state != FAILED ]] || fail "ECS has given up on $definition: $reason${event:+ ECS says: $event}; the events of $what say why," \
      "and it runs $running now"
    [[ $primary == "$id" ]] || fail "deployment $id of $what, which was to run $definition, was replaced: it runs $running now; its" \
      "events say why${event:+. ECS says: $event}"
    [[ $state != COMPLETED ]] || return 0
    log "waits for the tasks of $definition: $state ($n of 240)"
    sleep 15
    waited=true
    read_service deploy
  done
  fail "the tasks of $definition are not all running after an hour, and ECS tries on, since $what has no circuit breaker that ends it:" \
    "${event:-its events say why}; release what works, or roll back"
}

# release_code: to the revision that has the release's image, which is registered unless there is one. The target was just read.
release_code() {
  if [[ $running_image == "$image" ]]; then
    log "service $SERVICE_NAME runs $running, which has this code"
  else
    [[ $PLANNED != none ]] || fail "$what has gone to other code $changed"
    [[ $primary == "${PLANNED#*/}" ]] || fail "$what was deployed to $changed"
    still_own_run
    register_revision
    still_own_run
    update_service
  fi
  wait_for_deployment
}
