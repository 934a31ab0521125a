"""Waiting for something that becomes true while other tasks run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

_PAUSES_S = (0.001, 0.016)  # between two looks that cost something: the first, and the longest


async def until(check: Callable[[], bool | Awaitable[bool]], within_s: float = 10) -> None:
    """Let others run until `check` holds; fails after `within_s` seconds.

    A check that is awaited asks somebody: those who do the work get the machine between two looks.
    """
    pause, longest = _PAUSES_S
    async with asyncio.timeout(within_s):
        while True:
            found = check()
            if isinstance(found, bool):
                if found:
                    return
                await asyncio.sleep(0)
            else:
                if await found:
                    return
                await asyncio.sleep(pause)
                pause = min(pause * 2, longest)
