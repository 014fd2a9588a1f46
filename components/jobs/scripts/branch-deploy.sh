#!/usr/bin/env bash
# Deploy of a branch: makes and executes its own change set. CloudFormation acts with the session's own rights, since
# only the session says which branch it is for; a role of CloudFormation's would be all branches'. By AWS's rules such a
# session lasts an hour, and so must an update.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=run.sh
source "$here/run.sh"
# shellcheck source=release.sh
source "$here/release.sh"
# shellcheck source=scan.sh
source "$here/scan.sh"
# shellcheck source=change-set.sh
source "$here/change-set.sh"
# shellcheck source=retained.sh
source "$here/retained.sh"
# shellcheck source=execute.sh
source "$here/execute.sh"
# shellcheck source=deployed.sh
source "$here/deployed.sh"
# shellcheck source=branch-session.sh
source "$here/branch-session.sh"

# The tag branch goes on to the roles of the stack, whose boundary goes by it; the label is for people.
choose_stack_options() {
  need STACK_PREFIX
  BRANCH_HASH=$(handed Register Register BRANCH_HASH)
  BRANCH_LABEL=$(handed Register Register BRANCH_LABEL)
  BRANCH_PRIORITY=$(handed Register Register BRANCH_PRIORITY)
  need BRANCH_HASH BRANCH_LABEL
  [[ $PARAMETERS != *"<priority>"* ]] || need BRANCH_PRIORITY
  STACK_NAME=$STACK_PREFIX$BRANCH_HASH
  files=releases/$PIPELINE/$ENVIRONMENT_ACCOUNT/$BRANCH_HASH/$EXECUTION_ID/
  stack_options=(--tags "Key=delivery:workload,Value=$STACK_NAME" "Key=branch,Value=$BRANCH_HASH"
    "Key=delivery:branch,Value=$BRANCH_LABEL")
}

# name_stack: Build does not know the branch. It packages for stack <prefix>--br-br, which no branch has; here that name in the
# template becomes the name of this branch's stack, before the template is judged. So is what is added: roles, which all that the
# template makes waits for.
name_stack() {
  sed -i "s/$STACK_PREFIX$ENVIRONMENT/$STACK_NAME/g" "$work/template.json"
  [[ -n ${ADDED-} ]] || return 0
  jq --argjson added "${ADDED//<stack>/$STACK_NAME}" '
    ($added | keys) as $names | [.Resources | objects | keys[] | select(. as $name | $names | index($name))] as $there
    | if $there != [] then error("the template has \($there | join(", ")) already") else . end
    | .Resources |= if type == "object" then map_values(if type == "object"
        then .DependsOn = ([.DependsOn // [] | if type == "array" then .[] else . end] + $names | unique) else . end) + $added
      else . end' "$work/template.json" > "$work/named.json" \
    || fail "a branch's stack has resources of these names, which Deploy adds ($(jq -r 'keys | join(", ")' <<< "$ADDED")):" \
      "call those of the template otherwise"
  mv "$work/named.json" "$work/template.json"
}

start_release either
use_branch_role plan "$PLAN_ROLE_ARN" "$BRANCH_HASH"
use_branch_role deploy "$DEPLOY_ROLE_ARN" "$BRANCH_HASH"
require_environment deploy

join_own_update
if [[ $joined == false ]]; then
  make_ready
  require_scanned
  make_change_set false
  [[ $change_set == none ]] || execute
fi
require_endpoint
write_deployed
