"""Runs the product as a process of its own, for tests that kill it."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

# Imported before the zygote forks, so that a start costs milliseconds.
from app import build, start  # noqa: F401
from bots.words import Words
from messengers.telegram import adapter as _telegram  # noqa: F401
from messengers.telegram import session as _session  # noqa: F401
from messengers.vk import adapter as _vk  # noqa: F401
from storage import migrate as _migrate  # noqa: F401
from storage import postgres
from storage import sqlite as _sqlite  # noqa: F401
from tests.support import points

Words()  # read once: a process keeps what was read


def run(folder: str, point: str = "", passes: int = 0) -> None:
    """Run the network of `folder`/config.yaml until SIGTERM; its words go to `folder`/product.log.

    With the name of one of `points.POINTS` it dies there, after it has passed it `passes` times. A file
    `lease_s` says after how many seconds of silence other workers take over, and the server gives up
    who is silent in the middle of a transaction after half of that.
    """
    log = os.open(f"{folder}/product.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    if point:
        points.install(point, passes)

    lease_s = None
    if (told := Path(folder) / "lease_s").exists():
        lease_s = float(told.read_text())
        postgres.IDLE_WRITER_S = lease_s / 2

    async def until_told() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await start.run_config(Path(folder) / "config.yaml", Path(folder), stop, 5, lease_s=lease_s)

    asyncio.run(until_told())
