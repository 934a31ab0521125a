"""Make the messages of a delivery show other parts: edit those that are there, delete those too many, send the new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from broadcaster.calls import Calls
from broadcaster.create import Tried, attempt
from broadcaster.settle import Settler
from broadcaster.words import NUMBERS_NOT_KNOWN
from core.clock import Clock
from core.messenger import Outcome, Part, Refused, Sent
from core.words import Reason
from storage import amending, showing
from storage.database import Database
from storage.ledger import Claim


@dataclass(frozen=True, slots=True)
class Amended:
    """How an amend ended; `creates` when the call that ended it would have made a message.

    `asks`: it cannot be made in place, and its owner is to say what to do.
    """

    outcome: Outcome
    creates: bool = False
    looked_up: bool = False
    asks: bool = False
    detail: str = ""
    shows: Sequence[tuple[int, int]] = ()
    refs: Mapping[str, str] = field(default_factory=dict)  # of what was uploaded on the way


class Edits:
    """Edits what the deliveries of one account show."""

    def __init__(self, calls: Calls, settler: Settler, db: Database, clock: Clock) -> None:
        """Work with what the courier has."""
        self._calls = calls
        self._settler = settler
        self._db = db
        self._clock = clock

    async def show(
        self, claim: Claim, shown: list[list[str]], parts: Sequence[Part], base: int = 0
    ) -> Amended:
        """Make the messages `shown` show `parts`; the first of them is the create's part number `base`."""
        gone: Outcome | None = None
        refs: dict[str, str] = {}
        detail = ""
        for number, messages in enumerate(shown):
            if number:
                await self._calls.next_slot()
            if "" in messages:  # it is there, but nobody knows under which number
                detail = NUMBERS_NOT_KNOWN
                continue
            if number < len(parts):
                outcome = await self._edit_part(claim, base + number, messages, parts[number])
            else:
                outcome = await self._calls.delete(claim, messages)
            if isinstance(outcome, Refused) and outcome.reason is Reason.GONE:
                gone = outcome
            elif isinstance(outcome, Sent):
                refs |= outcome.refs
            else:
                return Amended(outcome, refs=refs)
        if len(shown) > len(parts):
            async with self._db.write() as connection:
                await showing.drop_messages(connection, claim.of_id or 0, base + len(parts))
        if gone is not None:  # somebody deleted it: nothing is added to what is not there
            return Amended(gone, refs=refs)
        if len(parts) > len(shown) and not base and await self.was_seen(claim):
            return Amended(Sent(()), detail=NUMBERS_NOT_KNOWN, refs=refs)
        added = await self._add(claim, parts, len(shown), base, refs)
        return replace(added, detail=added.detail or detail)

    async def _edit_part(
        self, claim: Claim, number: int, messages: Sequence[str], part: Part
    ) -> Outcome:
        """Edit one part; pictures too many of an album are deleted where each is a message."""
        most = max(1, len(part.media))
        one_by_one = not self._calls.capabilities(claim).album_is_one_message
        if not (one_by_one and part.media and len(messages) > most):
            return await self._calls.edit(claim, messages, part)
        outcome = await self._calls.edit(claim, messages[:most], part)
        if not isinstance(outcome, Sent):
            return outcome
        await self._calls.next_slot()
        deleted = await self._calls.delete(claim, messages[most:])
        if isinstance(deleted, Sent):
            async with self._db.write() as connection:
                await amending.keep_only(
                    connection, claim.of_id or 0, number, list(messages[:most])
                )
            return outcome
        return deleted

    async def was_seen(self, claim: Claim) -> bool:
        """Tell whether something stands there without a number known to us; it must not be sent a second time."""
        async with self._db.read() as connection:
            return await showing.was_seen(connection, claim.of_id or 0)

    async def _add(
        self, claim: Claim, parts: Sequence[Part], start: int, base: int, refs: dict[str, str]
    ) -> Amended:
        """Send the parts from `start` on, each marked before it leaves and known before the next."""
        for number in range(start, len(parts)):
            if base or number:
                await self._calls.next_slot()
            async with self._db.write() as connection:
                await amending.mark_adding(connection, claim.delivery_id, base + number)
            tried: Tried = await attempt(
                self._calls,
                [claim],
                parts[number],
                base + number,
                doubtful=claim.doubt and number == start,
                now=self._clock.now(),
            )
            (outcome,) = tried.outcomes
            made = outcome.messages if isinstance(outcome, Sent) else ()
            await self._keep(claim, base + number, made)
            if not isinstance(outcome, Sent):
                return Amended(outcome, creates=True, looked_up=tried.looked_up, refs=refs)
            refs |= outcome.refs
        return Amended(Sent(()), refs=refs)

    async def _keep(self, claim: Claim, number: int, messages: Sequence[str]) -> None:
        # Tried until it is on disk: a part that nobody knows of would be sent once more.
        async def write(connection: AsyncConnection) -> None:
            if messages:
                await showing.keep_messages(connection, claim.of_id or 0, number, messages)
            await amending.added(connection, claim.delivery_id)

        await self._settler.settle(write)
