"""Sources that change, repeat themselves, fail and recover: each item is taken once, and none is forgotten."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from newsroom.desk import MAX_CHANGES
from storage import tables
from tests.support.town import Town, town

Story = Callable[[Town], Awaitable[None]]


def walk(folder: Path, story: Story, *, read: bool = True) -> None:
    """Run a story in a town with one site, read once when it was empty."""

    async def run() -> None:
        async with town(folder, "telegram") as made:
            await made.post("clock", at="2026-11-23T09:00:00+03:00")
            await made.time.sync()
            await made.post("world", sites=[{"name": "news", "title": "Новости"}])
            await made.source("news")
            await made.subscriber("telegram", 1)
            if read:
                await made.flow()
            await story(made)

    asyncio.run(run())


async def publish(made: Town, title: str, **more: Any) -> str:
    """Publish an item; returns its id."""
    site = await made.post(
        "sites/news", publish={"title": title, "html": "<p>Подробности.</p>", **more}
    )
    return str(next(i["id"] for i in site["items"] if i["title"] == title))


async def later(made: Town, seconds: float = 61) -> None:
    """Let time pass and everything flow."""
    await made.advance(seconds)
    await made.flow()


async def said(made: Town, word: str = "Новость") -> list[str]:
    """Return the first lines of what the subscriber sees."""
    lines = [m["text"].partition("\n")[0] for m in await made.seen("telegram", "main", 1)]
    return [line for line in lines if word in line]


async def source(made: Town) -> Any:
    """Return the source's row."""
    async with made.db.read() as connection:
        return (await connection.execute(tables.source.select())).one()


def test_a_feed_that_shrinks_and_grows_brings_nothing_twice(tmp_path: Path) -> None:
    async def story(made: Town) -> None:
        first = await publish(made, "Новость 1")
        await later(made)
        await made.post("sites/news", remove={"id": first})
        await publish(made, "Новость 2")
        await later(made)
        await publish(made, "Новость 1", id=first)
        await later(made)
        assert await said(made) == ["Новость 1", "Новость 2"]

    walk(tmp_path, story)


def test_new_and_changed_items_of_one_reading_are_both_taken(tmp_path: Path) -> None:
    async def story(made: Town) -> None:
        first = await publish(made, "Новость 1")
        await later(made)
        await made.post("sites/news", edit={"id": first, "title": "Новость 1 уточнена"})
        await publish(made, "Новость 2")
        await later(made)
        assert await said(made) == ["Новость 1 уточнена", "Новость 2"]

    walk(tmp_path, story)


def test_many_new_items_at_once_come_oldest_first(tmp_path: Path) -> None:
    async def story(made: Town) -> None:
        for n in range(12):
            await publish(made, f"Новость {n:02}")
            await made.post("clock", advance_s=1)
        await later(made)
        for _ in range(15):
            await later(made, 5)
        assert await said(made) == [f"Новость {n:02}" for n in range(12)]

    walk(tmp_path, story)


def test_items_of_two_sources_with_one_id_are_two_items(tmp_path: Path) -> None:
    async def story(made: Town) -> None:
        await made.post("world", sites=[{"name": "other", "title": "Другие"}])
        await made.source("other")
        await made.flow()
        for site in ("news", "other"):
            item = {"id": "7", "title": f"Новость {site}", "html": "<p>Подробности.</p>"}
            await made.post(f"sites/{site}", publish=item)
        await later(made)
        assert sorted(await said(made)) == ["Новость news", "Новость other"]

    walk(tmp_path, story)


def test_a_page_with_a_clock_in_it_is_not_corrected_for_ever(tmp_path: Path) -> None:
    async def story(made: Town) -> None:
        item = await publish(made, "Новость 1", pictures=1)
        await later(made)
        for n in range(MAX_CHANGES + 3):
            await made.post("sites/news", edit={"id": item, "html": f"<p>Сейчас {n}.</p>"})
            await later(made)
        async with made.db.read() as connection:
            revisions = await connection.scalar(
                sa.select(sa.func.count()).select_from(tables.revision)
            )
        assert revisions == MAX_CHANGES + 1

    walk(tmp_path, story)


def test_undated_items_of_a_new_source_are_kept_but_not_sent(tmp_path: Path) -> None:
    body = '<?xml version="1.0"?><rss version="2.0"><channel><title>Т</title>{}</channel></rss>'
    item = "<item><guid>{0}</guid><title>Новость {0}</title><description>Да.</description></item>"

    async def story(made: Town) -> None:
        old = "".join(item.format(n) for n in range(5))
        await made.post("sites/news", body=body.format(old))
        await made.flow()
        assert await said(made) == []
        await made.post("sites/news", body=body.format(item.format(9) + old))
        await later(made)
        assert await said(made) == ["Новость 9"]

    walk(tmp_path, story, read=False)


def test_one_broken_picture_of_ten_is_left_out_with_a_sentence(tmp_path: Path) -> None:
    async def story(made: Town) -> None:
        pictures = "".join(
            f'<img src="{made.sandbox.url}/sites/news/{name}">'
            for name in ("none1.jpg", "none2.jpg")
        )
        await publish(made, "Новость 1", html=f"<p>Да.</p>{pictures}", pictures=2)
        await later(made)
        (message, *more) = [m for m in await made.seen("telegram", "main", 1) if m["media"]]
        assert "Новость 1" in message["text"]
        assert len(more) == 1
        assert (await source(made)).trouble

    walk(tmp_path, story)


def test_a_busy_site_is_no_failure_and_is_tried_again_within_six_hours(tmp_path: Path) -> None:
    async def story(made: Town) -> None:
        await made.post("sites/news", status=429)
        await later(made)
        row = await source(made)
        assert row.failures == 0
        assert row.trouble
        assert row.next_at <= made.clock.now() + 6 * 3_600_000
        await made.post("sites/news", status=200)
        await publish(made, "Новость 1")
        await later(made, 6 * 3600 + 1)
        assert await said(made) == ["Новость 1"]
        assert (await source(made)).trouble is None

    walk(tmp_path, story)


def test_a_failing_site_is_tried_less_often_and_recovers(tmp_path: Path) -> None:
    async def story(made: Town) -> None:
        await made.post("sites/news", status=500)
        pauses = []
        for _ in range(4):
            row = await source(made)
            await later(made, max(0.0, (row.next_at - made.clock.now()) / 1000) + 1)
            row = await source(made)
            pauses.append(round((row.next_at - made.clock.now()) / 60_000))
        assert pauses == [1, 2, 4, 8]
        await made.post("sites/news", status=200)
        await publish(made, "Новость 1")
        await later(made, 9 * 60)
        row = await source(made)
        assert (row.failures, row.trouble) == (0, None)
        assert await said(made) == ["Новость 1"]

    walk(tmp_path, story)


def test_a_clock_that_was_a_day_ahead_does_not_silence_a_source(tmp_path: Path) -> None:
    async def story(made: Town) -> None:
        await made.advance(86_400)
        await made.flow()
        await made.post("clock", at="2026-11-23T09:05:00+03:00")
        await made.time.sync()
        await publish(made, "Новость 1")
        await made.flow()
        assert await said(made) == ["Новость 1"]

    walk(tmp_path, story)


def _sick(made: Town, word: str, error: Exception) -> Callable[[], None]:
    """Let every statement fail that writes a revision with that word; returns what heals it."""
    engine = made.db._writer.sync_engine

    def fail(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        if statement.startswith("INSERT INTO revision ") and word in str(values):
            raise error

    sa.event.listen(engine, "before_cursor_execute", fail)
    return lambda: sa.event.remove(engine, "before_cursor_execute", fail)


def test_an_item_that_cannot_be_taken_stops_none_behind_it_and_is_tried_again(
    tmp_path: Path,
) -> None:
    async def story(made: Town) -> None:
        heal = _sick(made, "Новость 1", ValueError("poison"))
        for n in range(3):
            await publish(made, f"Новость {n}")
            await made.post("clock", advance_s=1)
        await later(made)
        await later(made, 5)
        assert await said(made) == ["Новость 0", "Новость 2"]
        assert "Новость 1" in (await source(made)).trouble
        heal()
        await later(made)
        assert await said(made) == ["Новость 0", "Новость 2", "Новость 1"]
        assert (await source(made)).trouble is None

    walk(tmp_path, story)


def test_a_database_that_fails_in_the_middle_of_a_feed_loses_nothing(tmp_path: Path) -> None:
    async def story(made: Town) -> None:
        assert made.poller is not None
        full = sa.exc.OperationalError("", {}, sqlite3.OperationalError("disk is full"))
        heal = _sick(made, "Новость 1", full)
        for n in range(3):
            await publish(made, f"Новость {n}")
            await made.post("clock", advance_s=1)
        await made.advance(61)
        (row,) = await made.poller._due()
        await made.poller._read_safely(row)
        heal()
        await later(made, 130)
        await later(made, 5)
        assert await said(made) == [f"Новость {n}" for n in range(3)]

    walk(tmp_path, story)


@pytest.mark.parametrize("number", range(1, 6))
def test_reading_goes_on_after_any_statement_failed(tmp_path: Path, number: int) -> None:
    async def story(made: Town) -> None:
        assert made.poller is not None
        count = 0

        def fail(*_: Any) -> None:
            nonlocal count
            count += 1
            if number <= count < number + 3:
                raise sa.exc.OperationalError("", {}, sqlite3.OperationalError("disk is full"))

        for engine in (made.db._writer, made.db._reader):
            sa.event.listen(engine.sync_engine, "before_cursor_execute", fail)
        await publish(made, "Новость 1")
        await made.advance(61)
        running = asyncio.create_task(made.poller.run())
        for _ in range(100):
            await asyncio.sleep(0.005)
            made.clock.advance(5_000)
            if count > number + 3 and (await source(made)).failures == 0:
                break
        assert not running.done()
        running.cancel()
        await asyncio.wait([running])
        await made.time.sync()
        await later(made, 400)
        assert await said(made) == ["Новость 1"]

    walk(tmp_path, story)
