#!/usr/bin/env bash
# Every double of a tool: asks the test's own process what to do, and answers with that.
exec 3<> "/dev/tcp/127.0.0.1/$DOUBLES"
printf '%s\0' "$RUN" "${0##*/}" "$PWD" "${AWS_CONFIG_FILE-unset}" "${AWS_PAGER-unset}" "${ENDPOINT-unset}" \
  "${SOURCE_DATE_EPOCH-unset}" "$#" "$@" >&3
IFS= read -r -d '' code <&3
if [[ $code == stdin ]]; then
  IFS= read -r -N 100000000 input # by its length: up to a delimiter, bash reads each character with a call of its own
  printf '%s\0' "$input" >&3
  IFS= read -r -d '' code <&3
fi
IFS= read -r -d '' errors <&3
IFS= read -r -d '' length <&3
((errors == 0)) || { IFS= read -r -N "$errors" text <&3 && printf '%s' "$text" >&2; }
((length == 0)) || { IFS= read -r -N "$length" text <&3 && printf '%s' "$text"; }
exit "$code"
