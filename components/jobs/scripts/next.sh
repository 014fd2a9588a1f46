# shellcheck shell=bash
# What people are told where a stage will be rolled back.

# tell_next: of a release whose own steps have failed after Deploy.
tell_next() {
  log "What happens next: CodePipeline rolls this stage back to the last verified release where it can."
  log "It can't on the first release, when the pipeline was changed since, or when that release is over a year old and its" \
    "artifacts have expired. After a first release there is nothing to go back to: correct it and push. Otherwise redeploy" \
    "the release kept before:"
  log "  aws codepipeline start-pipeline-execution --name $PIPELINE" \
    "--source-revisions actionName=Source,revisionType=COMMIT_ID,revisionValue=<commit>"
  log "<commit> is the first of these, which Promote has recorded:"
  log "  aws s3 cp s3://$ARTIFACT_BUCKET/kept/$PIPELINE/environments/$ENVIRONMENT.json -"
}
