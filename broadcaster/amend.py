"""Bring what a delivery shows up to date: edit its messages, delete those too many, send those that are new.

Where the messenger does not let a message be edited, the policy decides: a note in reply to it, the
whole post anew in its place, or its owner is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from broadcaster.calls import Calls
from broadcaster.create import Tried, attempt
from broadcaster.render import Renderer, footer_of
from broadcaster.settle import Settler
from broadcaster.words import NUMBERS_NOT_KNOWN, OLD_STAYS, PICTURES_STAY, REPLIED, SENT_ANEW
from core.clock import Clock
from core.messenger import Outcome, Part, Refused, Sent
from core.words import ChatKind, Corrections, Reason
from newsroom import correcting
from storage import amending, posts, showing
from storage.amending import Renewal
from storage.database import Database
from storage.ledger import Claim

# What says that this message cannot be made to show this; a chat out of reach takes no note either.
_UNCHANGEABLE = frozenset({Reason.TOO_OLD, Reason.NO_RIGHTS, Reason.BAD_CONTENT})


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
        """Show the newest content, in place or in the way that the policy allows."""
        capabilities = self._calls.capabilities(claim)
        rendered = await self._renderer.parts(claim, capabilities)
        async with self._db.read() as connection:
            renewal = await amending.renewal_of(connection, claim.of_id or 0)
            way = await amending.way_for(connection, claim.delivery_id, claim.post_id)
        if renewal is None:
            amended = await self._in_place(claim, shown, rendered.parts, way)
        else:
            amended = await self._renewed(claim, shown, rendered.parts, renewal)
        if _refused(amended) in _UNCHANGEABLE:
            if way is Corrections.ASK and claim.chat_kind is not ChatKind.PRIVATE:
                return replace(amended, asks=True)
            amended = await self._another_way(claim, rendered.parts, way, amended)
        if isinstance(amended.outcome, Sent):
            return replace(amended, shows=rendered.shows)
        return amended

    async def _in_place(
        self, claim: Claim, shown: list[list[str]], parts: Sequence[Part], way: Corrections
    ) -> Amended:
        """Edit; where only pictures cannot change in number and need not be replaced, the text alone."""
        amended = await self._edit(claim, shown, parts)
        if _refused(amended) is Reason.BAD_CONTENT and way is not Corrections.REPLACE:
            capabilities = self._calls.capabilities(claim)
            async with self._db.read() as connection:
                now_shown = await showing.messages_of(connection, claim.of_id or 0)
            sizes = [len(messages) for messages in now_shown]
            kept = await self._renderer.with_pictures_as_shown(claim, capabilities, sizes)
            if kept is not None:
                await self._calls.next_slot()
                again = await self._edit(claim, now_shown, kept)
                if isinstance(again.outcome, Sent):
                    return replace(again, detail=PICTURES_STAY)
                return again
        return amended

    async def _another_way(
        self, claim: Claim, parts: Sequence[Part], way: Corrections, refused: Amended
    ) -> Amended:
        """Send a note or the whole post, for what could not be edited; a note where nobody can be asked."""
        async with self._db.read() as connection:
            shown = await showing.messages_of(connection, claim.of_id or 0)
        way = Corrections.REPLACE if way is Corrections.REPLACE else Corrections.REPLY
        renewal = Renewal(way, len(shown))
        async with self._db.write() as connection:
            await amending.renew(connection, claim.of_id or 0, renewal)
        amended = await self._renewed(claim, shown, parts, renewal)
        return replace(amended, refs={**refused.refs, **amended.refs})

    async def _renewed(
        self, claim: Claim, shown: list[list[str]], parts: Sequence[Part], renewal: Renewal
    ) -> Amended:
        """Bring what took the place of older messages up to date, or send it, and see to the older ones."""
        base = renewal.from_number
        replacing = renewal.way is Corrections.REPLACE
        if not replacing:
            parts = await self._note(claim, shown[0])
        amended = await self._edit(claim, shown[base:], parts, base)
        if not isinstance(amended.outcome, Sent):
            if amended.creates and isinstance(amended.outcome, Refused):
                await self._forget_untaken(claim, base)
            return amended
        if not replacing:
            return replace(amended, detail=amended.detail or REPLIED)
        gone = await self._take_away(claim, shown[:base])
        if isinstance(gone, Sent):
            async with self._db.write() as connection:
                await amending.replaced(connection, claim.of_id or 0)
            return replace(amended, detail=amended.detail or SENT_ANEW)
        if not isinstance(gone, Refused):
            return replace(amended, outcome=gone)
        await self._say_instead(claim, parts[0], base)
        return replace(amended, detail=OLD_STAYS)

    async def _note(self, claim: Claim, replied: Sequence[str]) -> tuple[Part, ...]:
        capabilities = self._calls.capabilities(claim)
        async with self._db.read() as connection:
            revision = await posts.get_revision(connection, claim.revision_id or 0)
        of = None if capabilities.replies else self._calls.link(claim, replied[0])
        made = correcting.note(
            revision.title,
            revision.body,
            capabilities,
            link=revision.link,
            footer=footer_of(claim.footer),
            of=of,
        )
        first = replied[0] if capabilities.replies and replied[0] else None
        return replace(made[0], replies_to=first), *made[1:]

    async def _forget_untaken(self, claim: Claim, base: int) -> None:
        async with self._db.write() as connection:
            shown = await showing.messages_of(connection, claim.of_id or 0)
            if len(shown) <= base:
                await amending.drop_renewal(connection, claim.of_id or 0)

    async def _take_away(self, claim: Claim, old: list[list[str]]) -> Outcome:
        """Delete what was replaced, the newest first; Refused when something stays."""
        stays: Refused | None = None
        for messages in reversed(old):
            if "" in messages:
                stays = Refused(Reason.OTHER, NUMBERS_NOT_KNOWN)
                continue
            await self._calls.next_slot()
            outcome = await self._calls.delete(claim, messages)
            if isinstance(outcome, Refused) and outcome.reason is not Reason.GONE:
                stays = outcome
            elif not isinstance(outcome, (Sent, Refused)):
                return outcome
        return stays or Sent(())

    async def _say_instead(self, claim: Claim, first: Part, base: int) -> None:
        """Say at the head of the new post that the old one, which stays, is out of date; best done, not needed."""
        headed = correcting.instead(first, self._calls.capabilities(claim))
        if headed is None:
            return
        async with self._db.read() as connection:
            shown = await showing.messages_of(connection, claim.of_id or 0)
        await self._calls.next_slot()
        await self._calls.edit(claim, shown[base], headed)

    async def _edit(
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
        if len(parts) > len(shown) and not base and await self._was_seen(claim):
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

    async def _was_seen(self, claim: Claim) -> bool:
        # What stands there without a number known to us must not be sent a second time.
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


def _refused(amended: Amended) -> Reason | None:
    """Return why an edit or deletion was refused, None if it was not."""
    outcome = amended.outcome
    return outcome.reason if isinstance(outcome, Refused) and not amended.creates else None
