"""What the emulator lacks, beside it: each addition is a function, and names the page of AWS's documentation that it follows.

docs/release-test.md lists them; a test holds it to that.
"""
import copy
import io
import json
import os
import re
import tarfile
import urllib.request
import zipfile
from xml.sax.saxutils import escape

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import apigateway, cloudformation, ecr, lambda_svc, s3
from ministack.services.cloudformation import changesets, engine, handlers, provisioners, stacks


def code_of_another_account() -> None:
    """Lambda takes a function's code from a bucket of another account in its Region.

    https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCode.html
    """
    own = s3._get_object_data

    def get(bucket, key, version_id=None):
        owner = s3._bucket_owner_account(bucket)
        if owner is None:
            return own(bucket, key, version_id=version_id)
        with request_scope(owner, get_region()):
            return own(bucket, key, version_id=version_id)

    s3._get_object_data = get


def codedeploy() -> None:
    """Applications and deployment groups of CodeDeploy: names and no more, since no traffic is shifted here.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codedeploy-application.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codedeploy-deploymentgroup.html
    """
    for type_, name in (("Application", "ApplicationName"), ("DeploymentGroup", "DeploymentGroupName")):
        def create(logical_id, props, stack_name, name=name):
            return props.get(name) or provisioners._physical_name(stack_name, logical_id, max_len=100), {}

        provisioners._RESOURCE_HANDLERS[f"AWS::CodeDeploy::{type_}"] = {
            "create": create,
            "update": lambda physical_id, old, new, stack_name: (physical_id, {}),
            "delete": lambda physical_id, props: None,
        }


IMAGES = "images"
IMAGE_URI = re.compile(r"^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([^@]+)@(sha256:[0-9a-f]{64})$")


def _image_as_zip(uri):
    """The files that an image has in /var/task, and its command; its base is not there."""
    account, region, name, digest = IMAGE_URI.match(uri).groups()
    with request_scope(account, region):
        _, written, _ = ecr._resolve_manifest(name, digest)
        if written is None:
            raise ValueError(f"Source image {uri} does not exist. Provide a valid source image.")
        manifest = json.loads(written)
        blobs = ecr._layer_blobs.get(name, {})
        config = json.loads(blobs[manifest["config"]["digest"]])
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for layer in manifest["layers"]:
                with tarfile.open(fileobj=io.BytesIO(blobs[layer["digest"]])) as files:
                    for entry in files:
                        path = entry.name.removeprefix("./")
                        if entry.isfile() and path.startswith("var/task/"):
                            archive.writestr(path.removeprefix("var/task/"), files.extractfile(entry).read())
        return made.getvalue(), config["config"]["Cmd"][0]


def images_of_functions() -> None:
    """A function of an image runs the files that the image has in /var/task, by the Node.js of this machine; its base is not there.

    https://docs.aws.amazon.com/lambda/latest/dg/nodejs-image.html
    """
    found = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]

    def run_as_files(props):
        uri = (props or {}).get("Code", {}).get("ImageUri")
        if not uri:
            return props
        _, handler = _image_as_zip(uri)
        files = {"S3Bucket": IMAGES, "S3Key": uri}
        return {**props, "PackageType": "Zip", "Runtime": "nodejs22.x", "Handler": handler, "Code": files}

    own_create, own_update, own_get = found["create"], found["update"], s3._get_object_data
    found["create"] = lambda logical_id, props, stack_name: own_create(logical_id, run_as_files(props), stack_name)
    found["update"] = lambda physical_id, old, new, *others: own_update(
        physical_id, run_as_files(old), run_as_files(new), *others)

    def get(bucket, key, version_id=None):
        return _image_as_zip(key)[0] if bucket == IMAGES else own_get(bucket, key, version_id=version_id)

    s3._get_object_data = get


def addresses_of_apis() -> None:
    """An HTTP API's address is AWS's, which the gate's proxy answers.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-publish.html
    """
    found = provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]
    for operation in ("create", "update"):
        own = found[operation]

        def wrapped(*args, own=own):
            physical_id, attributes = own(*args)
            address = f"https://{physical_id}.execute-api.{get_region()}.amazonaws.com"
            return physical_id, {**attributes, "ApiEndpoint": address}

        found[operation] = wrapped


def apis_of_all_accounts() -> None:
    """An HTTP API answers whoever asks its host, without saying whose it is.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-publish.html
    """

    def scope(api_id):
        return next(((account, region) for (account, region, own), _ in apigateway._apis.all_items() if own == api_id), None)

    def stages(api_id):
        found = scope(api_id)
        if found is None:
            return {}
        with request_scope(*found):
            return apigateway._stages.get(api_id, {})

    apigateway.find_api_scope, apigateway.stages_for_api = scope, stages


def events_of_apis() -> None:
    """A function behind an HTTP API is told AWS's host, and of no path parameters where the route has none.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html (format 2.0)
    """
    own = lambda_svc._execute_function_with_config_scope

    def execute(record, event, *args, **kwargs):
        context = event.get("requestContext", {}) if isinstance(event, dict) else {}
        if event.get("version") == "2.0" and "apiId" in context:
            host = f"{context['apiId']}.execute-api.{get_region()}.amazonaws.com"
            context = {**context, "domainName": host, "domainPrefix": context["apiId"]}
            event = {**event, "requestContext": context, "headers": {**event["headers"], "host": host}}
            if event.get("pathParameters") is None:
                event.pop("pathParameters", None)
        return own(record, event, *args, **kwargs)

    lambda_svc._execute_function_with_config_scope = execute


def executed_change_sets() -> None:
    """DescribeStacks says which change set the stack was last made or updated with.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html (ChangeSetId)
    """
    execute = handlers._ACTION_HANDLERS["ExecuteChangeSet"]
    describe = handlers._ACTION_HANDLERS["DescribeStacks"]

    def executing(params):
        cs_id, _ = changesets._find_change_set(handlers._p(params, "ChangeSetName"), handlers._p(params, "StackName"))
        cs = cloudformation._change_sets.get(cs_id) if cs_id else None
        answer = execute(params)
        if answer[0] == 200 and cs:
            cloudformation._stacks[cs["StackName"]]["ChangeSetId"] = cs["ChangeSetId"]
        return answer

    def describing(params):
        status, headers, body = describe(params)
        by_id = {s["StackId"]: s.get("ChangeSetId") for s in cloudformation._stacks.values()}

        def said(match):
            change_set = by_id.get(match[1])
            return match[0] + (f"<ChangeSetId>{escape(change_set)}</ChangeSetId>" if change_set else "")

        return status, headers, _replaced(r"<StackId>([^<]*)</StackId>", said, body)

    handlers._ACTION_HANDLERS["ExecuteChangeSet"] = executing
    handlers._ACTION_HANDLERS["DescribeStacks"] = describing


def stacks_under_review() -> None:
    """A stack under review stays the same one when it gets another change set.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html (ChangeSetType)
    """
    create = handlers._ACTION_HANDLERS["CreateChangeSet"]

    def creating(params):
        before = cloudformation._stacks.get(handlers._p(params, "StackName"))
        status, headers, body = create(params)
        after = cloudformation._stacks.get(handlers._p(params, "StackName"))
        if not before or before["StackStatus"] != "REVIEW_IN_PROGRESS" or after is before or not after:
            return status, headers, body
        old, new = before["StackId"], after["StackId"]
        after["StackId"] = old
        cloudformation._stack_events.pop(new, None)
        for change_set in cloudformation._change_sets.values():
            if change_set["StackId"] == new:
                change_set["StackId"] = old
        return status, headers, _replaced(re.escape(new), lambda _: old, body)

    handlers._ACTION_HANDLERS["CreateChangeSet"] = creating


def _replaced(pattern, by, body):
    text = body.decode() if isinstance(body, bytes) else body
    text = re.sub(pattern, by, text)
    return text.encode() if isinstance(body, bytes) else text


LATER = "{{changeSet:KNOWN_AFTER_APPLY}}"


def _later(value, names):
    """A value with LATER for whatever is known only once one of these resources is there."""
    if isinstance(value, list):
        return [_later(each, names) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (key, inner), = value.items()
        if key == "Ref" and inner in names:
            return LATER
        if key == "Fn::GetAtt":
            first = inner.split(".")[0] if isinstance(inner, str) else inner[0]
            if first in names:
                return LATER
        if key == "Fn::Sub":
            text, *more = [inner] if isinstance(inner, str) else inner
            said = re.sub(r"\$\{([A-Za-z0-9]+)(\.[^}]*)?\}", lambda m: LATER if m[1] in names else m[0], text)
            return {key: [said, *(_later(each, names) for each in more)] if more else said}
    return {key: _later(inner, names) for key, inner in value.items()}


def property_values() -> None:
    """DescribeChangeSet shows, when it is asked to, what each resource is and will be.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html (IncludePropertyValues)
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html (BeforeContext, AfterContext)
    """
    describe = handlers._ACTION_HANDLERS["DescribeChangeSet"]

    def shown(template, params, stack, logical_id):
        conditions = engine._evaluate_conditions(template, params)
        there = stack.get("_resources", {})
        names = set(template.get("Resources", {})) - set(there)
        definition = template["Resources"][logical_id]
        properties = engine._resolve_refs(
            _later(copy.deepcopy(definition.get("Properties", {})), names),
            there, params, conditions, template.get("Mappings", {}), stack["StackName"], stack["StackId"],
        )
        without = _without_no_value(properties)
        others = {k: v for k, v in definition.items() if k in ("DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy")}
        return json.dumps({"Properties": without, **others})

    def describing(params):
        status, headers, body = describe(params)
        if status != 200 or handlers._p(params, "IncludePropertyValues", "false").lower() != "true":
            return status, headers, body
        _, cs = changesets._find_change_set(handlers._p(params, "ChangeSetName"), handlers._p(params, "StackName"))
        stack = cloudformation._stacks[cs["StackName"]]
        values = {}
        for change in cs.get("Changes", []):
            resource = change["ResourceChange"]
            name = resource["LogicalResourceId"]
            parts = []
            if resource["Action"] != "Add":
                parts.append(("BeforeContext", shown(stack["_template"], stack["_resolved_params"], stack, name)))
            if resource["Action"] != "Remove":
                parts.append(("AfterContext", shown(cs["_template"], cs["_resolved_params"], stack, name)))
            values[name] = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in parts)
        return status, headers, _replaced(
            r"<LogicalResourceId>([^<]*)</LogicalResourceId>", lambda m: m[0] + values.get(m[1], ""), body)

    handlers._ACTION_HANDLERS["DescribeChangeSet"] = describing


def _without_no_value(value):
    if isinstance(value, dict):
        return {k: _without_no_value(v) for k, v in value.items() if v is not engine._NO_VALUE}
    if isinstance(value, list):
        return [_without_no_value(v) for v in value if v is not engine._NO_VALUE]
    return value


def roles_of_stacks() -> None:
    """CloudFormation works with the stack's role, or with the session that executes: each handler asks the gate first.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
    """
    gate = os.environ.get("GATE")
    create_set = handlers._ACTION_HANDLERS["CreateChangeSet"]

    def creating(params):
        answer = create_set(params)
        role = handlers._p(params, "RoleARN")
        stack = cloudformation._stacks.get(handlers._p(params, "StackName"))
        if answer[0] == 200 and role and stack is not None:
            stack["RoleARN"] = role
        return answer

    handlers._ACTION_HANDLERS["CreateChangeSet"] = creating

    def tag_keys(stack, props):
        own = (props or {}).get("Tags") or []
        return {t["Key"] for t in (*((stack or {}).get("Tags") or []), *(own if isinstance(own, list) else []))}

    def ask(operation, type_, logical_id, physical_id, props, stack_name):
        stack = cloudformation._stacks.get(stack_name)
        tagged = (stack or {}).setdefault("_tagged", {})
        before, keys = tagged.get(logical_id, set()), tag_keys(stack, props)
        tagged[logical_id] = keys
        asked = json.dumps({
            "account": get_account_id(), "region": get_region(), "operation": operation, "type": type_,
            "logicalId": logical_id, "physicalId": physical_id, "properties": _without_no_value(props or {}),
            "stackName": stack_name, "role": (stack or {}).get("RoleARN"),
            "tags": {t["Key"]: t["Value"] for t in (stack or {}).get("Tags", [])},
            "untagged": sorted(before - keys) if operation == "update" else [],
        }, default=str).encode()
        request = urllib.request.Request(gate, asked, {"content-type": "application/json"})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            refused = json.load(answer).get("refused")
        if refused:
            raise ValueError(refused)

    own_provision, own_update, own_delete = stacks._provision_resource, stacks._update_resource, stacks._delete_resource

    def provision(type_, logical_id, props, stack_name):
        ask("create", type_, logical_id, None, props, stack_name)
        return own_provision(type_, logical_id, props, stack_name)

    def update(type_, physical_id, old, new, stack_name, logical_id=None, attrs=None):
        if old != new:
            ask("update", type_, logical_id, physical_id, new, stack_name)
        return own_update(type_, physical_id, old, new, stack_name, logical_id, attrs)

    def delete(type_, physical_id, props, stack_name=None, logical_id=None):
        ask("delete", type_, logical_id, physical_id, props, stack_name)
        return own_delete(type_, physical_id, props, stack_name, logical_id)

    if gate:
        stacks._provision_resource, stacks._update_resource, stacks._delete_resource = provision, update, delete


ADDITIONS = (
    code_of_another_account,
    codedeploy,
    images_of_functions,
    addresses_of_apis,
    apis_of_all_accounts,
    events_of_apis,
    executed_change_sets,
    stacks_under_review,
    property_values,
    roles_of_stacks,
)


def install() -> None:
    """Puts the additions in place, before the first request."""
    for each in ADDITIONS:
        each()
