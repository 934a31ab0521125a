"""Take back what a delivery shows: its messages are deleted; where that is refused, a notice takes their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from broadcaster.calls import Calls
from broadcaster.render import Renderer
from broadcaster.words import DELETED, NOT_KNOWN, REPLACED, REPLACED_PICTURES_STAY
from core.messenger import Outcome, Refused, Sent
from core.words import DeliveryState, Reason
from storage import showing
from storage.database import Database
from storage.ledger import Claim

# The chat cannot be reached at all, so no edit would do better than the refused deletion.
_OUT_OF_REACH = frozenset(
    {
        Reason.BLOCKED,
        Reason.DEACTIVATED,
        Reason.NOT_STARTED,
        Reason.KICKED,
        Reason.CHAT_NOT_FOUND,
        Reason.MIGRATED,
        Reason.NO_WALL_KEY,
    }
)


@dataclass(frozen=True, slots=True)
class Retracted:
    """How a retraction ended; None: there was nothing to take back."""

    outcome: Outcome | None
    detail: str = ""
    refs: Mapping[str, str] = field(default_factory=dict)  # of what was uploaded on the way


@dataclass(frozen=True, slots=True)
class _Replaced:
    """What became of messages that could not be deleted."""

    outcome: Outcome
    pictures_stay: bool = False


class Retracts:
    """Carries the retractions of one account."""

    def __init__(self, calls: Calls, renderer: Renderer, db: Database) -> None:
        """Work with what the courier has."""
        self._calls = calls
        self._renderer = renderer
        self._db = db

    async def carry(self, claim: Claim) -> Retracted:
        """Take the newest part away first; a retry begins anew, for what is gone counts as deleted."""
        create = claim.of_id or 0
        async with self._db.read() as connection:
            shown = await showing.messages_of(connection, create)
            state = await showing.state_of(connection, create)
            seen = await showing.was_seen(connection, create)
        if not shown:
            may_be_there = state in (DeliveryState.SENT, DeliveryState.UNKNOWN)
            return Retracted(Refused(Reason.OTHER, NOT_KNOWN) if may_be_there else None)
        unknown = Refused(Reason.OTHER, NOT_KNOWN) if seen else None
        return await self._take_away(claim, shown, unknown)

    async def _take_away(
        self, claim: Claim, shown: Sequence[Sequence[str]], stays: Refused | None
    ) -> Retracted:
        """Delete all that is known; `stays` is why something does, whatever becomes of that."""
        detail = DELETED
        refs: dict[str, str] = {}
        for number in reversed(range(len(shown))):
            if "" in shown[number]:  # it is there, but nobody knows under which number
                stays = Refused(Reason.OTHER, NOT_KNOWN)
                continue
            if number < len(shown) - 1:
                await self._calls.next_slot()
            outcome = await self._calls.delete(claim, shown[number])
            if _is_done(outcome):
                continue
            if not isinstance(outcome, Refused) or outcome.reason in _OUT_OF_REACH:
                return Retracted(outcome, refs=refs)
            replaced = await self._replace(claim, shown[number], first=number == 0)
            outcome = replaced.outcome
            if isinstance(outcome, Sent):
                refs |= outcome.refs
                stay = replaced.pictures_stay or detail == REPLACED_PICTURES_STAY
                detail = REPLACED_PICTURES_STAY if stay else REPLACED
            elif not isinstance(outcome, Refused) or outcome.reason in _OUT_OF_REACH:
                return Retracted(outcome, refs=refs)
            elif not _is_done(outcome):
                stays = outcome  # the other parts still go
        return Retracted(stays or Sent(()), "" if stays else detail, refs)

    async def _replace(self, claim: Claim, messages: Sequence[str], *, first: bool) -> _Replaced:
        """Put the notice in place of a part's first message; further pictures of an album stay."""
        capabilities = self._calls.capabilities(claim)
        if len(messages) == 1:
            await self._calls.next_slot()
            notice = await self._renderer.parts(claim, capabilities)
            part = replace(notice.parts[0], media=(), preview=False)
            outcome = await self._calls.edit(claim, messages, part)
            refused = isinstance(outcome, Refused) and outcome.reason is Reason.BAD_CONTENT
            if not refused or capabilities.album_is_one_message:
                return _Replaced(outcome)
        else:
            outcome = Refused(Reason.BAD_CONTENT, "an album")
        # The messenger does not take pictures away.
        if not first:  # further albums have no words of their own: the notice stands above them
            return _Replaced(Sent(()), pictures_stay=True)
        captioned = await self._renderer.notice_under_picture(claim, capabilities, len(messages))
        if captioned is None:
            return _Replaced(outcome)
        await self._calls.next_slot()
        return _Replaced(await self._calls.edit(claim, messages[:1], captioned), pictures_stay=True)


def _is_done(outcome: Outcome) -> bool:
    gone = isinstance(outcome, Refused) and outcome.reason is Reason.GONE
    return gone or isinstance(outcome, Sent)
