"""One errand of a courier: a call or a few that create or amend what a delivery shows, and the record of it."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from broadcaster.fate import Doubt, fate_of, resolve_doubt
from broadcaster.pace import AccountPace, ChatPace
from broadcaster.record import Record, record
from broadcaster.render import Rendered, Renderer
from broadcaster.settle import Settler
from core.bell import Bell
from core.clock import Clock
from core.messenger import (
    Capabilities,
    Later,
    Messenger,
    Outcome,
    Part,
    Place,
    Refused,
    Sent,
    Unknown,
)
from core.words import ChatKind, DeliveryState, Reason, WaveKind
from storage import ledger, media
from storage.accounts import AccountRow
from storage.database import Database
from storage.ledger import Claim

log = logging.getLogger(__name__)

POISON_TRIES = 5


@dataclass(frozen=True, slots=True)
class Errand:
    """Deliveries that one call can serve, all of one wave and alike."""

    claims: tuple[Claim, ...]
    marked_together: bool  # whether the in-flight marks were written with the batch


class Errands:
    """Carries errands of one account."""

    def __init__(
        self,
        account: AccountRow,
        messenger: Messenger,
        renderer: Renderer,
        settler: Settler,
        db: Database,
        clock: Clock,
        pace: AccountPace,
        chats: ChatPace,
        bell: Bell,
    ) -> None:
        """Work with what the courier has."""
        self._account = account
        self._messenger = messenger
        self._renderer = renderer
        self._settler = settler
        self._db = db
        self._clock = clock
        self._pace = pace
        self._chats = chats
        self._bell = bell
        self._first_upload = asyncio.Lock()
        self._uploaded: dict[tuple[str, str], str] = {}  # (scope, SHA-256) → reference

    def gather(self, claims: Iterable[Claim]) -> list[Errand]:
        """Put claims together that one call can serve, keeping their order."""
        groups: dict[tuple[object, ...], list[list[Claim]]] = {}
        order: list[list[Claim]] = []
        for claim in claims:
            capabilities = self._messenger.capabilities(claim.chat_kind)
            alike = (
                claim.wave_id,
                claim.chat_kind,
                claim.footer,
                claim.generation,
                claim.doubt,
                claim.delivery_id if self._goes_alone(claim, capabilities) else None,
            )
            packs = groups.setdefault(alike, [])
            if not packs or len(packs[-1]) >= capabilities.pack:
                packs.append([])
                order.append(packs[-1])
            packs[-1].append(claim)
        return [Errand(tuple(pack), self._marked_together(pack[0])) for pack in order]

    async def carry(self, errand: Errand) -> None:
        """Do what the errand says and record what became of it."""
        now = self._clock.now()
        if not errand.marked_together:
            async with self._db.write() as connection:
                await ledger.mark_in_flight(connection, [c.delivery_id for c in errand.claims], now)
        try:
            if errand.claims[0].wave_kind is WaveKind.AMEND:
                await self._amend(errand.claims[0], now)
            else:
                await self._create(errand.claims, now)
        except Exception as error:
            # A poisoned post must not block its account: a few tries, then set aside.
            log.exception("delivery %s cannot be carried out", errand.claims[0].delivery_id)
            await self._set_aside(errand.claims, error, now)

    async def recover(self, connection: AsyncConnection, now: int) -> None:
        """Judge what was in the air when the last run ended, by the same rules as an answer that never came."""
        for claim in await ledger.in_flight(connection, self._account.id):
            fate = fate_of(
                Unknown("прервано остановкой"),
                self._messenger.capabilities(claim.chat_kind),
                claim.chat_kind,
                attempts=claim.attempts,
                doubt=claim.doubt,
                first_tried_at=claim.claimed_at or now,
                now=now,
                creates=claim.wave_kind is not WaveKind.AMEND,
            )
            await record(connection, self._account, [Record(claim, fate)], now)
        self._bell.ring("asking")

    # creating

    async def _create(self, claims: Sequence[Claim], now: int) -> None:
        first = claims[0]
        capabilities = self._messenger.capabilities(first.chat_kind)
        rendered = await self._renderer.parts(first, capabilities)
        start = 0
        if first.message is not None:
            async with self._db.read() as connection:
                start = len(await ledger.messages_of(connection, first.delivery_id))
        left = list(claims)
        for number in range(start, len(rendered.parts)):
            if number > start:
                await self._next_slot()
            part = rendered.parts[number]
            doubtful = first.doubt and number == start
            outcomes = await self._send(left, part, number, capabilities, doubtful, now)
            last = number == len(rendered.parts) - 1
            left = await self._write(left, outcomes, number, last, rendered, capabilities, now)
            if not left:
                return
        if start >= len(rendered.parts):  # everything was sent before the last run ended
            await self._write(
                claims, [Sent(())] * len(claims), start, True, rendered, capabilities, now
            )

    async def _send(
        self,
        claims: Sequence[Claim],
        part: Part,
        number: int,
        capabilities: Capabilities,
        doubtful: bool,
        now: int,
    ) -> Sequence[Outcome]:
        first = claims[0]
        key = self._key(first, number)
        places = [Place(c.external, c.chat_kind, c.topic or None) for c in claims]
        if doubtful:
            verdict = resolve_doubt(
                capabilities,
                first.chat_kind,
                first_tried_at=first.claimed_at or now,
                now=now,
                repeated=False,
            )
            if verdict is Doubt.LOOK_UP:
                found = await self._messenger.look_up(places[0], key, part)
                if found is not None:
                    return [found]
                if first.chat_kind is not ChatKind.PRIVATE:
                    return [Unknown("не удалось узнать, дошло ли")]
        weight = 1 if capabilities.album_is_one_message else max(1, len(part.media))
        if weight > 1:
            self._pace.take(weight - 1)
        self._pace.sent(weight)
        for claim in claims:
            self._chats.take(claim.chat_id, claim.chat_kind, weight)
        return await self._with_refs(
            part, capabilities, lambda ready: self._messenger.send(places, ready, key)
        )

    async def _write(
        self,
        claims: Sequence[Claim],
        outcomes: Sequence[Outcome],
        number: int,
        last: bool,
        rendered: Rendered,
        capabilities: Capabilities,
        started: int,
    ) -> list[Claim]:
        """Record the outcomes of one part; returns the claims whose next part may go."""
        now = self._clock.now()
        records: list[Record] = []
        go_on: list[Claim] = []
        for claim, outcome in zip(claims, outcomes, strict=True):
            if isinstance(outcome, Sent) and not last:
                records.append(Record(claim, None, number, outcome.messages, outcome.refs))
                go_on.append(claim)
                continue
            fate = fate_of(
                outcome,
                capabilities,
                claim.chat_kind,
                attempts=claim.attempts,
                doubt=claim.doubt,
                first_tried_at=(claim.doubt and claim.claimed_at) or started,
                now=now,
            )
            if isinstance(outcome, Sent):
                shows = rendered.shows if claim.wave_kind is WaveKind.DIGEST else ()
                records.append(Record(claim, fate, number, outcome.messages, outcome.refs, shows))
            else:
                bad_media = (
                    isinstance(outcome, Refused | Later) and outcome.reason is Reason.BAD_MEDIA
                )
                if bad_media:
                    self._uploaded.clear()
                records.append(Record(claim, fate, forget_media=bad_media))
        await self._settle(records, capabilities)
        return go_on

    # amending

    async def _amend(self, claim: Claim, now: int) -> None:
        capabilities = self._messenger.capabilities(claim.chat_kind)
        async with self._db.read() as connection:
            shown = await ledger.messages_of(connection, claim.of_id or 0)
        outcome: Outcome = Sent(())
        if shown:
            rendered = await self._renderer.parts(claim, capabilities)
            outcome = await self._bring_up_to_date(claim, shown, rendered.parts, capabilities)
        fate = fate_of(
            outcome,
            capabilities,
            claim.chat_kind,
            attempts=claim.attempts,
            doubt=False,
            first_tried_at=claim.claimed_at or now,
            now=self._clock.now(),
            creates=False,
        )
        if not shown:
            fate = replace(fate, state=DeliveryState.CANCELLED)  # its create never arrived
        await self._settle([Record(claim, fate)], capabilities)

    async def _bring_up_to_date(
        self,
        claim: Claim,
        shown: list[list[str]],
        parts: Sequence[Part],
        capabilities: Capabilities,
    ) -> Outcome:
        """Edit the parts there are, delete those too many, send those that are new; stop at the first that fails."""
        place = Place(claim.external, claim.chat_kind, claim.topic or None)
        for number, messages in enumerate(shown):
            if number:
                await self._next_slot()
            self._chats.take(claim.chat_id, claim.chat_kind)
            self._pace.sent()
            if number < len(parts):
                outcome = await self._edit(place, messages, parts[number], capabilities)
            else:
                outcome = await self._messenger.delete(place, messages)
            gone = isinstance(outcome, Refused) and outcome.reason is Reason.GONE
            if not isinstance(outcome, Sent) and not gone:
                return outcome
        if len(shown) > len(parts):
            async with self._db.write() as connection:
                await ledger.drop_messages(connection, claim.of_id or 0, len(parts))
        for number in range(len(shown), len(parts)):
            await self._next_slot()
            outcome = (await self._send([claim], parts[number], number, capabilities, False, 0))[0]
            if not isinstance(outcome, Sent):
                return outcome
            async with self._db.write() as connection:
                await ledger.keep_messages(connection, claim.of_id or 0, number, outcome.messages)
        return Sent(())

    async def _edit(
        self, place: Place, messages: Sequence[str], part: Part, capabilities: Capabilities
    ) -> Outcome:
        async def call(ready: Part) -> Sequence[Outcome]:
            return [await self._messenger.edit(place, messages, ready)]

        return (await self._with_refs(part, capabilities, call))[0]

    # what both need

    async def _with_refs(
        self,
        part: Part,
        capabilities: Capabilities,
        call: Callable[[Part], Awaitable[Sequence[Outcome]]],
    ) -> Sequence[Outcome]:
        """Call with the account's references; the first upload of a picture goes alone, the others wait and reuse it."""
        ready = await self._refer(part, capabilities)
        if all(file.ref for file in ready.media):
            return await call(ready)
        async with self._first_upload:
            outcomes = await call(await self._refer(part, capabilities))
            for outcome in outcomes:
                if isinstance(outcome, Sent):
                    for sha, ref in outcome.refs.items():
                        self._uploaded[capabilities.upload_scope, sha] = ref
            return outcomes

    async def _refer(self, part: Part, capabilities: Capabilities) -> Part:
        if not part.media:
            return part
        scope = capabilities.upload_scope
        unknown = [f.sha for f in part.media if (scope, f.sha) not in self._uploaded]
        if unknown:
            async with self._db.read() as connection:
                known = await media.refs_by_sha(connection, self._account.id, scope, unknown)
            self._uploaded.update({(scope, sha): ref for sha, ref in known.items()})
        return replace(
            part,
            media=tuple(replace(f, ref=self._uploaded.get((scope, f.sha))) for f in part.media),
        )

    async def _settle(self, records: list[Record], capabilities: Capabilities) -> None:
        now = self._clock.now()
        scope = capabilities.upload_scope

        async def write(connection: AsyncConnection) -> None:
            await record(connection, self._account, records, now, scope)

        await self._settler.settle(write)
        for entry in records:
            if entry.fate is None:
                continue
            if entry.fate.hold_account_until is not None:
                self._pace.hold(entry.fate.hold_account_until)
            if entry.fate.hold_chat_until is not None:
                self._chats.hold(entry.claim.chat_id, entry.fate.hold_chat_until)
            if entry.fate.state is DeliveryState.UNKNOWN:
                self._bell.ring("asking")

    async def _set_aside(self, claims: Sequence[Claim], error: Exception, now: int) -> None:
        text = f"{type(error).__name__}"
        outcomes = [
            Refused(Reason.BAD_CONTENT, text)
            if claim.attempts + 1 >= POISON_TRIES
            else Later(Reason.OTHER, text)
            for claim in claims
        ]
        capabilities = self._messenger.capabilities(claims[0].chat_kind)
        await self._write(claims, outcomes, 0, True, Rendered((), ()), capabilities, now)

    async def _next_slot(self) -> None:
        while (at := self._pace.ready_at()) > self._clock.now():
            await self._clock.sleep_until(at)
        self._pace.take()

    def _key(self, claim: Claim, number: int) -> int:
        """Return the idempotency key: 31 bits, never zero, equal for all peers of a packed call."""
        name = f"{self._account.slug}:{claim.wave_id}:{number}:{claim.generation}"
        if claim.wave_kind is WaveKind.DIGEST or claim.of_id is not None:
            name += f":{claim.delivery_id}"  # each has a text of its own
        return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") & 0x7FFFFFFF or 1

    def _marked_together(self, claim: Claim) -> bool:
        capabilities = self._messenger.capabilities(claim.chat_kind)
        if claim.wave_kind is WaveKind.AMEND or capabilities.idempotent:
            return True
        # A second doubt is final, so a marked repeat is in flight only while it really is.
        return claim.chat_kind is ChatKind.PRIVATE and not claim.doubt

    def _goes_alone(self, claim: Claim, capabilities: Capabilities) -> bool:
        in_window = (
            claim.claimed_at is not None
            and self._clock.now() - claim.claimed_at < capabilities.window_ms
        )
        return (
            capabilities.pack == 1
            or claim.wave_kind not in (WaveKind.CREATE, WaveKind.RESEND)
            or claim.message is not None
            or (claim.doubt and not in_window)
        )
