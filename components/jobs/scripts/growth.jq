# Rights that a resource of the change set has more or less than before, in sentences. It refuses nothing; the rest: changes.jq, after this.
def text_list: if . == null then [] elif type == "array" then map(if type == "string" then . else tojson end)
  elif type == "string" then [.] else [tojson] end;
def when: if . == null or . == {} then "" else " when \(tojson)" end;

# One right of each statement for each action, resource and principal: what it is for, and its action.
def rights:
  [unfolded | .. | objects | with_entries(.key |= ascii_downcase) | select(has("effect") and (has("action") or has("notaction")))
    | . as $s
    | (if has("action") then .action | text_list else ["all but " + (.notaction | text_list | join(", "))] end)[] as $action
    | (if has("notresource") then ["all but " + (.notresource | text_list | join(", "))] else .resource | text_list end
        | if . == [] then [""] else . end)[] as $on
    | (if has("notprincipal") then ["all but " + (.notprincipal | tojson)]
        elif .principal | type == "object" then .principal | to_entries | map(.value | text_list) | add // [""]
        else .principal | text_list end | if . == [] then [""] else . end)[] as $who
    | {effect: $s.effect, who: $who, on: $on, when: ($s.condition | when), action: $action}];

# What gives rights otherwise than by a statement: a function's permission, a managed policy of AWS's.
def other_rights($type):
  (if $type == "AWS::Lambda::Permission" and .Action != null then
    [{effect: "Allow", who: (.Principal | text_list | join(", ")), on: (.FunctionName | text_list | join(", ")),
      when: (del(.Principal, .FunctionName, .Action) | when), action: (.Action | text_list | join(", "))}] else [] end)
  + [.ManagedPolicyArns | text_list[] | {effect: "Allow", who: "", on: "", when: "", action: "what managed policy \(.) lets"}];

# Whom a policy that was there is attached to: somebody else has its rights then, though no statement changes.
def attached($type):
  if $type | test("Policy$") then
    [.Roles, .RoleName, .Queues, .Topics, .Bucket | values | text_list[]
      | {effect: "Allow", who: "", on: "", when: "", action: "what this policy lets"} + if $type | startswith("AWS::IAM::") then {who: .} else {on: .} end]
  else [] end;

# Whether a pattern covers a text, as far as stars tell.
def covers($text): . as $pattern | . == $text or ((contains("*") or contains("?"))
  and ($text | test("^" + ($pattern | gsub("(?<c>[^A-Za-z0-9*?:/_-])"; "\\\(.c)") | gsub("\\*"; ".*") | gsub("\\?"; ".")) + "$")));
def alike($right): map(select(.effect == $right.effect and .who == $right.who
  and (.action | ascii_downcase | covers($right.action | ascii_downcase)) and (.on | covers($right.on))));
def has_right($right): any(alike($right)[]; .when == "" or .when == $right.when);

# Whether CloudFormation says what it is: not of a value that is known too late, nor of a parameter with NoEcho, for which it shows
# asterisks. Those would cover every text, and be the same as before whatever they stand for.
def is_masked: tojson | contains("****");

# Those that others lack, a line for each place; $word says whether they grow, or may where that isn't known.
def sentences($all; $word; $allow; $deny; $only):
  ($all | map(select(is_masked | not))) as $others
  | ($others | map({key: tojson, value: true}) | from_entries) as $same
  | map(select($same[tojson] | not) | select(. as $right | $others | has_right($right) | not))
  | group_by([.effect, .who, .on, .when, (. as $right | $others | alike($right) | length > 0)])[]
  | .[0] as $one
  | (if any(is_masked or (tojson | contains("KNOWN_AFTER_APPLY"))) then "MAY \($word | rtrimstr("S"))" else $word end) as $says
  | [$one.who, (if $one.effect == "Allow" then $allow else $deny end), (map(.action) | unique | join(", ")),
      (if $one.on != "" then "on \($one.on)" else "" end)]
  | "\($says) " + (map(select(. != "")) | join(" ")) + $one.when
    + ([$others | alike($one)[].when] | if . == [] then "" else ", \($only) only" + (unique | join(" or")) end);

# In: a change of a resource that gives somebody a right, with what is before and after. Out: "GROWS Role: ...", "SHRINKS Role: ...".
def growth:
  def shown: ((strings | fromjson? | objects | .Properties // {}) // null);
  .LogicalResourceId as $id | .ResourceType as $type
  | (.BeforeContext | shown) as $before | (.AfterContext | shown) as $after
  | if .Action == "Modify" and ($before == null or $after == null) then "MAY GROW \($id): what it was before isn't shown"
    else ($before // {} | rights + other_rights($type) + if $after == null then [] else attached($type) end) as $old
      | ($after // {} | rights + other_rights($type) + if $before == null then [] else attached($type) end) as $new
      | def allowing: map(select(.effect == "Allow"));
        def denying: map(select(.effect != "Allow"));
        (($new | allowing | sentences($old; "GROWS"; "may now"; ""; "before")), ($old | denying | sentences($new; "GROWS"; ""; "is no longer denied"; "from now on")),
          ($old | allowing | sentences($new; "SHRINKS"; "may no longer"; ""; "from now on")), ($new | denying | sentences($old; "SHRINKS"; ""; "is now denied"; "before")))
      | sub("^(?<word>(MAY )?[A-Z]+)"; "\(.word) \($id):")
    end;
