"""A server may be away, slow or full; other processes write beside us; one of them may stand still."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from core.errors import StorageError
from storage import postgres, tables
from storage.database import Database, address, open_database
from storage.migrate import migrate
from storage.rows import insert
from tests.support.postgres import Server, server
from tests.support.wait import until

Story = Callable[[Database, Database], Awaitable[None]]
HOW_MANY = sa.select(sa.func.count()).select_from(tables.person)


@pytest.fixture
def house() -> Iterator[Server]:
    """Give the server; whatever a test did to it, it works again afterwards."""
    yield server()
    server().start()


def play(story: Story, where: sa.URL | None = None) -> None:
    """Run a story of two processes on one database."""

    async def run() -> None:
        made = where or server().fresh()
        one, other = open_database(made), open_database(made)
        try:
            await story(one, other)
        finally:
            await one.close()
            await other.close()

    asyncio.run(run())


async def add(db: Database, name: str = "") -> None:
    async with db.write() as connection:
        await insert(connection, tables.person, name=name, created_at=0)


async def count(db: Database) -> int:
    async with db.read() as connection:
        return int(await connection.scalar(HOW_MANY) or 0)


def test_who_reads_decides_and_writes_is_alone_in_all_processes() -> None:
    async def story(one: Database, other: Database) -> None:
        async def decide(db: Database) -> None:
            async with db.write() as connection:
                known = await connection.scalar(HOW_MANY)
                await insert(connection, tables.person, name=str(known), created_at=0)

        await asyncio.gather(*(decide(db) for db in (one, other) * 10))
        async with one.read() as connection:
            names = await connection.scalars(sa.select(tables.person.c.name))
            assert sorted(map(int, names)) == list(range(20))

    play(story)


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [(False, False, True), (False, True, False), (True, False, False), (True, True, False)],
)
def test_who_writes_beside_others_is_never_beside_one_who_is_alone(
    monkeypatch: pytest.MonkeyPatch, first: bool, second: bool, together: bool
) -> None:
    monkeypatch.setattr(postgres, "LOCK_S", 0.1)

    async def story(one: Database, other: Database) -> None:
        async with one.write(alone=first):
            try:
                async with other.write(alone=second):
                    met = True
            except OperationalError:
                met = False
        assert met is together
        await add(other)

    play(story)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["restart", "crash"])
def test_a_server_that_was_restarted_is_found_again(house: Server, how: signal.Signals) -> None:
    async def story(db: Database, _other: Database) -> None:
        await add(db)
        assert await count(db) == 1
        house.stop(how)
        for ask in (add, count):
            with pytest.raises(OperationalError):
                await ask(db)
        house.start()
        await add(db)
        assert await count(db) == 2

    play(story)


def test_who_was_idle_while_it_was_restarted_meets_no_error(house: Server) -> None:
    async def story(db: Database, _other: Database) -> None:
        await add(db)
        assert await count(db) == 1
        house.stop()
        house.start()
        assert isinstance(db, postgres.PostgresDatabase)
        await until(lambda: all(one.is_closed() for one in db._opened))  # the system has told
        await add(db)
        assert await count(db) == 2

    play(story)


def test_what_a_restart_broke_off_is_undone(house: Server) -> None:
    async def story(db: Database, _other: Database) -> None:
        with pytest.raises(OperationalError):
            async with db.write() as connection:
                await insert(connection, tables.person, name="undone", created_at=0)
                house.stop(signal.SIGQUIT)
                house.start()
                await insert(connection, tables.person, name="undone", created_at=0)
        assert await count(db) == 0

    play(story)


def test_one_that_stands_still_lets_the_others_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "IDLE_WRITER_S", 0.2)

    async def story(paused: Database, other: Database) -> None:
        with pytest.raises(OperationalError):
            async with paused.write() as connection:
                await insert(connection, tables.person, name="late", created_at=0)
                await add(other, "meanwhile")
                await insert(connection, tables.person, name="late", created_at=0)
        assert await count(other) == 1
        await add(paused)

    play(story)


def test_a_statement_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "STATEMENT_S", 0.1)

    async def story(db: Database, _other: Database) -> None:
        async with db.read() as connection:
            with pytest.raises(OperationalError):
                await connection.execute(sa.text("SELECT pg_sleep(60)"))
        await add(db)

    play(story)


def test_a_server_that_answers_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "STATEMENT_S", 0)  # the server itself would wait for ever
    monkeypatch.setattr(postgres, "SILENCE_S", 0.2)

    async def story(db: Database, _other: Database) -> None:
        with pytest.raises(OperationalError):
            async with db.write() as connection:
                pid = await connection.scalar(sa.text("SELECT pg_backend_pid()"))
                os.kill(int(pid or 0), signal.SIGSTOP)
                try:
                    await connection.execute(HOW_MANY)
                finally:
                    os.kill(int(pid or 0), signal.SIGCONT)
        await add(db)

    play(story)


def test_of_two_that_wait_for_each_other_one_goes_on() -> None:
    async def story(one: Database, other: Database) -> None:
        await add(one)
        await add(one)
        both = asyncio.Barrier(2)

        async def rename(db: Database, ids: tuple[int, int]) -> None:
            async with db.write(alone=False) as connection:
                for number in ids:
                    row = tables.person.update().where(tables.person.c.id == number)
                    await connection.execute(row.values(name="renamed"))
                    if number == ids[0]:
                        await both.wait()

        done = await asyncio.gather(
            rename(one, (1, 2)), rename(other, (2, 1)), return_exceptions=True
        )
        assert [type(how) for how in done if how is not None] == [OperationalError]

    play(story)


def test_an_error_shows_no_value_of_any_row() -> None:
    secret = "hash-of-an-invitation"

    async def story(db: Database, _other: Database) -> None:
        async with db.write() as connection:
            await insert(connection, tables.joining, hash=secret, person_id=None, expires_at=0)

    with pytest.raises(DBAPIError) as caught:
        play(story)
    error: BaseException | None = caught.value
    assert "NotNullViolation" in str(error)
    while error is not None:
        assert secret not in str(error), type(error)
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("postgresql://u:Parol1@/nowhere?host={host}", "role"),
        ("postgresql://postgres:Parol1@/nowhere?host={host}", "nowhere"),
        ("postgresql://u:Parol1@127.0.0.1:9/d", "ConnectionRefused"),
        ("postgresql://u:Parol1@/d?host=/nowhere", "No such file"),
        ("postgresql://u:Parol1@/d?host=/nowhere&sslmode=what", "sslmode"),
    ],
)
def test_a_server_that_lets_nobody_in_is_told_of_without_the_password(
    text: str, tells: str
) -> None:
    where = address(text.format(host=server().url("x").query["host"]))
    with pytest.raises(StorageError) as caught:
        migrate(where)
    assert tells in str(caught.value)
    assert "Parol1" not in str(caught.value)

    async def story(db: Database, _other: Database) -> None:
        await count(db)

    with pytest.raises(OperationalError) as later:
        play(story, where)
    assert "Parol1" not in f"{later.value!s} {later.value!r} {where!r}"


@pytest.mark.parametrize("text", ["", "vestnik.db", "postgresql://u:Parol1@host", "mysql://u@h/d"])
def test_an_address_that_cannot_be_read_is_not_shown(text: str) -> None:
    with pytest.raises(StorageError) as caught:
        address(text)
    assert "Parol1" not in str(caught.value)


def test_migrations_started_at_once_run_once() -> None:
    where = server().empty()
    done: list[list[str]] = []
    threads = [threading.Thread(target=lambda: done.append(migrate(where))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(bool, done)) == [False, False, True]


def test_letters_are_kept_in_utf_8() -> None:
    server().execute("CREATE DATABASE latin TEMPLATE template0 ENCODING LATIN1")
    with pytest.raises(StorageError, match="LATIN1"):
        migrate(server().url("latin"))


def test_what_is_cancelled_in_a_statement_is_cancelled_and_no_error_of_the_database() -> None:
    async def story(one: Database, other: Database) -> None:
        async def sleep() -> None:
            async with one.read() as connection:
                await connection.execute(sa.text("SELECT pg_sleep(60)"))

        asleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
        task = asyncio.create_task(sleep())
        sleepers = 0
        while not sleepers:
            async with other.read() as connection:
                sleepers = await connection.scalar(sa.text(asleep)) or 0
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()

    play(story)
