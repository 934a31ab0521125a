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
        """Return True when `event` is set, False once `now() >= until` (milliseconds; None is for ever).

        False also when the clock was put back meanwhile: whoever waits looks again at what it waits for.
        """


class MovableClock:
    """The machine's clock with an offset that may be moved; waits notice the move at once.

    With offset 0 it is the plain system clock. `frozen` makes it stand still until moved.
    """

    def __init__(self, now_ms: int | None = None, *, frozen: bool = False) -> None:
        """Start at the machine's now, or at `now_ms`."""
        self._limits: dict[asyncio.Timeout, int] = {}  # of those who wait, and until when
        self._base = 0
        self._started = 0.0
        self._frozen = frozen
        self._moves_back = 0
        self.set(time.time_ns() // 1_000_000 if now_ms is None else now_ms, frozen=frozen)

    def now(self) -> int:
        """Return now, milliseconds since 1970 (UTC)."""
        if self._frozen:
            return self._base
        return self._base + int((time.monotonic() - self._started) * 1000)

    def set(self, now_ms: int, *, frozen: bool | None = None) -> None:
        """Put the clock to `now_ms`; everyone who waits looks again."""
        back = now_ms < self.now()
        self._moves_back += back
        self._base, self._started = now_ms, time.monotonic()
        self._frozen = self._frozen if frozen is None else frozen
        for limit, until in self._limits.items():
            if not limit.expired():
                limit.reschedule(self._when(now_ms if back else until))

    def advance(self, ms: int) -> None:
        """Move the clock by `ms` milliseconds."""
        self.set(self.now() + ms)

    async def sleep_until(self, at: int) -> None:
        """Return when `now() >= at` (milliseconds)."""
        while self.now() < at:
            await self.wait(asyncio.Event(), at)

    async def wait(self, event: asyncio.Event, until: int | None = None) -> bool:
        """Return True when `event` is set, False once `now() >= until` (milliseconds; None is for ever)."""
        if until is None:
            return await event.wait()
        moves = self._moves_back
        while not event.is_set():
            if self.now() >= until or moves != self._moves_back:
                return False
            try:
                async with asyncio.timeout_at(self._when(until)) as limit:
                    self._limits[limit] = until
                    await event.wait()
            except TimeoutError:
                continue
            finally:
                del self._limits[limit]
        return True

    def _when(self, until: int) -> float | None:
        """Return the event loop's moment at which it will be `until` here; None while the clock stands still."""
        left = (until - self.now()) / 1000
        if self._frozen and left > 0:
            return None
        return asyncio.get_running_loop().time() + left


class SystemClock:
    """The machine's own clock, wall time that follows NTP."""

    def now(self) -> int:
        """Return now, milliseconds since 1970 (UTC)."""
        return time.time_ns() // 1_000_000

    async def sleep_until(self, at: int) -> None:
        """Return when `now() >= at` (milliseconds)."""
        while self.now() < at:
            await self.wait(asyncio.Event(), at)

    async def wait(self, event: asyncio.Event, until: int | None = None) -> bool:
        """Return True when `event` is set, False once `now() >= until` (milliseconds; None is for ever)."""
        if until is None:
            return await event.wait()
        began = self.now()
        while not event.is_set():
            left = (until - self.now()) / 1000
            if left <= 0:
                return False
            try:
                # A minute at most, so that a clock put forward is noticed.
                async with asyncio.timeout(min(left, 60)):
                    await event.wait()
            except TimeoutError:
                if self.now() < began:
                    return False
        return True
