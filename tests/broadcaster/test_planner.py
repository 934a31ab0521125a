"""How much the planner does at a time: others who write get their turn, and nobody waits for long."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from broadcaster import planner
from broadcaster.planner import LEAST, MOST, Planner, next_rate, step_of
from core.words import ChatKind, Mode
from newsroom import fanout
from storage import tables
from tests.broadcaster.office import Office, office, work

MANY = 8


@pytest.mark.parametrize(
    ("per_s", "alone", "many"),
    [
        pytest.param(100_000, True, 6_000, id="nobody waits for it"),
        pytest.param(100_000, False, 1_200, id="somebody does"),
        pytest.param(1_000, False, LEAST, id="never fewer"),
        pytest.param(1e9, True, MOST, id="never more: memory"),
    ],
)
def test_a_step_takes_as_many_as_can_be_done_in_its_time(
    per_s: float, alone: bool, many: int
) -> None:
    assert step_of(per_s, alone=alone) == many


@pytest.mark.parametrize(
    ("took_s", "per_s"),
    [
        pytest.param(0.04, 100_000, id="as before"),
        pytest.param(0.032, 125_000, id="shorter"),
        pytest.param(0.001, 200_000, id="much shorter, yet no more than twice as many"),
        pytest.param(0.0, 200_000, id="in no time"),
        pytest.param(0.05, 80_000, id="longer"),
        pytest.param(9.0, 50_000, id="a jolt halves it and no more"),
    ],
)
def test_how_many_can_be_done_in_a_second_is_learnt_from_each_step(
    took_s: float, per_s: float
) -> None:
    assert next_rate(100_000, 4_000, took_s) == pytest.approx(per_s)


@pytest.fixture
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each step take one follower, as the first does with the post itself."""
    monkeypatch.setattr(fanout, "FIRST", 1)
    monkeypatch.setattr(planner, "LEAST", 1)
    monkeypatch.setattr(planner, "MOST", 1)


async def _begun(made: Office, kind: ChatKind, mode: Mode) -> Planner:
    for number in range(MANY):
        await made.chat(str(number), *((kind, mode) if number > 1 else ()))
    await made.take("a")
    return Planner(made.db, made.rules, made.bell, made.clock)


@pytest.mark.usefixtures("each_database", "one_at_a_time")
def test_who_writes_waits_for_one_step_and_not_for_all(tmp_path: Path) -> None:
    async def story(made: Office) -> None:
        planning = asyncio.create_task((await _begun(made, ChatKind.PRIVATE, Mode.AT_ONCE)).drain())
        planned = []
        while not planning.done():
            async with made.db.write() as connection:
                count = sa.select(sa.func.count()).select_from(tables.delivery)
                planned.append(await connection.scalar(count))
        assert await planning
        # Turns are taken one after the other, whoever asks.
        assert len(set(planned)) > MANY // 2
        assert planned == sorted(planned)

    work(tmp_path, story)


@pytest.mark.usefixtures("each_database", "one_at_a_time")
@pytest.mark.parametrize("alone", [True, False])
def test_whether_somebody_else_writes_is_asked_when_a_step_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alone: bool
) -> None:
    asked: list[bool] = []
    begins = asyncio.Event()

    def step_of(per_s: float, *, alone: bool) -> int:
        asked.append(alone)
        begins.set()
        return planner.MOST

    monkeypatch.setattr(planner, "step_of", step_of)

    async def story(made: Office) -> None:
        begun = await _begun(made, ChatKind.PRIVATE, Mode.AT_ONCE)
        async with AsyncExitStack() as stack:
            if not alone:
                await stack.enter_async_context(made.db.write())
            planning = asyncio.create_task(begun.drain())
            await begins.wait()
        assert await planning
        assert asked[0] is alone
        assert len(asked) >= MANY - 1
        assert all(asked[1:]), "who has written waits no more"

    work(tmp_path, story)


@pytest.mark.usefixtures("one_at_a_time")
@pytest.mark.parametrize(
    ("kind", "mode", "rung"),
    [
        (ChatKind.CHANNEL, Mode.ASK, True),
        (ChatKind.CHANNEL, Mode.AT_ONCE, False),
        (ChatKind.PRIVATE, Mode.DIGEST, False),
    ],
)
def test_those_who_ask_owners_are_woken_only_if_there_is_somebody_to_ask(
    tmp_path: Path, kind: ChatKind, mode: Mode, rung: bool
) -> None:
    async def story() -> None:
        async with office(tmp_path) as made:
            begun = await _begun(made, kind, mode)
            made.bell.on("asking").clear()
            assert await begun.drain()
            assert made.bell.on("asking").is_set() is rung

    asyncio.run(story())
