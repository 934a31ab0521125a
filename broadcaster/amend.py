"""Bring what a delivery shows up to date, in place or in the way that the policy allows.

Where the messenger does not let a message be edited, the policy decides: a note in reply to it, the
whole post anew in its place, or its owner is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from broadcaster.calls import Calls
from broadcaster.edits import Amended, Edits
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


class Amends:
    """Carries the amends of one account."""

    def __init__(
        self, calls: Calls, renderer: Renderer, settler: Settler, db: Database, clock: Clock
    ) -> None:
        """Work with what the courier has."""
        self._calls = calls
        self._renderer = renderer
        self._db = db
        self._edits = Edits(calls, settler, db, clock)

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
        amended = await self._edits.show(claim, shown, parts)
        if _refused(amended) is Reason.BAD_CONTENT and way is not Corrections.REPLACE:
            capabilities = self._calls.capabilities(claim)
            async with self._db.read() as connection:
                now_shown = await showing.messages_of(connection, claim.of_id or 0)
            sizes = [len(messages) for messages in now_shown]
            kept = await self._renderer.with_pictures_as_shown(claim, capabilities, sizes)
            if kept is not None:
                await self._calls.next_slot()
                again = await self._edits.show(claim, now_shown, kept)
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
        amended = await self._edits.show(claim, shown[base:], parts, base)
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
        unknown = Refused(Reason.OTHER, NUMBERS_NOT_KNOWN)
        stays = unknown if await self._edits.was_seen(claim) else None
        for messages in reversed(old):
            if "" in messages:
                stays = unknown
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


def _refused(amended: Amended) -> Reason | None:
    """Return why an edit or deletion was refused, None if it was not."""
    outcome = amended.outcome
    return outcome.reason if isinstance(outcome, Refused) and not amended.creates else None
