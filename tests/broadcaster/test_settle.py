"""A database that cannot write for a while: nothing is lost, nothing is sent twice, nothing sticks."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from broadcaster.fate import Fate
from broadcaster.record import Record
from broadcaster.settle import NotWritten, Settler
from core.richtext import plain
from core.words import ChatKind, DeliveryState
from storage import claims, replies, tables
from storage.ledger import Claim
from tests.broadcaster.office import KEYED, PLAIN, Office, work


class Disk:
    """Fails the n-th statement (from 1) of a database, and some after it; counts them all."""

    def __init__(self, made: Office) -> None:
        """Watch both of its engines."""
        self.count = 0
        self._bad = range(0)
        for engine in (made.db._writer, made.db._reader):
            sa.event.listen(engine.sync_engine, "before_cursor_execute", self._statement)
            sa.event.listen(engine.sync_engine, "commit", self._statement)

    def fail(self, number: int, times: int = 1) -> None:
        """Fail these statements, counted from now on."""
        self.count, self._bad = 0, range(number, number + times)

    def _statement(self, *told: Any) -> None:
        if "pg_advisory" in "".join(told[2:3]):
            return  # PostgreSQL's turn to write, before anything is written
        self.count += 1
        if self.count in self._bad:
            raise sa.exc.OperationalError("", {}, sqlite3.OperationalError("disk is full"))


class Unheard:
    """Breaks off after the n-th commit (from 1) and some after it: they are on disk, and nobody hears of it."""

    def __init__(self, made: Office, first: int, times: int = 1) -> None:
        """Do it so many times."""
        self.first, self.times = first, times
        self._write = made.db.write

    @asynccontextmanager
    async def write(self, *, alone: bool = True) -> AsyncIterator[Any]:
        """Give a connection as the database does."""
        async with self._write(alone=alone) as connection:
            yield connection
        self.first -= 1
        if self.first <= 0 < self.times:
            self.times -= 1
            gone = ConnectionError("connection was closed in the middle of operation")
            raise sa.exc.OperationalError("COMMIT", None, gone)


async def live(made: Office) -> None:
    """Run the courier as the product does until everything is settled, while time flies."""
    running = asyncio.create_task(made.courier.run())
    for _ in range(400):
        await asyncio.sleep(0.002)
        made.clock.advance(500)
        if not running.done() and await _settled(made):
            break
    await made.courier.stop(1)
    await running


async def _settled(made: Office) -> bool:
    try:
        return not {DeliveryState.PENDING, DeliveryState.IN_FLIGHT} & set(await made.states())
    except sa.exc.OperationalError:
        return False


@pytest.mark.parametrize("kind", [ChatKind.PRIVATE, ChatKind.CHANNEL])
@pytest.mark.parametrize("able", [PLAIN, KEYED])
@pytest.mark.parametrize("times", [1, 7])
def test_whichever_statement_fails_nothing_is_lost_or_doubled(
    tmp_path: Path, kind: ChatKind, able: Any, times: int
) -> None:
    async def story(made: Office) -> None:
        disk = Disk(made)
        for name in ("1", "2"):
            await made.chat(name, kind)
        text = "\n\n".join(f"Абзац {n}. " + "слово " * 20 for n in range(2))
        for n in range(1, 1000, 3 if times == 1 else 5):
            await made.take(f"a{n}", text)
            made.messenger.sent.clear()
            disk.fail(n, times)
            await live(made)
            used = disk.count
            disk.fail(0, 0)
            assert set(await made.states()) == {DeliveryState.SENT}, n
            for name in ("1", "2"):
                texts = made.messenger.texts(name)
                assert len(texts) == len(set(texts)) == 2, (n, texts)
            made.courier = made.remade()
            if used < n:
                break
        assert await made.open_waves() == 0

    work(tmp_path, story, able)


def test_what_was_answered_is_written_once_there_is_room_again(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        settler = Settler(made.db, made.clock)
        tries = 0

        async def write(connection: Any) -> None:
            nonlocal tries
            tries += 1
            if tries < 4:
                raise sa.exc.OperationalError("", {}, sqlite3.OperationalError("disk is full"))
            await connection.execute(tables.account.update().values(title="written"))

        settling = asyncio.create_task(settler.settle(write))
        while not settling.done():
            await asyncio.sleep(0.001)
            made.clock.advance(1000)
        await settling
        async with made.db.read() as connection:
            assert await connection.scalar(sa.select(tables.account.c.title)) == "written"

    work(tmp_path, story)


@pytest.mark.parametrize("kind", [ChatKind.PRIVATE, ChatKind.CHANNEL])
@pytest.mark.parametrize("first", [1, 2, 3])
@pytest.mark.parametrize("times", [1, 2, 5])
def test_a_mark_whose_commit_is_not_heard_of_keeps_nothing_from_leaving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: ChatKind, first: int, times: int
) -> None:
    async def story(made: Office) -> None:
        await made.chat("1", kind)
        await made.take("a")
        unheard = Unheard(made, first, times)
        monkeypatch.setattr(made.db, "write", unheard.write)
        await live(made)
        assert unheard.times < times
        rows = await made.rows(tables.delivery.c.state, tables.delivery.c.doubt)
        assert rows == [(DeliveryState.SENT, False)]
        assert len(made.messenger.sent) == 1

    work(tmp_path, story)


def test_nor_does_a_replys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(made: Office) -> None:
        chat = await made.chat("1")
        async with made.db.write() as connection:
            for text in ("Раз", "Два"):
                await replies.add(connection, made.account, chat, plain(text), now=made.clock.now())
        monkeypatch.setattr(made.db, "write", Unheard(made, 1).write)
        with pytest.raises(sa.exc.OperationalError):  # `run` would log it and go on
            await made.courier.drain()
        await made.rest(2, times=5)
        assert made.messenger.texts("1") == ["Раз", "Два"]

    work(tmp_path, story)


def test_a_write_that_is_wrong_stops_nobody(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        settler = Settler(made.db, made.clock)

        async def wrong(connection: Any) -> None:
            await connection.exec_driver_sql("SELECT nothing FROM nowhere")

        async def good(connection: Any) -> None:
            await connection.execute(tables.account.update().values(title="written"))

        wrote = await asyncio.gather(
            settler.settle(wrong), settler.settle(good), return_exceptions=True
        )
        assert isinstance(wrote[0], NotWritten)
        assert wrote[1] is None

    work(tmp_path, story)


def test_one_bad_write_takes_no_other_with_it(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        settler = Settler(made.db, made.clock)

        async def good(connection: Any) -> None:
            await connection.execute(tables.account.update().values(title="written"))

        async def bad(connection: Any) -> None:
            await connection.execute(tables.account.update().values(title="undone"))
            raise ValueError

        done = await asyncio.gather(
            settler.settle(good), settler.settle(bad), return_exceptions=True
        )
        assert done[0] is None
        assert isinstance(done[1], NotWritten)
        async with made.db.read() as connection:
            assert await connection.scalar(sa.select(tables.account.c.title)) == "written"

    work(tmp_path, story)


def test_records_handed_in_together_are_one_commit_and_none_is_lost_by_a_bad_one(
    tmp_path: Path,
) -> None:
    async def story(made: Office) -> None:
        for name in ("1", "2", "3"):
            await made.chat(name)
        await made.take("a")
        due = [c for errand in await made.courier._claiming.next() for c in errand.claims]
        settler = Settler(made.db, made.clock)
        sent = Fate(DeliveryState.SENT, attempts=1)
        first, second, third = (Record(made.account, c, sent, messages=("7",)) for c in due)
        nowhere = third._replace(claim=due[2]._replace(delivery_id=999), number=1)
        disk = Disk(made)

        async def commits(*records: Record) -> list[bool | BaseException]:
            disk.count = 0
            handed_in = (settler.record([one]) for one in records)
            return await asyncio.gather(*handed_in, return_exceptions=True)

        assert await commits(first, second) == [False, False]
        together = disk.count
        done = await commits(third, nowhere)
        assert done[0] is True, "the wave was closed by it"
        assert isinstance(done[1], NotWritten)
        assert set(await made.states()) == {DeliveryState.SENT}
        assert await made.open_waves() == 0
        assert together == 3, "settled, waves looked at, committed"

    work(tmp_path, story)


def test_closing_gives_up_what_cannot_be_written(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        settler = Settler(made.db, made.clock)

        async def never(connection: Any) -> None:
            raise sa.exc.OperationalError("", {}, sqlite3.OperationalError("disk is full"))

        settling = asyncio.create_task(settler.settle(never))
        await asyncio.sleep(0.02)
        await settler.close()
        with pytest.raises(NotWritten):
            await settling

    work(tmp_path, story)


async def _due(made: Office) -> list[Claim]:
    async with made.db.read() as connection:
        return await claims.claimable(connection, made.account, "telegram", made.clock.now(), 10)


def test_marks_and_outcomes_that_come_together_are_one_commit(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        for name in ("1", "2", "3"):
            await made.chat(name)
        await made.take("a")
        settler = Settler(made.db, made.clock)
        first, second, third = await _due(made)
        assert await settler.mark([first]) == {first.delivery_id}
        disk = Disk(made)
        sent = Record(made.account, first, Fate(DeliveryState.SENT), messages=("7",))
        done = await asyncio.gather(
            settler.record([sent]), settler.mark([second]), settler.mark([third])
        )
        assert done == [False, {second.delivery_id}, {third.delivery_id}], "to each its own"
        # Settled, waves looked at, the marks' revisions looked at, marked, committed.
        assert disk.count == 5
        in_flight = DeliveryState.IN_FLIGHT
        assert await made.states() == [DeliveryState.SENT, in_flight, in_flight]

    work(tmp_path, story)


def test_nothing_is_marked_for_one_who_does_not_wait_any_more(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        await made.chat("1")
        await made.take("a")
        settler = Settler(made.db, made.clock)
        marking = asyncio.create_task(settler.mark(await _due(made)))
        await asyncio.sleep(0)
        marking.cancel()
        await settler.close()
        assert await made.states() == [DeliveryState.PENDING]

    work(tmp_path, story)


def test_a_mark_that_cannot_be_written_fails_at_once_and_outcomes_are_kept(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        for name in ("1", "2"):
            await made.chat(name)
        await made.take("a")
        settler = Settler(made.db, made.clock)
        first, second = await _due(made)
        await settler.mark([first])
        sent = Record(made.account, first, Fate(DeliveryState.SENT), messages=("7",))
        disk = Disk(made)
        disk.fail(1, 3)  # what is written together, the mark alone, the outcome alone
        recording = asyncio.create_task(settler.record([sent]))
        with pytest.raises(sa.exc.OperationalError):
            await settler.mark([second])
        assert not recording.done()
        while not recording.done():
            await asyncio.sleep(0.001)
            made.clock.advance(1000)
        assert await made.states() == [DeliveryState.SENT, DeliveryState.PENDING]

    work(tmp_path, story)
