"""The sandbox's clock: all ages, limits, faults and update times go by it, never by the machine's own."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Literal

Mode = Literal["real", "manual"]


class SandboxClock:
    """Tells seconds since 1970 (UTC); runs with the machine (`real`) or stands until moved (`manual`)."""

    def __init__(self, mode: Mode = "real", at: float | None = None) -> None:
        """Start at `at` (seconds since 1970, UTC), or at the machine's now."""
        self.mode: Mode = mode
        self.version = 0
        self._moved = asyncio.Event()
        self._base = time.time() if at is None else at
        self._started = time.monotonic()

    def now(self) -> float:
        """Return the sandbox's now, seconds since 1970 (UTC)."""
        if self.mode == "manual":
            return self._base
        return self._base + time.monotonic() - self._started

    def set(
        self, *, mode: Mode | None = None, at: float | None = None, advance_s: float = 0
    ) -> None:
        """Change how the clock runs and where it stands; everyone in `wait_moved` wakes."""
        self._base = (self.now() if at is None else at) + advance_s
        self._started = time.monotonic()
        self.mode = mode or self.mode
        self.version += 1
        self._moved.set()
        self._moved = asyncio.Event()

    async def wait_moved(self, timeout: float) -> None:
        """Return when somebody moved the clock, or after `timeout` seconds of the machine's time."""
        moved = self._moved
        try:
            await asyncio.wait_for(moved.wait(), timeout)
        except TimeoutError:
            return

    def iso(self) -> str:
        """Return now as ISO 8601 with the UTC offset."""
        return datetime.fromtimestamp(self.now(), UTC).isoformat()
