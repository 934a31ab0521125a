"""What a courier has in the air: at most so many calls at a time, each waited for until it is recorded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")


class _Work(NamedTuple):
    """What is to be done in the air, and with what."""

    carry: Callable[[Any], Awaitable[None]]
    load: object


class Air:
    """Carries loads in tasks that are used again: a new one for each costs as much as encoding and decoding its call."""

    def __init__(self, name: str, most: int, landed: Callable[[], None]) -> None:
        """Let `most` be in the air at a time; `landed` is called after each."""
        self._name = name
        self._most = most
        self._tell = landed
        self._count = 0
        self._landed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._idle: list[asyncio.Future[_Work | None]] = []

    def __len__(self) -> int:
        """Return how many are in the air."""
        return self._count

    @property
    def is_full(self) -> bool:
        """Tell whether there is no place for another one."""
        return self._count >= self._most

    def launch(self, carry: Callable[[T], Awaitable[None]], load: T) -> None:
        """Carry a load from now on; what goes wrong with it is logged."""
        self._count += 1
        if self._idle:
            self._idle.pop().set_result(_Work(carry, load))
            return
        task = asyncio.create_task(self._carrier(_Work(carry, load)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def place(self) -> None:
        """Return when there is a place."""
        while self.is_full:
            await self._next_landing()

    async def empty(self) -> None:
        """Return when nothing is in the air."""
        while self._count:
            await self._next_landing()

    def rest(self) -> None:
        """Let the tasks go that have nothing to carry."""
        while self._idle:
            self._idle.pop().set_result(None)

    def cancel(self) -> None:
        """Give up what is in the air."""
        self._idle.clear()
        for task in self._tasks:
            task.cancel()

    async def _next_landing(self) -> None:
        self._landed.clear()
        await self._landed.wait()

    async def _carrier(self, work: _Work | None) -> None:
        loop = asyncio.get_running_loop()
        while work is not None:
            try:
                await work.carry(work.load)
            except Exception:
                log.exception("courier %s: a call failed", self._name)
            finally:
                self._count -= 1
                self._landed.set()
                self._tell()
            given: asyncio.Future[_Work | None] = loop.create_future()
            self._idle.append(given)
            work = await given
