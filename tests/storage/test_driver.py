"""One trip to the connection's thread for each statement, and nothing different for whoever asks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import driver, tables
from storage.database import Database
from storage.rows import insert
from tests.support.database import fresh

pytestmark = [
    pytest.mark.usefixtures("each_database"),
    pytest.mark.parametrize("each_database", ["sqlite"], indirect=True),
]


def play(folder: Path, story: Callable[[Database], Awaitable[None]]) -> None:
    """Run a story with a fresh database."""

    async def run() -> None:
        db = fresh(folder)
        try:
            await story(db)
        finally:
            await db.close()

    asyncio.run(run())


async def raw(connection: AsyncConnection) -> Any:
    """Return the driver's connection below."""
    below = await connection.get_raw_connection()
    return below.dbapi_connection


async def trips(connection: AsyncConnection, ask: Callable[[], Awaitable[object]]) -> int:
    """Count the orders that the connection's thread gets meanwhile."""
    thread = (await raw(connection))._connection
    counted = 0
    stock = thread._tx.put_nowait

    class Counting:
        def put_nowait(self, order: Any) -> None:
            nonlocal counted
            counted += 1
            stock(order)

    kept, thread._tx = thread._tx, Counting()
    try:
        await ask()
    finally:
        thread._tx = kept
    return counted


def test_a_statement_with_its_rows_is_one_trip_and_beginning_costs_none(tmp_path: Path) -> None:
    async def story(db: Database) -> None:
        async with db.read() as connection:
            count = sa.select(sa.func.count()).select_from(tables.person)

            async def ask() -> None:
                assert (await connection.execute(count)).scalar_one() == 0

            assert [await trips(connection, ask) for _ in range(3)] == [1, 1, 1]

    play(tmp_path, story)


def test_a_transaction_in_which_nothing_was_asked_never_leaves(tmp_path: Path) -> None:
    async def story(db: Database) -> None:
        async with db.write() as connection:

            async def end() -> None:
                await connection.commit()

            assert await trips(connection, end) == 0
        async with db.read() as connection:

            async def close() -> None:
                await connection.rollback()

            assert await trips(connection, close) == 0

    play(tmp_path, story)


def test_the_first_statement_begins_the_transaction_and_the_next_transaction_begins_anew(
    tmp_path: Path,
) -> None:
    async def story(db: Database) -> None:
        for name in ("first", "second"):
            async with db.write() as connection:
                driven = (await raw(connection))._connection
                assert not driven.in_transaction
                await insert(connection, tables.person, name=name, created_at=0)
                assert driven.in_transaction
            assert not driven.in_transaction
        async with db.read() as connection:
            await connection.execute(sa.select(tables.person))
            driven = (await raw(connection))._connection
            assert driven.in_transaction
        async with db.read() as connection:  # orders are carried out in turn: the end came first
            await connection.exec_driver_sql("SELECT 1")
            names = await connection.scalars(sa.select(tables.person.c.name))
            assert list(names) == ["first", "second"]

    play(tmp_path, story)


def test_what_reading_ended_holds_no_old_snapshot(tmp_path: Path) -> None:
    async def story(db: Database) -> None:
        count = sa.select(sa.func.count()).select_from(tables.person)
        for known in range(5):
            async with db.read() as connection:
                assert await connection.scalar(count) == known
            async with db.write() as connection:
                await insert(connection, tables.person, name="", created_at=0)

    play(tmp_path, story)


def test_rows_come_one_by_one_in_part_and_whole(tmp_path: Path) -> None:
    async def story(db: Database) -> None:
        async with db.write() as connection:
            values = [{"name": str(n), "created_at": n} for n in range(5)]
            done = await connection.execute(tables.person.insert(), values)
            assert done.rowcount == 5
            names = sa.select(tables.person.c.name).order_by(tables.person.c.id)
            rows = await connection.execute(names)
            assert rows.fetchone() == ("0",)
            assert rows.fetchmany(2) == [("1",), ("2",)]
            assert rows.scalars().all() == ["3", "4"]
            assert (await connection.execute(names)).first() == ("0",)  # the others are dropped
            changed = await connection.execute(sa.update(tables.person).values(name="x"))
            assert changed.rowcount == 5
            assert await insert(connection, tables.person, name="y", created_at=0) == 6

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("SELECT nothing FROM nowhere", sa.exc.OperationalError),
        ("INSERT INTO chat (account_id, external, kind) VALUES (77, 'x', 1)", sa.exc.IntegrityError),
    ],
)  # fmt: skip
def test_a_refused_statement_tells_why_and_leaves_the_connection_fit(
    tmp_path: Path, statement: str, error: type[Exception]
) -> None:
    async def story(db: Database) -> None:
        with pytest.raises(error):
            async with db.write() as connection:
                await insert(connection, tables.person, name="undone", created_at=0)
                await connection.exec_driver_sql(statement)
        async with db.write() as connection:
            assert (await connection.execute(sa.select(tables.person))).all() == []

    play(tmp_path, story)


def test_a_savepoint_as_the_first_statement_is_inside_the_transaction(tmp_path: Path) -> None:
    async def story(db: Database) -> None:
        with pytest.raises(ValueError, match="outer"):
            async with db.write() as connection:
                async with connection.begin_nested():
                    await insert(connection, tables.person, name="kept?", created_at=0)
                raise ValueError("outer")
        async with db.read() as connection:
            assert (await connection.execute(sa.select(tables.person))).all() == []

    play(tmp_path, story)


def test_a_reader_cancelled_at_any_instant_leaves_readers_free(tmp_path: Path) -> None:
    async def story(db: Database) -> None:
        async def endless() -> None:
            while True:
                async with db.read() as connection:
                    await connection.execute(sa.select(tables.person))

        for n in range(60):
            readers = [asyncio.create_task(endless()) for _ in range(6)]
            await asyncio.sleep(n * 0.00005)
            for reader in readers:
                reader.cancel()
            await asyncio.wait(readers)
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            for _ in range(8):
                group.create_task(_look(db))

    play(tmp_path, story)


async def _look(db: Database) -> None:
    async with db.read() as connection:
        await connection.execute(sa.select(tables.person))


def test_engines_share_what_was_compiled(tmp_path: Path) -> None:
    query = sa.select(tables.person.c.zone).where(tables.person.c.name == "shared")

    async def story(db: Database) -> None:
        async with db.read() as connection:
            await connection.execute(query)

    grown = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        before = len(driver.compiled())
        play(folder, story)
        grown.append(len(driver.compiled()) - before)
    assert grown == [1, 0]
