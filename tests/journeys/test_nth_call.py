"""Whichever single call fails, to a messenger or to the database: a post lives its whole life as it should.

`make test` tries a few, drawn by lot; all of them with VESTNIK_CALLS=all.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.journeys import invariants
from tests.journeys.life import Disk, Life, Street, street

ALL = os.environ.get("VESTNIK_CALLS") == "all"
DRAWN = 5  # of the lives in which a call fails, in a quick run
DRAWN_STATEMENTS = 8
LIVES_A_STREET = 40  # what people see grows with every life, and so does the time to look at it

Trial = TypeVar("Trial")
Try = Callable[[Trial], Awaitable[None]]

# What happens to the call, by the network whose words it uses. «error» is a refusal for good.
WEATHER: dict[str, dict[str, dict[str, Any]]] = {
    "refused": {
        "telegram": {"do": "error", "code": 400, "text": "Bad Request: message text is empty"},
        "vk": {"do": "error", "code": 913, "text": "Too many forwarded messages"},
    },
    "reset before": {"": {"do": "reset_before"}},
    "reset after": {"": {"do": "reset_after"}},
    "hang": {"": {"do": "hang"}},
    "500": {
        "telegram": {"do": "error", "code": 500, "text": "Internal Server Error"},
        "vk": {"do": "error", "code": 10, "text": "Internal server error"},
    },
    "502": {"": {"do": "html502"}},
    "cut": {"": {"do": "cut"}},
    "empty": {"": {"do": "empty"}},
    "wrong": {"": {"do": "wrong"}},
}


@dataclass(frozen=True)
class Failing:
    """Which call fails how; `number` from 1, of the calls to that network, or to both if it is ''."""

    weather: str
    network: str
    number: int

    @property
    def order(self) -> dict[str, Any]:
        """Return the fault as control takes it."""
        said = WEATHER[self.weather]
        fault = said.get(self.network) or said[""]
        return {**fault, "network": self.network, "after": self.number - 1, "times": 1}


async def live(made: Street, *, may_refuse: bool = False) -> Life:
    """Let a post live its life, and check it at every stage."""
    life = await made.begin()
    await made.flow(lambda: made.planned(life))
    await invariants.after_sending(made, life, may_refuse=may_refuse)
    await _ask(made, life)
    await made.correct(life)
    await made.flow(lambda: made.corrected(life))
    await _ask(made, life)
    await invariants.after_correcting(made, life, may_refuse=may_refuse)
    unheard = await invariants.before_taking_back(made, life)
    await made.take_back(life)
    await made.flow(lambda: made.planned(life))
    await _ask(made, life)
    await invariants.after_taking_back(made, life, unheard, may_refuse=may_refuse)
    await invariants.nothing_sticks(made)
    return life


async def _ask(made: Street, life: Life) -> None:
    for _ in range(5):
        if not await made.answer_questions(life):
            return
        await made.flow(lambda: made.planned(life))
    raise AssertionError("the owner is asked without end")


async def _count(made: Street) -> dict[str, int]:
    """Return how many calls each network gets in a life in fair weather."""
    life = await live(made)
    calls = await made.calls(life)
    return {n: sum(c["network"] == n for c in calls) for n in ("telegram", "vk")}


def _failings(counts: dict[str, int], chance: random.Random) -> list[Failing]:
    every = [
        Failing(weather, network, number)
        for weather in WEATHER
        for network, calls in counts.items()
        for number in range(1, calls + 1)
    ]
    return every if ALL else chance.sample(every, DRAWN)


@pytest.fixture
def chance() -> random.Random:
    """Return the lot, by a seed that is printed."""
    seed = int(os.environ.get("VESTNIK_SEED", random.SystemRandom().randrange(10**6)))
    print(f"seed {seed} (repeat with VESTNIK_SEED={seed})")
    return random.Random(seed)


async def _each(
    folder: Path,
    draw: Callable[[Street], Awaitable[Sequence[Trial]]],
    prepare: Callable[[Street], Try[Trial]],
) -> None:
    """Live through every trial, on a new street after a life that went wrong; fail with all of these."""
    wrong: list[str] = []
    trials: Sequence[Trial] | None = None
    left: deque[Trial] = deque()
    for number in count():
        if trials is not None and not left:
            break
        ground = folder / str(number)
        ground.mkdir()
        async with street(ground) as made:
            await live(made)  # connections are open, and the site is known
            if trials is None:
                trials = await draw(made)
                left.extend(trials)
            attempt = prepare(made)
            for _ in range(min(LIVES_A_STREET, len(left))):
                trial = left.popleft()
                try:
                    await attempt(trial)
                except Exception as error:
                    wrong.append(f"{trial}: {type(error).__name__} {error}")
                    print(wrong[-1], flush=True)
                    break
        shutil.rmtree(ground)
    assert trials is not None
    print(f"{len(trials)} lives, {len(wrong)} went wrong")
    assert not wrong, "\n".join(wrong)


def test_whichever_call_to_a_messenger_fails_nothing_is_lost_doubled_or_stuck(
    tmp_path: Path, chance: random.Random
) -> None:
    struck = 0

    def prepare(made: Street) -> Try[Failing]:
        async def attempt(failing: Failing) -> None:
            nonlocal struck
            fault = (await made.town.post("faults", **failing.order))["id"]
            await live(made, may_refuse=failing.weather == "refused")
            faults = (await made.town.get("faults"))["faults"]
            struck += fault not in [one["id"] for one in faults]
            await made.calm()

        return attempt

    async def draw(made: Street) -> list[Failing]:
        return _failings(await _count(made), chance)

    asyncio.run(_each(tmp_path, draw, prepare))
    assert struck, "no fault struck"


def test_whichever_statement_of_the_database_fails_nothing_is_lost_doubled_or_stuck(
    tmp_path: Path, chance: random.Random
) -> None:
    def prepare(made: Street) -> Try[int]:
        disk = Disk(made.town.db)

        async def attempt(number: int) -> None:
            disk.fail(number)
            await live(made)
            disk.fail(0)

        return attempt

    async def draw(made: Street) -> Sequence[int]:
        disk = Disk(made.town.db)
        await live(made)
        every = range(1, disk.count + 1)
        return every if ALL else chance.sample(every, DRAWN_STATEMENTS)

    asyncio.run(_each(tmp_path, draw, prepare))
