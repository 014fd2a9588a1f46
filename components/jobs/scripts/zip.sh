# shellcheck shell=bash
# Code as one zip: the same files give the same bytes.
# shellcheck source=files.sh
source "$here/files.sh"

# make_code: zips what its step bundle writes, and what links in it lead to; sets CODE_DIGEST.
make_code() {
  local sum code=$work/code
  must bundle
  [[ -d dist ]] || fail "$(step_name bundle) wrote no folder dist: it is what the zip holds"
  cp -RL dist "$code"
  # zip would leave out, without a word, what a list of lines can't name.
  [[ -z $(find "$code" -name '*[[:cntrl:]]*') ]] || fail "the folder dist holds a file name with a line break or another control character: rename it"
  chmod -R u=rwX,go=rX "$code"
  find "$code" -exec touch --date=1980-01-02T00:00:00Z {} +
  (cd "$code" && find . -type f | sort | TZ=UTC zip -X -q -@ "$work/code.zip") \
    || fail "the folder dist can't be zipped, see the lines above: it must hold at least one file"
  sum=$(sha256sum < "$work/code.zip")
  mkdir -p "$release/code"
  mv "$work/code.zip" "$release/code/${sum%% *}.zip"
  CODE_DIGEST=sha256:${sum%% *}
}
