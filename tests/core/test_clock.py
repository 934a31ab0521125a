"""Waiting by a clock that people move."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from core.clock import Clock, MovableClock, SystemClock

Story = Callable[[MovableClock], Awaitable[None]]


def play(story: Story, *, frozen: bool = True) -> None:
    """Run a story with a clock that stands at 1,000,000 ms, or goes on from there."""

    async def run() -> None:
        async with asyncio.timeout(10):
            await story(MovableClock(1_000_000, frozen=frozen))

    asyncio.run(run())


async def settled() -> None:
    """Let every task that can go on do so."""
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.mark.parametrize("clock", [MovableClock(), SystemClock()], ids=["movable", "system"])
def test_what_is_set_or_past_is_not_waited_for(clock: Clock) -> None:
    async def run() -> None:
        event = asyncio.Event()
        assert not await clock.wait(event, clock.now())
        assert not await clock.wait(event, clock.now() + 5)
        event.set()
        assert await clock.wait(event, clock.now() + 3_600_000)
        assert await clock.wait(event)

    asyncio.run(run())


@pytest.mark.parametrize("frozen", [True, False], ids=["standing", "going"])
def test_a_clock_that_is_moved_wakes_whose_time_has_come_and_nobody_else(frozen: bool) -> None:
    async def story(clock: MovableClock) -> None:
        woken: list[str] = []

        async def sleeper(name: str, at: int) -> None:
            await clock.sleep_until(at)
            woken.append(name)

        async with asyncio.TaskGroup() as group:
            group.create_task(sleeper("in an hour", clock.now() + 3_600_000))
            group.create_task(sleeper("in a day", clock.now() + 86_400_000))
            await settled()
            clock.advance(3_600_000)
            await settled()
            assert woken == ["in an hour"]
            clock.advance(86_400_000)

        assert woken == ["in an hour", "in a day"]

    play(story, frozen=frozen)


def test_a_clock_that_stands_still_lets_nobody_go() -> None:
    async def story(clock: MovableClock) -> None:
        event = asyncio.Event()
        waiting = asyncio.create_task(clock.wait(event, clock.now() + 1))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        event.set()
        assert await waiting

    play(story)


def test_a_clock_put_back_lets_whoever_waits_look_again() -> None:
    async def story(clock: MovableClock) -> None:
        waiting = asyncio.create_task(clock.wait(asyncio.Event(), clock.now() + 3_600_000))
        sleeping = asyncio.create_task(clock.sleep_until(clock.now() + 10))
        await settled()
        clock.advance(-3_600_000)
        assert await waiting is False
        await settled()
        assert not sleeping.done(), "a moment that has not come"
        clock.advance(3_700_000)
        await sleeping

    play(story)


def test_so_does_the_machines_own(monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.time_ns()
    moments = iter([began, began])  # then it is put back
    monkeypatch.setattr(time, "time_ns", lambda: next(moments, began - 3_600_000_000_000))

    async def run() -> None:
        async with asyncio.timeout(10):
            assert await SystemClock().wait(asyncio.Event(), began // 1_000_000 + 20) is False

    asyncio.run(run())


def test_one_who_is_cancelled_is_no_longer_waited_for() -> None:
    async def story(clock: MovableClock) -> None:
        waiting = asyncio.create_task(clock.wait(asyncio.Event(), clock.now() + 10))
        await settled()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        clock.advance(20)

    play(story)
