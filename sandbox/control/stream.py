"""News as server-sent events: what a person's apps show, and the bots' calls, as they happen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

from sandbox.calls import Calls
from sandbox.control.ask import until
from sandbox.control.pieces import Sliced, written
from sandbox.networks import Wrong
from sandbox.world import World

GATHER_S = 0.1  # changes that follow each other so fast become one picture
_REST = 9  # times as long as a picture took: a whole one of thousands of dialogs is much work
_MOST_CALLS = 500  # in one event; what is older stays in the log
_HEARTBEAT_S = 15.0  # a reader who left without a word is noticed, and proxies keep the line
_RETRY_MS = 1000

Picture = tuple[int, Iterator[str]]  # its version, and the pieces of its JSON


class Stream:
    """One reader's news: pictures of the world (`seen`) and, if wanted, the log (`calls`)."""

    def __init__(
        self,
        world: World,
        calls: Calls,
        look: Callable[[int | None], Awaitable[Picture]],
        since: int | None,
    ) -> None:
        """`look` returns what changed after a version (None: all) or raises Wrong; `since` is the first call wanted, None for none."""
        self._world, self._calls, self._look, self._since = world, calls, look, since

    async def events(self, after: int | None) -> AsyncIterator[str]:
        """Yield events in the wire format until the server stops or there is nobody to look for any more.

        A picture comes at once, unless the reader has the newest one (version `after`).
        """
        known = after
        yield f"retry: {_RETRY_MS}\n\n"
        while not self._world.stopping.is_set():
            spent_s = 0.0
            if self._world.seq != known:
                try:
                    known, pieces = await self._look(known)
                except Wrong:
                    return  # the reader's next question says what is wrong, in an answer to read
                told = Sliced(pieces)
                yield "event: seen\ndata: "
                async for text in told:
                    yield text
                yield "\n\n"
                spent_s = told.spent_s
            if self._since is not None and self._calls.next != self._since:
                yield f"event: calls\ndata: {written(self._read(self._since))}\n\n"
            await asyncio.sleep(max(GATHER_S, _REST * spent_s))
            if not await self._something(known):
                yield ": nothing new\n\n"

    def _read(self, since: int) -> dict[str, Any]:
        begun_anew = self._calls.next < since  # by a reset
        wanted = 1 if begun_anew else since
        read = self._calls.read(max(wanted, self._calls.next - _MOST_CALLS))
        self._since = read["next"]
        return {**read, "anew": begun_anew}

    async def _something(self, known: int | None) -> bool:
        """Return when the world or the log has changed or the server stops; False after the heartbeat."""
        waits: list[asyncio.Task[Any]] = [
            asyncio.create_task(until(self._world, lambda: self._world.seq != known, _HEARTBEAT_S))
        ]
        if self._since is not None:
            waits.append(asyncio.create_task(self._calls.wait(self._since, _HEARTBEAT_S)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        more = self._since is not None and self._calls.next != self._since
        return more or self._world.seq != known or self._world.stopping.is_set()
