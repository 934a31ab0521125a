"""Updates come in: batch and cursor together, and no error ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bots import intake
from core.errors import MessengerError, PollConflict, TokenDead
from core.incoming import IncomingKind
from core.words import ChatKind
from storage import tables
from tests.bots.house import House, play
from tests.support.full import Full
from tests.support.wait import until


def run(folder: Path, story: Callable[[House], Awaitable[None]]) -> None:
    """Run a story with the intake of the account running."""

    async def with_intake(house: House) -> None:
        task = asyncio.create_task(
            intake.run(house.db, 1, house.messenger, house.bell, house.clock)
        )
        try:
            await story(house)
            assert not task.done()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    play(folder, with_intake)


async def polls(house: House, count: int) -> None:
    """Wait until so many polls have begun."""
    await until(lambda: len(house.messenger.cursors) >= count)


async def cursor(house: House) -> str | None:
    """Return the account's cursor."""
    found: str | None = (await house.row(tables.account)).cursor
    return found


def test_batch_and_cursor_are_kept_before_the_next_poll(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        one = house.incoming(IncomingKind.START)
        await house.messenger.batches.put([one])
        await polls(house, 2)
        assert house.messenger.cursors == [None, "1"]
        assert await cursor(house) == "1"
        assert (await house.row(tables.inbox)).key == one.key
        assert house.bell.on("engine").is_set()

    run(tmp_path, story)


def test_an_update_that_comes_again_is_kept_once(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        one = house.incoming(IncomingKind.START)
        await house.messenger.batches.put([one])
        await house.messenger.batches.put([one, house.incoming(IncomingKind.START)])
        await polls(house, 3)
        assert len(await house.rows(tables.inbox)) == 2

    run(tmp_path, story)


def test_what_could_not_be_written_down_is_asked_for_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(house: House) -> None:
        full = Full(house, "INTO inbox")
        one = house.incoming(IncomingKind.START)
        await house.messenger.batches.put([one])
        await until(lambda: full.struck and "could not be taken in" in caplog.text)
        await step(house, 1000, polls_wanted=2)
        assert house.messenger.cursors == [None, None]
        await house.messenger.batches.put([one])
        await polls(house, 3)
        assert house.messenger.cursors[2] == "1"
        assert (await house.row(tables.inbox)).key == one.key

    run(tmp_path, story)


def test_talk_of_groups_is_not_kept_but_passed_over(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        talk = house.incoming(IncomingKind.MESSAGE, chat="-5", chat_kind=ChatKind.GROUP)
        added = house.incoming(IncomingKind.MEMBERSHIP, chat="-5", chat_kind=ChatKind.GROUP)
        await house.messenger.batches.put([talk, added])
        await polls(house, 2)
        assert [row.kind for row in await house.rows(tables.inbox)] == ["membership"]
        assert await cursor(house) == "1"

    run(tmp_path, story)


def test_a_refused_key_is_said_in_words_and_tried_each_minute(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.messenger.batches.put(TokenDead("401"))

        async def troubled() -> bool:
            return (await house.row(tables.account)).trouble is not None

        await until(troubled)
        assert "не принимает ключ" in (await house.row(tables.account)).trouble
        await step(house, 59_999, polls_wanted=1)
        await step(house, 1, polls_wanted=2)
        await house.messenger.batches.put([])
        await polls(house, 3)
        assert (await house.row(tables.account)).trouble is None

    run(tmp_path, story)


async def step(house: House, ms: int, *, polls_wanted: int) -> None:
    """Move the clock, and see how many polls have begun."""
    house.clock.advance(ms)
    if polls_wanted > len(house.messenger.cursors):
        await polls(house, polls_wanted)
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(house.messenger.cursors) == polls_wanted


@pytest.mark.parametrize(
    ("error", "waits"),
    [
        (PollConflict("409"), [5000]),
        (MessengerError("429", retry_after=7), [7000]),
        (MessengerError("500"), [1000]),
        (RuntimeError("a mistake of ours"), [1000]),
    ],
)
def test_after_an_error_it_waits_and_goes_on(
    tmp_path: Path, error: Exception, waits: list[int]
) -> None:
    async def story(house: House) -> None:
        await house.messenger.batches.put(error)
        await polls(house, 1)
        for _ in range(50):
            await asyncio.sleep(0)
        await step(house, waits[0] - 1, polls_wanted=1)
        await step(house, 1, polls_wanted=2)

    run(tmp_path, story)


def test_pauses_grow_to_half_a_minute_and_begin_small_again(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        begun = 1
        for wait in (1, 2, 4, 8, 16, 30, 30):
            await house.messenger.batches.put(MessengerError("unreachable"))
            await polls(house, begun)
            for _ in range(50):
                await asyncio.sleep(0)
            await step(house, wait * 1000 - 1, polls_wanted=begun)
            begun += 1
            await step(house, 1, polls_wanted=begun)
        await house.messenger.batches.put([])
        await polls(house, begun + 1)
        await house.messenger.batches.put(MessengerError("unreachable"))
        for _ in range(50):
            await asyncio.sleep(0)
        await step(house, 1000, polls_wanted=begun + 2)

    run(tmp_path, story)
