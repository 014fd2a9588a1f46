# shellcheck shell=bash disable=SC2154 # common.sh sets what it has
# How the service is built, as delivery.yaml in its folder says it; without that file, by npm's scripts. The file is the repository's:
# what it says is data, and only its commands are run, as the repository's code is.

# What it says, as JSON; empty where there is no such file.
delivery=""
# NAME=VALUE, a word each, for the service's own commands alone.
own_variables=()

# image_python ARGUMENT...: Python as the image has it: it takes neither modules nor a version (.python-version) from the service.
image_python() (cd / && exec python3 -I "$@")

# read_delivery: reads and checks it; the current folder is the service's.
read_delivery() {
  local npm=false problems name value shown=${DIRECTORY:+$DIRECTORY/}delivery.yaml
  [[ -f delivery.yaml ]] || return 0
  [[ ! -f package.json ]] || npm=true
  image_python -c 'import yaml' 2> "$work/refusal" || fail "this image has no python3 with PyYAML, which reads $shown: add them to the" \
    "image, or let the jobs run in CodeBuild's own"
  image_python "$here/delivery.py" "$PWD/delivery.yaml" > "$work/delivery.json" || fail "$shown: $(cut -c 1-300 "$work/delivery.json")"
  delivery=$work/delivery.json
  problems=$(jq -r --slurpfile schema "$here/delivery.schema.json" --arg file "$shown" --arg environments "${ENVIRONMENTS-br}" \
    --argjson runners "${RUNNERS-null}" --arg packaging "$PACKAGING" --arg npm "$npm" -f "$here/delivery.jq" "$delivery")
  [[ -z $problems ]] || fail "$shown can't be used:"$'\n'"$problems"
  while read -r name value; do
    own_variables+=("$name=$(base64 -d <<< "$value")")
  done < <(said '.variables | to_entries[] | "\(.key) \(.value | @base64)"')
}

# said FILTER: prints what it says of something, nothing where it does not.
said() { [[ -z $delivery ]] || jq -r "($1)? // empty" "$delivery"; }

# has_step STEP: whether it names the commands of it, were they none.
has_step() { [[ -n $(said ".$1 | arrays | tojson") ]]; }
