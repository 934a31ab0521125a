"""One call to a messenger: in its slot, under its key, with the account's references of pictures."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Hashable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TypeGuard

from broadcaster.kit import Kit
from broadcaster.references import Call, References
from core.errors import MessengerError, TokenDead
from core.messenger import (
    Capabilities,
    Later,
    Outcome,
    Part,
    Place,
    Rights,
    Sent,
    Unknown,
)
from core.words import Reason, WaveKind
from storage.ledger import Claim

DEAD_TOKEN_S = 60.0
ASK_AGAIN_MS = 3_000  # and twice as long each time there is no answer
LONGEST_ASK_MS = 30_000
# So many, none served between them: «too fast» is said to the account, not to its chats.
REFUSED_IN_A_ROW = 5


class Stopped(Exception):
    """The courier stops: nothing further leaves, not even the next part of what has begun."""


class Calls:
    """Makes the calls of one account."""

    def __init__(self, kit: Kit) -> None:
        """Work with what the courier has."""
        self._account = kit.account
        self._messenger = kit.messenger
        self._clock = kit.clock
        self._pace = kit.pace
        self._chats = kit.chats
        self._stopping = kit.stopping
        self._asking = asyncio.Lock()
        self._ask_after = ASK_AGAIN_MS
        self._asked_at = 0  # when it was last found out whether the messenger answers at all
        self._trouble: Later | None = None
        self._in_a_row = 0  # calls refused as too fast since one was served
        self.unheard = (
            False  # the last call brought no answer: nothing new leaves before there is one
        )
        self.references = References(kit.account.id, kit.db, kit.clock, self.next_slot)

    def capabilities(self, claim: Claim) -> Capabilities:
        """Return what can be done in the claim's chat."""
        return self._messenger.capabilities(claim.chat_kind)

    async def next_slot(self, claims: Sequence[Claim] = ()) -> None:
        """Wait until the account, and the chats of these claims, may take one more; take the account's slot.

        Raises Stopped.
        """
        while (at := self._ready_at(claims)) > self._clock.now():
            await self._clock.wait(self._stopping, at)
            if self._stopping.is_set():
                break
        if self._stopping.is_set():
            raise Stopped
        self._pace.take()

    def _ready_at(self, claims: Sequence[Claim]) -> int:
        chats = [self._chats.ready_at(c.chat_id, c.chat_kind) for c in claims]
        return max([self._pace.ready_at(), *chats])

    async def send(self, claims: Sequence[Claim], part: Part, number: int) -> Sequence[Outcome]:
        """Send the part of that number to all of them in one call; the first slot was taken by the caller."""
        capabilities = self.capabilities(claims[0])
        places = [_place(claim) for claim in claims]
        key = self._key(claims[0], number)
        weight = 1 if capabilities.album_is_one_message else max(1, len(part.media))
        if weight > 1:
            self._pace.take(weight - 1)
        taken = [self._chats.take(c.chat_id, c.chat_kind, weight) for c in claims]

        async def call(ready: Part) -> Sequence[Outcome]:
            with self._pace.sent(weight, kind_of(ready)):
                outcomes = await self._messenger.send(places, ready, key)
            for claim, moment in zip(claims, taken, strict=True):
                self._chats.answered(claim.chat_id, claim.chat_kind, moment)
            return self.note(outcomes)

        return await self._referring(claims, part, call)

    async def edit(self, claim: Claim, messages: Sequence[str], part: Part) -> Outcome:
        """Put the part in place of the messages."""
        taken = self._chats.take(claim.chat_id, claim.chat_kind)

        async def call(ready: Part) -> Sequence[Outcome]:
            with self._pace.sent(1, kind_of(ready)):
                outcome = await self._messenger.edit(_place(claim), messages, ready)
            self._chats.answered(claim.chat_id, claim.chat_kind, taken)
            return self.note([outcome])

        return (await self._referring([claim], part, call))[0]

    async def delete(self, claim: Claim, messages: Sequence[str]) -> Outcome:
        """Delete the messages."""
        taken = self._chats.take(claim.chat_id, claim.chat_kind)
        with self._pace.sent():
            outcome = await self._messenger.delete(_place(claim), messages)
        self._chats.answered(claim.chat_id, claim.chat_kind, taken)
        return self.note([outcome])[0]

    async def _referring(
        self, claims: Sequence[Claim], part: Part, call: Call
    ) -> Sequence[Outcome]:
        if not part.media:
            return await call(part)
        scope = self.capabilities(claims[0]).upload_scope
        return await self.references.call(part, scope, [c.attempts for c in claims], call)

    def note(self, outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
        """Note whether the messenger answered at all; returns the outcomes, each pause laid on whom it concerns."""
        if all(isinstance(o, Sent) for o in outcomes):
            self.unheard = False
            self._in_a_row = 0
            return outcomes
        self.unheard = all(
            isinstance(o, Unknown) or (isinstance(o, Later) and o.reason is Reason.UNREACHABLE)
            for o in outcomes
        )
        return [
            replace(o, whole_account=self._is_the_accounts()) if _is_unsure(o) else o
            for o in outcomes
        ]

    def _is_the_accounts(self) -> bool:
        """Tell whether «too fast» without a word about whom is the account's: else only that chat waits.

        An account far from its limit was not refused for its own sake, nor was one whose other chats are served.
        """
        if not self._pace.is_full():
            return False
        self._in_a_row += 1
        self._pace.hold(self._clock.now())  # a little slower from now on, in any case
        return self._in_a_row >= REFUSED_IN_A_ROW

    async def answers(self) -> bool:
        """Tell whether new work may leave: an outage must not put one delivery after another in doubt."""
        if self.unheard:
            self.unheard = await self.trouble() is not None
        return not self.unheard

    async def trouble(self) -> Later | None:
        """Return what keeps the messenger from answering at all, None if it answers; asked every few seconds at most."""
        async with self._asking:
            # Before or after: a clock that is put back must not keep an old answer for so long.
            if abs(self._clock.now() - self._asked_at) >= self._ask_after:
                try:
                    await self._messenger.check()
                    self._trouble, self._ask_after = None, ASK_AGAIN_MS
                except MessengerError as error:
                    self._trouble = _later(error)
                    self._ask_after = min(2 * self._ask_after, LONGEST_ASK_MS)
                self._asked_at = self._clock.now()
            return self._trouble

    async def look_up(self, claim: Claim, part: Part, number: int) -> Sent | Later | None:
        """Look whether a part arrived; Later when the messenger cannot be asked now."""
        return await self.find(_place(claim), self._key(claim, number), part)

    async def find(self, place: Place, key: int, part: Part) -> Sent | Later | None:
        """Look whether a part arrived under this key, or Later as `look_up` says."""
        try:
            return await self._messenger.look_up(place, key, part)
        except MessengerError as error:
            return _later(error)

    async def rights(self, place: Place) -> Rights:
        """Ask what the account may do in a chat. Raises MessengerError."""
        return await self._messenger.rights(place)

    def link(self, claim: Claim, message: str) -> str | None:
        """Return the address of a message in the claim's chat, None where it has none."""
        return self._messenger.link(_place(claim), message) if message else None

    def _key(self, claim: Claim, number: int) -> int:
        """Return the idempotency key: 31 bits, never zero, equal for all peers of a packed call."""
        # Each has a text of its own, or all chats of a post have the same.
        own = claim.wave_kind is WaveKind.DIGEST or claim.of_id is not None
        delivery_id = claim.delivery_id if own else None
        return _hashed(self._account.slug, claim.wave_id, number, claim.generation, delivery_id)


@lru_cache(256)
def _hashed(slug: str, wave_id: int, number: int, generation: int, delivery_id: int | None) -> int:
    name = f"{slug}:{wave_id}:{number}:{generation}"
    if delivery_id is not None:
        name += f":{delivery_id}"
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") & 0x7FFFFFFF or 1


def kind_of(part: Part) -> Hashable:
    """Return what calls have in common that take about as long: pictures, and those still to be uploaded."""
    return part.media and (len(part.media), sum(file.ref is None for file in part.media))


def _is_unsure(outcome: Outcome) -> TypeGuard[Later]:
    return isinstance(outcome, Later) and outcome.unsure


def _later(error: MessengerError) -> Later:
    if isinstance(error, TokenDead):
        return Later(Reason.TOKEN_DEAD, str(error), DEAD_TOKEN_S, whole_account=True)
    return Later(Reason.UNREACHABLE, str(error), error.retry_after)


def _place(claim: Claim) -> Place:
    return Place(claim.external, claim.chat_kind, claim.topic or None)
