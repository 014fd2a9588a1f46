#!/usr/bin/env bash
# Comments on a pull request in CodeCommit what the log of its preview says. It runs nothing of the repository; what the pull
# request's own code has written into the log is shown as text, and no more of it than a comment takes.
# shellcheck source=common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

# What each of our comments begins with, after which the commit comes.
TITLE="### Previews of "

# variable NAME: prints what the preview's build was started with.
variable() {
  jq -r --arg name "$1" '[.environment.environmentVariables[]? | select(.name == $name) | .value] | last // ""' "$work/build.json"
}

# replace ID: puts the text into a comment of ours. AWS lets its author alone, and may take each build for another: false then.
replace() {
  aws codecommit update-comment --comment-id "$1" --content "file://$work/body" --query comment.commentId --output text \
    2> "$work/refusal" && return 0
  grep -Eq 'CommentNotCreatedByCaller|CommentDoesNotExist|CommentDeleted' "$work/refusal" \
    || fail "comment $(quoted "$1") can't be replaced: $(refusal); start this build again"
  return 1
}

need AWS_REGION REPOSITORY PREVIEW_PROJECT BUILD_ARN CODEBUILD_BUILD_ID
[[ $BUILD_ARN =~ ^arn:[a-z-]+:codebuild:[a-z0-9-]+:[0-9]{12}:build/($PREVIEW_PROJECT:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$ ]] \
  || fail "variable BUILD_ARN must be the ARN of a build of $PREVIEW_PROJECT, but is $(quoted "$BUILD_ARN")"
build=${BASH_REMATCH[1]}
aws codebuild batch-get-builds --ids "$build" --query 'builds[0]' --output json > "$work/build.json"
pull_request=$(variable PULL_REQUEST) commit=$(variable SOURCE_COMMIT)
[[ $pull_request =~ ^[0-9]{1,20}$ && $commit =~ ^([0-9a-f]{40}|[0-9a-f]{64})$ ]] \
  || fail "build $build has no pull request and commit: received $(quoted "$pull_request") and $(quoted "$commit"); a rule starts it with both"

# The text is the repository's, the pull request's number AWS's own: the two may never come together of different repositories.
aws codecommit get-pull-request --pull-request-id "$pull_request" --query 'pullRequest.[pullRequestStatus,
  pullRequestTargets[0].repositoryName, pullRequestTargets[0].sourceCommit, pullRequestTargets[0].destinationCommit]' --output text \
  > "$work/pull-request"
IFS=$'\t' read -r status repository source destination < "$work/pull-request"
# shellcheck disable=SC2153 # REPOSITORY is not repository
[[ $repository == "$REPOSITORY" ]] \
  || fail "pull request $pull_request is of $(quoted "$repository"), not of $REPOSITORY: nothing is said there"
if [[ $status != OPEN || $source != "$commit" ]]; then
  log "pull request $pull_request is $status at $source: nothing is said of $commit"
  exit 0
fi

aws logs get-log-events --log-group-name "/aws/codebuild/${build%%:*}" --log-stream-name "${build##*:}" --limit 10000 \
  --query 'events[].message' --output json > "$work/log.json"
# Four spaces make text of a line, whatever it says: https://spec.commonmark.org/0.31.2/#indented-code-blocks. Characters are
# printable ASCII, so that they are as many as bytes.
jq -r --arg commit "$commit" --arg title "$TITLE" --arg status "$(jq -r '.buildStatus // ""' "$work/build.json")" \
  --arg link "$(jq -r '.logs.deepLink // "" | select(test("^https://[A-Za-z0-9./?=#:$%&;_-]{1,1000}$"))' "$work/build.json")" '
  def clean: .[:3000] | gsub("\u001b\\[[0-9;?]*[@-~]"; "") | gsub("[\r\n]+$"; "") | gsub("[^ -~]"; " ");
  def at_most($most): reduce .[] as $line ({size: 0, lines: []};
    if .size + ($line | length) + 1 > $most then .size = $most | .cut = true
    else .size += ($line | length) + 1 | .lines += [$line] end) | .lines + (if .cut then ["    (cut here)"] else [] end);
  [(. // [])[] | rtrimstr("\n") | if . == "" then . else split("\n")[] end | clean] as $lines
  | ($lines | rindex(["previews of \($commit):"])) as $from
  | $title + $commit, "",
    (if $from == null then "The preview did not run to its end." else
        $lines[$from + 1:] | .[: (index(["end of previews"]) // length)] | map("    " + .) | at_most(9000)[] end),
    "", "The job ended with \($status | ascii_downcase | gsub("[^a-z_]"; "")).",
    (if $link == "" then empty else "Its log: \($link)" end)' "$work/log.json" > "$work/body"

aws codecommit get-comments-for-pull-request --pull-request-id "$pull_request" --repository-name "$REPOSITORY" \
  --query 'commentsForPullRequestData[].comments[]' --output json > "$work/comments.json"
# Of this job's own role, which has the project's name: anybody may write what begins so.
id=$(jq -r --arg role "${CODEBUILD_BUILD_ID%%:*}" --arg title "$TITLE" '[(. // [])[] | select(.deleted != true
  and (.authorArn // "" | contains(":assumed-role/\($role)/")) and (.content // "" | startswith($title))) | .commentId] | last // ""' \
  "$work/comments.json")
if [[ -n $id ]] && replace "$id"; then
  log "replaced the comment on pull request $pull_request"
else
  aws codecommit post-comment-for-pull-request --pull-request-id "$pull_request" --repository-name "$REPOSITORY" \
    --before-commit-id "$destination" --after-commit-id "$source" --content "file://$work/body" \
    --client-request-token "$(call_token comment)" --query comment.commentId --output text
  log "commented on pull request $pull_request"
fi
