# shellcheck shell=bash
# What jobs that clean up share.

# delete_stack PROFILE STACK: deletes the stack that was read last, and waits until it is gone.
delete_stack() {
  local n refused=false
  aws --profile "$1" cloudformation delete-stack --stack-name "$stack_id" \
    --client-request-token "$(call_token "delete-${stack_id##*/}")" --output text 2> "$work/refusal" || refused=true
  for ((n = 0; n < 120; n++)); do
    read_stack "$1" "$stack_id"
    case $stack_status in
      DELETE_COMPLETE | MISSING) return 0 ;;
      DELETE_FAILED) fail "stack $2 can't be deleted: see its events in account $role_account, delete it there" ;;
    esac
    # That a call which AWS refuses has started the deletion may show late.
    [[ $refused == false || $stack_status == DELETE_IN_PROGRESS || $n -lt 6 ]] \
      || fail "stack $2 in account $role_account can't be deleted: $(refusal)"
    sleep 10
  done
  fail "stack $2 in account $role_account is still in $stack_status after 20 minutes"
}

failures=()
# attempt COMMAND...: in a shell of its own, where the first failing command ends it; counts failures.
attempt() {
  local code
  set +e
  (
    trap 'tell_end $? "$BASH_COMMAND"' EXIT
    set -e
    "$@"
  )
  code=$?
  set -e
  [[ $code -eq 0 ]] || failures+=("$*")
}
