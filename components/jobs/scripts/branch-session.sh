# shellcheck shell=bash
# Sessions that are one branch's: what they may do goes by their tag, and only these jobs set it.

# use_branch_role PROFILE ARN HASH: like use_role, but the session carries the branch's tag, which a profile of the AWS
# CLI can't ask for. Each call has a session of its own, so none gets old.
use_branch_role() {
  # shellcheck disable=SC2016 # JMESPath writes literals in backticks
  local query='Credentials.{Version: `1`, AccessKeyId: AccessKeyId, SecretAccessKey: SecretAccessKey,'
  query+=' SessionToken: SessionToken, Expiration: Expiration}'
  printf 'aws sts assume-role --role-arn %q --role-session-name %q --tags %q --query %q --output json\n' \
    "$2" "delivery-branch-$3" "Key=branch,Value=$3" "$query" > "$work/$1.sh"
  printf '[profile %s]\ncredential_process = bash "%s"\nregion = %s\n' "$1" "$work/$1.sh" "$AWS_REGION" \
    >> "$AWS_CONFIG_FILE"
}
