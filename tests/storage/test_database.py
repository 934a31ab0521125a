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
from storage import tables
from storage.database import Database, as_json, open_database
from storage.rows import insert
from storage.sqlite import RunLock
from tests.support.database import fresh

pytestmark = pytest.mark.usefixtures("each_database")


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


def test_one_database_has_one_run(tmp_path: Path) -> None:
    path = tmp_path / "vestnik.db"
    with RunLock(path), pytest.raises(AlreadyRunning, match="PostgreSQL"), RunLock(path):
        pass
    with RunLock(path):
        pass
