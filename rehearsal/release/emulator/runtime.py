"""The process that a function in Python runs in: loads the handler that its first argument names from the current folder, and answers
each event that the rehearsal sends, one at a time. It ends when the rehearsal does, however that ends."""

import importlib
import json
import os
import queue
import socket
import sys
import threading
import time
import traceback

# Node's own way to talk to a child: a line of JSON for each message.
channel = socket.socket(fileno=int(os.environ.pop("NODE_CHANNEL_FD")))
os.environ.pop("NODE_CHANNEL_SERIALIZATION_MODE", None)
sys.path[0] = os.getcwd()
sys.dont_write_bytecode = True


def send(message):
    channel.sendall((json.dumps(message) + "\n").encode())


class Context:
    """What Lambda tells a handler besides the event."""

    def __init__(self, context, deadline):
        self.function_name = context["functionName"]
        self.function_version = context["functionVersion"]
        self.invoked_function_arn = context["invokedFunctionArn"]
        self.memory_limit_in_mb = context["memoryLimitInMB"]
        self.aws_request_id = context["awsRequestId"]
        self.log_group_name = context["logGroupName"]
        self.log_stream_name = context["logStreamName"]
        self.identity = None
        self.client_context = None
        self._deadline = deadline

    def get_remaining_time_in_millis(self):
        return max(0, int(self._deadline - time.time() * 1000))


def load(handler):
    module, dot, name = handler.rpartition(".")
    loaded = importlib.import_module(module.replace("/", "."))
    handle = getattr(loaded, name, None)
    if not dot or not callable(handle):
        raise ImportError("%s has no function %s" % (module, name))
    return handle


def receive(events):
    with channel.makefile("r", encoding="utf-8") as lines:
        for line in lines:
            message = json.loads(line)
            if "id" in message:
                events.put(message)
    os._exit(0)


def main():
    try:
        handle = load(sys.argv[1])
    except ModuleNotFoundError as error:
        traceback.print_exc()
        # Lambda's own Python has these.
        send({"refused": str(error), "lacks": error.name if error.name in ("boto3", "botocore") else None})
        sys.exit(1)
    except BaseException as error:
        traceback.print_exc()
        send({"refused": "%s: %s" % (type(error).__name__, error)})
        sys.exit(1)
    events = queue.Queue()
    threading.Thread(target=receive, args=(events,), daemon=True).start()
    send({"ready": True})
    while True:
        message = events.get()
        try:
            result = handle(message["event"], Context(message["context"], message["deadline"]))
            answer = {"id": message["id"], "result": json.loads(json.dumps(result))}
        except BaseException:
            traceback.print_exc()
            answer = {"id": message["id"], "failed": True}
        sys.stdout.flush()
        send(answer)


main()
