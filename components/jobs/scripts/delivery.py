# Reads YAML of a hostile repository: prints it as JSON, every scalar as the text that is written (3.10 is no number), and ends with 3
# where it is none of what delivery.yaml may be. PyYAML is in each Python of CodeBuild's images.
import json, sys
import yaml

def refuse(mark, what):
    print("%s%s" % ("line %d: " % (mark.line + 1) if mark else "", what))
    sys.exit(3)

seen = set()
def plain(node):
    if id(node) in seen:
        refuse(node.start_mark, "an alias is not allowed: write the value out")
    seen.add(id(node))
    if node.tag not in ("tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"):
        refuse(node.start_mark, "a tag is not allowed: remove it")
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [plain(item) for item in node.value]
    made = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            refuse(key.start_mark, "a key must be a text")
        name = plain(key)
        if name in made:
            refuse(key.start_mark, "a key is there twice: remove one")
        made[name] = plain(value)
    return made

try:
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read(65537)
    if len(text) > 65536:
        refuse(None, "it has more than 65536 characters: put commands into scripts")
    node = yaml.compose(text, Loader=yaml.BaseLoader)
    print(json.dumps({} if node is None else plain(node)))
except yaml.YAMLError as error:
    refuse(getattr(error, "problem_mark", None), "it is not YAML: %s" % getattr(error, "problem", "unreadable"))
except (UnicodeDecodeError, RecursionError):
    refuse(None, "it is not YAML that can be read: write it anew")
