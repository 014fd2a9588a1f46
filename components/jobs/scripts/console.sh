# shellcheck shell=bash
# Where people find a log.

# build_link BUILD: sets link to the console's page with the log of a build of this account and Region.
build_link() {
  local form='^arn:(aws|aws-cn|aws-us-gov):codebuild:([a-z0-9-]+):([0-9]{12}):build/[A-Za-z0-9_-]+:[0-9a-f-]+$' region account host
  [[ ${CODEBUILD_BUILD_ARN-} =~ $form ]] || fail "CODEBUILD_BUILD_ARN is not the ARN of a build"
  region=${BASH_REMATCH[2]} account=${BASH_REMATCH[3]}
  case ${BASH_REMATCH[1]} in
    aws) host=$region.console.aws.amazon.com ;;
    aws-cn) host=$region.console.amazonaws.cn ;;
    aws-us-gov) host=console.amazonaws-us-gov.com ;;
  esac
  # shellcheck disable=SC2034 # for its callers
  link="https://$host/codesuite/codebuild/$account/projects/${1%%:*}/build/${1%%:*}%3A${1##*:}/log?region=$region"
}
