"""The courier of one account: takes what is due, most urgent first, at the platform's pace, and writes what became of it.

Nothing leaves before its in-flight mark is on disk. Marks are written in batches where a repeat is
harmless or settled by the rules (private chats, idempotent calls) and one at a time elsewhere, so
that after a crash at most the calls in the air and one private batch are of unknown fate.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any

from broadcaster.calls import ASK_AGAIN_MS
from broadcaster.errand import Errand, Errands, shared
from broadcaster.pace import AccountPace, ChatPace
from broadcaster.render import Renderer
from broadcaster.settle import Settler
from broadcaster.talk import Talker
from core.bell import Bell
from core.clock import Clock
from core.messenger import Messenger
from core.words import ChatKind
from storage import claims, ledger, talk
from storage.accounts import AccountRow
from storage.database import Database
from storage.ledger import Claim
from storage.talk import ReplyClaim

log = logging.getLogger(__name__)

SLOTS = 12  # calls claimed at a time: under half a second of work, so a stop is heard in time
REFILL = 4  # the next ones are claimed while these wait for their slots: no slot goes by unused
IN_AIR = 64
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
    ) -> None:
        """Prepare; nothing is sent before `run`."""
        self.account = account
        self._messenger = messenger
        self._db = db
        self._bell = bell
        self._clock = clock
        self._pace = AccountPace(messenger.pace, clock)
        self._chats = ChatPace(messenger.pace, clock)
        self._pace.held_until = account.hold_until or 0
        self._settler = Settler(db, clock)
        self._errands = Errands(
            account, messenger, renderer, self._settler, db, clock, self._pace, self._chats, bell
        )
        self._calls = self._errands.calls
        self._talker = Talker(
            account,
            messenger,
            renderer,
            self._settler,
            clock,
            self._pace,
            self._chats,
            self._calls,
            bell,
        )
        self._air: set[asyncio.Task[None]] = set()
        self._free = asyncio.Semaphore(IN_AIR)
        self._busy: set[int] = set()  # claimed, but their own mark is not yet written
        self._owed: set[int] = (
            set()
        )  # marked, but did not leave: the mark is still to be taken back
        self._owed_replies: set[int] = set()
        self._stopping = asyncio.Event()
        self._resting = asyncio.Event()  # `run` is not in the middle of something
        self._resting.set()
        self._idle = False
        self._changed = False  # something came home since the round began
        self._talk_at: int | None = None  # when the pace of a chat lets its next reply go

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
        event = self._bell.on(self.topic)
        event.clear()
        self._changed = False
        if await self.round() or self._changed or self._stopping.is_set():
            return
        self._idle = True
        try:
            await self._clock.wait(event, await self._next_moment())
        finally:
            self._idle = False

    async def stop(self, grace_s: float) -> None:
        """Take no new work, wait up to `grace_s` seconds for calls in the air, then leave them marked."""
        self._stopping.set()
        self._bell.ring(self.topic)
        with suppress(TimeoutError):
            async with asyncio.timeout(grace_s):
                await self._resting.wait()  # what it has claimed is launched or given back
                while self._air:
                    await asyncio.wait(self._air)
        for task in self._air:
            task.cancel()
        await self._settler.close()

    async def recover(self) -> None:
        """Settle what was in the air when the last run ended."""
        now = self._clock.now()
        async with self._db.write() as connection:
            await self._errands.recover(connection, now)
            await talk.recover(connection, self.account.id, now)

    async def drain(self) -> None:
        """Work until nothing is due now and nothing is in the air."""
        while await self.round() or self._air:
            if self._air:
                await asyncio.wait(self._air)

    async def round(self) -> bool:
        """Send what is due once; False when there was nothing."""
        await self._take_back()
        if not await self._calls.answers():
            self._pace.pause(self._clock.now() + ASK_AGAIN_MS)
            return False
        worked = await self._say()
        errands = deque(await self._claim())
        worked |= bool(errands)
        try:
            while errands and not self._stopping.is_set() and not self._calls.unheard:
                if await self._heard_before_slot():
                    await self._say()
                    continue
                # While the slot was waited for, a call may have come home without an answer.
                if not await self._slot() or self._calls.unheard:
                    break
                self._launch(errands.popleft())
                if len(errands) < REFILL:
                    errands.extend(await self._claim())
        finally:
            await self._give_back(errands)
        return worked

    # talk goes before everything, and between any two other calls

    async def _heard_before_slot(self) -> bool:
        """Wait for the next slot; True as soon as the bell rings, which may be for talk."""
        event = self._bell.on(self.topic)
        at = min(self._pace.ready_at(), self._clock.now() + LONGEST_SLOT_MS)
        rung = await self._clock.wait(event, at)
        event.clear()
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
        async with self._db.write() as connection:
            marked = await talk.mark_in_flight(connection, [c.id for c in ready], now)
        ready = [c for c in ready if c.id in marked]
        left = deque(ready)
        try:
            while left and await self._slot(talk=True):
                self._spawn(self._talk(left.popleft()))
        finally:
            self._owed_replies.update(c.id for c in left)
            if left:
                await self._take_back()
        return bool(ready)

    async def _talk(self, claim: ReplyClaim) -> None:
        try:
            await self._talker.say(claim)
        finally:
            self._came_home()

    def _came_home(self) -> None:
        # The chat's next message may go now. The bell stays for talk while a round works.
        self._changed = True
        if self._idle:
            self._bell.ring(self.topic)

    # everything else

    async def _claim(self) -> list[Errand]:
        pack = self._messenger.capabilities(ChatKind.PRIVATE).pack
        while (now := self._clock.now()) >= self._pace.held_until:
            async with self._db.read() as connection:
                due = await claims.claimable(
                    connection,
                    self.account.id,
                    self._messenger.network,
                    now,
                    SLOTS * pack + len(self._busy),
                )
            ready, waiting = self._by_pace([c for c in due if c.delivery_id not in self._busy], now)
            errands = await self._mark(ready, waiting, now)
            if errands or not waiting:
                return errands
            # Those that wait for their chat's pace are put off; there may be others behind them.
        return []

    async def _mark(
        self, ready: Sequence[Claim], waiting: Sequence[tuple[int, int]], now: int
    ) -> list[Errand]:
        errands = shared(self._errands.gather(ready))[:SLOTS]
        together = [c for e in errands if e.marked_together for c in e.claims]
        if together or waiting:
            async with self._db.write() as connection:
                if together:
                    marked = await ledger.mark_in_flight(connection, together, now)
                    errands = [e for e in (e.still(marked) for e in errands) if e.claims]
                if waiting:
                    await ledger.wait_until(connection, waiting)
        self._busy.update(c.delivery_id for e in errands for c in e.claims)
        return errands

    def _by_pace(
        self, claims: Sequence[Claim], now: int
    ) -> tuple[list[Claim], list[tuple[int, int]]]:
        ready: list[Claim] = []
        waiting: list[tuple[int, int]] = []
        for claim in claims:
            at = self._chats.ready_at(claim.chat_id, claim.chat_kind)
            if at <= now:
                ready.append(claim)
            else:
                waiting.append((at, claim.delivery_id))
        return ready, waiting

    def _launch(self, errand: Errand) -> None:
        async def work() -> None:
            try:
                await self._errands.carry(errand)
            except Exception:
                # Not marked, or not recorded: not again at once, the database needs a moment.
                await self._clock.wait(self._stopping, self._clock.now() + FAILED_MS)
                raise
            finally:
                self._busy.difference_update(c.delivery_id for c in errand.claims)
                self._came_home()

        self._spawn(work())

    async def _give_back(self, errands: deque[Errand]) -> None:
        ids = [c.delivery_id for e in errands for c in e.claims]
        if ids:
            self._owed.update(ids)
            await self._take_back()

    async def _take_back(self) -> None:
        """Take back the marks of what did not leave; what cannot be written now is tried again in the next round."""
        if not self._owed and not self._owed_replies:
            return
        async with self._db.write() as connection:
            closed = await ledger.put_back(connection, self._owed, self._clock.now())
            await talk.put_back(connection, self._owed_replies)
        if closed:
            self._bell.ring("reports")
        self._busy -= self._owed
        self._owed.clear()
        self._owed_replies.clear()

    async def _slot(self, *, talk: bool = False) -> bool:
        """Take the account's next slot; False when stopping or when the account was paused meanwhile."""
        await self._free.acquire()
        self._free.release()
        while (at := self._pace.ready_at(talk=talk)) > (now := self._clock.now()):
            if at - now > LONGEST_SLOT_MS or await self._clock.wait(self._stopping, at):
                return False
        if self._stopping.is_set():
            return False
        self._pace.take()
        return True

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._in_air(work))
        self._air.add(task)
        task.add_done_callback(self._air.discard)

    async def _in_air(self, work: Coroutine[Any, Any, None]) -> None:
        async with self._free:
            try:
                await work
            except Exception:
                log.exception("courier %s: a call failed", self.account.slug)

    async def _next_moment(self) -> int:
        now = self._clock.now()
        async with self._db.read() as connection:
            moments = [
                await claims.next_moment(connection, self.account.id, now),
                await talk.next_moment(connection, self.account.id, now),
                self._talk_at,
            ]
        held = [self._pace.held_until] if self._pace.held_until > now else []
        return min([m for m in moments if m is not None] + held + [now + LOOK_AGAIN_MS])
