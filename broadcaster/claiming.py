"""What a courier takes next: read from the ledger, marked as in flight, given back if it does not leave."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from broadcaster.gather import Errand, gather, shared
from broadcaster.kit import Kit
from core.messenger import Pace
from core.words import ChatKind, WaveKind
from storage import claims, ledger, talk
from storage.ledger import Claim

SLOTS = 256  # calls claimed at a time at the most: more make them no cheaper


def at_once(pace: Pace) -> int:
    """Return how many calls are claimed at a time: half a second of work, so a stop is heard in time."""
    return max(2, min(SLOTS, int(pace.account_per_s / 2)))


def refill_below(pace: Pace) -> int:
    """Return how few may be left before the next are claimed: while those wait for their slots none goes by unused."""
    return max(2, at_once(pace) // 3)


class Claiming:
    """Claims the errands of one account."""

    def __init__(self, kit: Kit) -> None:
        """Work with what the courier has."""
        self._account = kit.account
        self._messenger = kit.messenger
        self._db = kit.db
        self._settler = kit.settler
        self._clock = kit.clock
        self._pace = kit.pace
        self._chats = kit.chats
        self._bell = kit.bell
        self._most = at_once(kit.messenger.pace)
        self._busy: set[int] = set()  # claimed, but their own mark is not yet written
        self._owed: set[int] = (
            set()
        )  # marked, but did not leave: the mark is still to be taken back
        self._owed_replies: set[int] = set()

    async def next(self) -> list[Errand]:
        """Return what may leave now, in that order, with its marks on disk where they are written in batches."""
        pack = self._messenger.capabilities(ChatKind.PRIVATE).pack
        while (now := self._clock.now()) >= self._pace.held_until:
            async with self._db.read() as connection:
                due = await claims.claimable(
                    connection,
                    self._account.id,
                    self._messenger.network,
                    now,
                    self._most * pack + len(self._busy),
                )
            ready, waiting = self._by_pace([c for c in due if c.delivery_id not in self._busy], now)
            errands = await self._mark(ready, waiting, now)
            if errands or not waiting:
                return errands
            # Those that wait for their chat's pace are put off; there may be others behind them.
        return []

    def _by_pace(self, due: Sequence[Claim], now: int) -> tuple[list[Claim], list[tuple[int, int]]]:
        ready: list[Claim] = []
        waiting: list[tuple[int, int]] = []
        for claim in due:
            retracts = claim.wave_kind is WaveKind.RETRACT
            at = self._chats.ready_at(claim.chat_id, claim.chat_kind, retracts=retracts)
            if at <= now:
                ready.append(claim)
            else:
                waiting.append((at, claim.delivery_id))
        return ready, waiting

    async def _mark(
        self, ready: Sequence[Claim], waiting: Sequence[tuple[int, int]], now: int
    ) -> list[Errand]:
        errands = shared(gather(ready, self._messenger.capabilities, now))[: self._most]
        together = [c for e in errands if e.marked_together for c in e.claims]
        if together or waiting:
            marked = await self._settler.mark(together, waiting)
            errands = [e for e in (e.still(marked) for e in errands) if e.claims]
        self._busy.update(c.delivery_id for e in errands if not e.marked_together for c in e.claims)
        return errands

    def done(self, errand: Errand) -> None:
        """Note that an errand is over: what it left unsettled may be claimed again."""
        if self._busy:
            self._busy.difference_update([c.delivery_id for c in errand.claims])

    def owe_replies(self, replies: Iterable[int]) -> None:
        """Note replies that are not said, though they may be marked."""
        self._owed_replies.update(replies)

    async def give_back(
        self, errands: Iterable[Errand] = (), replies: Collection[int] = ()
    ) -> None:
        """Take back the marks of what did not leave; what cannot be written now is owed until it can."""
        self._owed.update(c.delivery_id for e in errands for c in e.claims)
        self._owed_replies.update(replies)
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
