# shellcheck shell=bash
# The gate for images. Plan asks, or Deploy where there is no Plan, since Build runs the repository's code: what it
# refuses, that code could let through.

# ECR scans images; of files nothing is looked at.
[[ -z ${REPOSITORY_NAME-} ]] || need SCAN_THRESHOLD

# read_scan: sets status, completed (`-`: not yet), count (findings of the threshold or worse) and summary.
read_scan() {
  status=PENDING completed=- count=0 summary=none
  if aws ecr describe-image-scan-findings --repository-name "$REPOSITORY_NAME" --image-id "imageDigest=$CODE_DIGEST" \
    --no-paginate --output json > "$work/scan.json" 2> "$work/error"; then
    IFS=$'\t' read -r status completed count summary < <(jq -r --arg threshold "$SCAN_THRESHOLD" '
      ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED"] as $order
      | (.imageScanFindings.findingSeverityCounts // {}) as $counts
      | [.imageScanStatus.status // "PENDING", .imageScanFindings.imageScanCompletedAt // "-",
          ([$counts | to_entries[] | select(((.key as $key | $order | index($key)) // 5) <= ($order | index($threshold))) | .value]
            | add // 0),
          ($counts | to_entries | map("\(.value) \(.key)") | join(", ") | if . == "" then "none" else . end)]
      | map(tostring) | @tsv' "$work/scan.json")
  elif grep -q ImageNotFoundException "$work/error"; then
    fail "image $CODE_DIGEST is not in $REPOSITORY_NAME: it may have been removed; start a new release"
  elif ! grep -q ScanNotFoundException "$work/error"; then
    cat "$work/error" >&2
    fail "the findings of the image scan can't be read: retry this stage"
  fi
}

# require_scanned: waits for ECR's scan, basic or enhanced, and stops at findings of the threshold or worse.
require_scanned() {
  local n status completed count summary why
  [[ -n ${REPOSITORY_NAME-} ]] || return 0
  if [[ $SCAN_THRESHOLD == NONE ]]; then
    log "SCAN_THRESHOLD is NONE: what ECR's scan finds is not looked at"
    return 0
  fi
  why="see 'aws ecr describe-image-scan-findings --repository-name $REPOSITORY_NAME --image-id imageDigest=$CODE_DIGEST'"
  for ((n = 0; n < 88; n++)); do
    read_scan
    case $status in
      # Enhanced scanning says ACTIVE before it has looked: only the time tells.
      COMPLETE | ACTIVE) [[ $completed == - ]] || break ;;
      PENDING | IN_PROGRESS) ;;
      SCAN_ELIGIBILITY_EXPIRED | IMAGE_ARCHIVED) fail "ECR doesn't scan $CODE_DIGEST any more ($status): no release without" \
        "a scan. Release a new commit, or have Amazon Inspector scan images for longer" ;;
      *) fail "ECR's scan of $CODE_DIGEST ended in $status: no release without a scan (scanThreshold NONE in the pipeline's" \
        "settings does without); $why" ;;
    esac
    log "waits for ECR's scan: $status ($n of 88)"
    # A small image is scanned in a moment.
    sleep $((n < 12 ? 5 : 15))
    waited=true
  done
  ((n < 88)) || fail "ECR's scan of $CODE_DIGEST has no result after 20 minutes: is scanning on push switched on for" \
    "$REPOSITORY_NAME? Retry this stage, or set scanThreshold to NONE in the pipeline's settings"
  log "findings of the image scan: $summary"
  ((count == 0)) \
    || fail "$count findings of severity $SCAN_THRESHOLD or worse in $CODE_DIGEST: update what the image contains, or $why"
}
