"""Plans posts for very many to their end, step by step: what is left is a query, so no restart can lose any."""

from __future__ import annotations

import logging
from collections.abc import Hashable

from core.bell import Bell
from core.clock import Clock
from newsroom import fanout
from newsroom.desk import DeskRules
from newsroom.fanout import FIRST, STEP
from storage import fanouts
from storage.database import Database

log = logging.getLogger(__name__)

LOOK_MS = 30_000  # how long a missed ring may cost
RETRY_MS = 5_000  # after a post that could not be planned


class Planner:
    """Goes on with what the desk has begun; rings the couriers after each step."""

    def __init__(self, db: Database, rules: DeskRules, bell: Bell, clock: Clock) -> None:
        """Take what it works with; nothing runs yet."""
        self._db = db
        self._rules = rules
        self._bell = bell
        self._clock = clock
        self._many = STEP

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
        async with self._db.write() as connection:
            step = await fanout.go_on(
                connection, self._rules.zone, fanout_id, self._clock.now(), self._many
            )
        if step is None:
            return
        # Whoever writes waits for a step: one that decides about many by itself takes fewer.
        self._many = FIRST if step.laborious else STEP
        rings: list[Hashable] = [("courier", account) for account in step.touched]
        self._bell.ring("asking", *(rings if step.left else (*rings, "reports")))
