"""Workers of one database share its work, and hand it over at once where they can. Their leases are
longer than any test: what happens here happens because somebody rang."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.cluster import Cluster
from app.parts import Part
from app.pulse import Pulse
from app.share import CONVERSATIONS, ROLES, account_lease
from app.staff import workers
from core.errors import LeaseLost
from storage import leases, tables
from storage.database import Database, open_database
from storage.rows import insert
from tests.support.database import fresh
from tests.support.wait import until

pytestmark = [
    pytest.mark.usefixtures("each_database"),
    pytest.mark.parametrize("each_database", ["postgresql"], indirect=True),
]
NAMES = [*(account_lease(n) for n in range(1, 7)), *ROLES]
LONG_S = 60.0
PATIENCE_S = 30


class Worker:
    """A worker whose work is to stand there; `does` is what it holds, `doors` what it writes through."""

    def __init__(self, db: Database, config: str) -> None:
        """Begin with nothing."""
        assert isinstance(db.where, sa.URL)
        self.db = open_database(db.where)
        self.cluster = Cluster(self.db, db.where, config, LONG_S)
        self.does: list[str] = []
        self.doors: dict[str, Database] = {}
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to work as soon as it is admitted."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop as SIGTERM does."""
        self._stop.set()
        assert self._task is not None
        await self._task
        await self.close()

    async def die(self) -> None:
        """End without a word."""
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])
        await self.close()

    async def close(self) -> None:
        """Let the connections go."""
        await self.cluster.close()
        await self.db.close()

    async def _run(self) -> None:
        await self.cluster.admitted()
        await self.cluster.run(NAMES, self._made, self._stop, 1)

    async def _made(self, name: str, door: Database, pulse: Pulse) -> Part:
        self.doors[name] = door
        return Part(partial(self._work, name))

    async def _work(self, name: str) -> None:
        self.does.append(name)
        try:
            await asyncio.Event().wait()
        finally:
            self.does.remove(name)


@asynccontextmanager
async def crew(folder: Path, *configs: str) -> AsyncIterator[tuple[Database, list[Worker]]]:
    """Give a database and workers with these settings, not yet started; at the end those that run are stopped."""
    db = fresh(folder)
    made = [Worker(db, config) for config in configs]
    try:
        yield db, made
    finally:
        for one in made:
            if one._task is not None and not one._task.done():
                await one.die()
            await one.close()
        await db.close()


def run(work: Awaitable[None]) -> None:
    """Run a test."""

    async def whole() -> None:
        await work

    asyncio.run(whole())


def shared(*crew: Worker) -> Callable[[], bool]:
    """Return a check that these do everything, evenly and each thing once."""

    def check() -> bool:
        held = Counter(name for one in crew for name in one.does)
        counts = [len(one.does) for one in crew]
        return sorted(held.elements()) == sorted(NAMES) and max(counts) - min(counts) <= 2

    return check


def test_all_is_shared_out_and_a_newcomer_gets_its_share_at_once(tmp_path: Path) -> None:
    async def work() -> None:
        async with crew(tmp_path, "same", "same", "same") as (db, (one, two, three)):
            one.start()
            await until(shared(one), PATIENCE_S)
            two.start()
            await until(shared(one, two), PATIENCE_S)
            three.start()
            await until(shared(one, two, three), PATIENCE_S)
            async with db.read() as connection:
                lines = await workers(connection)
            assert len(lines) == 3
            assert "разговоры" in next(line for line in lines if "разговоры" in line)
            await three.stop()
            await until(shared(one, two), PATIENCE_S)
            await one.stop()
            await until(shared(two), PATIENCE_S)
            await two.stop()
            async with db.read() as connection:
                assert (await leases.standing(connection)).workers == ()
                assert await workers(connection) == [
                    "Сейчас никто не делает: разговоры, сайты, часы."
                ]

    run(work())


def test_a_worker_with_other_settings_waits_says_so_and_begins_when_the_others_have_ended(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        async with crew(tmp_path, "old", "new") as (db, (old, new)):
            old.start()
            await until(shared(old), PATIENCE_S)
            with caplog.at_level(logging.WARNING):
                new.start()
                await until(lambda: "Настройки отличаются" in caplog.text, PATIENCE_S)
            async with db.read() as connection:
                assert "ждёт, его настройки отличаются" in " ".join(await workers(connection))
            assert (len(old.does), new.does) == (len(NAMES), [])
            await old.stop()
            await until(shared(new), PATIENCE_S)
            assert caplog.text.count("Настройки отличаются") == 1

    run(work())


def test_who_counts_as_gone_ends_what_it_did_is_refused_and_joins_anew(tmp_path: Path) -> None:
    async def work() -> None:
        async with crew(tmp_path, "same", "same") as (db, (one, two)):
            one.start()
            await until(shared(one), PATIENCE_S)
            late = one.doors[CONVERSATIONS]
            async with db.write() as connection:
                (known,) = (await leases.standing(connection)).workers
                await leases.leave(connection, known.id)  # as others do with one who is silent
            with pytest.raises(LeaseLost):
                await say(late, "late")
            two.start()
            await until(shared(one, two), PATIENCE_S)
            with pytest.raises(LeaseLost):
                await say(late, "later")
            (holder,) = (one_ for one_ in (one, two) if CONVERSATIONS in one_.does)
            await say(holder.doors[CONVERSATIONS], "now")
            async with db.read() as connection:
                ids = [w.id for w in (await leases.standing(connection)).workers]
                assert known.id not in ids
                found = list(await connection.scalars(sa.select(tables.organization.c.slug)))
            assert found == ["now"]

    run(work())


async def say(door: Database, text: str) -> None:
    """Write something."""
    async with door.write() as connection:
        await insert(connection, tables.organization, slug=text, name=text, short=text, kind=1)


def test_a_ring_reaches_whoever_holds_the_lease_and_nobody_is_told_what_concerns_only_oneself(
    tmp_path: Path,
) -> None:
    async def work() -> None:
        async with crew(tmp_path, "same", "same") as (_, (one, two)):
            one.start()
            two.start()
            await until(shared(one, two), PATIENCE_S)
            teller, hearer = (one, two) if CONVERSATIONS in two.does else (two, one)
            for worker in (one, two):
                worker.cluster.bell.on("engine").clear()
            teller.cluster.bell.ring("engine")
            await until(hearer.cluster.bell.on("engine").is_set, PATIENCE_S)
            teller.cluster.bell.on("engine").clear()
            hearer.cluster.bell.ring("engine")  # it holds the lease itself
            hearer.cluster.bell.ring("leases")
            await until(teller.cluster.bell.on("leases").is_set, PATIENCE_S)
            assert not teller.cluster.bell.on("engine").is_set()

    run(work())
