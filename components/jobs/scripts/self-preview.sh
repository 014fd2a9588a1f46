#!/usr/bin/env bash
# Previews what a push changes in this program's own stacks, with the push's own code: this job has no right that whoever may push must
# not have. What it hands on stands for the steps that somebody is asked about.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"
# shellcheck source=pulumi.sh
source "$here/pulumi.sh"
# shellcheck source=self.sh
source "$here/self.sh"

prepare
node -r ts-node/register commands/preview.ts --steps --not-self < /dev/null 2>&1 | tee "$work/preview" \
  || fail "the preview has failed, and nobody is asked: see above; correct it and push or, where somebody has to act first," \
    "start the pipeline again after that"

STEPS=$(tail -n 1 "$work/preview" | sed -n 's/^Steps: //p')
[[ $STEPS =~ ^([0-9a-f]{64}|none)$ ]] || fail "the preview has not ended with what stands for its steps: see above"
[[ $STEPS != none ]] || log "Nothing changes: nobody is asked, and Up does nothing."
output STEPS
