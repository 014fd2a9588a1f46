# In: one environment's parameter file. $template: what validate-template said; $file: the file's name;
# $required: the parameters that the pipeline gives. Out: one line for each problem.
($required / " ") as $given
| ($template[0].Parameters // [] | map({key: .ParameterKey, value: has("DefaultValue")}) | from_entries) as $declared
| ($given[] | select(in($declared) | not)
    | "template.yaml: declare parameter \(.) as a String: the pipeline gives it"),
  (if type != "array" then "\($file): must be a list of {\"ParameterKey\": ..., \"ParameterValue\": ...}"
   else
     (.[] | select(type != "object" or (keys != ["ParameterKey", "ParameterValue"]) or any(.[]; type != "string"))
       | "\($file): \(tojson | .[:100]) must have exactly ParameterKey and ParameterValue, both strings"),
     (map(objects | .ParameterKey | strings) as $keys
       | ($keys | group_by(.)[] | select(length > 1)[0] | "\($file): \(tojson) is set twice: keep one"),
         ($keys[] | select(. != "DeploymentConfig" and (. as $key | $given | index($key)))
           | "\($file): \(.) is given by the pipeline: remove it"),
         ($keys[] | select(in($declared) | not)
           | "\($file): template.yaml declares no parameter \(tojson): remove it, or declare it"),
         ($declared | to_entries[] | select(.value | not) | .key | select(. as $key | ($keys + $given) | index($key) | not)
           | "\($file): parameter \(.) has no default in template.yaml: set it"),
         (select(($declared.DeploymentConfig == false) and ($keys | index("DeploymentConfig") | not))
           | "\($file): parameter DeploymentConfig has no default in template.yaml: set it"))
   end)
