"""Killed at every point that has a name: around each commit and call, between parts, in approvals and corrections.

`make test` does it once each, with VESTNIK_ROUNDS as often as that.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from core.words import ChatKind, HoldScope
from storage import tables
from storage.rows import insert
from tests.journeys.ground import scene
from tests.journeys.killing import AUTHOR, CREATES, LONG, LONGER, MODERATOR, Scene
from tests.journeys.messages import labels
from tests.journeys.reckoning import reckon
from tests.journeys.test_kills import MARKED_AT_MOST
from tests.support.points import MORE, POINTS, TITLE
from tests.support.zygote import Zygote

pytestmark = pytest.mark.xdist_group("kills")
ROUNDS = int(os.environ.get("VESTNIK_ROUNDS", "1"))
PERSONS = 2
MOST_PASSES = 3  # how often a point may be passed before the process dies there
# Looks at a process that is to die, machine seconds between them, and those of the sandbox's clock.
LOOKS, LOOK_S, STEP_S = 200, 0.05, 4
HELD_MS = 500  # how long the sandbox thinks about a call while the product dies
LOCAL = f"{TITLE} 9999"

Provoke = Callable[[], Awaitable[None]]


@dataclass
class Campaign:
    """One run through all points."""

    made: Scene
    hatch: Zygote
    chance: random.Random
    at_risk: Counter[ChatKind] = field(default_factory=Counter)
    points: list[str] = field(default_factory=list)  # that were struck

    async def die_at(self, point: str, provoke: Provoke | None = None, passes: int = 0) -> None:
        """Start the product, bring about what leads to a point, and see it die there."""
        pid = self.hatch.start(self.made.folder, point, self.chance.randint(0, passes))
        provoking = asyncio.ensure_future((provoke or _nothing)())
        try:
            await self._dead(pid, point, provoking)
        finally:
            provoking.cancel()
            await asyncio.gather(provoking, return_exceptions=True)
        self.points.append(point)
        self.at_risk += await self.made.in_the_air()

    async def _dead(self, pid: int, point: str, provoking: asyncio.Future[None]) -> None:
        for _ in range(LOOKS):
            if self.hatch.is_dead(pid):
                return
            if provoking.done():
                provoking.result()
            await self.made.post("clock", advance_s=STEP_S)
            await self.made.calls(LOOK_S)
        raise AssertionError(f"the product never came to «{point}»\n{self.made.told()}")

    async def die_in_the_air(self) -> None:
        """Kill the product while the sandbox thinks about its calls; they take effect afterwards."""
        for network, method in (("telegram", "sendMessage"), ("vk", "messages.send")):
            await self.made.post("faults", network=network, method=method, do="slow", ms=HELD_MS)
        pid = self.hatch.start(self.made.folder)
        await self.made.publish()
        for _ in range(LOOKS):
            await self.made.post("clock", advance_s=STEP_S)
            await asyncio.sleep(LOOK_S)
            if all(fault["struck"] for fault in (await self.made.get("faults"))["faults"]):
                break
        self.hatch.kill(pid)
        self.at_risk += await self.made.in_the_air()
        assert (await self.made.control.delete("/control/faults")).is_success

    async def hold_for_a_while(self) -> None:
        """Stop everything while the product is dead: what was in the air and what is new stays where it is."""
        async with self.made.db.write() as connection:
            hold = await insert(connection, tables.hold, scope=int(HoldScope.ALL), at=1)
        while await self.made.calls(2 * HELD_MS / 1000):
            pass  # those that were in the air come down
        known = len(self.made.log)
        pid = self.hatch.start(self.made.folder)
        await self.made.publish()
        while not await self.made.planned():
            await self.made.post("clock", advance_s=STEP_S)
            await self.made.calls(LOOK_S)
        left = [c for c in self.made.log[known:] if c["method"].lower() in CREATES]
        assert left == [], "something left in spite of the stop"
        self.hatch.kill(pid)
        async with self.made.db.write() as connection:
            await connection.execute(
                tables.hold.update().where(tables.hold.c.id == hold).values(lifted_at=2)
            )

    async def correct_when_out(self, title: str, paragraphs: int) -> None:
        """Correct a post as soon as it is out everywhere."""
        while not await self.made.planned() or await self.made.unsettled():
            await self.made.get(f"clock?wait={LOOK_S}")
        await self.made.correct(title, paragraphs)

    async def write(self) -> None:
        """Let the author write to the bot."""
        said = f"{LOCAL}\n\n{MORE} 9999-0. Наша новость."
        await self.made.post("say", network="telegram", chat="main", text=said, **{"as": AUTHOR})
        self.made.titles.append(LOCAL)
        self.made.paragraphs[LOCAL] = 1

    async def send_and_approve(self) -> None:
        """Let the author send it and the moderator approve it: both press what they are offered, again and again."""
        while True:
            for button, person in (("Отправить", AUTHOR), ("Одобрить", MODERATOR)):
                answer = await self.made.get(f"chats/telegram/main?as={person}")
                offered = [m["id"] for m in answer["messages"] if button in labels(m)]
                if offered:
                    press = {"network": "telegram", "chat": "main", "button": button, "as": person}
                    await self.made.control.post(
                        "/control/press", json={**press, "message": offered[-1]}
                    )
            await asyncio.sleep(LOOK_S)


async def _nothing() -> None:
    """Whatever leads there is on its way already."""


async def _campaign(run: Campaign) -> None:
    made, publish = run.made, run.made.publish
    text, album = partial(publish, LONG), partial(publish, LONG, 2)
    pid = run.hatch.start(made.folder)
    await made.first_reading()
    run.hatch.kill(pid)
    await made.publish_what_is_stopped()
    await run.die_at("between the parts of a long text", text, MOST_PASSES)
    await run.die_at("after a further part of a long text", text, MOST_PASSES)
    await run.die_at("between an album and its text", album, MOST_PASSES)
    await run.die_in_the_air()
    await run.hold_for_a_while()
    for point in (
        "before the mark is on disk",
        "after the mark is on disk",
        "before the request leaves",
        "after the answer",
        "before the answer is on disk",
        "after the answer is on disk",
    ):
        await run.die_at(point, publish, MOST_PASSES)
    await run.die_at("in the middle of a take", publish)
    for point in ("before a take is on disk", "after a take is on disk"):
        await run.die_at(point)
        await publish()
    await run.die_at("in the middle of planning")
    first, second, *_ = made.titles  # long texts
    await run.die_at("before a correction is planned", partial(run.correct_when_out, first, LONGER))
    await run.die_at("before a part that a correction adds", passes=1)
    grow = partial(run.correct_when_out, second, LONGER)
    await run.die_at("after a part that a correction adds", grow, 1)
    await run.die_at("before an update is on disk", run.write)
    await run.die_at("after an update is on disk")
    await run.die_at("before an approval is on disk", run.send_and_approve)
    await run.die_at("after an approval is on disk", run.send_and_approve)
    await run.die_at("before an approved post is planned")
    assert set(run.points) == set(POINTS), "every point has its turn"
    await made.until_settled(run.hatch, run.hatch.start(made.folder))


def test_killed_at_each_named_point_it_loses_and_doubles_nothing(
    tmp_path: Path, hatch: Zygote
) -> None:
    seed = int(os.environ.get("VESTNIK_SEED", random.SystemRandom().randrange(10**6)))
    print(f"seed {seed} (repeat with VESTNIK_SEED={seed})")

    async def run(folder: Path, hatch: Zygote, chance: random.Random) -> None:
        async with scene(folder, PERSONS) as made:
            campaign = Campaign(made, hatch, chance)
            await _campaign(campaign)
            found = await reckon(made)
        at_risk, kills = campaign.at_risk, len(POINTS) + 1
        print(f"{kills} kills, {at_risk.total()} calls without a key in the air: {found}")
        assert found.doubled.total() <= at_risk[ChatKind.PRIVATE]
        assert found.unheard.total() <= at_risk.total()
        assert found.unknown.total() <= at_risk.total()
        assert at_risk[ChatKind.PRIVATE] <= kills * MARKED_AT_MOST

    for number in range(ROUNDS):
        folder = tmp_path / str(number)
        folder.mkdir()
        asyncio.run(run(folder, hatch, random.Random(seed + number)))
        shutil.rmtree(folder)
