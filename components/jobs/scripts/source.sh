# shellcheck shell=bash disable=SC2154 # common.sh sets what it has
# The service's source, as Build has put it into the release.

# unpack_source: makes the folder source of source.tar.gz. Files and folders with plain relative names only: a link could lead
# out of the folder.
unpack_source() {
  tar -tzf source.tar.gz > "$work/names"
  tar -tvzf source.tar.gz | cut -c 1 > "$work/types"
  ! grep -Eq '^/|(^|/)\.\.(/|$)' "$work/names" || fail "source.tar.gz holds a name that leads out of its folder"
  ! grep -qv '[-d]' "$work/types" || fail "source.tar.gz holds something that is neither file nor folder"
  mkdir source
  tar -xzf source.tar.gz -C source --no-same-owner --no-same-permissions
}
