"""One door to the database, whichever it is: who reads, who writes, and when a write is on disk.

A Path is a file of SQLite, for one process (`storage.sqlite`); a URL is a database of PostgreSQL, for
one or several (`storage.postgres`). Nobody above needs to know which.
"""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.errors import StorageError

Where = Path | sa.URL  # a URL hides its password when it is printed

_NOTHING = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def as_json(value: object) -> str:
    """Return JSON text without the character U+0000: PostgreSQL reads no key of a document that has one."""
    text = orjson.dumps(value).decode()
    return _NOTHING.sub(r"\1", text) if "\\u0000" in text else text


ENGINE: dict[str, Any] = {  # what is the same for every engine
    "hide_parameters": True,  # what people write is in no error text, and so in no log
    "json_serializer": as_json,
    "json_deserializer": orjson.loads,
}


class Database(ABC):
    """A database; `write()` and `read()` give connections inside a transaction."""

    where: Where

    @property
    @abstractmethod
    def wanted(self) -> bool:
        """Tell whether somebody in this process writes alone now, or waits to."""

    @abstractmethod
    def write(self, *, alone: bool = True) -> AbstractAsyncContextManager[AsyncConnection]:
        """Give a connection that writes; what was done is on disk when the block ends without an exception.

        Whoever writes alone may read, decide and write: nobody else writes meanwhile, in whatever
        process. `alone=False` is for whoever touches only rows that are its own by lease (a courier, an
        intake): any number of them write at the same time, but never beside one who writes alone.
        """

    @abstractmethod
    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Give a reading connection on one consistent snapshot."""

    @abstractmethod
    async def close(self) -> None:
        """Close all connections, also what a cancelled task still holds."""


class Pools(Database):
    """What every kind has: connections that write, others that read, and an end for all of them."""

    def __init__(
        self, where: Where, writer: AsyncEngine, reader: AsyncEngine, opened: Collection[Any]
    ) -> None:
        """Take the engines, neither of which has opened anything, and where they note what they open."""
        self.where = where
        self._writer = writer
        self._reader = reader
        self._opened = opened
        self._closed = False
        self._turn = asyncio.Lock()  # of whoever writes alone in this process

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a reading connection on one consistent snapshot."""
        self._must_be_open()
        async with self._reader.connect() as connection:
            yield connection

    async def close(self) -> None:
        """Close all connections, also what a cancelled task still holds."""
        self._closed = True
        await self._reader.dispose()
        await self._writer.dispose()
        # A pool closes what was given back to it, and nothing else.
        for connection in list(self._opened):
            await self._end(connection)

    @abstractmethod
    async def _end(self, connection: Any) -> None:
        """Close a connection of the driver, whoever holds it; it may be closed already."""

    def _must_be_open(self) -> None:
        # A disposed pool would open anew for a task that comes late, and nobody would close that.
        if self._closed:
            raise RuntimeError(f"the database {self.where} is closed")


def open_database(where: Where) -> Database:
    """Return the database, prepared; nothing is opened before the first transaction."""
    # Each kind's driver is loaded where it is used.
    if isinstance(where, Path):
        from storage.sqlite import SqliteDatabase

        return SqliteDatabase(where)
    from storage.postgres import PostgresDatabase

    return PostgresDatabase(where)


def away(where: Where, error: sa.exc.OperationalError) -> StorageError:
    """Return what to tell people of a server that does not answer, or of a file that cannot be read."""
    return StorageError(
        f"База {where} не отвечает: {error.orig}. Проверьте, что сервер работает, адрес и пароль."
        if isinstance(where, sa.URL)
        else f"База {where} не открывается: {error.orig}."
    )


def passes(error: Exception) -> bool:
    """Tell whether what cannot be done now can be later: no server, no room, a lock, a deadlock."""
    # SQLite says it of a statement that is wrong, too.
    wrong = getattr(getattr(error, "orig", None), "sqlite_errorname", "") == "SQLITE_ERROR"
    return isinstance(error, sa.exc.OperationalError) and not wrong


async def is_empty(connection: AsyncConnection) -> bool:
    """Tell whether no migration ever ran here."""
    return not await connection.run_sync(lambda c: sa.inspect(c).has_table("alembic_version"))


def address(text: str) -> sa.URL:
    """Return what `postgresql://user@host:port/name` means; raises StorageError without showing the text."""
    try:
        url = sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in ("postgresql", "postgres") or not url.database:
        raise StorageError(
            "Адрес базы не читается. Нужно, например, postgresql://vestnik@db.example.ru:5432/vestnik"
        )
    return url.set(drivername="postgresql")
