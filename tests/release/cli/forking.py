"""Plug-in of AWS's CLI: has one process of it answer many calls. Each is a fork, which runs the CLI's own `main` as the caller.

Loaded where AWS_CONFIG_FILE names it (https://docs.aws.amazon.com/cli/latest/userguide/cliv2-migration-changes.html#cliv2-migration-profile-plugins),
by client.py, which sends what a process has: arguments, environment, umask, folder and open files. Until the first call nothing is
read but the CLI's own code: what one call reads, keeps or connects to is gone with its process.
"""
import array
import atexit
import contextlib
import fcntl
import gc
import json
import os
import selectors
import signal
import socket
import sys
import threading
import time
from typing import NoReturn

# Nearly every call needs them; loaded, they do nothing.
import awscli.customizations.history.commands  # noqa: F401
import awscli.customizations.s3.subcommands  # noqa: F401
import awscli.customizations.sso.utils  # noqa: F401

# What the CLI is started with, and where it finds its own data; not the caller's to know.
OWN = {name: os.environ[name] for name in ("HTTPS_PROXY", "AWS_CA_BUNDLE", "AWS_DATA_PATH") if name in os.environ}
MOST = 253  # files that Linux passes on at once


def received(connection: socket.socket) -> tuple[dict | None, list[int]]:
    """What client.py sends: the length of the text, with the files; then the text. None where it was ended before."""
    length, ancillary, _, _ = connection.recvmsg(4, socket.CMSG_SPACE(MOST * 4))
    files = array.array("i")
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            files.frombytes(data[: len(data) - len(data) % 4])
    expected = int.from_bytes(length, "big")
    with connection.makefile("rb") as sent:
        text = sent.read(expected)
    return json.loads(text) if 0 < expected == len(text) else None, list(files)


def become(call: dict, files: list[int]) -> None:
    """Takes the place of the caller: its files under their numbers, its folder, its environment."""
    above = max([*call["files"], *files]) + 1
    moved = [fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, above) for each in files]
    for number, each in zip(call["files"], moved):
        os.dup2(each, number)
    os.closerange(above, max(moved) + 1)
    for each in set(files) - set(call["files"]):
        os.close(each)
    os.chdir(call["folder"])
    os.umask(call["umask"])
    os.environ.clear()
    os.environ.update(call["environment"] | OWN)
    time.tzset()
    sys.argv[1:] = call["arguments"]


def end(code: int) -> NoReturn:
    """As Python ends: from within a plug-in, the CLI would take SystemExit for its own matter."""
    threading._shutdown()
    atexit._run_exitfuncs()
    for each in (sys.stdout, sys.stderr):
        each.flush()
    os._exit(code)


def awscli_initialize(_events: object) -> None:
    listener = socket.socket(socket.AF_UNIX)
    folder, name = os.path.split(os.environ["FORKING"])
    os.chdir(folder)  # a socket's path may have 107 characters
    listener.bind(name)
    listener.listen(128)
    woken, wake = socket.socketpair()
    woken.setblocking(False)
    wake.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake.fileno())
    waiting = selectors.DefaultSelector()
    waiting.register(listener, selectors.EVENT_READ)
    waiting.register(woken, selectors.EVENT_READ)
    callers: dict[int, socket.socket | None] = {}
    gc.collect()
    gc.freeze()  # otherwise a fork would copy all of it
    print("ready", flush=True)
    nothing = os.open(os.devnull, os.O_RDWR)
    for own in (1, 2):
        os.dup2(nothing, own)
    os.close(nothing)

    def tell_ended() -> None:
        woken.recv(4096)
        while callers:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                return
            caller = callers.pop(child)
            if caller:
                waiting.unregister(caller)
                with caller, contextlib.suppress(BrokenPipeError):
                    caller.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())

    def answer() -> None:
        caller, _ = listener.accept()
        call, files = received(caller)
        child = os.fork() if call else None
        if child == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for each in (waiting, listener, woken, wake, caller, *filter(None, callers.values())):
                each.close()
            become(call, files)
            end(sys.modules["__main__"].main())
        for each in files:
            os.close(each)
        if child is None:
            caller.close()
            return
        callers[child] = caller
        waiting.register(caller, selectors.EVENT_READ, child)

    while True:
        for key, _ in waiting.select():
            if key.fileobj is woken:
                tell_ended()
            elif key.fileobj is listener:
                answer()
            elif callers.get(key.data) is key.fileobj:  # says nothing more: a signal has ended whoever called
                callers[key.data] = None
                waiting.unregister(key.fileobj)
                key.fileobj.close()
                os.kill(key.data, signal.SIGTERM)
