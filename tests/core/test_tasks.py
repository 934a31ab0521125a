"""How the network's tasks come to an end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from core.tasks import end, unless


def test_a_task_that_swallows_a_cancellation_is_told_again() -> None:
    swallowed = 0

    async def deaf() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed += 1
                if swallowed > 1:
                    raise

    async def story() -> None:
        task = asyncio.create_task(deaf())
        await asyncio.sleep(0)
        await asyncio.wait_for(end([task]), 5)
        assert task.cancelled()

    asyncio.run(story())
    assert swallowed == 2


@pytest.mark.parametrize("stopped", [False, True])
def test_work_is_done_unless_it_is_stopped_before(stopped: bool) -> None:
    ended: list[str] = []

    async def work(begun: asyncio.Event) -> str:
        begun.set()
        try:
            return await asyncio.sleep(3600 if stopped else 0, "done")
        finally:
            ended.append("ended")

    async def story() -> None:
        begun, stop = asyncio.Event(), asyncio.Event()
        doing = asyncio.create_task(unless(stop, work(begun)))
        await begun.wait()
        if stopped:
            stop.set()
        assert await doing == (None if stopped else "done")
        assert ended == ["ended"]

    asyncio.run(story())


def test_an_error_of_the_work_is_raised() -> None:
    async def work() -> None:
        raise ValueError("its own")

    with pytest.raises(ValueError, match="its own"):
        asyncio.run(_with_stop(work()))


async def _with_stop(work: Coroutine[Any, Any, None]) -> None:
    await unless(asyncio.Event(), work)
