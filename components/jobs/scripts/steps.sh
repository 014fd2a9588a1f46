# shellcheck shell=bash disable=SC2154 # common.sh sets what it has
# The steps of a service: its own commands, as delivery.yaml says them; without that file, npm's scripts. Of jobs without rights alone.

# by_itself COMMAND...: runs it with the service's own variables, which no command of the job sees.
by_itself() (
  for pair in "${own_variables[@]}"; do export "${pair?}"; done
  "$@"
)

# step_name STEP: prints what people know it as.
step_name() {
  if has_step "$1"; then
    printf "'%s' of delivery.yaml" "$1"
  else
    case $1 in
      install) printf "'npm ci'" ;;
      test) printf "'npm test'" ;;
      *) printf "'npm run %s'" "$1" ;;
    esac
  fi
}

# step STEP: runs its commands, each in a shell of its own, up to the first that fails, whose exit code it returns; without any,
# npm's script.
step() {
  local encoded command commands at code=0
  if has_step "$1"; then
    mapfile -t commands < <(said ".$1[] | @base64")
    for at in "${!commands[@]}"; do
      encoded=${commands[at]}
      command=$(base64 -d <<< "$encoded")
      log "$1[$at]: $(quoted "$command")"
      by_itself bash -euo pipefail -c "$command" < /dev/null || code=$?
      ((code == 0)) || break
    done
    return "$code"
  fi
  case $1 in
    install) [[ ! -f package.json ]] || by_itself npm ci ;;
    test) by_itself npm test ;;
    *) by_itself npm run "$1" ;;
  esac
}

# must STEP: the same, and the job ends where it fails.
must() {
  local code=0
  step "$1" || code=$?
  ((code == 0)) || fail "$(step_name "$1") ended with exit code $code: see what it says above; correct it, or retry this stage"
}

# reported NAME FILE: puts what the service has reported where CodeBuild looks for it: as it is, or several files as one.
reported() {
  local pattern files file
  pattern=$(said ".reports.$1")
  [[ -n $pattern && $pattern != "$2" ]] || return 0
  # Of plain characters and *, see the schema.
  mapfile -t files < <(compgen -G "$pattern")
  ((${#files[@]} > 0)) || return 0
  if ((${#files[@]} == 1)); then
    cp -- "${files[0]}" "$work/report.xml"
  else
    {
      printf '<testsuites>\n'
      for file in "${files[@]}"; do sed -e 's/<?xml[^>]*>//g' -e 's/<\/\{0,1\}testsuites[^>]*>//g' "$file"; done
      printf '</testsuites>\n'
    } > "$work/report.xml"
  fi
  mkdir -p "${2%/*}"
  mv -- "$work/report.xml" "$2"
}

# need_report STEP NAME FILE: the step has written what it must report.
need_report() {
  reported "$2" "$3"
  [[ -f $3 ]] || fail "$(step_name "$1") wrote no $(said ".reports.$2" | grep . || printf %s "$3"): it must report its tests as JUnit XML"
}

# use_runtimes: puts the versions that it names first, as CodeBuild itself does for a buildspec: by the means of its images, whose
# variables say what each has. https://github.com/aws/aws-codebuild-docker-images, runtimes.yml
use_runtimes() {
  local line lines name version variable pattern has problems=""
  mapfile -t lines < <(said '.runtime | to_entries[] | "\(.key) \(.value)"')
  for line in "${lines[@]}"; do
    read -r name version <<< "$line"
    case $name in
      nodejs) variable=NODE_${version}_VERSION pattern='NODE_+([0-9])_VERSION' ;;
      python) variable=PYTHON_${version/./}_VERSION pattern='PYTHON_+([0-9])_VERSION' ;;
      golang) variable=GOLANG_${version#*.}_VERSION pattern='GOLANG_+([0-9])_VERSION' ;;
      ruby) variable=RUBY_${version/./}_VERSION pattern='RUBY_+([0-9])_VERSION' ;;
      java) variable=JAVA_${version#corretto}_HOME pattern='JAVA_+([0-9])_HOME' ;;
      dotnet) variable=DOTNET_${version%.0}_SDK_VERSION pattern='DOTNET_+([0-9])_SDK_VERSION' ;;
    esac
    if [[ -z ${!variable-} ]]; then
      has=$(image_has "$pattern")
      problems+=$'\n'"runtime.$name: this image has no $name $version (it has ${has:-none}): name one that it has; an image of"
      problems+=" your own brings its own, without a word here"
      continue
    fi
    log "runtime.$name: ${!variable}"
    case $name in
      nodejs) n "${!variable}" ;;
      python) pyenv global "${!variable}" ;;
      golang) goenv global "${!variable}" ;;
      ruby) rbenv global "${!variable}" ;;
      java) export JAVA_HOME=${!variable} JRE_HOME=${!variable} JDK_HOME=${!variable} PATH=${!variable}/bin:$PATH ;;
      dotnet) [[ -f global.json ]] || dotnet new globaljson --sdk-version "${!variable}" --roll-forward latestFeature ;;
    esac
  done
  [[ -z $problems ]] || fail "${DIRECTORY:+$DIRECTORY/}delivery.yaml can't be used:$problems"
}

# image_has PATTERN: prints the versions that the image's variables of such names say, in one line.
image_has() {
  local name
  for name in $(compgen -e); do
    # shellcheck disable=SC2053 # a pattern
    [[ $name != $1 ]] || printf '%s\n' "${!name##*/}"
  done | sort -V | paste -sd , | sed 's/,/, /g'
}
