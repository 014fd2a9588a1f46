# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # what the functions set is for their callers; FAMILY and CONTAINER are the job's own
# Code alone: a service of ECS that another stack owns gets a revision of its task definition that has the release's image and is
# otherwise as its owner's newest. ECS's calls name no revision of what they change: each is made right after a look. A revision that
# this release has registered before is known by all that is in it, so none is registered twice.

# need_target: sets ENDPOINT, and what to how people call it.
need_target() {
  local name form='[A-Za-z0-9_-]{1,255}'
  need CLUSTER SERVICE_NAME FAMILY CONTAINER TASK_EXECUTION_ROLE_ARN SERVICE_ENDPOINT
  for name in CLUSTER SERVICE_NAME FAMILY CONTAINER; do
    [[ ${!name} =~ ^($form)$ ]] || fail "variable $name must match $form, but is $(quoted "${!name}")"
  done
  [[ -z ${TASK_ROLE_ARN-} ]] || need TASK_ROLE_ARN
  [[ -z ${INSTANCE_ROLE_ARN-} ]] || need INSTANCE_ROLE_ARN
  ENDPOINT=$SERVICE_ENDPOINT what="service $SERVICE_NAME of cluster $CLUSTER in account $ENVIRONMENT_ACCOUNT"
}

# take_code: sets image to the one of this release.
take_code() {
  need REPOSITORY_NAME REPOSITORY_URI
  image=$REPOSITORY_URI@$CODE_DIGEST
}

# What is asked of a service.
shape='{status: status, controller: deploymentController.type, strategy: deploymentConfiguration.strategy, tags: propagateTags,
  classic: loadBalancers[].loadBalancerName | [0], events: events[:20].{at: createdAt, message: message},
  deployments: deployments[].{id: id, status: status, definition: taskDefinition, at: createdAt, state: rolloutState,
    reason: rolloutStateReason}}'

# read_service PROFILE: how it is now.
read_service() {
  aws --profile "$1" ecs describe-services --cluster "$CLUSTER" --services "$SERVICE_NAME" --output json --query "services[0].$shape" \
    > "$work/service.json" 2> "$work/error" || {
    ! grep -q ClusterNotFoundException "$work/error" || refuse_missing "cluster $CLUSTER" service
    refuse_unanswered "$what"
  }
  take_service
}

# take_service: sets service_status, controller, strategy, tags (where tasks get theirs), classic (the Classic Load Balancer that it is
# behind), and of the deployment that the service is on primary (its id) and running (`family:revision`).
take_service() {
  IFS=$'\t' read -r service_status controller strategy tags classic primary running < <(jq -r '
    ([.deployments[]? | select(.status == "PRIMARY")][0] // {}) as $primary
    | [.status, .controller // "ECS", .strategy // "ROLLING", .tags // "NONE", .classic, $primary.id, $primary.definition]
    | map(select(. != null and . != "") // "-") | @tsv' "$work/service.json")
  primary=${primary##*/} running=${running##*/}
  [[ $service_status == ACTIVE ]] || refuse_missing "service $SERVICE_NAME of cluster $CLUSTER that is ACTIVE" service
}

# read_definition PROFILE NAME FILE: a task definition, by its family (then the newest that is active) or as `family:revision`.
read_definition() {
  aws --profile "$1" ecs describe-task-definition --task-definition "$2" --query taskDefinition --output json > "$work/$3.json" \
    2> "$work/error" && return 0
  ! grep -q 'ClientException' "$work/error" || refuse_missing "task definition $2" service
  refuse_unanswered "task definition $2"
}

# image_of FILE: prints what the container runs in it; `-`: it has no such container, or several.
image_of() {
  jq -r --arg container "$CONTAINER" '[.containerDefinitions[]? | select(.name == $container) | .image]
    | if length == 1 then .[0] else "-" end' "$work/$1.json"
}

# What ECS has added to what was registered is no part of what registers the same once more, with the image $image.
# shellcheck disable=SC2016 # variables of jq's
again='del(.taskDefinitionArn, .revision, .status, .requiresAttributes, .compatibilities, .registeredAt, .registeredBy, .deregisteredAt,
  .deleteRequestedAt) | (.containerDefinitions[] | select(.name == $container) | .image) = $image'

# alike FILE FILE: prints whether two are the same but for the image. ECS promises no order of variables.
alike() {
  jq -r -s --arg container "$CONTAINER" --arg image - "map($again | (.containerDefinitions[] | (.environment, .secrets))
    |= ((. // []) | sort_by(.name))) | .[0] == .[1]" "$work/$1.json" "$work/$2.json"
}

# read_target PROFILE: the service, what it runs, and the newest revision of its task definition.
read_target() {
  require_account "$1"
  read_service "$1"
  read_definition "$1" "$running" running
  read_definition "$1" "$FAMILY" latest
  running_image=$(image_of running) latest=$(jq -r '.revision // "-"' "$work/latest.json")
}

# require_rolling: ECS replaces the tasks of the service by itself, and says how far that is.
require_rolling() {
  local how="releases go to services that ECS itself replaces task by task (ECS, ROLLING)"
  case $controller/$strategy in
    ECS/ROLLING) ;;
    ECS/*) how+="; its owner changes deploymentConfiguration.strategy, then retry this stage" ;;&
    CODE_DEPLOY/*) how+="; its owner moves it to the deployment controller ECS, which UpdateService does, then retry this stage" ;;&
    EXTERNAL/*) how+="; its owner makes another with the deployment controller ECS, or make it one of workload ecs-service" ;;&
    *) fail "$what is deployed to by $controller ($strategy): $how" ;;
  esac
  [[ $classic == - ]] || fail "$what is behind the Classic Load Balancer $classic, and ECS does not say of such a service whether a" \
    "deployment is completed: its owner puts it behind target groups, then retry this stage"
}

# require_fitting: its newest task definition can run what was built, by rights that the deploy role has.
require_fitting() {
  local owner="its owner changes that, or the pipeline's settings do" definition="task definition $FAMILY:$latest" execution task needs
  local cpu os privileged for=FARGATE on="on FARGATE alone, unless settings have the role of their instances (instanceRole)"
  require_rolling
  [[ $tags != TASK_DEFINITION ]] || fail "$what gives its tasks the tags of its task definition, which a new revision would not have:" \
    "have it give them its own (propagateTags SERVICE), then retry this stage"
  [[ ${running%:*} == "$FAMILY" ]] || fail "$what runs task definition $running, and settings say $FAMILY: $owner"
  [[ $(image_of latest) != - ]] || fail "$definition has not one container $CONTAINER: $owner"
  IFS=$'\t' read -r execution task needs cpu os privileged < <(jq -r '[.executionRoleArn // "-", .taskRoleArn // "-",
    ((.requiresCompatibilities // []) | join(" ") | if . == "" then "-" else . end),
    (.runtimePlatform.cpuArchitecture // "-" | ascii_downcase), .runtimePlatform.operatingSystemFamily // "LINUX",
    ([.containerDefinitions[] | select(.privileged) | .name][0] // "-")] | @tsv' "$work/latest.json")
  [[ $execution == "$TASK_EXECUTION_ROLE_ARN" ]] || fail "$definition has the execution role $execution, and settings say" \
    "$TASK_EXECUTION_ROLE_ARN: $owner"
  [[ $task == "${TASK_ROLE_ARN:--}" ]] || fail "$definition has the task role $task, and settings say ${TASK_ROLE_ARN:--}: $owner"
  if [[ -n ${INSTANCE_ROLE_ARN-} ]]; then
    # One that requires nothing runs wherever its service does.
    for='-|(EC2|EXTERNAL|FARGATE)( (EC2|EXTERNAL|FARGATE))*' on="on EC2, EXTERNAL and FARGATE"
    # An instance has an architecture of its own, which a task definition need not say.
    [[ $cpu != - ]] || log "$definition says no architecture: instances that it is placed on must be of $ARCHITECTURE, as the code is"
    cpu=${cpu/#-/$ARCHITECTURE}
  fi
  [[ $needs =~ ^($for)$ ]] || fail "$definition is for $needs: releases go to services $on"
  cpu=${cpu/#-/x86_64}
  [[ $cpu == "$ARCHITECTURE" ]] || fail "$definition runs on $cpu, and the code is for $ARCHITECTURE: $owner"
  [[ $os == LINUX ]] || fail "$definition runs on $os, and images are for LINUX: its owner changes that"
  [[ $privileged == - ]] || fail "$definition has the container $privileged, which is privileged, and the deploy role registers none" \
    "that is: its owner changes that"
}

# plan_code PROFILE: sets PLANNED to the revision and the deployment that Deploy must find, or to none, and CHANGES to a line.
plan_code() {
  local same as="which differs from what runs in its image alone"
  read_target "$1"
  if [[ $running_image == "$image" ]]; then
    PLANNED=none CHANGES="no changes: service $SERVICE_NAME runs $running, which has this code"
    return 0
  fi
  require_fitting
  same=$(alike latest running)
  [[ $same == true ]] || as="whose configuration is another than that of what runs"
  PLANNED=$latest/$primary
  CHANGES="service $SERVICE_NAME: runs $running with $running_image; goes to a revision made of $FAMILY:$latest, $as"
}
