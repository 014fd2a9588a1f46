"""Expands what a SAM template has of SAM's own types. Exit code 3: aws-sam-translator is not there; 4: it refuses, with why."""

import json
import os
import sys

os.environ["AWS_DEFAULT_REGION"] = sys.argv[1]
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
try:
    from samtranslator.model.exceptions import InvalidDocumentException
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator
except ImportError:
    sys.exit(3)

# What is beside the template, sam build and sam package put into a bucket.
BESIDE = {
    "AWS::Serverless::Function": ["CodeUri"],
    "AWS::Serverless::LayerVersion": ["ContentUri"],
    "AWS::Serverless::Api": ["DefinitionUri"],
    "AWS::Serverless::HttpApi": ["DefinitionUri"],
    "AWS::Serverless::StateMachine": ["DefinitionUri"],
}
template = json.load(sys.stdin)
shared = template.get("Globals", {}).get("Function", {})
if isinstance(shared.get("CodeUri"), str):
    shared["CodeUri"] = "s3://packaged/CodeUri"
for resource in template["Resources"].values():
    of = resource.get("Type")
    properties = resource.setdefault("Properties", {})
    for name in BESIDE.get(of, []):
        if isinstance(properties.get(name), str):
            properties[name] = "s3://packaged/" + name
    if of == "AWS::Serverless::Function":
        image = properties.get("PackageType") == "Image"
        if not image and not {"CodeUri", "InlineCode"} & {*properties, *shared}:
            properties["CodeUri"] = "s3://packaged/CodeUri"
        if image and "ImageUri" not in properties:
            properties["ImageUri"] = "image"
try:
    json.dump(Translator({}, Parser()).translate(template, {}), sys.stdout)
except InvalidDocumentException as error:
    sys.stdout.write("; ".join(cause.message for cause in error.causes) or error.message)
    sys.exit(4)
