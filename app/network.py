"""Everything that runs, on one screen: what is started, in which order, and how it stops."""

from __future__ import annotations

import asyncio
import logging
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from app.cluster import Cluster
from app.parts import Part
from app.pulse import Pulse, guarded
from app.share import CONVERSATIONS, ROLES, SOURCES, account_lease
from bots import intake
from bots.engine import Engine
from bots.settings import Settings
from broadcaster.courier import Courier
from broadcaster.feeds.fetch import Fetcher
from broadcaster.planner import Planner
from broadcaster.poller import Poller
from broadcaster.publisher import Publisher
from broadcaster.render import Renderer
from broadcaster.settle import Settler
from broadcaster.watchdog import Watchdog
from core.bell import Bell
from core.clock import Clock
from core.messenger import Messenger
from core.tasks import end
from newsroom.desk import DeskRules
from newsroom.digest import DigestWords
from storage import accounts, alarms
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
    unknowns: int  # of 100,000 sends; more raise an alarm
    free: Callable[[], int]  # the room that is left on the disk, in bytes
    cluster: Cluster | None = None  # where several processes may work on one database


class Network:
    """The running network of one process: all of it, or its share where several work on one database."""

    def __init__(self, wiring: Wiring) -> None:
        """Build what all parts share; nothing runs yet."""
        w = self._w = wiring
        self.bell = Bell() if w.cluster is None else w.cluster.bell
        self._renderer = Renderer(w.db, w.folder, w.words)
        self._parts: dict[str, Part] = {}  # by name: what runs here, or ran
        self._watchdog = self._watchdog_at(w.db)

    @property
    def wiring(self) -> Wiring:
        """Return what the network is made of."""
        return self._w

    async def run(self, stop: asyncio.Event, grace_s: float) -> None:
        """Run until `stop` is set, then end: no new work at once, what is in the air may come home for `grace_s` seconds."""
        w = self._w
        names = [*(account_lease(account.id) for account in w.accounts), *ROLES]
        log.info("the network runs: %d accounts", len(w.accounts))
        asking = asyncio.create_task(self._watchdog.keep_asking())
        try:
            if w.cluster is None:
                await self._run_all(names, stop, grace_s)
            else:
                await w.cluster.run(names, self._leased, stop, grace_s)
        finally:
            await end([asking])

    async def close(self) -> None:
        """Let connections, threads and files go."""
        for messenger in self._w.messengers.values():
            await messenger.close()
        await self._w.fetcher.close()
        await self._w.db.close()

    async def _run_all(self, names: Sequence[str], stop: asyncio.Event, grace_s: float) -> None:
        w = self._w
        # Of all couriers: what their messengers answer is written together.
        settler = Settler(w.db, w.clock)
        rows = {account_lease(account.id): account for account in w.accounts}
        for name in names:
            account = rows.get(name)
            self._parts[name] = (
                self._role(name, w.db)
                if account is None
                else self._account(account, w.messengers[account.id], w.db, settler)
            )
        async with asyncio.TaskGroup() as group:
            for part in self._parts.values():
                part.begin(group)
            await stop.wait()
            log.info("stopping")
            await asyncio.gather(*(part.end(grace_s) for part in self._parts.values()))

    async def _leased(self, name: str, door: Database, pulse: Pulse) -> Part:
        """Return a part for as long as its lease is ours: it writes through the lease's own door."""
        async with door.read() as connection:  # another worker may have learnt of a pause
            rows = {account_lease(one.id): one for one in await accounts.active(connection)}
        if name in ROLES:
            part = self._role(name, door)
        else:
            messenger = guarded(self._w.messengers[rows[name].id], pulse)
            part = self._account(rows[name], messenger, door, Settler(door, self._w.clock))
        self._parts[name] = part
        return part

    def _account(
        self, account: AccountRow, messenger: Messenger, db: Database, settler: Settler
    ) -> Part:
        bell, clock = self.bell, self._w.clock
        return Part(
            partial(intake.run, db, account.id, messenger, bell, clock),
            courier=Courier(account, messenger, db, self._renderer, bell, clock, settler),
        )

    def _role(self, name: str, db: Database) -> Part:
        w, bell, clock = self._w, self.bell, self._w.clock
        if name == CONVERSATIONS:
            return Part(Engine(db, w.messengers, w.settings, bell, clock, w.folder).run)
        if name == SOURCES:
            return Part(Poller(db, w.fetcher, w.folder, w.rules, bell, clock).run)
        return Part(
            Publisher(db, w.rules, bell, clock).run,
            Planner(db, w.rules, bell, clock).run,
            self._watchdog_at(db).keep_looking,
            partial(self._keep_house, db),
        )

    def _watchdog_at(self, db: Database) -> Watchdog:
        w = self._w
        return Watchdog(
            db,
            self._couriers,
            self.bell,
            w.clock,
            unknowns=w.unknowns,
            host=platform.node(),
            free=w.free,
        )

    def _couriers(self) -> list[Courier]:
        return [p.courier for p in self._parts.values() if p.courier is not None and p.runs]

    async def _keep_house(self, db: Database) -> None:
        """Remove what was kept long enough, again and again until cancelled."""
        scheduler = AsyncIOScheduler(timezone="UTC")
        scheduler.add_job(
            self._tick, "interval", [db], seconds=PURGE_EVERY_S, misfire_grace_time=None
        )
        scheduler.start()
        try:
            await asyncio.Event().wait()
        finally:
            scheduler.shutdown(wait=False)

    async def _tick(self, db: Database) -> None:
        async with db.write() as connection:
            await purge(connection, self._w.clock.now())
            await alarms.purge(connection, self._w.clock.now())
        await purge_pictures(db, self._w.folder)
