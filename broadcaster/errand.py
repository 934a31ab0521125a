"""One errand of a courier: a call or a few that create, amend or take back a delivery, and the record of it."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from broadcaster.amend import Amends
from broadcaster.calls import Calls
from broadcaster.create import Tried, attempt
from broadcaster.fate import Fate, fate_of
from broadcaster.pace import AccountPace, ChatPace
from broadcaster.record import Record, record
from broadcaster.references import POISON_TRIES
from broadcaster.render import Renderer
from broadcaster.retract import Retracts
from broadcaster.settle import NotWritten, Settler
from core.bell import Bell
from core.clock import Clock
from core.messenger import Capabilities, Later, Messenger, Outcome, Refused, Sent, Unknown
from core.words import ChatKind, DeliveryState, Lane, Reason, WaveKind
from storage import ledger
from storage.accounts import AccountRow
from storage.database import Database
from storage.ledger import Claim

log = logging.getLogger(__name__)

_CHANGES = (WaveKind.AMEND, WaveKind.RETRACT)  # of messages that are there: repeated freely


@dataclass(frozen=True, slots=True)
class Errand:
    """Deliveries that one call can serve, all of one wave and alike."""

    claims: tuple[Claim, ...]
    marked_together: bool  # whether the in-flight marks were written with the batch

    @property
    def lane(self) -> Lane:
        """Return how urgent it is."""
        return self.claims[0].lane

    def still(self, marked: frozenset[int]) -> Errand:
        """Return it without those of a batch that could not be marked."""
        if not self.marked_together:
            return self
        return replace(self, claims=tuple(c for c in self.claims if c.delivery_id in marked))


@dataclass(frozen=True, slots=True)
class _Step:
    """Which part was tried, and since when the errand runs (ms)."""

    started: int
    number: int = 0
    last: bool = True
    shows: Sequence[tuple[int, int]] = ()


def shared(errands: Sequence[Errand]) -> list[Errand]:
    """Return errands in the order to leave: urgent ones by turns with the corrections and retractions before them."""
    changes = deque(e for e in errands if e.lane < Lane.URGENT)
    urgent = deque(e for e in errands if e.lane is Lane.URGENT)
    order: list[Errand] = []
    while changes or urgent:
        order += [waiting.popleft() for waiting in (urgent, changes) if waiting]
    return order + [e for e in errands if e.lane > Lane.URGENT]


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
        self.calls = Calls(account, messenger, db, clock, pace, chats)
        self._amends = Amends(self.calls, renderer, settler, db, clock)
        self._retracts = Retracts(self.calls, renderer, db)

    def gather(self, claims: Iterable[Claim]) -> list[Errand]:
        """Put claims together that one call can serve, keeping their order."""
        groups: dict[tuple[object, ...], list[list[Claim]]] = {}
        order: list[list[Claim]] = []
        for claim in claims:
            capabilities = self.calls.capabilities(claim)
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
                if not await ledger.mark_in_flight(connection, errand.claims, now):
                    return  # it went out, was called off or corrected, since it was read
        try:
            match errand.claims[0].wave_kind:
                case WaveKind.AMEND:
                    await self._amend(errand.claims[0], now)
                case WaveKind.RETRACT:
                    await self._retract(errand.claims[0], now)
                case _:
                    await self._create(errand.claims, now)
        except Exception as error:
            log.exception("delivery %s cannot be carried out", errand.claims[0].delivery_id)
            await self._set_aside(errand.claims, error, now)

    async def recover(self, connection: AsyncConnection, now: int) -> None:
        """Judge what was in the air when the last run ended, by the same rules as an answer that never came."""
        closed = False
        for claim in await ledger.in_flight(connection, self._account.id):
            fate = self._fate(claim, Unknown("прервано остановкой"), claim.claimed_at or now, now)
            closed |= await record(connection, self._account, [Record(claim, fate)], now)
        self._bell.ring("asking", *_heard(closed))

    async def _create(self, claims: Sequence[Claim], started: int) -> None:
        first = claims[0]
        rendered = await self._renderer.parts(first, self.calls.capabilities(first))
        if not rendered.parts:
            nothing = Refused(Reason.BAD_CONTENT, "в публикации нечего показать")
            await self._write(claims, Tried([nothing] * len(claims)), _Step(started))
            return
        start = 0
        if first.message is not None:
            async with self._db.read() as connection:
                start = len(await ledger.messages_of(connection, first.delivery_id))
        left = list(claims)
        for number in range(start, len(rendered.parts)):
            if number > start:
                await self.calls.next_slot(left)
            part = rendered.parts[number]
            doubtful = first.doubt and number == start
            tried = await attempt(self.calls, left, part, number, doubtful=doubtful, now=started)
            last = number == len(rendered.parts) - 1
            shows = rendered.shows if first.wave_kind is WaveKind.DIGEST else ()
            left = await self._write(left, tried, _Step(started, number, last, shows))
            if not left:
                return
        if start >= len(rendered.parts):  # everything was sent before the last run ended
            await self._write(claims, Tried([Sent(())]), _Step(started, start))

    async def _write(self, claims: Sequence[Claim], tried: Tried, step: _Step) -> list[Claim]:
        """Record the outcomes of one part; returns the claims whose next part may go."""
        now = self._clock.now()
        records: list[Record] = []
        go_on: list[Claim] = []
        for claim, outcome in zip(claims, tried.outcomes, strict=True):
            if isinstance(outcome, Sent) and not step.last:
                records.append(Record(claim, None, step.number, outcome.messages, outcome.refs))
                go_on.append(claim)
                continue
            fate = self._fate(claim, outcome, step.started, now, looked_up=tried.looked_up)
            if isinstance(outcome, Sent):
                made = (step.number, outcome.messages, outcome.refs, step.shows)
                records.append(Record(claim, fate, *made))
            else:
                records.append(Record(claim, fate))
        await self._settle(records)
        return go_on

    async def _amend(self, claim: Claim, started: int) -> None:
        async with self._db.read() as connection:
            shown = await ledger.messages_of(connection, claim.of_id or 0)
            taken_back = await ledger.is_retracted(connection, claim)
        if not shown or taken_back:
            await self._lapse(claim)
            return
        amended = await self._amends.carry(claim, shown)
        fate = self._fate(
            claim,
            amended.outcome,
            started,
            self._clock.now(),
            creates=amended.creates,
            looked_up=amended.looked_up,
        )
        if amended.detail:
            fate = replace(fate, detail=amended.detail)
        await self._settle([Record(claim, fate, refs=amended.refs, shows=amended.shows)])

    async def _retract(self, claim: Claim, started: int) -> None:
        retracted = await self._retracts.carry(claim)
        if retracted.outcome is None:
            await self._lapse(claim)
            return
        fate = self._fate(claim, retracted.outcome, started, self._clock.now())
        if fate.state is DeliveryState.SENT:
            fate = replace(fate, detail=retracted.detail)
        await self._settle([Record(claim, fate, refs=retracted.refs)])

    async def _lapse(self, claim: Claim) -> None:
        """Record that there was nothing to change."""
        await self._settle([Record(claim, Fate(DeliveryState.CANCELLED, attempts=claim.attempts))])

    async def _set_aside(self, claims: Sequence[Claim], error: Exception, started: int) -> None:
        """Record a try that failed by itself: a poisoned post must not block its account."""
        text = type(error).__name__
        outcomes = [_own_failure(claim, error, text) for claim in claims]
        if claims[0].wave_kind in _CHANGES:
            fate = self._fate(claims[0], outcomes[0], started, self._clock.now())
            await self._settle([Record(claims[0], fate)])
        else:
            await self._write(claims, Tried(outcomes), _Step(started))

    async def _settle(self, records: list[Record]) -> None:
        now = self._clock.now()
        scope = self.calls.capabilities(records[0].claim).upload_scope

        closed = False

        async def write(connection: AsyncConnection) -> None:
            nonlocal closed
            closed = await record(connection, self._account, records, now, scope)

        await self._settler.settle(write)
        self._bell.ring(*_heard(closed))
        for entry in records:
            if entry.fate is None:
                continue
            if entry.fate.hold_account_until is not None:
                self._pace.hold(entry.fate.hold_account_until)
            if entry.fate.hold_chat_until is not None:
                self._chats.hold(entry.claim.chat_id, entry.fate.hold_chat_until)
            if entry.fate.state is DeliveryState.UNKNOWN:
                self._bell.ring("asking")

    def _fate(
        self,
        claim: Claim,
        outcome: Outcome,
        started: int,
        now: int,
        *,
        creates: bool | None = None,
        looked_up: bool = False,
    ) -> Fate:
        tried_before = claim.doubt or claim.attempts > 0
        return fate_of(
            outcome,
            self.calls.capabilities(claim),
            claim.chat_kind,
            attempts=claim.attempts,
            doubt=claim.doubt,
            first_tried_at=(tried_before and claim.claimed_at) or started,
            called_at=started,
            now=now,
            creates=claim.wave_kind not in _CHANGES if creates is None else creates,
            looked_up=looked_up,
        )

    def _marked_together(self, claim: Claim) -> bool:
        if claim.wave_kind in _CHANGES or self.calls.capabilities(claim).idempotent:
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


def _heard(closed: bool) -> tuple[str, ...]:
    """Return who is to hear of a settle: with a wave closed, a post may be completely delivered."""
    return ("reports",) if closed else ()


def _own_failure(claim: Claim, error: Exception, text: str) -> Outcome:
    if isinstance(error, NotWritten):
        return Unknown(text)  # it may be there: only the record of it could not be made
    if isinstance(error, OperationalError):
        return Later(
            Reason.OTHER, text, 1.0, throttled=True
        )  # the database's fault, not the post's
    if claim.attempts + 1 >= POISON_TRIES:
        return Refused(Reason.BAD_CONTENT, text)
    return Later(Reason.OTHER, text)
