"""Writes outcomes into the ledger, many in one commit: nobody waits longer than a few milliseconds for company."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database

GATHER_S = 0.004

Write = Callable[[AsyncConnection], Awaitable[None]]


@dataclass(slots=True)
class _Entry:
    write: Write
    done: asyncio.Future[None]


class Settler:
    """Group commit: writes handed in together are committed together, each all or nothing."""

    def __init__(self, db: Database) -> None:
        """Write to this database."""
        self._db = db
        self._entries: list[_Entry] = []
        self._task: asyncio.Task[None] | None = None

    async def settle(self, write: Write) -> None:
        """Return when the write is on disk; a failing commit raises here. Cancelling the waiter does not undo it."""
        entry = _Entry(write, asyncio.get_running_loop().create_future())
        self._entries.append(entry)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        await asyncio.shield(entry.done)

    async def close(self) -> None:
        """Return when everything handed in is settled."""
        if self._task is not None:
            with contextlib.suppress(Exception):
                await self._task

    async def _work(self) -> None:
        while self._entries:
            await asyncio.sleep(GATHER_S)
            batch, self._entries = self._entries, []
            try:
                await self._commit(batch)
            except Exception as error:
                if len(batch) == 1:
                    _fail(batch[0], error)
                    continue
                # One bad write must not take the others with it: each alone.
                for entry in batch:
                    try:
                        await self._commit([entry])
                    except Exception as own:
                        _fail(entry, own)

    async def _commit(self, batch: list[_Entry]) -> None:
        async with self._db.write() as connection:
            for entry in batch:
                await entry.write(connection)
        for entry in batch:
            if not entry.done.done():
                entry.done.set_result(None)


def _fail(entry: _Entry, error: Exception) -> None:
    if not entry.done.done():
        entry.done.set_exception(error)
