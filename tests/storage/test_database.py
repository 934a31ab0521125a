"""One writer, rolled back whatever ends its transaction, cancellation at any instant included."""

from __future__ import annotations

import asyncio
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from core.errors import AlreadyRunning
from storage import postgres, sqlite, tables
from storage.database import Database, as_json, open_database, passes
from storage.rows import insert
from storage.sqlite import RunLock
from tests.support.database import fresh

pytestmark = pytest.mark.usefixtures("each_database")
FLUSHED_AT_EACH_COMMIT = 2  # of SQLite, «FULL»


async def _add(db: Database, name: str) -> None:
    async with db.write() as connection:
        await insert(connection, tables.person, name=name, created_at=0)
        await connection.execute(sa.select(tables.person))


async def _names(db: Database) -> list[str]:
    async with db.read() as connection:
        return list(await connection.scalars(sa.select(tables.person.c.name)))


def test_a_writer_cancelled_at_any_instant_leaves_the_database_free(tmp_path: Path) -> None:
    async def story() -> None:
        db = fresh(tmp_path)
        other = open_database(db.where)
        await _add(db, "first")

        async def endless() -> None:
            while True:
                await _add(db, "")

        for n in range(150):
            writer = asyncio.create_task(endless())
            await asyncio.sleep(n * 0.00003)
            writer.cancel()
            await asyncio.wait([writer])
            assert writer.cancelled(), n
            async with asyncio.timeout(10), other.write() as connection:
                await connection.execute(sa.select(tables.person).limit(1))
        await _add(db, "last")
        assert (await _names(db))[-1] == "last"
        await other.close()
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


@pytest.mark.parametrize("each_database", ["sqlite"], indirect=True)
def test_a_commit_that_fails_is_undone_too(tmp_path: Path) -> None:
    async def story() -> None:
        db = fresh(tmp_path)
        with pytest.raises(sa.exc.IntegrityError):
            async with db.write() as connection:
                await connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
                await insert(connection, tables.person, name="undone", created_at=0)
                await insert(connection, tables.identity, person_id=99, network="vk", external="1")
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


@given(st.text(alphabet='\0\\u0"a'))
def test_json_loses_the_character_that_is_none_and_nothing_else(text: str) -> None:
    value = {text: [text, 1, None]}
    kept = text.replace("\0", "")
    assert orjson.loads(as_json(value)) == {kept: [kept, 1, None]}


def test_what_is_committed_survives_a_power_cut(tmp_path: Path) -> None:
    async def story() -> None:
        db = fresh(tmp_path)
        try:
            async with db.write() as connection:
                if connection.dialect.name == "sqlite":
                    said = [
                        await connection.scalar(sa.text(f"PRAGMA {name}"))
                        for name in ("journal_mode", "synchronous")
                    ]
                    assert said == ["wal", FLUSHED_AT_EACH_COMMIT]
                else:
                    assert await connection.scalar(sa.text("SHOW synchronous_commit")) == "on"
        finally:
            await db.close()

    asyncio.run(story())


def test_one_database_has_one_run(tmp_path: Path) -> None:
    path = tmp_path / "vestnik.db"
    with RunLock(path), pytest.raises(AlreadyRunning, match="PostgreSQL"), RunLock(path):
        pass
    with RunLock(path):
        pass


@pytest.mark.parametrize("statement", ["SELECT nothing FROM person", "SELECT FROM WHERE"])
def test_a_wrong_statement_is_nothing_that_passes(tmp_path: Path, statement: str) -> None:
    async def story() -> None:
        db = fresh(tmp_path)
        async with db.read() as connection:
            with pytest.raises(sa.exc.DBAPIError) as caught:
                await connection.exec_driver_sql(statement)
        assert not passes(caught.value)
        await db.close()

    asyncio.run(story())


def test_a_turn_that_is_not_had_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "LOCK_S", 0.1)
    monkeypatch.setattr(sqlite, "PRAGMAS", (*sqlite.PRAGMAS, "PRAGMA busy_timeout=100"))

    async def story() -> None:
        db = fresh(tmp_path)
        other = open_database(db.where)
        async with db.write() as connection:
            await connection.execute(sa.select(tables.person))
            with pytest.raises(sa.exc.OperationalError) as caught:
                await _add(other, "late")
        assert passes(caught.value)
        await other.close()
        await db.close()

    asyncio.run(story())
