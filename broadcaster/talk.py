"""Says a reply to one person: edits the screen it replaces, or sends it anew."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from broadcaster.calls import Calls, Stopped, kind_of
from broadcaster.fate import Doubt, Fate, fate_of, resolve_doubt
from broadcaster.kit import Kit
from broadcaster.settle import NotWritten
from broadcaster.words import PICTURE_MISSING
from core import richtext
from core.messenger import (
    Button,
    Capabilities,
    Later,
    Outcome,
    Part,
    Place,
    Refused,
    Sent,
    Unknown,
)
from core.richtext import join, plain
from core.words import DeliveryState, Reason
from newsroom.fit import fit
from storage import media, talk, whereabouts
from storage.talk import ReplyClaim

log = logging.getLogger(__name__)


class Talker:
    """Says the replies of one account."""

    def __init__(self, kit: Kit, calls: Calls) -> None:
        """Work with what the courier has."""
        self._account = kit.account
        self._messenger = kit.messenger
        self._renderer = kit.renderer
        self._settler = kit.settler
        self._clock = kit.clock
        self._pace = kit.pace
        self._chats = kit.chats
        self._calls = calls
        self._bell = kit.bell
        self._stopping = kit.stopping

    async def say(self, claim: ReplyClaim) -> None:
        """Send or edit, then record; what goes wrong inside ends this reply, not the dialog."""
        started = self._clock.now()
        try:
            outcome = await self._say(claim)
        except Stopped:  # behind a part, or waiting for another's upload
            outcome = Later(Reason.OTHER, "прервано остановкой", 1.0, throttled=True)
        except Exception as error:
            log.exception("reply %s cannot be said", claim.id)
            outcome = _own_failure(error)
        now = self._clock.now()
        fate = fate_of(
            outcome,
            self._able(claim),
            claim.chat_kind,
            attempts=claim.attempts,
            doubt=claim.doubt,
            first_tried_at=claim.created_at,
            called_at=started,
            now=now,
        )
        await self._record(claim, outcome, fate, now)

    async def _say(self, claim: ReplyClaim) -> Outcome:
        parts = await self._parts(claim)
        if not parts:
            return Refused(Reason.BAD_CONTENT, "an empty reply")
        if claim.edits is not None and len(parts) == 1:
            outcome = await self._edit(claim, claim.edits, parts[0])
            if not isinstance(outcome, Refused):
                return outcome
            # The old screen is gone or too old to edit: the person still gets the answer.
        outcome = Sent(())
        said = claim.body.get("said", 0)
        for number in range(said, len(parts)):
            if number > said and self._stopping.is_set():
                raise Stopped
            found = await self._found(claim, number) if number == said else None
            outcome = await self._send(claim, parts[number], number) if found is None else found
            if not isinstance(outcome, Sent):
                return outcome
            if number < len(parts) - 1:
                await self._arrived(claim, number + 1, outcome.refs)
        return outcome

    async def _parts(self, claim: ReplyClaim) -> list[Part]:
        """Return the parts to send; buttons stand on the last one."""
        text = richtext.from_json(claim.body["text"])
        wanted: Sequence[str] = claim.body.get("media", ())
        pictures = await self._renderer.kept_pictures(wanted) if wanted else []
        if len(pictures) < len(wanted):
            log.error("reply %s: a picture is not in the folder", claim.id)
            text = join([text, plain(PICTURE_MISSING)], "\n\n")
        fitted = fit(text, pictures, self._able(claim))
        parts = [replace(part, preview=False) for part in fitted]
        buttons = tuple(
            tuple(Button(b["text"], b.get("data"), b.get("url")) for b in row)
            for row in claim.body["buttons"]
        )
        if parts and buttons:
            parts[-1] = replace(parts[-1], buttons=buttons)
        return parts

    async def _found(self, claim: ReplyClaim, number: int) -> Sent | Later | None:
        """Look for a part that may have arrived and whose key may be forgotten; Later if that cannot be told now.

        By its key alone: a menu has the same words every time.
        """
        if not claim.doubt:
            return None
        verdict = resolve_doubt(
            self._able(claim),
            claim.chat_kind,
            first_tried_at=claim.created_at,
            now=self._clock.now(),
            repeated=False,
        )
        if verdict is not Doubt.LOOK_UP:
            return None
        return await self._calls.find(_place(claim), self._key(claim, number), Part())

    async def _edit(self, claim: ReplyClaim, message: str, part: Part) -> Outcome:
        taken = self._chats.take(claim.chat_id, claim.chat_kind)
        with self._pace.sent(1, kind_of(part)):
            outcome = await self._messenger.edit(_place(claim), [message], part)
        self._chats.answered(claim.chat_id, claim.chat_kind, taken)
        return self._calls.note([outcome])[0]

    async def _send(self, claim: ReplyClaim, part: Part, number: int) -> Outcome:
        able = self._able(claim)
        weight = 1 if able.album_is_one_message else max(1, len(part.media))
        taken = self._chats.take(claim.chat_id, claim.chat_kind, weight)

        async def call(ready: Part) -> Sequence[Outcome]:
            with self._pace.sent(weight, kind_of(ready)):
                key = self._key(claim, number)
                outcomes = await self._messenger.send([_place(claim)], ready, key)
            self._chats.answered(claim.chat_id, claim.chat_kind, taken)
            return self._calls.note(outcomes)

        attempts = [claim.attempts]
        (outcome,) = await self._calls.references.call(part, able.upload_scope, attempts, call)
        return outcome

    async def _arrived(self, claim: ReplyClaim, parts: int, refs: Mapping[str, str]) -> None:
        now = self._clock.now()

        async def write(connection: AsyncConnection) -> None:
            await talk.arrived(connection, claim, parts)
            await self._keep(connection, claim, refs, now)

        await self._settler.settle(write)

    async def _record(self, claim: ReplyClaim, outcome: Outcome, fate: Fate, now: int) -> None:
        sent = outcome if isinstance(outcome, Sent) else Sent(())
        message = sent.messages[0] if sent.messages else None
        closed: frozenset[int] = frozenset()

        async def write(connection: AsyncConnection) -> None:
            nonlocal closed
            await talk.settle(
                connection,
                claim.id,
                fate.state,
                now=now,
                reason=fate.reason,
                message=message or claim.edits,
                attempts=fate.attempts,
                doubt=fate.doubt,
                not_before=fate.not_before,
            )
            await self._keep(connection, claim, sent.refs, now)
            if fate.chat is not None and fate.reason is not None:
                closed = await whereabouts.lose_chat(
                    connection, claim.chat_id, fate.chat, fate.reason, now
                )

        await self._settler.settle(write)
        if closed:
            self._bell.ring("reports")
        if fate.hold_account_until is not None:
            self._pace.hold(fate.hold_account_until)
        if fate.hold_chat_until is not None and fate.state is DeliveryState.PENDING:
            self._chats.hold(claim.chat_id, fate.hold_chat_until)

    async def _keep(
        self, connection: AsyncConnection, claim: ReplyClaim, refs: Mapping[str, str], now: int
    ) -> None:
        if refs:
            scope = self._able(claim).upload_scope
            await media.keep_refs(connection, self._account.id, scope, refs, now)

    def _able(self, claim: ReplyClaim) -> Capabilities:
        return self._messenger.capabilities(claim.chat_kind)

    def _key(self, claim: ReplyClaim, number: int) -> int:
        name = f"{self._account.slug}:reply:{claim.id}:{number}"
        return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") & 0x7FFFFFFF or 1


def _own_failure(error: Exception) -> Outcome:
    text = type(error).__name__
    if isinstance(error, NotWritten):
        return Unknown(text)  # a part of it is there: only that could not be written down
    if isinstance(error, OperationalError):
        return Later(Reason.OTHER, text, 1.0, throttled=True)  # the database's fault
    # It would fail the same way again, and what the person is told next stands behind it.
    return Refused(Reason.BAD_CONTENT, text)


def _place(claim: ReplyClaim) -> Place:
    return Place(claim.external, claim.chat_kind, claim.topic or None)
