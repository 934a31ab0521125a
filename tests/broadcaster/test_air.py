"""What is in the air: counted until it has landed, carried in tasks that are used again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from broadcaster.air import Air


class Port:
    """Loads that land when they are let; notes which tasks carried them."""

    def __init__(self, most: int = 3) -> None:
        """Let so many be in the air."""
        self.landed = 0
        self.gates: dict[str, asyncio.Event] = {}
        self.carriers: list[asyncio.Task[Any] | None] = []
        self.air = Air("a", most, self._land)

    def _land(self) -> None:
        self.landed += 1

    async def carry(self, load: str) -> None:
        """Wait for the load's gate."""
        self.carriers.append(asyncio.current_task())
        await self.gates[load].wait()
        if load == "bad":
            raise ValueError(load)

    def launch(self, *loads: str) -> None:
        """Launch loads whose gates are shut."""
        for load in loads:
            self.gates[load] = asyncio.Event()
            self.air.launch(self.carry, load)


def test_a_place_is_free_when_one_has_landed_and_its_task_carries_the_next() -> None:
    async def story() -> None:
        port = Port(2)
        port.launch("1", "2")
        await asyncio.sleep(0)
        assert port.air.is_full
        waiting = asyncio.create_task(port.air.place())
        await asyncio.sleep(0)
        assert not waiting.done()
        port.gates["1"].set()
        await waiting
        port.launch("3")
        for gate in port.gates.values():
            gate.set()
        await port.air.empty()
        assert port.landed == 3
        assert port.carriers[2] is port.carriers[0]
        port.air.rest()

    asyncio.run(story())


def test_a_load_that_fails_is_told_and_stops_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def story() -> None:
        port = Port()
        port.launch("bad", "2")
        for gate in port.gates.values():
            gate.set()
        await port.air.empty()
        port.launch("3")
        port.gates["3"].set()
        await port.air.empty()
        assert port.landed == 3
        assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ValueError]
        port.air.rest()

    asyncio.run(story())


@pytest.mark.parametrize("begun", [True, False])
def test_what_is_given_up_leaves_nothing_behind(begun: bool) -> None:
    async def story() -> None:
        port = Port()
        port.launch("1", "2")
        if begun:
            await asyncio.sleep(0)
            port.gates["1"].set()
            await port.air.place()
            await asyncio.sleep(0)
            await asyncio.sleep(0)  # the first has landed, its task waits for another load
        port.air.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        assert not [task for task in others if not task.done()]

    asyncio.run(story())
