"""Time as everybody in the house sees it: every «now» and every wait goes through a Clock."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Tells milliseconds since 1970 (UTC) and waits by that time."""

    def now(self) -> int:
        """Return now, milliseconds since 1970 (UTC)."""

    async def sleep_until(self, at: int) -> None:
        """Return when `now() >= at` (milliseconds)."""

    async def wait(self, event: asyncio.Event, until: int | None = None) -> bool:
        """Return True when `event` is set, False once `now() >= until` (milliseconds; None is for ever)."""


class MovableClock:
    """The machine's clock with an offset that may be moved; waits notice the move at once.

    With offset 0 it is the plain system clock. `frozen` makes it stand still until moved.
    """

    def __init__(self, now_ms: int | None = None, *, frozen: bool = False) -> None:
        """Start at the machine's now, or at `now_ms`."""
        self._moved = asyncio.Event()
        self._base = 0
        self._started = 0.0
        self._frozen = frozen
        self.set(time.time_ns() // 1_000_000 if now_ms is None else now_ms, frozen=frozen)

    def now(self) -> int:
        """Return now, milliseconds since 1970 (UTC)."""
        if self._frozen:
            return self._base
        return self._base + int((time.monotonic() - self._started) * 1000)

    def set(self, now_ms: int, *, frozen: bool | None = None) -> None:
        """Put the clock to `now_ms`; everyone who waits looks again."""
        self._base, self._started = now_ms, time.monotonic()
        self._frozen = self._frozen if frozen is None else frozen
        self._moved.set()
        self._moved = asyncio.Event()

    def advance(self, ms: int) -> None:
        """Move the clock by `ms` milliseconds."""
        self.set(self.now() + ms)

    async def sleep_until(self, at: int) -> None:
        """Return when `now() >= at` (milliseconds)."""
        await self.wait(asyncio.Event(), at)

    async def wait(self, event: asyncio.Event, until: int | None = None) -> bool:
        """Return True when `event` is set, False once `now() >= until` (milliseconds; None is for ever)."""
        while not event.is_set():
            left = None if until is None else (until - self.now()) / 1000
            if left is not None and left <= 0:
                return False
            await self._first(event, None if self._frozen else left)
        return True

    async def _first(self, event: asyncio.Event, timeout: float | None) -> None:
        moved = self._moved
        waits = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(moved.wait())]
        try:
            await asyncio.wait(waits, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()


class SystemClock:
    """The machine's own clock, wall time that follows NTP."""

    def now(self) -> int:
        """Return now, milliseconds since 1970 (UTC)."""
        return time.time_ns() // 1_000_000

    async def sleep_until(self, at: int) -> None:
        """Return when `now() >= at` (milliseconds)."""
        await self.wait(asyncio.Event(), at)

    async def wait(self, event: asyncio.Event, until: int | None = None) -> bool:
        """Return True when `event` is set, False once `now() >= until` (milliseconds; None is for ever)."""
        while not event.is_set():
            left = None if until is None else (until - self.now()) / 1000
            if left is not None and left <= 0:
                return False
            try:
                # A minute at most, so that a clock put forward is noticed.
                await asyncio.wait_for(event.wait(), 60 if left is None else min(left, 60))
            except TimeoutError:
                continue
        return True
