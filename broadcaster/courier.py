"""The courier of one account: takes what is due, most urgent first, at the platform's pace, and writes what became of it.

Nothing leaves before its in-flight mark is on disk. Marks are written in batches where a repeat is
harmless or settled by the rules (private chats, idempotent calls) and one at a time elsewhere, so
that after a crash at most the calls in the air and one private batch are of unknown fate.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import suppress

from sqlalchemy.exc import OperationalError

from broadcaster.air import Air
from broadcaster.calls import ASK_AGAIN_MS
from broadcaster.chat_pace import ChatPace
from broadcaster.claiming import SLOTS, Claiming, refill_below
from broadcaster.errand import Errands
from broadcaster.gather import Errand
from broadcaster.kit import Kit
from broadcaster.pace import AccountPace
from broadcaster.render import Renderer
from broadcaster.settle import Settler
from broadcaster.talk import Talker
from core.bell import Bell
from core.clock import Clock
from core.messenger import Messenger
from storage import claims, talk
from storage.accounts import AccountRow
from storage.database import Database

log = logging.getLogger(__name__)

IN_AIR = 64
STALE_MS = 1_000  # what was claimed longer ago is claimed anew after talk: a stop may have come
LONGEST_SLOT_MS = 2_000  # a longer pause is the account's: what was claimed is given back
FAILED_MS = 1_000
LOOK_AGAIN_MS = 5_000  # polling is the net below the bell


class Courier:
    """Delivers for one account until cancelled; `stop()` lets what is in the air come home."""

    def __init__(
        self,
        account: AccountRow,
        messenger: Messenger,
        db: Database,
        renderer: Renderer,
        bell: Bell,
        clock: Clock,
        settler: Settler | None = None,
    ) -> None:
        """Prepare; nothing is sent before `run`. Couriers that stop together had better share a `settler`."""
        self.account = account
        self._db = db
        self._bell = bell
        self._rung = bell.on(self.topic)
        self._clock = clock
        self._pace = AccountPace(messenger.pace, clock)
        self._chats = ChatPace(messenger.pace, clock)
        self._pace.held_until = account.hold_until or 0
        self._settler = settler or Settler(db, clock)
        self._stopping = asyncio.Event()
        kit = Kit(
            account=account,
            messenger=messenger,
            db=db,
            renderer=renderer,
            settler=self._settler,
            bell=bell,
            clock=clock,
            pace=self._pace,
            chats=self._chats,
            stopping=self._stopping,
        )
        self._errands = Errands(kit)
        self._calls = self._errands.calls
        self._talker = Talker(kit, self._calls)
        self._claiming = Claiming(kit)
        self._air = Air(account.slug, IN_AIR, self._came_home)
        self._refill = refill_below(messenger.pace)
        self._resting = asyncio.Event()  # `run` is not in the middle of something
        self._resting.set()
        self._idle = False
        self._changed = False  # something came home since the round began
        self._talk_at: int | None = None  # when the pace of a chat lets its next reply go

    @property
    def errands(self) -> Errands:
        """Return what it does its errands with."""
        return self._errands

    @property
    def topic(self) -> tuple[str, int]:
        """Return the bell's topic of this courier."""
        return ("courier", self.account.id)

    async def run(self) -> None:
        """Deliver until `stop()`; whatever goes wrong inside is logged and tried again."""
        self._resting.clear()
        try:
            recovered = False
            while not self._stopping.is_set():
                try:
                    if not recovered:
                        await self.recover()
                        recovered = True
                    await self._turn()
                except Exception:
                    log.exception("courier %s: a round failed", self.account.slug)
                    await self._clock.wait(self._stopping, self._clock.now() + FAILED_MS)
        finally:
            self._resting.set()

    async def _turn(self) -> None:
        self._rung.clear()
        self._changed = False
        if await self.round() or self._changed or self._stopping.is_set():
            return
        self._idle = True
        self._air.rest()
        try:
            await self._clock.wait(self._rung, await self._next_moment())
        finally:
            self._idle = False

    async def stop(self, grace_s: float) -> None:
        """Take no new work, wait up to `grace_s` seconds for calls in the air, then leave them marked."""
        self._stopping.set()
        self._bell.ring(self.topic)
        with suppress(TimeoutError):
            async with asyncio.timeout(grace_s):
                await self._resting.wait()  # what it has claimed is launched or given back
                await self._air.empty()
        self._air.rest()
        if self._air:
            self._air.cancel()
            await self._settler.close()  # what was answered is written, if it can be

    async def recover(self) -> None:
        """Settle what was in the air when the last run ended."""
        now = self._clock.now()
        async with self._db.write() as connection:
            await self._errands.recover(connection, now)
            await talk.recover(connection, self.account.id, now)

    async def drain(self) -> None:
        """Work until nothing is due now and nothing is in the air."""
        while True:
            self._changed = False
            worked = await self.round()
            if self._air:
                await self._air.empty()
            elif not worked and not self._changed:
                self._air.rest()
                return

    async def round(self) -> bool:
        """Send what is due once; False when there was nothing."""
        await self._claiming.give_back()  # what is owed
        if not await self._calls.answers():
            self._pace.pause(self._clock.now() + ASK_AGAIN_MS)
            return False
        worked = await self._say()
        errands, claimed_at = deque(await self._claiming.next()), self._clock.now()
        worked |= bool(errands)
        more = True  # may be due
        try:
            while errands and not self._stopping.is_set() and not self._calls.unheard:
                if not self._slot_at_once():
                    if await self._heard_before_slot():
                        await self._say()
                        if abs(self._clock.now() - claimed_at) > STALE_MS:
                            break
                        more = True
                        continue
                    # While the slot was waited for, a call may have come home without an answer.
                    if not await self._slot() or self._calls.unheard:
                        break
                self._air.launch(self._carry, errands.popleft())
                if more and len(errands) < self._refill:
                    behind, claimed_at = await self._claiming.next(), self._clock.now()
                    errands.extend(behind)
                    more = bool(behind)
        finally:
            await self._claiming.give_back(errands)
        return worked

    # talk goes before everything, and between any two other calls

    async def _heard_before_slot(self) -> bool:
        """Wait for the next slot; True as soon as the bell rings, which may be for talk."""
        at = min(self._pace.ready_at(), self._clock.now() + LONGEST_SLOT_MS)
        rung = await self._clock.wait(self._rung, at)
        self._rung.clear()
        return rung and not self._stopping.is_set()

    async def _say(self) -> bool:
        """Say what is to be said, each in a slot of its own; False when there was nothing."""
        now = self._clock.now()
        self._talk_at = None
        if self._pace.held_until > now:
            return False
        async with self._db.read() as connection:
            due = await talk.claimable(connection, self.account.id, now, SLOTS)
        moments = [(self._chats.ready_at(c.chat_id, c.chat_kind), c) for c in due]
        ready = [c for at, c in moments if at <= now]
        self._talk_at = min((at for at, _ in moments if at > now), default=None)
        if not ready:
            return False
        try:
            async with self._db.write() as connection:
                marked = await talk.mark_in_flight(connection, [c.id for c in ready], now)
        except OperationalError:  # it may be on disk all the same
            self._claiming.owe_replies(c.id for c in ready)
            raise
        ready = [c for c in ready if c.id in marked]
        left = deque(ready)
        try:
            while left and await self._slot(talk=True):
                self._air.launch(self._talker.say, left.popleft())
        finally:
            if left:
                await self._claiming.give_back(replies=[c.id for c in left])
        return bool(ready)

    # everything else

    async def _carry(self, errand: Errand) -> None:
        try:
            await self._errands.carry(errand)
        except Exception:
            # Not marked, or not recorded: not again at once, the database needs a moment.
            await self._clock.wait(self._stopping, self._clock.now() + FAILED_MS)
            raise
        finally:
            self._claiming.done(errand)

    def _slot_at_once(self) -> bool:
        """Take the account's next slot if it is there already and nobody has rung."""
        if self._air.is_full or self._rung.is_set() or self._pace.ready_at() > self._clock.now():
            return False
        self._pace.take()
        return True

    async def _slot(self, *, talk: bool = False) -> bool:
        """Take the account's next slot; False when stopping or when the account was paused meanwhile."""
        await self._air.place()
        while (at := self._pace.ready_at(talk=talk)) > (now := self._clock.now()):
            if at - now > LONGEST_SLOT_MS or await self._clock.wait(self._stopping, at):
                return False
        if self._stopping.is_set():
            return False
        self._pace.take(talk=talk)
        return True

    def _came_home(self) -> None:
        # The chat's next message may go now. The bell stays for talk while a round works.
        self._changed = True
        if self._idle:
            self._rung.set()

    async def _next_moment(self) -> int:
        now = self._clock.now()
        if self._pace.held_until > now:
            return min(self._pace.held_until, now + LOOK_AGAIN_MS)
        async with self._db.read() as connection:
            moments = [
                await claims.next_moment(connection, self.account.id, now),
                await talk.next_moment(connection, self.account.id, now),
                self._talk_at,
            ]
        return min([m for m in moments if m is not None] + [now + LOOK_AGAIN_MS])
