"""Plans posts for very many to their end, step by step: what is left is a query, so no restart can lose any."""

from __future__ import annotations

import logging
import time
from collections.abc import Hashable

from core.bell import Bell
from core.clock import Clock
from newsroom import fanout
from newsroom.desk import DeskRules
from newsroom.fanout import FIRST
from storage import fanouts
from storage.database import Database

log = logging.getLogger(__name__)

LOOK_MS = 30_000  # how long a missed ring may cost
RETRY_MS = 5_000  # after a post that could not be planned
# Whoever writes waits for a step, so it is as large as it can be done in this time: seconds on a
# machine where nobody else wants to write, and where somebody does. A question in chat waits for three.
ALONE_S, AMONG_S = 0.06, 0.012
LEAST, MOST = 500, 20_000  # followers in a step


class Planner:
    """Goes on with what the desk has begun; rings the couriers after each step."""

    def __init__(self, db: Database, rules: DeskRules, bell: Bell, clock: Clock) -> None:
        """Take what it works with; nothing runs yet."""
        self._db = db
        self._rules = rules
        self._bell = bell
        self._clock = clock
        self._per_s = FIRST / AMONG_S

    async def run(self) -> None:
        """Plan until cancelled; an error is logged and costs one round."""
        wake = self._bell.on("planner")
        while True:
            wake.clear()
            pause = RETRY_MS
            try:
                if await self.drain():
                    pause = LOOK_MS
            except Exception:
                log.exception("what is left to plan cannot be found")
            await self._clock.wait(wake, self._clock.now() + pause)

    async def drain(self) -> bool:
        """Plan all that is left, urgent posts first; False if one could not be planned."""
        failed: set[int] = set()
        while True:
            async with self._db.read() as connection:
                # Asked anew each time: an urgent post does not wait for the end of another.
                left = [one for one in await fanouts.opened(connection) if one not in failed]
            if not left:
                return not failed
            try:
                await self._step(left[0])
            except Exception:
                # A post that cannot be planned must not hold up those behind it.
                log.exception("fan-out %s could not be planned further", left[0])
                failed.add(left[0])

    async def _step(self, fanout_id: int) -> None:
        many = step_of(self._per_s, alone=not self._db.wanted)
        async with self._db.write() as connection:
            began = time.perf_counter()
            step = await fanout.go_on(
                connection, self._rules.zone, fanout_id, self._clock.now(), many
            )
        if step is None:
            return
        if step.left is not None:  # the last one may have been of a few
            self._per_s = next_rate(self._per_s, many, time.perf_counter() - began)
        rings: list[Hashable] = [("courier", account) for account in step.touched]
        if step.asks:
            rings.append("asking")
        if step.left is None:
            rings.append("reports")
        self._bell.ring(*rings)


def step_of(per_s: float, *, alone: bool) -> int:
    """Return how many followers a step takes if so many a second can be done."""
    return round(min(max(per_s * (ALONE_S if alone else AMONG_S), LEAST), MOST))


def next_rate(per_s: float, many: int, took_s: float) -> float:
    """Return how many followers a second can be done, after a step of so many that took so many seconds."""
    # One step may be slow for a reason of its own: it halves the next, and a quick one doubles it.
    return min(max(many / max(took_s, 1e-6), per_s / 2), per_s * 2)
