"""Ending tasks for good."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

CANCEL_AGAIN_S = (
    2.0  # long enough for a transaction to be undone: a second word would cut that short
)


async def end(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Cancel tasks until they are gone: before Python 3.12 `wait_for` may swallow a cancellation that
    meets an answer, and a reader of updates then begins its next poll as if nothing had been said."""
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=CANCEL_AGAIN_S)


async def unless(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """Return what comes of the work, None if `stop` was set before it was done: then it is cancelled."""
    working, waiting = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        await end([working, waiting])
