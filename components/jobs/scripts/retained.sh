# shellcheck shell=bash
# What a template keeps when its stack, or an update that would have added it, goes: people must hear of it, since each
# further try makes another.

# show_retained PROFILE ID [since]: what was kept from being deleted, since the last update began or ever, with commands for
# what costs money; sets retained to how many they are.
show_retained() {
  aws --profile "$1" cloudformation describe-stack-events --stack-name "$2" --output json > "$work/events.json"
  jq -r --arg account "$role_account" --arg stack "${3:+$2}" '
    .StackEvents | (map(.PhysicalResourceId == $stack and (.ResourceStatus | IN("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")))
      | index(true)) as $start
    | [.[: (if $start == null then length else $start + 1 end)][]
      | select(.ResourceStatus == "DELETE_SKIPPED" and .ResourceType != "AWS::Lambda::Version")]
    | unique_by(.PhysicalResourceId) | select(length > 0)
    | "The template keeps these when its stack goes. To delete them too, in account \($account):",
      (.[] | (.PhysicalResourceId | gsub("[^ -~]"; "?") | @sh) as $name | if .ResourceType == "AWS::DynamoDB::Table" then
          "  aws dynamodb update-table --table-name \($name) --no-deletion-protection-enabled && aws dynamodb delete-table --table-name \($name)"
        elif .ResourceType == "AWS::Logs::LogGroup" then "  aws logs delete-log-group --log-group-name \($name)"
        else "  \(.ResourceType) \($name)" end)' "$work/events.json" > "$work/retained"
  cat "$work/retained"
  # shellcheck disable=SC2034 # its callers say how many
  retained=$(grep -c '^  ' "$work/retained" || true)
}
