# shellcheck shell=bash
# Sessions that are one branch's: what they may do goes by their tag, and only these jobs set it.

# use_branch_role PROFILE ARN HASH: like use_role, but the session carries the branch's tag, which a profile of the AWS
# CLI can't ask for. Calls that follow each other share a session; none is older than five minutes when it is used, since an
# update goes on with it, and it ends after an hour.
use_branch_role() {
  # shellcheck disable=SC2016 # JMESPath writes literals in backticks
  local query='Credentials.{Version: `1`, AccessKeyId: AccessKeyId, SecretAccessKey: SecretAccessKey,'
  local session=$work/session-$3-${2##*/}.json
  local region=${ENVIRONMENT_REGION:-$AWS_REGION}
  IFS=: read -r _ _ _ _ role_account _ <<< "$2"
  # As use_role has it: a variable of that name would come before what a profile says.
  if [[ -n ${ENVIRONMENT_REGION-} ]]; then
    grep -qxF '[default]' "$AWS_CONFIG_FILE" || printf '[default]\nregion = %s\n' "$AWS_REGION" >> "$AWS_CONFIG_FILE"
    export -n AWS_REGION AWS_DEFAULT_REGION
  fi
  query+=' SessionToken: SessionToken, Expiration: Expiration}'
  {
    # shellcheck disable=SC2016 # the shell that runs it expands this
    printf '[[ -n $(find %q -mmin -5 2> /dev/null) ]] || {\n' "$session"
    printf '  AWS_REGION=%q aws sts assume-role --role-arn %q --role-session-name %q --tags %q --query %q --output json > %q &&\n' \
      "$region" "$2" "delivery-branch-$3" "Key=branch,Value=$3" "$query" "$session.new"
    printf '    mv %q %q\n} || exit\ncat %q\n' "$session.new" "$session" "$session"
  } > "$work/$1.sh"
  printf '[profile %s]\ncredential_process = bash "%s"\nregion = %s\n' "$1" "$work/$1.sh" "$region" \
    >> "$AWS_CONFIG_FILE"
}
