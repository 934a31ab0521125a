"""Writes outcomes into the ledger, many in one commit: nobody waits longer than a few milliseconds for company."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from broadcaster.record import Record, record
from core.clock import Clock
from storage.database import Database

log = logging.getLogger(__name__)

GATHER_S = 0.004
AGAIN_MS = 1_000

Write = Callable[[AsyncConnection], Awaitable[None]]


class NotWritten(Exception):
    """What happened could not be recorded."""


@dataclass(slots=True)
class _Entry:
    """Records, or a write of another kind; `done` tells whether a wave was closed by its commit."""

    done: asyncio.Future[bool]
    records: Sequence[Record]
    write: Write | None


class Settler:
    """Group commit: what is handed in together is committed together, each all or nothing.

    One serves all couriers of a database: what their accounts have to record costs one commit. What
    a messenger has answered is not asked for twice: while the database cannot write (a full disk),
    outcomes are kept here and tried again until they are on disk, or until `close`.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        """Write to this database."""
        self._db = db
        self._clock = clock
        self._entries: list[_Entry] = []
        self._task: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    async def record(self, records: Sequence[Record]) -> bool:
        """Return when the records are on disk: whether a wave was closed by them, or by others with them.

        NotWritten if they never can be. Cancelling the waiter does not undo it.
        """
        return await self._hand_in(records, None)

    async def settle(self, write: Write) -> None:
        """Return when a write of another kind is on disk, as `record` does."""
        await self._hand_in((), write)

    async def close(self) -> None:
        """Return when everything handed in is settled; what cannot be written now is given up."""
        self._closing.set()
        if self._task is not None:
            with contextlib.suppress(Exception):
                await self._task

    def _hand_in(self, records: Sequence[Record], write: Write | None) -> asyncio.Future[bool]:
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._entries.append(_Entry(done, records, write))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        return done

    async def _work(self) -> None:
        while self._entries:
            await asyncio.sleep(GATHER_S)
            batch, self._entries = self._entries, []
            try:
                await self._commit(batch)
            except Exception:
                # One bad write must not take the others with it: each alone.
                for entry in batch:
                    await self._alone(entry)

    async def _alone(self, entry: _Entry) -> None:
        while True:
            try:
                await self._commit([entry])
                return
            except OperationalError as error:
                if self._closing.is_set():
                    _fail(entry, error)
                    return
                log.error("an outcome cannot be written yet: %s", error.orig)
                await self._clock.wait(self._closing, self._clock.now() + AGAIN_MS)
            except Exception as error:
                _fail(entry, error)
                return

    async def _commit(self, batch: list[_Entry]) -> None:
        records = [one for entry in batch for one in entry.records]
        closed = False
        async with self._db.write() as connection:
            if records:
                closed = await record(connection, records, self._clock.now())
            for entry in batch:
                if entry.write is not None:
                    await entry.write(connection)
        for entry in batch:
            if not entry.done.done():  # whoever waited may be cancelled
                entry.done.set_result(closed)


def _fail(entry: _Entry, error: Exception) -> None:
    if not entry.done.done():
        failure = NotWritten(type(error).__name__)
        failure.__cause__ = error
        entry.done.set_exception(failure)
