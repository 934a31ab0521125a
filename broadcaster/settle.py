"""Writes marks and outcomes into the ledger, many in one commit: nobody waits longer than a few milliseconds for company."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from broadcaster.record import Record, record
from core.clock import Clock
from storage import ledger
from storage.database import Database, passes
from storage.ledger import Claim

log = logging.getLogger(__name__)

APART_S = 0.01  # from one commit to the next: who comes meanwhile goes with it
AGAIN_MS = 1_000

Write = Callable[[AsyncConnection], Awaitable[None]]


class NotWritten(Exception):
    """What happened could not be recorded."""


@dataclass(slots=True)
class _Entry:
    """Records, marks (with the moments until which others wait), or a write of another kind."""

    done: asyncio.Future[Any]
    records: Sequence[Record] = ()
    claims: Sequence[Claim] = ()
    waiting: Sequence[tuple[int, int]] = ()
    write: Write | None = None

    @property
    def is_mark(self) -> bool:
        """Tell whether it is about what has not left yet, so that it may as well fail."""
        return bool(self.claims or self.waiting)


class Settler:
    """Group commit: what is handed in together is committed together, each all or nothing.

    One serves all couriers of a database: what their accounts have to record costs one commit. What
    a messenger has answered is not asked for twice: while the database cannot write (a full disk),
    outcomes are kept here and tried again until they are on disk, or until `close`. A mark that could
    not be written may be on disk all the same: it is taken back before anything else is.
    """

    def __init__(self, db: Database, clock: Clock, apart_s: float = APART_S) -> None:
        """Write to this database, commits beginning at least `apart_s` seconds apart."""
        self._db = db
        self._clock = clock
        self._apart_s = apart_s
        self._entries: list[_Entry] = []
        self._task: asyncio.Task[None] | None = None
        self._next = 0.0  # the event loop's moment before which no further commit begins
        self._unsure: set[int] = set()  # deliveries that do not leave, though they may be marked
        self._closing = asyncio.Event()

    async def record(self, records: Sequence[Record]) -> bool:
        """Return when the records are on disk: whether a wave was closed by them, or by others with them.

        NotWritten if they never can be. Cancelling the waiter does not undo it.
        """
        closed: bool = await self._hand_in(_Entry(_future(), records=records))
        return closed

    async def mark(
        self, claims: Sequence[Claim], waiting: Sequence[tuple[int, int]] = ()
    ) -> frozenset[int]:
        """Return which of these may leave, their marks on disk; `waiting` as `ledger.wait_until` takes it.

        Raises whatever keeps it from being written.
        """
        entry = _Entry(_future(), claims=claims, waiting=waiting)
        marked: frozenset[int] = await self._hand_in(entry)
        return marked & {claim.delivery_id for claim in claims}

    async def settle(self, write: Write) -> None:
        """Return when a write of another kind is on disk, as `record` does."""
        await self._hand_in(_Entry(_future(), write=write))

    async def close(self) -> None:
        """Return when everything handed in is settled; what cannot be written now is given up."""
        self._closing.set()
        if self._task is not None:
            with contextlib.suppress(Exception):
                await self._task

    def _hand_in(self, entry: _Entry) -> asyncio.Future[Any]:
        self._entries.append(entry)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        return entry.done

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while self._entries or self._unsure:
            await asyncio.sleep(max(0.0, self._next - loop.time()))
            self._next = loop.time() + self._apart_s
            if not self._entries:
                await self._take_back()
                continue
            # Nobody waits for it any more: what is marked must leave.
            batch = [e for e in self._entries if not (e.is_mark and e.done.done())]
            self._entries = []
            try:
                await self._commit(batch)
            except Exception:
                self._unsure.update(c.delivery_id for entry in batch for c in entry.claims)
                await self._separately(batch)

    async def _take_back(self) -> None:
        """Take back the marks of what does not leave, or wait until that may be possible."""
        try:
            await self._commit([])
        except OperationalError:
            if self._closing.is_set():
                self._unsure.clear()  # the next start judges them
            await self._clock.wait(self._closing, self._clock.now() + AGAIN_MS)
        except Exception:  # somebody else has the account now, and has judged them
            self._unsure.clear()

    async def _separately(self, batch: list[_Entry]) -> None:
        """Commit each alone: one bad write must not take the others with it."""
        for entry in batch:
            if entry.is_mark:
                try:
                    await self._commit([entry])
                except Exception as error:
                    if not entry.done.done():
                        entry.done.set_exception(error)
        for entry in batch:
            if not entry.is_mark:
                await self._alone(entry)

    async def _alone(self, entry: _Entry) -> None:
        while True:
            try:
                await self._commit([entry])
                return
            except OperationalError as error:
                if self._closing.is_set() or not passes(error):
                    _fail(entry, error)
                    return
                log.error("an outcome cannot be written yet: %s", error.orig)
                await self._clock.wait(self._closing, self._clock.now() + AGAIN_MS)
            except Exception as error:
                _fail(entry, error)
                return

    async def _commit(self, batch: list[_Entry]) -> None:
        records = [one for entry in batch for one in entry.records]
        claims = [claim for entry in batch for claim in entry.claims]
        waiting = [moment for entry in batch for moment in entry.waiting]
        closed, marked, now = False, frozenset[int](), self._clock.now()
        unsure = self._unsure.copy()
        async with self._db.write() as connection:
            await ledger.put_back(connection, unsure, now)
            if records:
                closed = await record(connection, records, now)
            for entry in batch:
                if entry.write is not None:
                    await entry.write(connection)
            if claims:
                marked = await ledger.mark_in_flight(connection, claims, now)
            if waiting:
                await ledger.wait_until(connection, waiting)
        self._unsure -= unsure
        for entry in batch:
            if not entry.done.done():
                entry.done.set_result(marked if entry.is_mark else closed)
            elif entry.is_mark:  # whoever waited was cancelled meanwhile: it does not leave
                self._unsure.update(marked & {c.delivery_id for c in entry.claims})


def _future() -> asyncio.Future[Any]:
    return asyncio.get_running_loop().create_future()


def _fail(entry: _Entry, error: Exception) -> None:
    if not entry.done.done():
        failure = NotWritten(type(error).__name__)
        failure.__cause__ = error
        entry.done.set_exception(failure)
