# In: one environment's parameter file. $template: what validate-template said; $name: the template's name; $file: the
# file's; $required: the parameters that the pipeline gives; $rollback: those that it gives in a roll-back only, and the
# app may set. Out: one line for each problem.
($required / " ") as $given
| ($rollback / " ") as $more
| ($template[0].Parameters // [] | map({key: .ParameterKey, value: has("DefaultValue")}) | from_entries) as $declared
| ($given + $more | .[] | select(in($declared) | not)
    | "\($name): declare parameter \(.) as a String: the pipeline gives it"),
  (if type != "array" then "\($file): must be a list of {\"ParameterKey\": ..., \"ParameterValue\": ...}"
   else
     (.[] | select(type != "object" or (keys != ["ParameterKey", "ParameterValue"]) or any(.[]; type != "string"))
       | "\($file): \(tojson | .[:100]) must have exactly ParameterKey and ParameterValue, both strings"),
     (map(objects | .ParameterKey | strings) as $keys
       | ($keys | group_by(.)[] | select(length > 1)[0] | "\($file): \(tojson | .[:100]) is set twice: keep one"),
         ($keys[] | select(. as $key | $given | index($key))
           | "\($file): \(.) is given by the pipeline: remove it"),
         ($keys[] | select(in($declared) | not)
           | "\($file): \($name) declares no parameter \(tojson | .[:100]): remove it, or declare it"),
         ($declared | to_entries[] | select(.value | not) | .key | select(. as $key | ($keys + $given) | index($key) | not)
           | "\($file): parameter \(.) has no default in \($name): set it"))
   end)
