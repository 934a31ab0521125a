"""Says a reply to one person: edits the screen it replaces, or sends it anew."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from broadcaster.fate import Fate, fate_of
from broadcaster.pace import AccountPace, ChatPace
from broadcaster.settle import Settler
from core import richtext
from core.clock import Clock
from core.messenger import Button, Messenger, Outcome, Place, Refused, Sent
from core.words import DeliveryState, Reason
from newsroom.fit import fit
from storage import ledger, talk
from storage.accounts import AccountRow
from storage.talk import ReplyClaim

log = logging.getLogger(__name__)


class Talker:
    """Says the replies of one account."""

    def __init__(
        self,
        account: AccountRow,
        messenger: Messenger,
        settler: Settler,
        clock: Clock,
        pace: AccountPace,
        chats: ChatPace,
        note: Callable[[Sequence[Outcome]], Sequence[Outcome]],
    ) -> None:
        """Work with what the courier has; `note` is told every outcome and judges it."""
        self._account = account
        self._messenger = messenger
        self._settler = settler
        self._clock = clock
        self._pace = pace
        self._chats = chats
        self._note = note

    async def say(self, claim: ReplyClaim) -> None:
        """Send or edit, then record; a reply of several parts carries its buttons on the last."""
        started = self._clock.now()
        try:
            (outcome,) = self._note([await self._say(claim)])
        except Exception as error:
            # It would fail the same way again, and what the person is told next stands behind it.
            log.exception("reply %s cannot be said", claim.id)
            outcome = Refused(Reason.BAD_CONTENT, type(error).__name__)
        now = self._clock.now()
        fate = fate_of(
            outcome,
            self._messenger.capabilities(claim.chat_kind),
            claim.chat_kind,
            attempts=claim.attempts,
            doubt=claim.doubt,
            first_tried_at=claim.created_at,
            called_at=started,
            now=now,
        )
        await self._record(claim, outcome, fate, now)

    async def _say(self, claim: ReplyClaim) -> Outcome:
        capabilities = self._messenger.capabilities(claim.chat_kind)
        place = Place(claim.external, claim.chat_kind, claim.topic or None)
        buttons = tuple(
            tuple(Button(b["text"], b.get("data"), b.get("url")) for b in row)
            for row in claim.body["buttons"]
        )
        texts = fit(richtext.from_json(claim.body["text"]), (), capabilities)
        if not texts:
            return Refused(Reason.BAD_CONTENT, "an empty reply")
        parts = [replace(part, preview=False) for part in texts]
        parts[-1] = replace(parts[-1], buttons=buttons)
        if claim.edits is not None and len(parts) == 1:
            self._chats.take(claim.chat_id, claim.chat_kind)
            self._pace.sent()
            outcome = await self._messenger.edit(place, [claim.edits], parts[0])
            if not isinstance(outcome, Refused):
                return outcome
            # The old screen is gone or too old to edit: the person still gets the answer.
        outcome = Sent(())
        for number, part in enumerate(parts):
            self._chats.take(claim.chat_id, claim.chat_kind)
            self._pace.sent()
            outcome = (await self._messenger.send([place], part, self._key(claim, number)))[0]
            if not isinstance(outcome, Sent):
                return outcome
        return outcome

    async def _record(self, claim: ReplyClaim, outcome: Outcome, fate: Fate, now: int) -> None:
        message = outcome.messages[0] if isinstance(outcome, Sent) and outcome.messages else None

        async def write(connection: AsyncConnection) -> None:
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
            if fate.chat is not None and fate.reason is not None:
                await ledger.lose_chat(connection, claim.chat_id, fate.chat, fate.reason, now)

        await self._settler.settle(write)
        if fate.hold_account_until is not None:
            self._pace.hold(fate.hold_account_until)
        if fate.hold_chat_until is not None and fate.state is DeliveryState.PENDING:
            self._chats.hold(claim.chat_id, fate.hold_chat_until)

    def _key(self, claim: ReplyClaim, number: int) -> int:
        name = f"{self._account.slug}:reply:{claim.id}:{number}"
        return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") & 0x7FFFFFFF or 1
