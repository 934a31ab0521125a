"""Whether this process may still act: what it has not said in time, others may do by now."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any, cast

from core.messenger import Messenger, Outcome, Part, Place


class Pulse:
    """The life of one worker, by the computer's own steady clock: it goes on while a process is paused."""

    def __init__(self, lease_s: float) -> None:
        """Begin without a beat."""
        self._lease_s = lease_s
        self._until = 0.0
        self._beaten = asyncio.Event()
        self.lost = False  # it counts as gone: what it held is somebody else's

    @property
    def sure(self) -> bool:
        """Tell whether nobody can have taken over yet."""
        return time.monotonic() < self._until and not self.lost

    def beat(self, said_at: float) -> None:
        """Note that the database has heard what was said at that moment of `time.monotonic()`."""
        self._until = said_at + self._lease_s
        self._beaten.set()

    async def wait(self) -> None:
        """Return when it is sure; never for one that is lost: whoever waits is ended with what it does."""
        while not self.sure:
            self._beaten.clear()
            await self._beaten.wait()


class _Guarded:
    """A messenger through which nothing new leaves while it is not sure that it may."""

    def __init__(self, messenger: Messenger, pulse: Pulse) -> None:
        self._messenger = messenger
        self._pulse = pulse

    def __getattr__(self, name: str) -> Any:
        return getattr(self._messenger, name)

    async def send(self, places: Sequence[Place], part: Part, key: int) -> Sequence[Outcome]:
        # Asked at the last moment: its mark may have been written before a pause of the whole process.
        if not self._pulse.sure:
            await self._pulse.wait()
        return await self._messenger.send(places, part, key)


def guarded(messenger: Messenger, pulse: Pulse) -> Messenger:
    """Return the messenger with `send` waiting until the pulse is sure; edits and deletions may be repeated."""
    return cast(Messenger, _Guarded(messenger, pulse))
