"""SQLAlchemy's aiosqlite dialect with as few trips to a connection's thread as can be.

Each trip wakes the thread and then the event loop, which costs more than a small statement does. The
stock cursor makes four a statement (open, execute, fetch, close), three more to begin and one to roll
back. Here a statement is executed and its rows are fetched in one; the statement that begins a
transaction goes with the first one inside it, so an empty transaction costs nothing; and the end of
reading is ordered, not awaited: a connection's orders are carried out one after the other. Rows are
kept whole either way, so nothing is lost but server-side cursors, which are not used here.

Importing this module makes the dialect known under the name `sqlite+onetrip`.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Sequence
from functools import cache
from typing import Any

import aiosqlite
import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
    SQLiteDialect_aiosqlite,
)
from sqlalchemy.util import LRUCache

NAME = "onetrip"
_STATEMENTS = 1_000  # kept compiled: some more than the product has

_Done = tuple[Any, int, int | None, Sequence[Any]]


class Cursor(AsyncAdapt_aiosqlite_cursor):
    """What a statement left behind; it holds nothing open in the database."""

    __slots__ = ("_description", "_lastrowid", "_rowcount")

    arraysize = 1
    _adapt_connection: Connection

    def __init__(self, adapt_connection: Any) -> None:
        """Open nothing yet; `adapt_connection` is a Connection."""
        self._adapt_connection = adapt_connection
        self._rows = deque()
        self._description: Any = None
        self._rowcount = -1
        self._lastrowid: int | None = None

    @property
    def description(self) -> Any:
        """Return the columns of the rows, None for a statement without any."""
        return self._description

    @property
    def rowcount(self) -> int:
        """Return how many rows were changed, -1 if that is not known."""
        return self._rowcount

    @property
    def lastrowid(self) -> Any:
        """Return the id of the row that was added last."""
        return self._lastrowid

    async def _execute_async(self, operation: Any, parameters: Any) -> Any:
        await self._trip("execute", operation, () if parameters is None else parameters)

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> Any:
        await self._trip("executemany", operation, seq_of_parameters)

    async def _trip(self, how: str, operation: str, parameters: Any) -> None:
        done = await self._adapt_connection.carry_out(how, operation, parameters)
        self._description, self._rowcount, self._lastrowid, rows = done
        self._rows = deque(rows)

    async def _async_soft_close(self) -> None:
        """Nothing is open."""

    def close(self) -> None:
        """Drop the rows that nobody took."""
        self._rows.clear()


class Connection(AsyncAdapt_aiosqlite_connection):
    """A connection that knows how its next transaction begins.

    `begin` is the statement that goes before the next one; `reading` says that nothing is ever written
    here, so nobody has to wait for the end of a transaction.
    """

    __slots__ = ("begin", "reading")

    _cursor_cls = Cursor

    def __init__(self, dbapi: Any, connection: Any) -> None:
        """Take an open connection of aiosqlite; it is in no transaction."""
        super().__init__(dbapi, connection)
        self.begin: str | None = None
        self.reading = False

    async def carry_out(self, how: str, operation: str, parameters: Any) -> _Done:
        """Execute in the connection's thread; returns description, row count, last row id, rows.

        A task that is cancelled here leaves the order standing: it is carried out and its cursor closed,
        and whatever is ordered next, such as the rollback, comes after it.
        """
        begin, self.begin = self.begin, None
        done: _Done = await self._connection._execute(self._run, begin, how, operation, parameters)
        return done

    async def rows(self, operation: str, parameters: Any) -> Sequence[Any]:
        """Execute, for each of a list of parameters, and return the rows; raises SQLAlchemy's DBAPIError."""
        how = "executemany" if isinstance(parameters, list) else "execute"
        try:
            return (await self.carry_out(how, operation, parameters))[3]
        except sqlite3.Error as error:
            raise sa.exc.DBAPIError.instance(
                operation, None, error, sqlite3.Error, hide_parameters=True
            ) from error

    def _run(self, begin: str | None, how: str, operation: str, parameters: Any) -> _Done:
        cursor = self._connection._conn.cursor()
        try:
            if begin is not None:
                cursor.execute(begin)
            getattr(cursor, how)(operation, parameters)
            rows = cursor.fetchall() if cursor.description else ()
            return cursor.description, cursor.rowcount, cursor.lastrowid, rows
        finally:
            cursor.close()

    async def undo(self) -> None:
        """Roll back whatever was begun, also what nobody remembers."""
        self.begin = None
        await self._connection.rollback()

    @property
    def is_closed(self) -> bool:
        """Tell whether nothing is left to close."""
        return self._connection._connection is None

    async def end(self) -> None:
        """Close it, whoever holds it; it may be closed already."""
        await self._connection.close()

    def commit(self) -> None:
        """Write the transaction to disk; there is nothing to do if no statement was executed in it."""
        if self.begin is not None:
            self.begin = None
        else:
            super().commit()

    def rollback(self) -> None:
        """Undo the transaction; there is nothing to do if no statement was executed in it."""
        if self.begin is not None:
            self.begin = None
        elif not self.reading:
            super().rollback()
        elif self._connection._connection:
            self._connection._tx.put_nowait((None, self._connection._connection.rollback))


class _Module(AsyncAdapt_aiosqlite_dbapi):
    def connect(self, *arg: Any, **kw: Any) -> Connection:
        stock = super().connect(*arg, **kw)
        return Connection(self, stock._connection)


class OneTrip(SQLiteDialect_aiosqlite):
    """The dialect `sqlite+onetrip`; all of a kind are equal, so their engines may share `compiled()`."""

    driver = NAME
    supports_statement_cache = True
    supports_server_side_cursors = False

    @classmethod
    def import_dbapi(cls) -> AsyncAdapt_aiosqlite_dbapi:
        """Return aiosqlite dressed as a DBAPI module whose connections make one trip."""
        return _Module(aiosqlite, __import__("sqlite3"))

    def __eq__(self, other: object) -> bool:
        """Tell whether a statement compiled for the other is one for this: nothing is set up differently."""
        return isinstance(other, OneTrip)

    def __hash__(self) -> int:
        """Return the same for all."""
        return hash(OneTrip)


@cache
def compiled() -> LRUCache[Any, Any]:
    """Return this process's compiled statements, for the option `compiled_cache` of every engine.

    Compiling takes about a millisecond a statement, and what comes of it depends on nothing else.
    """
    return LRUCache(_STATEMENTS)


registry.register(f"sqlite.{NAME}", __name__, OneTrip.__name__)
