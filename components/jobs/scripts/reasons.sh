# shellcheck shell=bash
# Why a build failed, in the words of its own log.

# read_reason BUILD: prints the last line of the build's log that begins `error: `, as the job's own last line does, and what
# follows it up to CodeBuild's own lines. Logs may be long and hold anything: it reads the end, and prints few printable
# characters. Failing to read is a line too.
read_reason() {
  aws logs get-log-events --log-group-name "/aws/codebuild/${1%%:*}" --log-stream-name "${1##*:}" --limit 10000 \
    --query 'events[].message' --output json > "$work/log.json" 2> "$work/error" || {
    cat "$work/error" >&2
    printf '(its log could not be read)\n'
    return 0
  }
  jq -r '
    def clean: .[:3000] | gsub("\u001b\\[[0-9;?]*[@-~]"; "") | gsub("[^ -~]+"; " ") | if length > 1000 then .[:997] + "..." else . end;
    (. // []) as $lines
    | ($lines | map(startswith("error: ")) | rindex(true)) as $last
    | if $last == null then "(its log has no line that begins error:)" else
        $lines[$last:] | (map(startswith("[Container] ")) | index(true)) as $stop
        | .[: ([$stop // length, 6] | min)][] | clean | sub(" +$"; "") | select(. != "")
      end' "$work/log.json" || printf '(its log could not be read)\n'
}
