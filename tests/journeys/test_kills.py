"""Killed at any instant: nothing lost, nothing doubled where the platform has a key, few in doubt elsewhere."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from pathlib import Path

import pytest

from broadcaster.claiming import at_once, refill_below
from broadcaster.courier import IN_AIR
from core.words import ChatKind
from messengers.telegram.capabilities import PACE
from tests.journeys.ground import scene
from tests.journeys.killing import LONG, LONGER, Scene
from tests.journeys.reading import needs_clients, reader
from tests.journeys.reckoning import reckon
from tests.support.zygote import Zygote

pytestmark = [pytest.mark.xdist_group("kills"), pytest.mark.clients, needs_clients]
KILLS = int(os.environ.get("VESTNIK_KILLS", "10"))
PERSONS = 8  # with two channels, a group and the wall: twenty chats
# Private chats marked before they leave, and those in the air.
MARKED_AT_MOST = at_once(PACE) + refill_below(PACE) + IN_AIR
# Paragraphs and pictures: a message, an album, a long text, an album that a long text follows.
SHAPES = ((1, 0), (1, 2), (LONG, 0), (LONG, 2))


def test_ten_kills_in_the_middle_of_a_fan_out_lose_and_double_nothing(
    tmp_path: Path, hatch: Zygote
) -> None:
    seed = int(os.environ.get("VESTNIK_SEED", random.SystemRandom().randrange(10**6)))
    print(f"seed {seed} (repeat with VESTNIK_SEED={seed})")
    asyncio.run(_kill_and_compare(tmp_path, hatch, random.Random(seed)))


async def _kill_and_compare(folder: Path, hatch: Zygote, chance: random.Random) -> None:
    async with scene(folder, PERSONS) as made, reader(made) as others:
        pid = hatch.start(folder)
        await made.first_reading()
        await made.publish_what_is_stopped()
        at_risk: Counter[ChatKind] = Counter()
        for kill in range(KILLS):
            await _meanwhile(made, kill)
            await made.post("clock", advance_s=6)
            await made.after_deliveries(chance.randint(3, 24))
            hatch.kill(pid)
            at_risk += await made.in_the_air()
            pid = hatch.start(folder)
        await made.until_settled(hatch, pid)
        found = await reckon(made)
        await others.compare(made)
    print(f"{KILLS} kills, {at_risk.total()} calls without a key in the air: {found}")
    private = ChatKind.PRIVATE
    assert found.doubled[private] <= at_risk[private]
    assert found.unheard.total() <= at_risk.total()
    assert found.unknown.total() <= at_risk.total()
    assert at_risk[private] <= KILLS * MARKED_AT_MOST


async def _meanwhile(made: Scene, kill: int) -> None:
    """Publish or correct something that is to be delivered before the next kill."""
    match kill % 5:
        case 3:
            await made.correct(made.titles[-1 - kill % 3])
        case 4:
            await made.correct(made.titles[-1 - kill % 3], LONGER)
        case _:
            await made.publish(*SHAPES[len(made.titles) % len(SHAPES)])
