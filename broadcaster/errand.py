"""One errand of a courier: a call or a few that create, amend or take back a delivery, and the record of it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from broadcaster.amend import Amends
from broadcaster.aside import Aside
from broadcaster.calls import Calls, Stopped
from broadcaster.create import Tried, attempt
from broadcaster.fate import Fate, fate_of
from broadcaster.gather import CHANGES, Errand
from broadcaster.kit import Kit
from broadcaster.record import NO_REFS, Record, record
from broadcaster.references import POISON_PAUSE_S, POISON_TRIES
from broadcaster.retract import Retracts
from broadcaster.settle import NotWritten
from core.messenger import Later, Outcome, Part, Refused, Sent, Unknown
from core.words import DeliveryState, Reason, WaveKind
from storage import amending, ledger, showing
from storage.ledger import Claim

log = logging.getLogger(__name__)

NOTHING = Sent((), NO_REFS)  # was made


class _Step(NamedTuple):
    """Which part was tried, and since when the errand runs (ms)."""

    started: int
    number: int = 0
    last: bool = True
    shows: Sequence[tuple[int, int]] = ()


class Errands:
    """Carries errands of one account."""

    def __init__(self, kit: Kit) -> None:
        """Work with what the courier has."""
        self._account = kit.account
        self._renderer = kit.renderer
        self._settler = kit.settler
        self._db = kit.db
        self._clock = kit.clock
        self._pace = kit.pace
        self._chats = kit.chats
        self._bell = kit.bell
        self.calls = Calls(kit)
        self._amends = Amends(self.calls, kit.renderer, kit.settler, kit.db, kit.clock)
        self._retracts = Retracts(self.calls, kit.renderer, kit.db)
        self.aside = Aside(kit.account, self.calls, kit.chats, kit.db, kit.clock, kit.bell)

    async def carry(self, errand: Errand) -> None:
        """Do what the errand says and record what became of it."""
        now = self._clock.now()
        if not errand.marked_together and not await self._settler.mark(errand.claims):
            return  # it went out, was called off or corrected, since it was read
        try:
            match errand.claims[0].wave_kind:
                case WaveKind.AMEND:
                    await self._amend(errand.claims[0], now)
                case WaveKind.RETRACT:
                    await self._retract(errand.claims[0], now)
                case _:
                    await self._create(errand.claims, now)
        except Stopped:
            await self._put_back(errand.claims)
        except Exception as error:
            log.exception("delivery %s cannot be carried out", errand.claims[0].delivery_id)
            await self._set_aside(errand.claims, error, now)

    async def recover(self, connection: AsyncConnection, now: int) -> None:
        """Judge what was in the air when the last run ended, by the same rules as an answer that never came."""
        stopped = Unknown("прервано остановкой")
        await self.aside.resume(connection)
        adding = await amending.adding(connection, self._account.id)
        records = [
            self._record(
                claim,
                self._fate(
                    claim,
                    stopped,
                    claim.claimed_at or now,
                    now,
                    creates=claim.wave_kind not in CHANGES or claim.delivery_id in adding,
                ),
            )
            for claim in await ledger.in_flight(connection, self._account.id)
        ]
        await record(connection, records, now)
        self._bell.ring("asking", "reports")

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
                start = len(await showing.messages_of(connection, first.delivery_id))
        left = list(claims)
        for number in range(start, len(rendered.parts)):
            part = rendered.parts[number]
            doubtful = first.doubt and number == start
            try:
                if number > start:
                    await self.calls.next_slot(left)
                tried = await attempt(
                    self.calls, left, part, number, doubtful=doubtful, now=started
                )
            except Stopped:
                await self._put_back(left, doubtful=doubtful)
                return
            last = number == len(rendered.parts) - 1
            shows = rendered.shows if first.wave_kind is WaveKind.DIGEST else ()
            left = await self._write(left, tried, _Step(started, number, last, shows))
            if not left:
                return
        if start >= len(rendered.parts):  # everything was sent before the last run ended
            surplus = await self._surplus(first, start)
            await self._write(claims, Tried([surplus]), _Step(started, start))

    async def _surplus(self, claim: Claim, number: int) -> Outcome:
        """Find a part in doubt that a shorter text has no more: known, the correction takes it away."""
        if not claim.doubt or not self.calls.capabilities(claim).look_up:
            return Sent(())
        return await self.calls.look_up(claim, Part(), number) or Sent(())  # by its key alone

    async def _write(self, claims: Sequence[Claim], tried: Tried, step: _Step) -> list[Claim]:
        """Record the outcomes of one part; returns the claims whose next part may go."""
        now = self._clock.now()
        records: list[Record] = []
        go_on: list[Claim] = []
        for claim, outcome in zip(claims, tried.outcomes, strict=True):
            made = outcome if isinstance(outcome, Sent) else NOTHING
            if isinstance(outcome, Sent) and not step.last:
                records.append(self._record(claim, None, step.number, made))
                go_on.append(claim)
                continue
            fate = self._fate(claim, outcome, step.started, now, looked_up=tried.looked_up)
            shows = step.shows if isinstance(outcome, Sent) else ()
            records.append(self._record(claim, fate, step.number, made, shows))
        await self._settle(records)
        return go_on

    async def _amend(self, claim: Claim, started: int) -> None:
        async with self._db.read() as connection:
            shown = await showing.messages_of(connection, claim.of_id or 0)
            taken_back = await showing.is_retracted(connection, claim)
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
        if amended.asks:
            fate = replace(fate, state=DeliveryState.ASKING)
        if amended.detail:
            fate = replace(fate, detail=amended.detail)
        made = Sent((), amended.refs)
        await self._settle([self._record(claim, fate, 0, made, amended.shows)])

    async def _retract(self, claim: Claim, started: int) -> None:
        retracted = await self._retracts.carry(claim)
        if retracted.outcome is None:
            await self._lapse(claim)
            return
        fate = self._fate(claim, retracted.outcome, started, self._clock.now())
        if fate.state is DeliveryState.SENT:
            fate = replace(fate, detail=retracted.detail)
        await self._settle([self._record(claim, fate, 0, Sent((), retracted.refs))])

    async def _lapse(self, claim: Claim) -> None:
        """Record that there was nothing to change."""
        fate = Fate(DeliveryState.CANCELLED, attempts=claim.attempts)
        await self._settle([self._record(claim, fate)])

    async def _put_back(self, claims: Sequence[Claim], *, doubtful: bool = True) -> None:
        """Let what a stop broke off go on at the next start, from the part that did not leave."""
        await self._settle(
            [
                self._record(
                    claim,
                    Fate(
                        DeliveryState.PENDING,
                        attempts=claim.attempts,
                        doubt=claim.doubt and doubtful,
                    ),
                )
                for claim in claims
            ]
        )

    async def _set_aside(self, claims: Sequence[Claim], error: Exception, started: int) -> None:
        """Record a try that failed by itself: a poisoned post must not block its account."""
        text = type(error).__name__
        outcomes = [_own_failure(claim, error, text) for claim in claims]
        if claims[0].wave_kind in CHANGES:
            fate = self._fate(claims[0], outcomes[0], started, self._clock.now())
            await self._settle([self._record(claims[0], fate)])
        else:
            await self._write(claims, Tried(outcomes), _Step(started))

    def _record(
        self,
        claim: Claim,
        fate: Fate | None,
        number: int = 0,
        made: Sent = NOTHING,
        shows: Sequence[tuple[int, int]] = (),
    ) -> Record:
        scope = self.calls.capabilities(claim).upload_scope if made.refs else ""
        return Record(self._account.id, claim, fate, number, made.messages, made.refs, scope, shows)

    async def _settle(self, records: list[Record]) -> None:
        closed = await self._settler.record(records)
        if closed:
            self._bell.ring("reports")  # a post may be completely delivered
        for entry in records:
            fate = entry.fate
            if fate is None:
                continue
            if fate.hold_account_until is not None:
                self._pace.hold(fate.hold_account_until)
            if fate.hold_chat_until is not None:
                self._chats.hold(entry.claim.chat_id, fate.hold_chat_until)
            if fate.state is not DeliveryState.SENT:
                await self.aside.heard(entry.claim, fate)
            if fate.state in (DeliveryState.UNKNOWN, DeliveryState.ASKING):
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
            creates=claim.wave_kind not in CHANGES if creates is None else creates,
            looked_up=looked_up,
        )


def _own_failure(claim: Claim, error: Exception, text: str) -> Outcome:
    if isinstance(error, NotWritten):
        return Unknown(text)  # it may be there: only the record of it could not be made
    if isinstance(error, OperationalError):
        return Later(
            Reason.OTHER, text, 1.0, throttled=True
        )  # the database's fault, not the post's
    if claim.attempts + 1 >= POISON_TRIES:
        return Refused(Reason.BAD_CONTENT, text)
    return Later(Reason.OTHER, text, POISON_PAUSE_S)
