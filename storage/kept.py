"""Connections that stay checked out of their pool: to take one and give it back costs more than a small statement."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


class Kept:
    """At most so many connections of an engine, lent one at a time each; one that saw trouble goes back to the pool."""

    def __init__(self, engine: AsyncEngine, most: int) -> None:
        """Open nothing yet."""
        self._engine = engine
        self._idle: list[AsyncConnection] = []
        self._free = asyncio.Semaphore(most)
        self._closed = False

    @property
    def all_lent(self) -> bool:
        """Tell whether the next one to borrow has to wait."""
        return self._free.locked()

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection outside of any transaction; whoever borrows it ends what it began."""
        async with self._free:
            connection = self._idle.pop() if self._idle else await self._engine.connect()
            sound = False
            try:
                yield connection
                sound = not connection.invalidated
            finally:
                if sound and not self._closed:
                    self._idle.append(connection)
                else:
                    # Rolled back whatever comes, cancellation too.
                    await asyncio.shield(asyncio.ensure_future(connection.close()))

    async def close(self) -> None:
        """Give back what is idle now, and the rest when it comes home."""
        self._closed = True
        while self._idle:
            await self._idle.pop().close()
