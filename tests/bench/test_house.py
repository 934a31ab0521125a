"""A measurement's house: what it counts as recorded is what left, once each."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from bench.echo import listening
from bench.house import UNLIMITED, WARMERS, build, opened
from bench.judge import Judge
from tests.support.database import fresh

CHATS = {"telegram": 30, "vk": 130}  # more than one packed call


@pytest.mark.parametrize("network", ["telegram", "vk"])
def test_everybody_gets_a_post_once_and_all_of_it_is_recorded(network: str, tmp_path: Path) -> None:
    fresh(tmp_path)
    build(tmp_path / "vestnik.db", network, 2, CHATS[network], warmers=5)
    judge = Judge("none", 1)

    async def deliver() -> tuple[int, int]:
        async with (
            asyncio.timeout(30),
            listening(0, 0.002, judge) as url,
            opened(tmp_path / "vestnik.db", url, UNLIMITED) as house,
            house.working(),
        ):
            await house.plan()
            await house.settled()
            first = await house.recorded()
            await house.plan(WARMERS)
            await house.settled()
            second = await house.recorded()
        return first, second - first

    recorded, warmed = asyncio.run(deliver())
    told = [key["messages"] for key in judge.told(60).values()]
    assert (recorded, warmed) == (2 * CHATS[network], 10)
    assert told == [recorded // 2 + warmed // 2] * 2
    with sqlite3.connect(tmp_path / "vestnik.db") as connection:
        most = connection.execute("SELECT max(attempts), count(DISTINCT message) FROM delivery")
        assert most.fetchone() == (1, recorded + warmed)
    connection.close()
