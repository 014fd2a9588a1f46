#!/usr/bin/env bash
# Up: carries out the steps that Preview has shown and somebody has agreed to, and no others. It runs the push's own code with the
# rights of whoever brings the stacks up: nothing of it before it is known that there is something to agree to.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=run.sh
source "$here/run.sh"
# shellcheck source=pulumi.sh
source "$here/pulumi.sh"
# shellcheck source=self.sh
source "$here/self.sh"

# Minutes that it waits for runs which it would end.
WAIT=240

own_run forward
read_actions
STEPS=$(handed Preview Preview STEPS)
if [[ $STEPS == none ]]; then
  log "nothing changes: nothing of the push was run"
  exit 0
fi
[[ $STEPS =~ ^[0-9a-f]{64}$ ]] || fail "Preview of this run has handed on no steps, but $(quoted "$STEPS"): nothing was changed;" \
  "start the pipeline again"
need TOOLING_ROLE_ARN
prepare
node -r ts-node/register commands/up.ts --steps "$STEPS" --not-self --wait "$WAIT" < /dev/null 2>&1 \
  || fail "not all is up: see above. Where a stack is locked and nothing is running, an earlier job was killed: pulumi cancel." \
    "Then preview and agree again: aws codepipeline start-pipeline-execution --name $PIPELINE"
