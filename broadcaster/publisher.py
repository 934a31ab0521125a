"""Lets approved posts out at their minute: due-ness is a query, so no restart can lose one."""

from __future__ import annotations

import logging
from collections.abc import Hashable

from core.bell import Bell
from core.clock import Clock
from core.words import ReviewState
from newsroom import plans, publication
from newsroom.desk import DeskRules
from storage import reviews
from storage.database import Database

log = logging.getLogger(__name__)

LOOK_MS = 30_000  # how long a missed ring may cost
RETRY_MS = 5_000  # after a post that could not be let out


class Publisher:
    """Looks at the plan; rings the couriers for what it let out, and who is to speak about it."""

    def __init__(self, db: Database, rules: DeskRules, bell: Bell, clock: Clock) -> None:
        """Take what it works with; nothing runs yet."""
        self._db = db
        self._rules = rules
        self._bell = bell
        self._clock = clock

    async def run(self) -> None:
        """Publish until cancelled; an error is logged and costs one round."""
        wake = self._bell.on("publisher")
        while True:
            wake.clear()
            now = self._clock.now()
            at = now + RETRY_MS
            try:
                if await self.publish():
                    at = now + LOOK_MS
                at = min(at, await self._next(now) or at)
            except Exception:
                log.exception("what is due could not be published")
            await self._clock.wait(wake, at)

    async def publish(self) -> bool:
        """Let out everything whose moment has come, one transaction a post; False if one could not.

        What nobody has approved in time is set aside then. Nothing is written when nothing is due.
        """
        now = self._clock.now()
        async with self._db.read() as connection:
            due = [one.id for one in await reviews.due(connection, now)]
            lapsed = await plans.has_lapsed(connection, now)
        done = [await self._try(review_id) for review_id in due]
        if lapsed:
            async with self._db.write() as connection:
                await plans.lapse(connection, self._clock.now())
        if due or lapsed:
            self._bell.ring("plans", "reports")
        return all(done)

    async def _next(self, now: int) -> int | None:
        """Return when something falls due after now; what stood due before was tried already."""
        async with self._db.read() as connection:
            moments = (
                await reviews.next_due(connection, now),
                await plans.next_lapse(connection, now),
            )
        return min((at for at in moments if at is not None), default=None)

    async def _try(self, review_id: int) -> bool:
        try:
            await self._publish(review_id)
        except Exception:
            # A post that cannot go out must not hold up those behind it.
            log.exception("review %s could not be published", review_id)
            return False
        return True

    async def _publish(self, review_id: int) -> None:
        now = self._clock.now()
        async with self._db.write() as connection:
            review = await reviews.get(connection, review_id)
            if review is None or review.state is not ReviewState.APPROVED:
                return  # undone since it was read
            if review.publish_at is None or review.publish_at > now:
                return  # moved since then
            touched = await publication.go_out(connection, self._rules, review, now)
        rings: list[Hashable] = [("courier", account) for account in touched]
        self._bell.ring("asking", "planner", *rings)
