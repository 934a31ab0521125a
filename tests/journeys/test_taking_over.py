"""A worker is paused while its call is in the air; another takes over; what the first still has to write is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa

from app.share import account_lease
from broadcaster.courier import Courier
from broadcaster.render import Renderer
from core.messenger import Messenger, Outcome, Part, Place
from core.words import DeliveryState
from newsroom.digest import DigestWords
from storage import leases, tables
from storage.leases import Fenced
from tests.support.town import Town, town

pytestmark = [
    pytest.mark.usefixtures("each_database"),
    pytest.mark.parametrize("each_database", ["postgresql"], indirect=True),
]
LIVES, GONE = 60_000, -1  # ms


class Paused:
    """A messenger whose answers wait until the process goes on, as they do in a socket's buffer."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger
        self.answered = asyncio.Event()
        self.goes_on = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._messenger, name)

    async def send(self, places: Sequence[Place], part: Part, key: int) -> Sequence[Outcome]:
        """Send, and keep the answer back."""
        outcomes = await self._messenger.send(places, part, key)
        self.answered.set()
        await self.goes_on.wait()
        return outcomes


async def take_over(made: Town, network: str, name: str, lease_ms: int) -> tuple[Fenced, list[str]]:
    """Let a new worker take an account from whoever is silent; returns its door, and what tells a refusal."""
    lease, told = account_lease(made.accounts[network].id), list[str]()
    async with made.db.write() as connection:
        await leases.bury(connection, [], silent=True)
        worker = await leases.join(connection, name, "", "", lease_ms)
        fence = (await leases.take(connection, worker, [lease]))[lease]
    return Fenced(made.db, worker, lease, fence, lambda: told.append(name)), told


def courier(made: Town, network: str, messenger: Messenger, door: Fenced) -> Courier:
    """Return a courier that writes through a door."""
    renderer = Renderer(made.db, made.folder, DigestWords())
    return Courier(made.accounts[network], messenger, door, renderer, made.bell, made.clock)


async def ledger(made: Town) -> list[tuple[Any, ...]]:
    """Return what is written of all deliveries."""
    columns = (tables.delivery.c.state, tables.delivery.c.message, tables.delivery.c.doubt)
    async with made.db.read() as connection:
        return [tuple(row) for row in await connection.execute(sa.select(*columns))]


@pytest.mark.parametrize(("network", "copies"), [("telegram", 2), ("vk", 1)])
def test_the_late_record_is_refused_and_no_more_is_doubled_than_was_in_the_air(
    tmp_path: Path, network: str, copies: int
) -> None:
    async def work() -> None:
        async with town(tmp_path, network) as made, asyncio.timeout(60):
            await made.subscriber(network, 1)
            await made.post("world", sites=[{"name": "news", "title": "Новости"}])
            await made.source("news")
            await made.flow()
            await made.post("sites/news", publish={"title": "Весть", "html": "<p>Одна.</p>"})
            await made.advance(61)
            assert made.poller is not None
            await made.poller.drain()

            door, told = await take_over(made, network, "first", GONE)
            paused = Paused(made.messengers[network])
            first = courier(made, network, cast(Messenger, paused), door)
            assert await first.round()
            await paused.answered.wait()

            door, _ = await take_over(made, network, "second", LIVES)
            second = courier(made, network, made.messengers[network], door)
            await second.recover()
            await made.advance(120)
            await second.drain()
            settled = await ledger(made)
            assert [row[0] for row in settled] == [DeliveryState.SENT]
            assert told == []

            paused.goes_on.set()
            await first.stop(5)
            assert set(told) == {"first"}, "its write was refused"
            assert await ledger(made) == settled
            seen = [m for m in await made.seen(network, "main", 1) if "Весть" in m["text"]]
            assert len(seen) == copies
            assert str(seen[-1]["id"]) == str(settled[0][1])

    asyncio.run(work())
