# shellcheck shell=bash disable=SC2034 # what the functions set is for their callers
# Code as files: they are in the release, so that a kept release is all that there is of a commit.

code_in_release=true

# check_kept_code: the kept release has it, or isn't whole.
check_kept_code() { :; }
