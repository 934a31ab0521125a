"""Runs the product as a process of its own, for tests that kill it."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

# Imported before the zygote forks, so that a start costs milliseconds.
from app import build, start  # noqa: F401
from messengers.telegram import adapter as _telegram  # noqa: F401
from messengers.vk import adapter as _vk  # noqa: F401


def run(folder: str) -> None:
    """Run the network of `folder`/config.yaml until SIGTERM; its words go to `folder`/product.log."""
    log = os.open(f"{folder}/product.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)

    async def until_told() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await start.run_config(Path(folder) / "config.yaml", Path(folder), stop, 5)

    asyncio.run(until_told())
