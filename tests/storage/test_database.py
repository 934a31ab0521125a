"""One writer, rolled back whatever ends its transaction, cancellation at any instant included."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.errors import AlreadyRunning
from storage import tables
from storage.database import Database, RunLock
from storage.rows import insert
from tests.support.database import fresh


async def _add(db: Database, name: str) -> None:
    async with db.write() as connection:
        await insert(connection, tables.person, name=name, created_at=0)
        await connection.execute(sa.select(tables.person))


async def _names(db: Database) -> list[str]:
    async with db.read() as connection:
        return list(await connection.scalars(sa.select(tables.person.c.name)))


def _free(path: Path) -> bool:
    other = sqlite3.connect(path, timeout=0.1)
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    finally:
        other.rollback()
        other.close()
    return True


def test_a_writer_cancelled_at_any_instant_leaves_the_database_free(tmp_path: Path) -> None:
    async def story() -> None:
        db = fresh(tmp_path)
        await _add(db, "first")

        async def endless() -> None:
            while True:
                await _add(db, "")

        for n in range(150):
            writer = asyncio.create_task(endless())
            await asyncio.sleep(n * 0.00003)
            writer.cancel()
            await asyncio.wait([writer])
            assert _free(db.path), n
        await _add(db, "last")
        assert (await _names(db))[-1] == "last"
        await db.close()

    asyncio.run(story())


@pytest.mark.parametrize("error", [ValueError, asyncio.CancelledError])
def test_what_a_failed_transaction_wrote_is_undone(
    tmp_path: Path, error: type[BaseException]
) -> None:
    async def story() -> None:
        db = fresh(tmp_path)
        with pytest.raises(error):
            async with db.write() as connection:
                await insert(connection, tables.person, name="undone", created_at=0)
                raise error
        await _add(db, "kept")
        assert await _names(db) == ["kept"]
        await db.close()

    asyncio.run(story())


def test_a_reader_sees_one_moment(tmp_path: Path) -> None:
    async def story() -> None:
        db = fresh(tmp_path)
        async with db.read() as connection:
            query = sa.select(sa.func.count()).select_from(tables.person)
            assert await connection.scalar(query) == 0
            await _add(db, "later")
            assert await connection.scalar(query) == 0
        assert await _names(db) == ["later"]
        await db.close()

    asyncio.run(story())


def test_one_database_has_one_run(tmp_path: Path) -> None:
    path = tmp_path / "vestnik.db"
    with RunLock(path), pytest.raises(AlreadyRunning), RunLock(path):
        pass
    with RunLock(path):
        pass
