"""Several workers on one database: each takes its share of the work, and what one leaves the others take over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextlib import suppress
from typing import cast

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from app.member import AGAIN_S, Member, ended
from app.parts import Part
from app.pulse import Pulse
from app.share import lease_of, share
from core.bell import Bell
from core.tasks import end
from storage import leases
from storage.database import Database
from storage.leases import Fenced, Standing
from storage.line import Line, Topic

log = logging.getLogger(__name__)

LEASE_S = 30.0  # longer than the server waits for a paused process in the middle of a transaction
CHANGED = "leases"  # rings when something is free, or somebody came

Make = Callable[[str, Database, Pulse], Awaitable[Part]]


class _Held:
    """A lease of ours and what runs by it."""

    def __init__(self, name: str, part: Part) -> None:
        self.name = name
        self.part = part
        self.lost = False
        self.ending: asyncio.Task[None] | None = None


class Cluster:
    """This process among the workers of a database, and the bell that they share."""

    def __init__(
        self,
        db: Database,
        url: sa.URL,
        config: str,
        lease_s: float = LEASE_S,
    ) -> None:
        """Prepare; `config` is a digest of the settings."""
        self.bell = Bell(self._relay)
        self._changed = self.bell.on(CHANGED)
        self._db = db
        self._line = Line(url, self._heard, self.bell.hear_all, lease_s / 3)
        self._me = Member(db, self._line, config, lease_s)
        self._held: dict[str, _Held] = {}
        self._unsaid: set[Topic] = set()  # rings that other workers are still to hear
        self._to_say = asyncio.Event()
        self._living: asyncio.Task[None] | None = None

    async def admitted(self) -> None:
        """Return when this worker may take part: nobody works by other settings. It says so while it waits.

        From then on it lives, until `close`: until it works, much may have to be opened and imported.
        """
        while not await self._me.may_work(ready=False):
            with suppress(TimeoutError):  # somebody who ends rings
                await asyncio.wait_for(self._changed.wait(), min(self._me.beat_s, AGAIN_S))
            self._changed.clear()
        self._living = asyncio.create_task(self._me.live(self._changed))

    async def run(
        self, names: Sequence[str], make: Make, stop: asyncio.Event, grace_s: float
    ) -> None:
        """Do this worker's share of all `names` until `stop`, then give it back when its calls came home."""
        async with asyncio.TaskGroup() as group:
            saying = group.create_task(self._say())
            self._relay([CHANGED])
            while not stop.is_set():
                self._changed.clear()
                try:
                    await self._turn(group, names, make, grace_s)
                except OperationalError as error:
                    log.warning("who does what cannot be asked now: %s", error.orig)
                await self._pause(stop)
            log.info("stopping")
            await asyncio.gather(*(held.part.end(grace_s) for held in self._held.values()))
            await end([saying])
            await self._stop_living()
            await self._me.leave()
            with suppress(OperationalError):
                await self._line.ring([CHANGED])

    async def close(self) -> None:
        """Say no more that it lives, and let the line go."""
        await self._stop_living()
        await self._line.close()

    async def _stop_living(self) -> None:
        if self._living is not None:
            await end([self._living])

    # sharing

    async def _turn(
        self, group: asyncio.TaskGroup, names: Sequence[str], make: Make, grace_s: float
    ) -> None:
        """Look once at who does what, and come nearer to the even share."""
        if self._me.pulse.lost:
            log.warning(
                "this worker was not heard of for too long and counts as gone: it joins anew"
            )
            self._cut(group, list(self._held.values()))
        if self._me.pulse.lost or not self._me.ready:
            if not await self._me.may_work(ready=True):
                return
            self._relay([CHANGED])
        await self._release()
        async with self._db.read() as connection:
            standing = await leases.standing(connection)
        mine = self._me.id
        if mine not in [one.id for one in standing.workers]:
            self._me.pulse.lost = True
            self._changed.set()
            return
        self._cut(
            group,
            [h for h in self._held.values() if h.lost or standing.holders.get(h.name) != mine],
        )
        ours = share(mine, names, self._known(standing))
        for name in ours.give:
            self._give(group, name, grace_s)
        silent = self._me.knows_silence and not all(one.lives for one in standing.workers)
        dead = ended(standing)
        if ours.take or silent or dead:
            await self._take(group, names, make, dead, silent)

    async def _take(
        self,
        group: asyncio.TaskGroup,
        names: Sequence[str],
        make: Make,
        dead: Sequence[int],
        silent: bool,
    ) -> None:
        """Take what is due and free, after those who are gone were forgotten."""
        mine = self._me.id
        async with self._db.write() as connection:
            gone = await leases.bury(connection, dead, silent=silent)
            standing = await leases.standing(connection)
            ours = share(mine, names, self._known(standing))
            taken = await leases.take(connection, mine, ours.take)
        if gone:
            log.warning("gone without a word: %s", ", ".join(gone))
            self._relay([CHANGED])
        for name, fence in taken.items():
            await self._begin(group, name, fence, make)

    def _known(self, standing: Standing) -> Standing:
        """Return how things stand, with free what is ours without running here: an answer was lost."""
        known = {
            name: None if holder == self._me.id and name not in self._held else holder
            for name, holder in standing.holders.items()
        }
        return Standing(standing.workers, known)

    async def _begin(self, group: asyncio.TaskGroup, name: str, fence: int, make: Make) -> None:
        def lost() -> None:
            log.warning("%s was taken over: a late write is refused", name)
            if (held := self._held.get(name)) is not None and held.part is part:
                held.lost = True
                self._changed.set()

        door = Fenced(self._db, self._me.id, name, fence, lost)
        part = await make(name, door, self._me.pulse)
        self._held[name] = _Held(name, part)
        part.begin(group)
        log.info("%s is done here, fence %d", name, fence)

    def _give(self, group: asyncio.TaskGroup, name: str, grace_s: float) -> None:
        held = self._held.get(name)
        if held is not None and held.ending is None:
            held.ending = group.create_task(held.part.end(grace_s))
            held.ending.add_done_callback(lambda _: self._changed.set())

    async def _release(self) -> None:
        """Let go what has ended."""
        for held in list(self._held.values()):
            if held.ending is not None and held.ending.done():
                async with self._db.write() as connection:
                    await leases.give_back(connection, self._me.id, held.name)
                del self._held[held.name]
                log.info("%s is free for another", held.name)
                self._relay([CHANGED])

    def _cut(self, group: asyncio.TaskGroup, lost: Sequence[_Held]) -> None:
        """End what is somebody else's by now; what it still hands in is refused."""
        for held in lost:
            log.warning("%s is no longer ours", held.name)
            del self._held[held.name]
            group.create_task(held.part.end(0))

    async def _pause(self, stop: asyncio.Event) -> None:
        waits = [asyncio.create_task(event.wait()) for event in (stop, self._changed)]
        await asyncio.wait(waits, timeout=self._me.beat_s, return_when=asyncio.FIRST_COMPLETED)
        for one in waits:
            one.cancel()

    # ringing

    def _heard(self, topics: list[Topic]) -> None:
        self.bell.hear(*topics)

    def _relay(self, topics: Sequence[Hashable]) -> None:
        elsewhere = [one for one in topics if lease_of(one) not in self._held]
        if elsewhere:
            self._unsaid.update(cast(list[Topic], elsewhere))
            self._to_say.set()

    async def _say(self) -> None:
        """Ring in the other workers, until cancelled; whoever misses it looks every few seconds anyway."""
        while True:
            await self._to_say.wait()
            self._to_say.clear()
            said, self._unsaid = self._unsaid, set()
            with suppress(OperationalError):
                await self._line.ring(said)
