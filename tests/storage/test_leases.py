"""Leases: who may take them, when they are free again, and that a late write is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.errors import LeaseLost
from storage import leases, tables
from storage.database import Database
from storage.leases import Fenced
from storage.line import Line, Topic
from storage.rows import insert
from tests.support import postgres
from tests.support.database import fresh

pytestmark = [
    pytest.mark.usefixtures("each_database"),
    pytest.mark.parametrize("each_database", ["postgresql"], indirect=True),
]
LONG, GONE = 60_000, -1  # ms; without waiting: a life that ended before it began
ACCOUNT = "account:1"


def run(folder: Path, work: Callable[[Database], Awaitable[None]]) -> None:
    """Do something with a fresh database."""

    async def whole() -> None:
        db = fresh(folder)
        try:
            await work(db)
        finally:
            await db.close()

    asyncio.run(whole())


async def joined(db: Database, name: str, lease_ms: int = LONG, config: str = "same") -> int:
    """Return the number of a worker that is admitted."""
    async with db.write() as connection:
        me = await leases.join(connection, name, "", config, lease_ms)
        assert await leases.admit(connection, me, ready=True) is None
    return me


async def taken(db: Database, worker: int, *, bury: bool = True) -> int | None:
    """Let a worker take the lease; returns its fence, None if it is not free."""
    async with db.write() as connection:
        await leases.bury(connection, [], silent=bury)
        return (await leases.take(connection, worker, [ACCOUNT])).get(ACCOUNT)


def door(db: Database, worker: int, fence: int, told: list[str] | None = None) -> Fenced:
    """Return the door of whoever holds the lease by this fence."""
    lost = (told if told is not None else []).append
    return Fenced(db, worker, ACCOUNT, fence, lambda: lost("lost"))


async def say(to: Database, text: str, *, alone: bool = True) -> None:
    """Write something through a door."""
    async with to.write(alone=alone) as connection:
        await insert(
            connection, tables.organization, slug=text, name=text, short=text, kind=1, position=0
        )


async def said(db: Database) -> list[str]:
    """Return what was written."""
    async with db.read() as connection:
        return list(await connection.scalars(sa.select(tables.organization.c.slug)))


@pytest.mark.parametrize("alone", [True, False])
def test_the_late_write_of_a_worker_that_was_paused_is_refused(tmp_path: Path, alone: bool) -> None:
    async def work(db: Database) -> None:
        told: list[str] = []
        old = await joined(db, "old", GONE)
        first = await taken(db, old, bury=False)
        assert first == 1
        await say(door(db, old, first), "in-time", alone=alone)
        new = await joined(db, "new")
        second = await taken(db, new)
        assert second == 2
        with pytest.raises(LeaseLost):
            await say(door(db, old, first, told), "late", alone=alone)
        await say(door(db, new, second), "by-the-new", alone=alone)
        assert told == ["lost"]
        assert await said(db) == ["in-time", "by-the-new"]

    run(tmp_path, work)


def test_an_old_fence_is_refused_though_the_same_worker_holds_the_lease_again(
    tmp_path: Path,
) -> None:
    async def work(db: Database) -> None:
        me = await joined(db, "me")
        first = await taken(db, me)
        assert first is not None
        async with db.write() as connection:
            await leases.give_back(connection, me, ACCOUNT)
        with pytest.raises(LeaseLost):
            await say(door(db, me, first), "given back")
        second = await taken(db, me)
        assert second == first + 1
        with pytest.raises(LeaseLost):
            await say(door(db, me, first), "by the old number")
        await say(door(db, me, second), "ours")
        assert await said(db) == ["ours"]

    run(tmp_path, work)


def test_a_take_over_waits_for_the_write_that_has_found_its_fence(tmp_path: Path) -> None:
    async def work(db: Database) -> None:
        old = await joined(db, "old", GONE)
        fence = await taken(db, old, bury=False)
        new = await joined(db, "new")
        assert fence is not None
        async with door(db, old, fence).write(alone=False) as connection:
            taking = asyncio.create_task(taken(db, new))
            await until_somebody_waits_for_a_lock(db)
            assert not taking.done()
            await connection.execute(sa.text("SELECT 1"))
        assert await taking == fence + 1

    run(tmp_path, work)


async def until_somebody_waits_for_a_lock(db: Database) -> None:
    """Return when a session of this database stands in line."""
    waiting = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    while True:
        async with db.read() as connection:
            if await connection.scalar(waiting):
                return


def test_a_lease_is_free_when_its_holder_leaves_or_is_buried_and_not_before(
    tmp_path: Path,
) -> None:
    async def work(db: Database) -> None:
        one, two, three = [await joined(db, name) for name in ("one", "two", "three")]
        assert await taken(db, one) == 1
        assert await taken(db, two) is None
        async with db.write() as connection:
            await leases.leave(connection, one)
        assert await taken(db, two) == 2
        async with db.write() as connection:
            assert await leases.bury(connection, [two], silent=False) == ["two"]
        assert await taken(db, three) == 3
        assert await taken(db, three) == 4, "an answer that was lost is asked for again"

    run(tmp_path, work)


def test_nobody_is_admitted_beside_one_who_works_by_other_settings(tmp_path: Path) -> None:
    async def work(db: Database) -> None:
        first = await joined(db, "first", config="A")
        async with db.write() as connection:
            same = await leases.join(connection, "same", "", "A", LONG)
            other = await leases.join(connection, "other", "", "B", LONG)
            assert await leases.admit(connection, same, ready=False) is None
            assert await leases.admit(connection, other, ready=True) in ("first", "same")
            await leases.leave(connection, first)
            await leases.leave(connection, same)
            assert await leases.admit(connection, other, ready=True) is None
            with pytest.raises(LeaseLost):
                await leases.admit(connection, first, ready=True)
            standing = await leases.standing(connection)
        assert [(w.name, w.ready, w.lives) for w in standing.workers] == [("other", True, True)]

    run(tmp_path, work)


def test_other_settings_are_no_hindrance_once_their_worker_is_silent(tmp_path: Path) -> None:
    async def work(db: Database) -> None:
        await joined(db, "silent", GONE, config="A")
        await joined(db, "other", config="B")

    run(tmp_path, work)


@asynccontextmanager
async def line(db: Database, heard: list[Topic], opened: list[str]) -> AsyncIterator[Line]:
    """Give a worker's line, which must be opened by a first word."""
    assert isinstance(db.where, sa.URL)
    made = Line(db.where, heard.extend, lambda: opened.append("opened"), 5)
    try:
        yield made
    finally:
        await made.close()


def test_a_ring_is_heard_by_the_others_and_not_by_oneself(tmp_path: Path) -> None:
    async def work(db: Database) -> None:
        mine: list[Topic] = []
        theirs: list[Topic] = []
        me = await joined(db, "me")
        async with line(db, mine, []) as one, line(db, theirs, []) as two:
            assert await one.beat(me, LONG) and await two.beat(me, LONG)
            topics: list[Topic] = ["reports", *(("courier", n) for n in range(500))]
            await one.ring(topics)
            while len(theirs) < len(topics):  # the driver hears between two statements
                await two.beat(me, LONG)
            assert theirs == topics
            assert mine == []

    run(tmp_path, work)


def test_the_line_opens_anew_when_the_server_was_away_and_says_so(tmp_path: Path) -> None:
    async def work(db: Database) -> None:
        opened: list[str] = []
        me = await joined(db, "me")
        async with line(db, [], opened) as mine:
            assert await mine.beat(me, LONG)
            postgres.server().stop()
            with pytest.raises(sa.exc.OperationalError):
                await mine.beat(me, LONG)
            postgres.server().start()
            assert await mine.beat(me, LONG)
            assert opened == ["opened", "opened"]
            async with db.write() as connection:
                await leases.leave(connection, me)
            assert not await mine.beat(me, LONG), "it counts as gone"

    run(tmp_path, work)
