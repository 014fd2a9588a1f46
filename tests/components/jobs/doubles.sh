# shellcheck shell=bash
# What every bash of a job starts with (BASH_ENV): the tools that it calls most often are functions of its own, since
# a process for each call takes most of the time of all tests. Called through another program they are client.sh.

# double TOOL ARGUMENT...: asks the test's own process what to do, and does that.
double() {
  local doubles code errors length text config=unset pager=unset region=unset argument
  # Linux starts no process with a longer argument.
  for argument; do
    ((${#argument} < 131072)) || { printf '%s: Argument list too long\n' "$1" >&2 && return 126; }
  done
  # What is not exported no process would see.
  [[ ! -v AWS_CONFIG_FILE || ${AWS_CONFIG_FILE@a} != *x* ]] || config=$AWS_CONFIG_FILE
  [[ ! -v AWS_PAGER || ${AWS_PAGER@a} != *x* ]] || pager=$AWS_PAGER
  [[ ! -v AWS_REGION || ${AWS_REGION@a} != *x* ]] || region=$AWS_REGION
  exec {doubles}<> "/dev/tcp/127.0.0.1/$DOUBLES"
  printf '%s\0' "$RUN" "$1" "$PWD" "$config" "$pager" "$region" "${ENDPOINT-unset}" "${SOURCE_DATE_EPOCH-unset}" "$(($# - 1))" "${@:2}" >&"$doubles"
  IFS= read -r -d '' code <&"$doubles"
  if [[ $code == stdin ]]; then
    # By its length: up to a delimiter, bash reads each character with a call of its own.
    IFS= read -r -N 100000000 text || :
    printf '%s\0' "$text" >&"$doubles"
    IFS= read -r -d '' code <&"$doubles"
  fi
  IFS= read -r -d '' errors <&"$doubles"
  IFS= read -r -d '' length <&"$doubles"
  ((errors == 0)) || { IFS= read -r -N "$errors" text <&"$doubles" && printf '%s' "$text" >&2; }
  ((length == 0)) || { IFS= read -r -N "$length" text <&"$doubles" && printf '%s' "$text"; }
  exec {doubles}>&-
  return "$code"
}

aws() { double aws "$@"; }
jq() { double jq "$@"; }
sleep() { double sleep "$@"; }
