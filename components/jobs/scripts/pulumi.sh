# shellcheck shell=bash
# The Pulumi CLI, for jobs that run this program. Sourced, never run by itself.

# install_pulumi: of the version that the job is told; it keeps nothing outside of the job's folder.
install_pulumi() {
  need PULUMI_VERSION
  curl -sSfL --retry 3 --proto '=https' -o "$work/pulumi.tar.gz" \
    "https://get.pulumi.com/releases/sdk/pulumi-v$PULUMI_VERSION-linux-x64.tar.gz"
  tar -xzf "$work/pulumi.tar.gz" -C "$work"
  export PATH="$work/pulumi:$PATH" PULUMI_SKIP_UPDATE_CHECK=true PULUMI_HOME="$work/home"
}
