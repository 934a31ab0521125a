"""The publisher: at its minute, also when the clock jumps, and one failing post holds up nobody."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from broadcaster.publisher import RETRY_MS, Publisher
from core.bell import Bell
from core.words import ReviewState
from newsroom.reviews import UNDO_MS
from storage import tables
from storage.reviews import Review
from tests.newsroom.desks import HOUR, START, Desks, play

DUE = START + 7 * HOUR
SOON = 5  # seconds that a test waits for what must happen at once
SILENCE = 0.2  # seconds in which what must not happen would have happened


@asynccontextmanager
async def running(desks: Desks) -> AsyncIterator[Bell]:
    """Let a publisher run; yields the bell that it rings."""
    bell = Bell()
    task = asyncio.create_task(Publisher(desks.db, desks.rules, bell, desks.clock).run())
    try:
        yield bell
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def rung(bell: Bell, topic: str = "plans") -> None:
    """Wait until somebody is woken."""
    await asyncio.wait_for(bell.on(topic).wait(), SOON)
    bell.on(topic).clear()


async def silent(bell: Bell, topic: str = "plans") -> None:
    """See that nobody is woken."""
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(bell.on(topic).wait(), SILENCE)


async def planned(desks: Desks, due_at: int = DUE, *, approved: bool = True) -> Review:
    """Plan a post of the youth council."""
    review = await desks.send("youth", author="young", due_at=due_at)
    if approved:
        await desks.approve(review, "chair")
    return await desks.read(review)


async def state(desks: Desks, review: Review) -> ReviewState:
    """Return how a review stands."""
    return (await desks.read(review)).state


async def spoil(desks: Desks, review: Review) -> None:
    """Let a post's text be unreadable, so that it cannot go out."""
    async with desks.write() as connection:
        await connection.execute(
            tables.revision.update()
            .where(tables.revision.c.id == review.revision_id)
            .values(body={"words": 1})
        )


def test_a_plan_goes_out_at_its_very_moment(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await planned(desks)
        async with running(desks) as bell:
            desks.clock.set(DUE - 1, frozen=True)
            await silent(bell)
            assert await state(desks, review) is ReviewState.APPROVED
            desks.clock.set(DUE, frozen=True)
            await rung(bell)
            assert await state(desks, review) is ReviewState.PUBLISHED

    play(tmp_path, story)


def test_a_clock_that_jumps_over_the_moment_lets_it_out_at_once(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await planned(desks)
        async with running(desks) as bell:
            await silent(bell)
            desks.clock.advance(7 * HOUR + 17 * 60_000)
            await rung(bell)
            assert await state(desks, review) is ReviewState.PUBLISHED

    play(tmp_path, story)


def test_a_clock_that_is_put_back_lets_nothing_out_twice(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await desks.follow("youth", "youth")
        review = await planned(desks)
        async with running(desks) as bell:
            desks.clock.set(DUE, frozen=True)
            await rung(bell)
            desks.clock.set(START, frozen=True)
            await silent(bell)
            desks.clock.set(DUE, frozen=True)
            await silent(bell)
        assert await desks.sent(review.post_id) == {"youth": [review.revision_id]}

    play(tmp_path, story)


def test_by_the_running_clock_it_takes_less_than_two_seconds(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await planned(desks)
        desks.clock.set(DUE - 300, frozen=False)
        async with running(desks) as bell:
            await rung(bell)
            assert DUE <= desks.clock.now() < DUE + 2_000
            assert await state(desks, review) is ReviewState.PUBLISHED

    play(tmp_path, story)


def test_what_is_approved_while_it_waits_is_found_by_a_ring(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await planned(desks, DUE + HOUR)
        async with running(desks) as bell:
            await silent(bell)
            news = await desks.send()
            await desks.approve(news, "anna")
            bell.ring("publisher")
            await silent(bell)  # a minute to undo
            desks.clock.advance(UNDO_MS)
            await rung(bell, "reports")
            assert await state(desks, news) is ReviewState.PUBLISHED
            assert await state(desks, review) is ReviewState.APPROVED

    play(tmp_path, story)


def test_a_plan_that_nobody_approved_lapses_at_its_moment(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await planned(desks, approved=False)
        async with running(desks) as bell:
            desks.clock.set(DUE - 1, frozen=True)
            await silent(bell)
            assert await state(desks, review) is ReviewState.WAITING
            desks.clock.set(DUE, frozen=True)
            await rung(bell)
            assert await state(desks, review) is ReviewState.OVERDUE

    play(tmp_path, story)


def test_a_post_that_cannot_go_out_holds_up_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(desks: Desks) -> None:
        broken, sound = await planned(desks, DUE - 1), await planned(desks)
        unapproved = await planned(desks, approved=False)
        await spoil(desks, broken)
        desks.clock.set(DUE, frozen=True)
        publisher = Publisher(desks.db, desks.rules, Bell(), desks.clock)
        assert not await publisher.publish()
        assert await state(desks, sound) is ReviewState.PUBLISHED
        assert await state(desks, broken) is ReviewState.APPROVED
        assert await state(desks, unapproved) is ReviewState.OVERDUE

    with caplog.at_level(logging.CRITICAL, "broadcaster.publisher"):
        play(tmp_path, story)


def test_it_is_tried_again_after_a_while_and_not_without_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(desks: Desks) -> None:
        review = await planned(desks)
        await spoil(desks, review)
        async with running(desks) as bell:
            desks.clock.set(DUE, frozen=True)
            await rung(bell)
            await silent(bell)
            desks.clock.advance(RETRY_MS)
            await rung(bell)

    with caplog.at_level(logging.CRITICAL, "broadcaster.publisher"):
        play(tmp_path, story)


def test_nothing_is_written_when_nothing_is_due(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        await planned(desks)
        await planned(desks, approved=False)
        publisher = Publisher(desks.db, desks.rules, Bell(), desks.clock)
        async with desks.write():
            # Another's transaction stands open: whoever wants to write would wait for it.
            assert await asyncio.wait_for(publisher.publish(), SOON)

    play(tmp_path, story)


def test_a_restart_loses_nothing(tmp_path: Path) -> None:
    async def story(desks: Desks) -> None:
        review = await planned(desks)
        async with running(desks) as bell:
            await silent(bell)
        desks.clock.set(DUE + 60_000, frozen=True)
        async with running(desks) as bell:
            await rung(bell)
        assert await state(desks, review) is ReviewState.PUBLISHED

    play(tmp_path, story)
