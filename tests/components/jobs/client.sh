#!/usr/bin/env bash
# Every double of a tool: asks the test's own process what to do, and answers with that.
exec 3<> "/dev/tcp/127.0.0.1/$DOUBLES"
printf '%s\0' "$RUN" "${0##*/}" "$PWD" "${AWS_CONFIG_FILE-unset}" "${AWS_PAGER-unset}" "${ENDPOINT-unset}" \
  "${SOURCE_DATE_EPOCH-unset}" "$#" "$@" >&3
IFS= read -r -d '' code <&3
if [[ $code == stdin ]]; then
  input=$(cat)
  printf '%s\0' "$input" >&3
  IFS= read -r -d '' code <&3
fi
IFS= read -r -d '' error <&3
printf '%s' "$error" >&2
cat <&3
exit "$code"
