"""Waiting for something that becomes true while other tasks run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


async def until(check: Callable[[], bool | Awaitable[bool]], within_s: float = 10) -> None:
    """Let others run until `check` holds; fails after `within_s` seconds."""
    async with asyncio.timeout(within_s):
        while True:
            found = check()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0)
