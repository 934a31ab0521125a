"""The log of every call to a messenger's API, in the order in which the calls ended."""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import islice
from operator import attrgetter
from typing import Any

import orjson

from sandbox.api import ApiCall

KEPT_CALLS = 200_000
_FIELDS = (
    "n", "at", "network", "account", "method", "chats", "status",
    "code", "took_ms", "effect", "messages", "key", "digest",
)  # fmt: skip
_row = attrgetter(*_FIELDS)


class Calls:
    """A ring of the last `size` calls; numbers start at 1 and never repeat.

    A call gets its number when it is over, so that a reader who goes on from `next` misses none: a
    long poll that began earlier and ended later comes later.
    """

    def __init__(self, size: int = KEPT_CALLS) -> None:
        """Keep at most `size` calls."""
        self._ring: deque[bytes] = deque(maxlen=size)  # rows as JSON lists
        self._next = 1
        self._added = asyncio.Event()

    @property
    def next(self) -> int:
        """Return the number that the next call will get."""
        return self._next

    def add(self, call: ApiCall) -> None:
        """Number a finished call, keep what the log shows of it, wake those who wait."""
        call.n = self._next
        self._next += 1
        # Params and uploads are left behind on purpose: they would hold megabytes.
        # As text a row takes a third of the memory; orjson's own objects hold on to 4 kB each.
        self._ring.append(bytes(memoryview(orjson.dumps(_row(call)))))
        self._added.set()
        self._added = asyncio.Event()

    def read(self, since: int = 0, limit: int = 10_000) -> dict[str, Any]:
        """Return the calls numbered `since` and later, where to go on, and how many fell out before."""
        first = self._next - len(self._ring)
        start = max(since, first)
        kept = islice(self._ring, start - first, start - first + limit)
        rows = [orjson.loads(row) for row in kept]
        return {
            "calls": [dict(zip(_FIELDS, row, strict=True)) for row in rows],
            "next": rows[-1][0] + 1 if rows else max(start, self._next),
            "dropped": max(0, first - max(since, 1)),
        }

    async def wait(self, since: int, timeout: float) -> None:
        """Return as soon as a call numbered `since` or later is there, or after `timeout` seconds."""
        if self._next > since:
            return
        try:
            async with asyncio.timeout(timeout):
                while self._next <= since:
                    await self._added.wait()
        except TimeoutError:
            return

    def clear(self) -> None:
        """Forget all calls and begin again at 1."""
        self._ring.clear()
        self._next = 1
