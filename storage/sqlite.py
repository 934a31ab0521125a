"""The database in one file, for one process.

One writing connection, WAL and synchronous=FULL, BEGIN IMMEDIATE under driver autocommit, a few
reading connections. A transaction that ends by any exception, cancellation included, is rolled back:
a cancelled task must not leave one open on a pooled connection.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from core.errors import AlreadyRunning
from storage import driver
from storage.database import ENGINE, Pools
from storage.kept import Kept

_READERS = 4

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
    "PRAGMA temp_store=MEMORY",  # what one statement may have to undo, and its lists: a few MB
)


class SqliteDatabase(Pools):
    """A SQLite file; who writes is always alone."""

    def __init__(self, path: Path) -> None:
        """Prepare engines for the file; nothing is opened yet."""
        opened: set[driver.Connection] = set()
        super().__init__(
            path,
            _engine(path, "BEGIN IMMEDIATE", opened, connections=1),
            _engine(path, "BEGIN", opened, connections=_READERS, reading=True),
            opened,
        )
        self._writing = Kept(self._writer, 1)
        self._reading = Kept(self._reader, _READERS)

    @property
    def wanted(self) -> bool:
        """Tell whether somebody writes now, or waits to."""
        return self._writing.all_lent

    @asynccontextmanager
    async def write(self, *, alone: bool = True) -> AsyncIterator[AsyncConnection]:
        """Give the writing connection; what was done is on disk when the block ends without an exception."""
        self._must_be_open()
        async with self._writing.lent() as connection:
            _begin(connection)
            yield connection
            try:
                await connection.commit()
            except BaseException:
                # For SQLAlchemy the transaction is over, for SQLite it may not be.
                if not connection.invalidated:
                    raw: Any = (await connection.get_raw_connection()).dbapi_connection
                    await asyncio.shield(asyncio.ensure_future(raw.undo()))
                raise

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a reading connection on one consistent snapshot."""
        self._must_be_open()
        async with self._reading.lent() as connection:
            transaction = _begin(connection)
            yield connection
            if transaction.is_active:
                transaction.rollback()  # only ordered: nobody has to wait for the end of reading

    async def close(self) -> None:
        """Close all connections, also what a cancelled task still holds."""
        self._closed = True
        await self._reading.close()
        await self._writing.close()
        await super().close()

    async def _end(self, connection: driver.Connection) -> None:
        await connection.end()  # an aiosqlite thread left open would hang the interpreter at exit


def _begin(connection: AsyncConnection) -> sa.RootTransaction:
    """Begin a transaction; nothing is asked of the database before the first statement."""
    inner = connection.sync_connection
    assert inner is not None  # it is started
    return inner.begin()


def _engine(
    path: Path,
    begin: str,
    opened: set[driver.Connection],
    *,
    connections: int,
    reading: bool = False,
) -> AsyncEngine:
    engine = create_async_engine(
        f"sqlite+{driver.NAME}:///{path}",
        pool_size=connections,
        max_overflow=0,
        execution_options={"compiled_cache": driver.compiled()},
        **ENGINE,
    )

    @sa.event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        opened.difference_update([one for one in opened if one.is_closed])
        opened.add(connection)
        connection.isolation_level = None  # the driver begins nothing by itself
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(pragma)
        cursor.close()
        connection.reading = reading

    @sa.event.listens_for(engine.sync_engine, "invalidate")
    def roll_back(connection: Any, _record: Any, _error: BaseException | None) -> None:
        # A task cancelled inside a statement: whoever writes next must not find its lock.
        with suppress(Exception):
            connection.rollback()

    @sa.event.listens_for(engine.sync_engine, "begin")
    def begin_explicitly(connection: sa.Connection) -> None:
        raw: Any = connection.connection.dbapi_connection
        raw.begin = begin  # goes with the first statement

    return engine


class RunLock:
    """Keeps a second `run` away from the same database file."""

    def __init__(self, path: Path) -> None:
        """Name the lock after the database."""
        self._path = path.with_name(path.name + ".lock")
        self._file: IO[str] | None = None

    def __enter__(self) -> RunLock:
        """Take the lock; raises AlreadyRunning if another process holds it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise AlreadyRunning(
                f"Вестник уже запущен с базой {self._path.with_suffix('')}. "
                "Остановите первый запуск или укажите другую папку данных: --data ПАПКА. "
                "Чтобы работало несколько сразу, нужна база PostgreSQL: database в config.yaml."
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file
        return self

    def __exit__(self, *_: object) -> None:
        """Let the lock go; the system does the same for a killed process."""
        if self._file is not None:
            self._file.close()
