"""How much the planner does at a time: others who write get their turn, and nobody waits for long."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from broadcaster import planner
from broadcaster.planner import LEAST, MOST, Planner, next_size
from core.words import ChatKind, Mode
from newsroom import fanout
from storage import tables
from tests.broadcaster.office import Office, office, work

MANY = 8


@pytest.mark.parametrize(
    ("many", "took_s", "alone", "wanted"),
    [
        pytest.param(4_000, 0.06, True, 4_000, id="as long as it may be"),
        pytest.param(4_000, 0.04, True, 6_000, id="shorter, so more"),
        pytest.param(4_000, 0.001, True, 8_000, id="much shorter, yet no more than twice as many"),
        pytest.param(4_000, 0.0, True, 8_000, id="in no time"),
        pytest.param(4_000, 0.08, True, 3_000, id="longer, so fewer"),
        pytest.param(4_000, 9.0, True, 2_000, id="a jolt halves it and no more"),
        pytest.param(4_000, 0.012, False, 4_000, id="among others it is short"),
        pytest.param(4_000, 0.06, False, 2_000, id="somebody has come"),
        pytest.param(LEAST, 9.0, False, LEAST, id="never fewer"),
        pytest.param(MOST, 0.001, True, MOST, id="never more: memory"),
    ],
)
def test_a_step_takes_as_many_as_can_be_done_in_its_time(
    many: int, took_s: float, alone: bool, wanted: int
) -> None:
    assert next_size(many, took_s, alone=alone) == wanted


@pytest.fixture
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each step take one follower, as the first does with the post itself."""
    monkeypatch.setattr(fanout, "FIRST", 1)
    monkeypatch.setattr(planner, "FIRST", 1)
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
