"""Everything that runs, on one screen: what is started, in which order, and how it stops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bots import intake
from bots.engine import Engine
from bots.settings import Settings
from broadcaster.courier import Courier
from broadcaster.feeds.fetch import Fetcher
from broadcaster.poller import Poller
from broadcaster.publisher import Publisher
from broadcaster.render import Renderer
from core.bell import Bell
from core.clock import Clock
from core.messenger import Messenger
from core.tasks import end
from newsroom.desk import DeskRules
from newsroom.digest import DigestWords
from storage.accounts import AccountRow
from storage.database import Database
from storage.media import MediaFolder
from storage.purge import purge, purge_pictures

log = logging.getLogger(__name__)

PURGE_EVERY_S = 600


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a network is made of, after config.yaml was read and applied."""

    db: Database
    clock: Clock
    folder: MediaFolder
    fetcher: Fetcher
    rules: DeskRules
    settings: Settings
    words: DigestWords
    accounts: tuple[AccountRow, ...]
    messengers: Mapping[int, Messenger]  # by account id


class Network:
    """The running network of one process."""

    def __init__(self, wiring: Wiring) -> None:
        """Build the parts; nothing runs yet."""
        w = self._w = wiring
        self.bell = Bell()
        renderer = Renderer(w.db, w.folder, w.words)
        self.couriers = [
            Courier(account, w.messengers[account.id], w.db, renderer, self.bell, w.clock)
            for account in w.accounts
        ]
        self.engine = Engine(w.db, w.messengers, w.settings, self.bell, w.clock, w.folder)
        self.poller = Poller(w.db, w.fetcher, w.folder, w.rules, self.bell, w.clock)
        self.publisher = Publisher(w.db, w.rules, self.bell, w.clock)
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    @property
    def wiring(self) -> Wiring:
        """Return what the network is made of."""
        return self._w

    async def run(self, stop: asyncio.Event, grace_s: float) -> None:
        """Run until `stop` is set, then end: no new work at once, what is in the air may come home for `grace_s` seconds."""
        w = self._w
        self._scheduler.add_job(
            self._tick, "interval", seconds=PURGE_EVERY_S, misfire_grace_time=None
        )
        self._scheduler.start()
        async with asyncio.TaskGroup() as group:
            couriers = [group.create_task(courier.run()) for courier in self.couriers]
            takers = [
                group.create_task(self.engine.run()),
                group.create_task(self.poller.run()),
                group.create_task(self.publisher.run()),
                *(
                    group.create_task(
                        intake.run(w.db, account.id, w.messengers[account.id], self.bell, w.clock)
                    )
                    for account in w.accounts
                ),
            ]
            log.info("the network runs: %d accounts", len(w.accounts))
            await stop.wait()
            log.info("stopping")
            self._scheduler.shutdown(wait=False)
            await asyncio.gather(end(takers), *(courier.stop(grace_s) for courier in self.couriers))
            await end(couriers)

    async def close(self) -> None:
        """Let connections, threads and files go."""
        for messenger in self._w.messengers.values():
            await messenger.close()
        await self._w.fetcher.close()
        await self._w.db.close()

    async def _tick(self) -> None:
        async with self._w.db.write() as connection:
            await purge(connection, self._w.clock.now())
        await purge_pictures(self._w.db, self._w.folder)
