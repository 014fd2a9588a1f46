"""What `aws` is in a build: has the build's CLI make this call, and ends as it does. `client.py FOLDER AWS ARGUMENT...`

FOLDER holds sockets, AWS is the CLI itself. A build is a process group: its first call starts the CLI in it, and it ends with it.
"""
import array
import fcntl
import hashlib
import json
import os
import signal
import socket
import sys

folder, cli, *arguments = sys.argv[1:]
files = [int(name) for name in os.listdir("/proc/self/fd")]
files = sorted(each for each in files if os.path.exists(f"/proc/self/fd/{each}"))  # without that of the listing itself
call = {
    "arguments": arguments,
    "environment": dict(os.environ),
    "files": files,
    "folder": os.getcwd(),
    "umask": os.umask(0o077),  # from now on: the socket is nobody else's
}
os.chdir(folder)  # a socket's path may have 107 characters
# What the CLI's modules read as they are loaded is the same for all calls of one process of it.
loaded = {each: os.environ[each] for each in ("AWS_DATA_PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE") if each in os.environ}
name = f"{os.getpgrp()}-{hashlib.sha256(json.dumps(loaded).encode()).hexdigest()[:12]}"


def connected() -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(name)
        return connection
    except (FileNotFoundError, ConnectionRefusedError):  # of a group that is gone, and had the same number
        connection.close()
        return None


def start() -> None:
    import subprocess

    if os.path.exists(name):
        os.unlink(name)
    started = subprocess.Popen(
        [cli, "--version"],
        env={**loaded, "AWS_CONFIG_FILE": os.path.abspath("config"), "FORKING": os.path.abspath(name)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    said = started.stdout.read()
    if said != b"ready\n":
        sys.exit(f"aws: the CLI of this build did not start:\n{said.decode()}")


connection = connected()
if connection is None:
    with open(f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        connection = connected()
        if connection is None:
            start()
            connection = connected() or sys.exit("aws: the CLI of this build does not answer")
text = json.dumps(call).encode()
connection.sendmsg(
    [len(text).to_bytes(4, "big")],
    [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))],
)
connection.sendall(text)
said = connection.makefile().readline()
if said == "":
    sys.exit("aws: the CLI of this build is gone")
code = int(said)
if code >= 0:
    sys.exit(code)
signal.signal(-code, signal.SIG_DFL)
os.kill(os.getpid(), -code)
