"""What begins and ends as one: an account with its courier, or one of the tasks that a network has once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from broadcaster.courier import Courier
from core.tasks import end

Run = Callable[[], Coroutine[Any, Any, None]]


class Part:
    """Tasks that take work in, and perhaps the courier that carries it out."""

    def __init__(self, *takers: Run, courier: Courier | None = None) -> None:
        """Take what is to run until it is ended; nothing runs yet."""
        self.courier = courier
        self._runs = False
        self._takers = takers
        self._taking: list[asyncio.Task[None]] = []
        self._carrying: list[asyncio.Task[None]] = []

    @property
    def runs(self) -> bool:
        """Tell whether it was begun and not yet told to end."""
        return self._runs

    def begin(self, group: asyncio.TaskGroup) -> None:
        """Let it run; an error that nobody expected ends the group."""
        self._runs = True
        if self.courier is not None:
            self._carrying.append(group.create_task(self.courier.run()))
        self._taking.extend(group.create_task(run()) for run in self._takers)

    async def end(self, grace_s: float) -> None:
        """Take nothing new in at once; what is in the air may come home for `grace_s` seconds."""
        self._runs = False
        homecoming = () if self.courier is None else (self.courier.stop(grace_s),)
        await asyncio.gather(end(self._taking), *homecoming)
        await end(self._carrying)
