"""Chats of one account that refuse day after day: not tried each time, looked at once a day, back at the first success.

Nobody is left: the account stays where it is until people take it away.
"""

from __future__ import annotations

import logging

from sqlalchemy.ext.asyncio import AsyncConnection

from broadcaster.calls import Calls
from broadcaster.chat_pace import ChatPace
from broadcaster.fate import GIVE_UP_MS, Fate, is_failing
from broadcaster.gather import CHANGES
from core.bell import Bell
from core.clock import Clock
from core.errors import MessengerError
from core.messenger import Place
from core.words import Reason
from storage import failing
from storage.accounts import AccountRow
from storage.database import Database
from storage.failing import DAY_MS, Failing
from storage.ledger import Claim

log = logging.getLogger(__name__)

ASK_AGAIN_MS = 600_000  # when the messenger could not be asked
TURN_MS = 3_600_000  # how late a probe may come: what waits must not be tried before it
# The messenger's word on rights settles these; of the rest only a post tells whether it is over.
_OF_RIGHTS = frozenset({Reason.NO_RIGHTS, Reason.CHAT_NOT_FOUND})
# May be the messenger's own trouble, so it is asked first whether it answers at all.
_OF_ALL = frozenset({Reason.SERVER_ERROR, Reason.UNREACHABLE})


class Aside:
    """Counts failures, sets chats aside, and lets them return."""

    def __init__(
        self,
        account: AccountRow,
        calls: Calls,
        chats: ChatPace,
        db: Database,
        clock: Clock,
        bell: Bell,
    ) -> None:
        """Work with what the courier has."""
        self._account = account
        self._calls = calls
        self._chats = chats
        self._db = db
        self._clock = clock
        self._bell = bell

    async def heard(self, claim: Claim, fate: Fate) -> None:
        """Count a delivery's end against its chat, if it speaks against it."""
        if claim.wave_kind in CHANGES:  # what cannot be edited or deleted may still be written to
            return
        if not is_failing(fate, claim.chat_kind) or fate.reason is None:
            return
        if fate.reason in _OF_ALL and await self._calls.trouble() is not None:
            return
        again: int | None = None
        try:
            async with self._db.write() as connection:
                again = await failing.failed(
                    connection,
                    claim.chat_id,
                    fate.reason,
                    self._clock.now(),
                    self._account.failing_days,
                )
        except Exception:  # one day not counted; what became of the delivery is written
            log.exception("a failure of chat %s could not be counted", claim.chat_id)
        if again is not None:
            self._keep(claim.chat_id, again)
            self._bell.ring("alarms")

    async def resume(self, connection: AsyncConnection) -> None:
        """Go on holding what an earlier run has set aside."""
        for one in await failing.asides(connection, self._account.id):
            if one.probe_at is not None:
                self._keep(one.chat_id, one.probe_at)

    async def look(self) -> None:
        """See to the chats that are set aside: hold them, probe them when it is time, let them return."""
        async with self._db.read() as connection:
            lost = await failing.lost(connection, self._account.id)
            asides = await failing.asides(connection, self._account.id)
        if lost:
            async with self._db.write() as connection:
                await failing.forget(connection, lost, self._clock.now())
        for one in asides:
            await self._see_to(one)

    async def _see_to(self, one: Failing) -> None:
        now = self._clock.now()
        async with self._db.read() as connection:
            works = await failing.works_again(connection, one)
        if works:
            await self._let_return(one, cleared=True)
            return
        async with self._db.write() as connection:
            closed = await failing.expire(connection, one, now - GIVE_UP_MS, now)
        if closed:
            self._bell.ring("reports")
        if one.probe_at is None:
            return  # its next post is the probe
        if one.probe_at > now:
            self._keep(one.chat_id, one.probe_at)
            return
        await self._probe(one, now)

    async def _probe(self, one: Failing, now: int) -> None:
        try:
            rights = await self._calls.rights(Place(one.external, one.kind, one.topic or None))
        except MessengerError:
            if await self._calls.trouble() is not None:
                await self._hold(one, now + ASK_AGAIN_MS)
                return
            await self._hold(one, now + DAY_MS)  # it answers, but knows no such chat
            return
        if rights.can_post:
            await self._let_return(one, cleared=one.reason in _OF_RIGHTS)
        else:
            await self._hold(one, now + DAY_MS)

    async def _hold(self, one: Failing, until: int) -> None:
        async with self._db.write() as connection:
            await failing.probe_at(connection, one.chat_id, until)
        self._keep(one.chat_id, until)

    def _keep(self, chat_id: int, probe_at: int) -> None:
        self._chats.set_aside(chat_id, probe_at + TURN_MS)

    async def _let_return(self, one: Failing, *, cleared: bool) -> None:
        """Let what waits go; `cleared` when the matter is over, else the first of it is a trial."""
        async with self._db.write() as connection:
            if cleared:
                await failing.clear(connection, one.chat_id, self._clock.now())
            else:
                await failing.probe_at(connection, one.chat_id, None)
                await failing.release(connection, one.chat_id)
        self._chats.let_return(one.chat_id)
        self._bell.ring("alarms", ("courier", self._account.id))
