"""Bring what a delivery shows up to date: edit its messages, delete those too many, send those that are new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from broadcaster.calls import Calls
from broadcaster.create import Tried, attempt
from broadcaster.render import Renderer
from broadcaster.settle import Settler
from broadcaster.words import NUMBERS_NOT_KNOWN, PICTURES_STAY
from core.clock import Clock
from core.messenger import Outcome, Part, Refused, Sent
from core.words import Reason
from storage import ledger
from storage.database import Database
from storage.ledger import Claim


@dataclass(frozen=True, slots=True)
class Amended:
    """How an amend ended; `creates` when the call that ended it would have made a message."""

    outcome: Outcome
    creates: bool = False
    looked_up: bool = False
    detail: str = ""
    shows: Sequence[tuple[int, int]] = ()
    refs: Mapping[str, str] = field(default_factory=dict)  # of what was uploaded on the way


class Amends:
    """Carries the amends of one account."""

    def __init__(
        self, calls: Calls, renderer: Renderer, settler: Settler, db: Database, clock: Clock
    ) -> None:
        """Work with what the courier has."""
        self._calls = calls
        self._renderer = renderer
        self._settler = settler
        self._db = db
        self._clock = clock

    async def carry(self, claim: Claim, shown: list[list[str]]) -> Amended:
        """Show the newest content; where pictures cannot change in number, the text alone."""
        capabilities = self._calls.capabilities(claim)
        rendered = await self._renderer.parts(claim, capabilities)
        amended = await self._edit(claim, shown, rendered.parts)
        outcome = amended.outcome
        if isinstance(outcome, Refused) and outcome.reason is Reason.BAD_CONTENT:
            sizes = [len(messages) for messages in shown]
            kept = await self._renderer.with_pictures_as_shown(claim, capabilities, sizes)
            if kept is not None:
                await self._calls.next_slot()
                amended = await self._edit(claim, shown, kept)
                if isinstance(amended.outcome, Sent):
                    amended = replace(amended, detail=PICTURES_STAY)
        if isinstance(amended.outcome, Sent):
            return replace(amended, shows=rendered.shows)
        return amended

    async def _edit(self, claim: Claim, shown: list[list[str]], parts: Sequence[Part]) -> Amended:
        gone: Outcome | None = None
        refs: dict[str, str] = {}
        for number, messages in enumerate(shown):
            if number:
                await self._calls.next_slot()
            if number < len(parts):
                outcome = await self._calls.edit(claim, messages, parts[number])
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
                await ledger.drop_messages(connection, claim.of_id or 0, len(parts))
        if gone is not None:  # somebody deleted it: nothing is added to what is not there
            return Amended(gone, refs=refs)
        if len(parts) > len(shown) and await self._was_seen(claim):
            return Amended(Sent(()), detail=NUMBERS_NOT_KNOWN, refs=refs)
        return await self._add(claim, parts, len(shown), refs)

    async def _was_seen(self, claim: Claim) -> bool:
        # What stands there without a number known to us must not be sent a second time.
        async with self._db.read() as connection:
            return await ledger.was_seen(connection, claim.of_id or 0)

    async def _add(
        self, claim: Claim, parts: Sequence[Part], start: int, refs: dict[str, str]
    ) -> Amended:
        for number in range(start, len(parts)):
            await self._calls.next_slot()
            tried: Tried = await attempt(
                self._calls,
                [claim],
                parts[number],
                number,
                doubtful=claim.doubt and number == start,
                now=self._clock.now(),
            )
            (outcome,) = tried.outcomes
            if not isinstance(outcome, Sent):
                return Amended(outcome, creates=True, looked_up=tried.looked_up, refs=refs)
            refs |= outcome.refs
            await self._keep(claim, number, outcome.messages)
        return Amended(Sent(()), refs=refs)

    async def _keep(self, claim: Claim, number: int, messages: Sequence[str]) -> None:
        # Tried until it is on disk: a part that nobody knows of would be sent once more.
        async def write(connection: AsyncConnection) -> None:
            await ledger.keep_messages(connection, claim.of_id or 0, number, messages)

        await self._settler.settle(write)
