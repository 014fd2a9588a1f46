# shellcheck shell=bash
# What the jobs start with that preview this program's own stacks, and bring them up. Sourced, never run by itself.

# prepare: packages, the Pulumi CLI, and a profile for each stack under the name that its settings ask for. Where Pulumi keeps the state,
# and its key, this job reads by its own role.
prepare() {
  need AWS_REGION CODEBUILD_SRC_DIR PULUMI_BACKEND_URL ROLES
  cd -- "$CODEBUILD_SRC_DIR" || return
  npm ci --ignore-scripts --no-audit --no-fund
  install_pulumi
  node -r ts-node/register scripts/selfProfiles.ts "$ROLES" "${TOOLING_ROLE_ARN-}" > "$AWS_CONFIG_FILE" \
    || fail "the stacks have no credentials in this job: see above; correct the stack files and push"
}
