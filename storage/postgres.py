"""The database on a server, for one process or several.

The house was written for one writer at a time, and across processes it stays so: who writes alone holds
an advisory lock exclusively for the transaction, who does not shares it. PostgreSQL grants it in the
order it was asked for, so neither kind starves the other. Under that lock READ COMMITTED is enough:
each statement sees all that earlier writers committed. (A snapshot of REPEATABLE READ would be taken
before the lock is had.)

What cannot be done now (the server is away or starting, its disk is full, a time-out, a deadlock) is
sqlalchemy.exc.OperationalError, as with SQLite, and nothing of it is in the database. It is not
repeated here: whoever began the transaction goes its round again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from typing import Any, TypeVar

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import AsyncpgString, PGDialect_asyncpg
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import LRUCache

from core.errors import StorageError
from storage.database import ENGINE, Pools, away

T = TypeVar("T")
OLDEST = 14

WRITERS = 5  # connections of a process: one that writes alone, and the others
READERS = 5
CONNECT_S = 5.0
STATEMENT_S = 60
LOCK_S = 30
IDLE_WRITER_S = 15  # a process that was stopped in mid-transaction holds up the others no longer
IDLE_READER_S = 60
SILENCE_S = 5  # after a time-out that the server did not keep

_NAME = "house"
_LOCK = 0x5645_5354  # ours among the advisory locks of the database
_ALONE = f"SELECT pg_advisory_xact_lock({_LOCK})"
_BESIDE = f"SELECT pg_advisory_xact_lock_shared({_LOCK})"
# Connection lost, serialization or deadlock, resources, locks, an operator's hand, the system.
_PASSING = frozenset({"08", "40", "53", "55", "57", "58"})
_compiled: LRUCache[Any, Any] = LRUCache(1_000)  # some more statements than the product has


class PostgresDatabase(Pools):
    """A database of PostgreSQL; every process that runs on it has one of these."""

    def __init__(self, url: sa.URL) -> None:
        """Prepare engines for the server; nothing is opened yet."""
        opened: set[Any] = set()
        super().__init__(
            url,
            _engine(url, opened, connections=WRITERS, idle_s=IDLE_WRITER_S),
            _engine(url, opened, connections=READERS, idle_s=IDLE_READER_S, reading=True),
            opened,
        )

    @property
    def wanted(self) -> bool:
        """Tell whether somebody in this process writes alone now, or waits to."""
        return self._turn.locked()

    @asynccontextmanager
    async def write(self, *, alone: bool = True) -> AsyncIterator[AsyncConnection]:
        """Give a connection that writes; what was done is on disk when the block ends without an exception."""
        self._must_be_open()
        # In one process they wait here: on the server each would wait on a connection of its own.
        async with self._turn if alone else nullcontext(), self._writer.begin() as connection:
            await connection.exec_driver_sql(_ALONE if alone else _BESIDE)
            yield connection

    async def _end(self, connection: Any) -> None:
        if not connection.is_closed():
            connection.terminate()


async def migrating(url: sa.URL, work: Callable[[sa.Connection], T]) -> T:
    """Do what changes the schema while nobody else writes or migrates; returns what it returned.

    Raises StorageError for a server that cannot be used.
    """
    engine = create_async_engine(
        f"postgresql+{_NAME}://",
        async_creator=lambda: connect(url, None, lock_timeout=f"{LOCK_S}s"),
        poolclass=sa.NullPool,
        **ENGINE,
    )
    try:
        async with engine.connect() as connection:
            await _fit(connection, url)
            # Of the session: it lasts over the migrations' transactions, until the connection is closed.
            await connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCK})")
            await connection.rollback()
            return await connection.run_sync(work)
    except sa.exc.OperationalError as error:
        raise away(url, error) from error
    finally:
        await engine.dispose()


async def _fit(connection: AsyncConnection, url: sa.URL) -> None:
    version = int(str(await connection.scalar(sa.text("SHOW server_version_num"))))
    if version < OLDEST * 10_000:
        raise StorageError(
            f"База {url}: нужен PostgreSQL {OLDEST} или новее, а это {version // 10_000}."
        )
    encoding = await connection.scalar(sa.text("SHOW server_encoding"))
    if encoding != "UTF8":
        raise StorageError(
            f"База {url} хранит буквы в {encoding}. Создайте её так: createdb --encoding=UTF8 ИМЯ"
        )


async def connect(url: sa.URL, answer_s: float | None, **settings: str) -> Any:
    """Return a connection of the driver that waits so long for an answer; the URL may say all that libpq's may.

    Raises OperationalError where there is no server, or none that lets us in.
    """
    # We wait for the disk, whatever the server's default is. JIT makes short statements long.
    ours = {"application_name": "vestnik", "synchronous_commit": "on", "jit": "off"}
    try:
        return await asyncpg.connect(
            url.render_as_string(hide_password=False),
            timeout=CONNECT_S,
            command_timeout=answer_s,
            statement_cache_size=0,  # SQLAlchemy has one of its own
            server_settings={**ours, **settings},
        )
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise sa.exc.OperationalError("", None, plain(error)) from None


def plain(error: BaseException) -> Exception:
    """Return an error that says what is wrong and nothing of any row or address."""
    return ConnectionError(f"{type(error).__name__}: {error}")


def _engine(
    url: sa.URL,
    opened: set[Any],
    *,
    connections: int,
    idle_s: int,
    reading: bool = False,
) -> AsyncEngine:
    async def connected() -> Any:
        opened.difference_update([one for one in opened if one.is_closed()])
        made = await connect(
            url,
            STATEMENT_S + SILENCE_S,
            statement_timeout=f"{STATEMENT_S}s",
            lock_timeout=f"{LOCK_S}s",
            idle_in_transaction_session_timeout=f"{idle_s}s",
        )
        opened.add(made)
        return made

    engine = create_async_engine(
        f"postgresql+{_NAME}://",
        async_creator=connected,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=None,  # whoever has one is done with it, or meets a time-out
        connect_args={"prepared_statement_cache_size": 500},
        isolation_level="REPEATABLE READ" if reading else "READ COMMITTED",
        execution_options={"compiled_cache": _compiled, "postgresql_readonly": reading},
        **ENGINE,
    )

    @sa.event.listens_for(engine.sync_engine, "checkout")
    def is_alive(connection: Any, _record: Any, _proxy: Any) -> None:
        # Asked of the driver, not of the server: after a restart all of the pool are known to be dead.
        if connection.driver_connection.is_closed():
            raise sa.exc.InvalidatePoolError

    sa.event.listen(engine.sync_engine, "handle_error", _told)
    return engine


def _told(context: ExceptionContext) -> BaseException | None:
    """Make an error tell nothing of rows, and one that passes an OperationalError."""
    error = context.original_exception
    if not isinstance(error, Exception):
        return None  # a cancellation: it breaks the connection, and stays what it is
    below = error.__cause__
    if isinstance(below, asyncpg.PostgresError):
        # «Key (hash)=(…) already exists»: what people write is in no error text.
        below.detail = below.hint = None
        error.args = (f"{type(below).__name__}: {below}",)
    if isinstance(error, TimeoutError | OSError):
        context.is_disconnect = True
    if context.is_disconnect or str(getattr(below, "sqlstate", None))[:2] in _PASSING:
        return sa.exc.OperationalError(context.statement, None, error)
    if context.sqlalchemy_exception is not None and below is not None:
        context.sqlalchemy_exception.args = (f"({type(below).__name__}) {below}",)
    return None


class Letters(AsyncpgString):
    """Text without the character U+0000, which PostgreSQL keeps nowhere and SQLite and messengers do not mind."""

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[str | None], str | None]:
        """Return what makes a value fit."""
        return lambda value: value.replace("\0", "") if value and "\0" in value else value


class House(PGDialect_asyncpg):
    """The dialect `postgresql+house`: plain SQL gets JSON as the text it is, as from SQLite.

    All of a kind are equal, so their engines share what is compiled.
    """

    driver = _NAME
    supports_statement_cache = True
    supports_native_json_deserialization = False
    colspecs = {**PGDialect_asyncpg.colspecs, sa.String: Letters}  # noqa: RUF012

    async def setup_asyncpg_json_codec(self, conn: Any) -> None:
        """Leave JSON to whoever knows the column."""
        await conn.driver_connection.set_type_codec(
            "json", encoder=str, decoder=str, schema="pg_catalog", format="text"
        )

    def __eq__(self, other: object) -> bool:
        """Tell whether a statement compiled for the other is one for this: nothing is set up differently."""
        return isinstance(other, House)

    def __hash__(self) -> int:
        """Return the same for all."""
        return hash(House)


registry.register(f"postgresql.{_NAME}", __name__, House.__name__)
