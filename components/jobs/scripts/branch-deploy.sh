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
  need BRANCH_HASH BRANCH_LABEL
  STACK_NAME=$STACK_PREFIX$BRANCH_HASH
  files=releases/$PIPELINE/$ENVIRONMENT_ACCOUNT/$BRANCH_HASH/$EXECUTION_ID/
  stack_options=(--tags "Key=delivery:workload,Value=$STACK_NAME" "Key=branch,Value=$BRANCH_HASH"
    "Key=delivery:branch,Value=$BRANCH_LABEL")
}

# name_stack: Build does not know the branch. It packages for stack <prefix>--br-br, which no branch has; here that name in the
# template becomes the name of this branch's stack, before the template is judged.
name_stack() { sed -i "s/$STACK_PREFIX$ENVIRONMENT/$STACK_NAME/g" "$work/template.json"; }

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
