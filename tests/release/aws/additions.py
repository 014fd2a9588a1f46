"""What the emulator lacks, beside it: each addition is a function, and names the page of AWS's documentation that it follows.

docs/release-test.md lists them; a test holds it to that.
"""
import contextvars
import copy
import io
import json
import os
import re
import socket
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
from xml.sax.saxutils import escape

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import alb, apigateway, apigateway_v1, cloudformation, ecr, ecs, lambda_svc, s3, ssm
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


def _image(uri):
    """The files that an image has beside its base, which is not there, and its settings."""
    account, region, name, digest = IMAGE_URI.match(uri).groups()
    with request_scope(account, region):
        _, written, _ = ecr._resolve_manifest(name, digest)
        if written is None:
            raise ValueError(f"Source image {uri} does not exist. Provide a valid source image.")
        manifest = json.loads(written)
        blobs = ecr._layer_blobs.get(name, {})
        config = json.loads(blobs[manifest["config"]["digest"]])["config"]
        files = {}
        for layer in manifest["layers"]:
            with tarfile.open(fileobj=io.BytesIO(blobs[layer["digest"]])) as archive:
                for entry in archive:
                    if entry.isfile():
                        files[entry.name.removeprefix("./")] = archive.extractfile(entry).read()
        return files, config


def _image_as_zip(uri):
    files, config = _image(uri)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            if name.startswith("var/task/"):
                archive.writestr(name.removeprefix("var/task/"), content)
    return made.getvalue(), config["Cmd"][0]


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


def digests_of_images() -> None:
    """What a function of an image says as its CodeSha256 is the digest of the image.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-images.html
    """
    own_config, own_update = lambda_svc._build_config, lambda_svc._update_code

    def of(uri):
        return uri.split("@sha256:")[1]

    def config(name, data, *others):
        made = own_config(name, data, *others)
        uri = data.get("Code", {}).get("ImageUri")
        # Of no runtime AWS says nothing.
        return {**{k: v for k, v in made.items() if k != "Runtime"}, "CodeSha256": of(uri)} if uri else made

    def update(name, data):
        found = lambda_svc._functions.get(name)
        if "ImageUri" in data and found and lambda_svc._check_revision(found["config"], data) is None:
            found["config"]["CodeSha256"] = of(data["ImageUri"])
        return own_update(name, data)

    lambda_svc._build_config, lambda_svc._update_code = config, update


def known_balancers() -> None:
    """A load balancer and a listener have the ARN, and the balancer the name, that the stacks register: two tags say it.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
    """
    made_id = alb._short_id
    for action in ("CreateLoadBalancer", "CreateListener"):
        own = alb._ACTION_MAP[action]

        def create(params, own=own):
            tags = {t["Key"]: t["Value"] for t in alb._parse_tags(params)}
            alb._short_id = lambda: tags["arn"].split("/")[-1] if "arn" in tags else made_id()
            try:
                answer = own(params)
            finally:
                alb._short_id = made_id
            if "name" in tags:
                alb._lbs[tags["arn"]]["DNSName"] = tags["name"]
            return answer

        alb._ACTION_MAP[action] = create


def balancers_of_all_accounts() -> None:
    """A load balancer answers whoever asks its host, without saying whose it is.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/introduction.html
    """
    own = alb.dispatch_request

    def find(host):
        name = host.split(":")[0].lower()
        return next((lb for _, lb in alb._lbs.all_items() if lb["DNSName"].lower() == name), None)

    async def dispatch(lb, *args, **kwargs):
        _, _, _, region, account, _ = lb["LoadBalancerArn"].split(":", 5)
        with request_scope(account, region):
            return await own(lb, *args, **kwargs)

    alb.find_lb_for_host, alb.dispatch_request = find, dispatch


TASK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "task.cjs")


def _free_address(port):
    """Each task has a network of its own, and the whole of 127.0.0.0/8 is this machine."""
    pid = os.getpid()
    for last in range(2, 255):
        address = f"127.{pid >> 8 & 255 or 1}.{pid & 255}.{last}"
        with socket.socket() as asked:
            asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                asked.bind((address, port))
                return address
            except OSError:
                continue
    raise ValueError("no address of loopback is free")


def tasks_of_images() -> None:
    """A task runs the files that its image has, by the Node.js of this machine, at an address of its own on loopback, with the values of its secrets and keys of its account; its user is not applied. Of an image that no job has pushed it runs nothing.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    """
    own_run, own_stopped = ecs._run_task, ecs._mark_task_stopped
    processes = {}

    def start(task, container):
        if not IMAGE_URI.match(container["image"]):
            return True  # the owner's own, of a registry that is not here
        # The emulator leaves their names as CloudFormation writes them, and reads them as ECS does.
        named = [{k[:1].lower() + k[1:]: v for k, v in each.items()} for each in container.get("secrets", [])]
        try:
            secrets = ecs._resolve_container_secrets({"secrets": named})
        except ecs._SecretResolutionError:
            return False
        files, config = _image(container["image"])
        root = tempfile.mkdtemp(prefix="delivery-task-")
        for name, content in files.items():
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(content)
        command = [*(config.get("Entrypoint") or []), *(config.get("Cmd") or [])]
        address = _free_address(container["portMappings"][0]["containerPort"])
        ready, tell = os.pipe()
        env = {each["name"]: str(each["value"]) for each in container.get("environment", [])}
        env.update(secrets)
        env.update(
            AWS_ENDPOINT_URL=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}", AWS_REGION=get_region(),
            AWS_ACCESS_KEY_ID=get_account_id(), AWS_SECRET_ACCESS_KEY="task")
        env.update(PATH=os.environ["PATH"], NODE_OPTIONS=f"--require {TASK}", TASK_ADDRESS=address, TASK_READY=str(tell))
        process = subprocess.Popen(
            [root + each if each.startswith("/") else each for each in command],
            env=env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=(tell,))
        os.close(tell)
        with open(ready, "rb") as told:
            listens = told.read(1)
        processes[task["taskArn"]] = process
        task["_container_ip"] = address
        return listens == b"1"

    def run(data):
        answer = own_run(data)
        if answer[0] != 200:
            return answer
        for made in json.loads(answer[2])["tasks"]:
            task = ecs._tasks[made["taskArn"]]
            definition = ecs._task_defs[ecs._resolve_td_key(task["taskDefinitionArn"])]
            if not start(task, definition["containerDefinitions"][0]):
                ecs._mark_task_stopped(
                    task["taskArn"], task, "Essential container in task exited", "EssentialContainerExited", exit_code=1)
                ecs._record_service_task_failure(task)
        return answer

    def stopped(task_arn, task, reason, stop_code, exit_code=None):
        process = processes.pop(task_arn, None)
        if process:
            process.kill()
            process.stdin.close()
            process.wait()
        return own_stopped(task_arn, task, reason, stop_code, exit_code)

    ecs._run_task, ecs._mark_task_stopped = run, stopped


def steady_services() -> None:
    """CloudFormation waits until a service is steady, and fails where its circuit breaker has brought the old tasks back.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
    """
    found = provisioners._RESOURCE_HANDLERS["AWS::ECS::Service"]
    own_create, own_update, own_delete = found["create"], found["update"], found["delete"]

    def numbers(props):
        """The emulator leaves a parameter of type Number a text."""
        return {**props, **({"DesiredCount": int(props["DesiredCount"])} if "DesiredCount" in props else {})}

    def steady(physical_id, props):
        service = next(each for each in ecs._services.values() if each["serviceArn"] == physical_id)
        if service["taskDefinition"] != props["TaskDefinition"] or service["runningCount"] < props["DesiredCount"]:
            raise ValueError(
                "Resource handler returned message: \"Error occurred during operation 'ECS Deployment Circuit Breaker was "
                "triggered'.\" (HandlerErrorCode: GeneralServiceException)")

    def create(logical_id, props, stack_name):
        props = numbers(props)
        made = own_create(logical_id, props, stack_name)
        try:
            steady(made[0], props)
        except ValueError:
            own_delete(made[0], props)
            raise
        return made

    def update(physical_id, old, new, *others):
        made = own_update(physical_id, numbers(old), numbers(new), *others)
        steady(physical_id, numbers(new))
        return made

    found["create"], found["update"] = create, update


def deployments_of_services() -> None:
    """UpdateService answers before the tasks of the new deployment start: it is IN_PROGRESS, and whoever looks next sees what has become of it.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html
    """
    own_reconcile, own_update, own_describe = (
        ecs._reconcile_service_tasks, ecs._ACTION_MAP["UpdateService"], ecs._ACTION_MAP["DescribeServices"])
    answering = contextvars.ContextVar("whether UpdateService is being answered", default=False)
    waiting = set()

    def reconcile(*service):
        if answering.get():
            waiting.add((get_account_id(), get_region(), *service))
        else:
            own_reconcile(*service)

    def update(data):
        token = answering.set(True)
        try:
            return own_update(data)
        finally:
            answering.reset(token)

    def describe(data):
        for account, region, *service in [each for each in waiting if each[:2] == (get_account_id(), get_region())]:
            waiting.discard((account, region, *service))
            own_reconcile(*service)
        return own_describe(data)

    ecs._reconcile_service_tasks = reconcile
    ecs._ACTION_MAP.update(UpdateService=update, DescribeServices=describe)


def said_of_definitions() -> None:
    """DescribeTaskDefinition says nothing of what was not registered.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html
    """
    own = ecs._ACTION_MAP["DescribeTaskDefinition"]

    def describe(data):
        status, headers, body = own(data)
        said = json.loads(body)
        if "taskDefinition" in said:
            said["taskDefinition"] = {k: v for k, v in said["taskDefinition"].items() if v not in (None, "")}
        return status, headers, json.dumps(said).encode()

    ecs._ACTION_MAP["DescribeTaskDefinition"] = describe


SAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sam.py")


def templates_of_sam() -> None:
    """AWS's own translator expands a template of SAM for the values of its parameters: a version has another name once its code is elsewhere.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-serverless.html
    https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
    """
    modules = os.environ.get("SAM_MODULES", "")
    own = changesets._apply_transforms

    def apply(template, provided=None, previous=None):
        if engine._SAM_TRANSFORM not in engine.declared_transforms(template):
            return own(template, provided, previous)
        values = engine._transform_parameters(template, provided, previous)
        made = subprocess.run(
            [sys.executable, SAM, get_region()], input=json.dumps([template, values]), capture_output=True, text=True,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": modules})
        if made.returncode == 4:
            said = f"Transform {engine._SAM_TRANSFORM} failed with: {made.stdout}"
            return engine._TransformFailed(template, said)
        if made.returncode:
            raise ValueError(f"the translator has ended with {made.returncode}: {made.stderr[-2000:]}")
        return json.loads(made.stdout)

    if os.path.isdir(modules):
        changesets._apply_transforms = apply


METHODS = {"get", "put", "post", "delete", "options", "head", "patch"}


def documents_of_apis() -> None:
    """An HTTP API with a Body has the routes of that OpenAPI document, each with its integration, and once it has another one, those of it; without authorizers.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-api.html
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-open-api.html
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html
    """
    found = provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]

    def named(props):
        """Its name is the document's title."""
        body = props.get("Body")
        return {**props, "Name": body["info"]["title"], "ProtocolType": "HTTP"} if body else props

    def imported(api_id, body):
        routes, integrations = apigateway._routes[api_id], apigateway._integrations[api_id]
        routes.clear()
        integrations.clear()
        for path, methods in body["paths"].items():
            for verb, method in methods.items():
                wanted = "ANY" if verb == "x-amazon-apigateway-any-method" else verb.upper()
                if wanted != "ANY" and verb not in METHODS:
                    continue
                if method.get("security", body.get("security")):
                    raise ValueError(f"{wanted} {path}: security is not covered")
                integration = method["x-amazon-apigateway-integration"]
                if integration["type"] != "aws_proxy":
                    raise ValueError(f"{wanted} {path}: integrations of type {integration['type']} are not covered")
                integration_id, _ = provisioners._apigw_v2_integration_create("", {
                    "ApiId": api_id, "IntegrationUri": integration["uri"],
                    "PayloadFormatVersion": integration["payloadFormatVersion"]}, "")
                provisioners._apigw_v2_route_create("", {
                    "ApiId": api_id, "RouteKey": path if path == "$default" else f"{wanted} {path}",
                    "Target": f"integrations/{integration_id}"}, "")

    own_create, own_update = found["create"], found["update"]

    def create(logical_id, props, stack_name):
        made = own_create(logical_id, named(props), stack_name)
        if props.get("Body"):
            imported(made[0], props["Body"])
        return made

    def update(physical_id, old, new, *others):
        made = own_update(physical_id, named(old), named(new), *others)
        if new.get("Body"):
            imported(made[0], new["Body"])
        return made

    found["create"], found["update"] = create, update


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
    """An API answers whoever asks its host, without saying whose it is.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-publish.html
    https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html
    """

    for module, apis in ((apigateway, apigateway._apis), (apigateway_v1, apigateway_v1._rest_apis)):

        def scope(api_id, apis=apis):
            return next(((account, region) for (account, region, own), _ in apis.all_items() if own == api_id), None)

        module.find_api_scope = scope


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


def arns_of_secrets() -> None:
    """A secret of a stack is known by its ARN, which ends in six characters of Secrets Manager's own.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
    """
    found = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
    own_create, own_update, own_delete = found["create"], found["update"], found["delete"]

    def name_of(arn):
        return arn.split(":secret:")[-1][:-7]

    def by_arn(made):
        return made[1]["Arn"], made[1]

    found["create"] = lambda *asked: by_arn(own_create(*asked))
    found["update"] = lambda physical_id, *others, **named: by_arn(own_update(name_of(physical_id), *others, **named))
    found["delete"] = lambda physical_id, props: own_delete(name_of(physical_id), props)


def roles_of_stacks() -> None:
    """CloudFormation works with the stack's role, or with the session that executes: each handler asks the gate first; and so does who reads a parameter of SSM for a change set.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/systems-manager-parameter-types.html
    """
    gate = os.environ.get("GATE")
    create_set = handlers._ACTION_HANDLERS["CreateChangeSet"]
    planned = contextvars.ContextVar("stack that a change set is made of", default=None)

    def ask(**asked):
        body = json.dumps({"account": get_account_id(), "region": get_region(), **asked}, default=str).encode()
        request = urllib.request.Request(gate, body, {"content-type": "application/json"})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            refused = json.load(answer).get("refused")
        if refused:
            raise ValueError(refused)

    def creating(params):
        name = handlers._p(params, "StackName")
        token = planned.set(name)
        try:
            answer = create_set(params)
        finally:
            planned.reset(token)
        role = handlers._p(params, "RoleARN")
        stack = cloudformation._stacks.get(name)
        if answer[0] == 200 and role and stack is not None:
            stack["RoleARN"] = role
        return answer

    handlers._ACTION_HANDLERS["CreateChangeSet"] = creating

    own_parameter = ssm.resolve_parameter_value

    def parameter(name, *others, **more):
        if planned.get():
            ask(parameter=name, stackName=planned.get())
        return own_parameter(name, *others, **more)

    def tag_keys(stack, props):
        own = (props or {}).get("Tags") or []
        return {t["Key"] for t in (*((stack or {}).get("Tags") or []), *(own if isinstance(own, list) else []))}

    def ask_for(operation, type_, logical_id, physical_id, props, stack_name):
        stack = cloudformation._stacks.get(stack_name)
        tagged = (stack or {}).setdefault("_tagged", {})
        before, keys = tagged.get(logical_id, set()), tag_keys(stack, props)
        tagged[logical_id] = keys
        ask(operation=operation, type=type_, logicalId=logical_id, physicalId=physical_id,
            properties=_without_no_value(props or {}), stackName=stack_name, role=(stack or {}).get("RoleARN"),
            tags={t["Key"]: t["Value"] for t in (stack or {}).get("Tags", [])},
            untagged=sorted(before - keys) if operation == "update" else [])

    own_provision, own_update, own_delete = stacks._provision_resource, stacks._update_resource, stacks._delete_resource

    def provision(type_, logical_id, props, stack_name):
        ask_for("create", type_, logical_id, None, props, stack_name)
        return own_provision(type_, logical_id, props, stack_name)

    def update(type_, physical_id, old, new, stack_name, logical_id=None, attrs=None):
        if old != new:
            ask_for("update", type_, logical_id, physical_id, new, stack_name)
        return own_update(type_, physical_id, old, new, stack_name, logical_id, attrs)

    def delete(type_, physical_id, props, stack_name=None, logical_id=None):
        ask_for("delete", type_, logical_id, physical_id, props, stack_name)
        return own_delete(type_, physical_id, props, stack_name, logical_id)

    if gate:
        stacks._provision_resource, stacks._update_resource, stacks._delete_resource = provision, update, delete
        ssm.resolve_parameter_value = parameter


ADDITIONS = (
    code_of_another_account,
    codedeploy,
    images_of_functions,
    digests_of_images,
    known_balancers,
    balancers_of_all_accounts,
    tasks_of_images,
    steady_services,
    deployments_of_services,
    said_of_definitions,
    templates_of_sam,
    documents_of_apis,
    addresses_of_apis,
    apis_of_all_accounts,
    events_of_apis,
    executed_change_sets,
    stacks_under_review,
    property_values,
    arns_of_secrets,
    roles_of_stacks,
)


def install() -> None:
    """Puts the additions in place, before the first request."""
    for each in ADDITIONS:
        each()
