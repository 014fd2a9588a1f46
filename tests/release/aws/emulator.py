"""Starts the emulator on loopback, on a port that the kernel gives, and ends when whoever started it does.

Each line of its input is obeyed and answered by one: `keep` keeps all that it has, `restore N` brings that back.
"""
import asyncio
import copy
import logging
import os
import socket
import sys
import threading

listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listening.bind(("127.0.0.1", 0))
listening.listen(128)
port = listening.getsockname()[1]
# Before the emulator is loaded: it reads them once. Nothing but this port is opened, and no Docker is asked.
os.environ.update(
    GATEWAY_PORT=str(port),
    BIND_HOST="127.0.0.1",
    IOT_MTLS_ENABLED="0",
    SFTP_ENABLED="0",
    LAMBDA_EXECUTOR="local",
    LOG_LEVEL="WARNING",
)

from hypercorn.asyncio import serve  # noqa: E402
from hypercorn.config import Config  # noqa: E402
from ministack.app import app  # noqa: E402
from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict  # noqa: E402

import additions  # noqa: E402


kept: list[dict] = []


def stores() -> dict:
    """What the emulator has, by account: all that its services keep."""
    return {
        (name, key): value
        for name, module in list(sys.modules.items()) if name.startswith("ministack.services.")
        for key, value in vars(module).items() if isinstance(value, (AccountScopedDict, AccountRegionScopedDict))
    }


def obey(line: str) -> str:
    if line == "keep":
        # In one call: what two services share stays one.
        kept.append(copy.deepcopy({name: store._data for name, store in stores().items()}))
        return f"kept {len(kept) - 1}"
    old = copy.deepcopy(kept[int(line.removeprefix("restore "))])
    for name, store in stores().items():
        store._data.clear()
        store._data.update(old.get(name, {}))
    return "restored"


async def main() -> None:
    additions.install()
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait() -> None:
        for line in sys.stdin:
            # Between two requests: nothing else runs in the loop meanwhile.
            loop.call_soon_threadsafe(lambda line=line: print(obey(line.strip()), flush=True))
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait, daemon=True).start()
    config = Config()
    config.bind = [f"fd://{listening.fileno()}"]
    config.graceful_timeout = 0.1
    print(port, flush=True)
    await serve(app, config, shutdown_trigger=ended.wait)


logging.getLogger("hypercorn.access").disabled = True
asyncio.run(main())
os._exit(0)  # its threads would be waited for
