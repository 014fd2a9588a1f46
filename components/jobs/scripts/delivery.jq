# In: what delivery.yaml says, every value as the text that is written. $schema: delivery.schema.json; $file: its name for people;
# $environments: those of the pipeline, joined by spaces; $runners: the steps that run inside each that has a runner, by its name;
# $packaging; $npm: whether there is a package.json. Out: one line for each problem.
def shown: tojson | if length > 100 then .[:99] + "…" else . end;

# The least number of letters to change, add or take away.
def distance($a; $b): reduce range($a | length) as $i ([range(($b | length) + 1)];
  . as $before | reduce range($b | length) as $j ([$i + 1];
    . + [[.[$j] + 1, $before[$j + 1] + 1, $before[$j] + (if $a[$i:$i + 1] == $b[$j:$j + 1] then 0 else 1 end)] | min])) | last;
def nearest($known): .[:100] as $key
  | [$known[] | {name: ., far: distance($key; .)} | select(.far <= ([2, (.name | length) / 3] | max))] | min_by(.far)
  | if . then "did you mean \"\(.name)\"? " else "" end;

def resolved: if has("$ref") then . as $own | $schema[0]["$defs"][."$ref"[8:]] + $own else . end;
# A text, and the form that it must have; $ in a form is the end of the text, never a line's.
def fits($form): ($form.pattern == null or ((test("\n") | not) and test($form.pattern)))
  and length >= ($form.minLength // 0) and length <= ($form.maxLength // length);

# problems(PATH; FORM): of the value and all that is in it.
def problems($path; $form):
  def received($why): "\($file): \($path | if . == "" then "its content" else . end): received \(shown); \($why)";
  def below($key): if $path == "" then $key else "\($path).\($key)" end;
  ($form.type | if type == "array" then .[0] else . end) as $type
  | if $type != type then
      received($form.errorMessage // "allowed is a \(if $type == "object" then "map" else $type end)")
    elif $type == "string" then if fits($form) then empty else received($form.errorMessage) end
    elif $type == "array" then
      (if length < ($form.minItems // 0) or length > $form.maxItems then received($form.errorMessage) else empty end),
      (range(length) as $i | .[$i] | problems("\($path)[\($i)]"; $form.items | resolved))
    else
      (if length > ($form.maxProperties // length) then received("allowed are at most \($form.maxProperties) entries") else empty end),
      (to_entries[] | .key as $key | .value | ($form.properties // {})[$key] as $known
        | if $known then problems(below($key); $known | resolved)
          elif $form.refused[$key] then "\($file): \(below($key)): this can't be said here: \($form.refused[$key])"
          elif ($form.additionalProperties | type) != "object" then
            "\($file): \(below($key | shown | .[1:-1])): this key is unknown: \($key | nearest($form.properties | keys_unsorted))allowed are \($form.properties | keys_unsorted | join(", "))"
          elif $key | fits($form.propertyNames | resolved) | not then
            "\($file): \($path): received the name \($key | shown); \($form.propertyNames | resolved.errorMessage)"
          else problems(below($key); $form.additionalProperties | resolved) end)
    end;

problems(""; $schema[0]),
(objects
  | (if $packaging == "serverless" then
       (if has("bundle") then "\($file): bundle: a serverless service is packaged by its own npm run package: remove it" else empty end),
       (if has("parameters") then "\($file): parameters: serverless.yml has the settings of each stage: remove them" else empty end),
       (if $npm == "true" then empty else "\($file): a serverless service needs a package.json, whose npm run package packages it" end)
     elif $npm == "true" then empty
     else ["test", "bundle", "verify"][] as $step | if has($step) then empty
       else "\($file): \($step): is missing; the service has no package.json, so say which commands are run" end
     end),
  (objects.parameters | objects | keys_unsorted[] as $name | ($environments / " ") as $known
    | if $environments == "br" or $name == "br" or ($known | index($name)) then empty
      else "\($file): parameters.\($name | shown | .[1:-1]): the pipeline has no such environment: \($name | nearest($known))it has \($known | join(", "))" end),
  (objects | ["beforeDeploy", "afterDeploy"][] as $step | select(has($step) and $environments != "br")
    | [($environments / " ")[] | select(. as $name | $runners[$name] // [] | index($step) | not)] | select(. != [])
    | "\($file): \($step): nothing runs it inside \(join(", ")): add it to runner.steps of each of these in the settings, or remove it"),
  (objects | (.variables | objects | keys_unsorted) as $names | (.secrets // {}) | objects | keys_unsorted[]
    | select(. as $name | $names | index($name)) | "\($file): secrets.\(shown | .[1:-1]): is one of the variables too: keep one"))
