"""Ending tasks for good."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

CANCEL_AGAIN_S = (
    2.0  # long enough for a transaction to be undone: a second word would cut that short
)


async def end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel tasks until they are gone: before Python 3.12 `wait_for` may swallow a cancellation that
    meets an answer, and a reader of updates then begins its next poll as if nothing had been said."""
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=CANCEL_AGAIN_S)
