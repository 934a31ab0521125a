"""Finds out what is wrong with the whole and raises alarms: the one place that does.

Alarms are rows: what is wrong is compared with what stands raised, so a restart neither forgets nor
repeats one. Chats that are set aside raise theirs when it happens (storage.failing).
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Hashable, Sequence
from typing import Protocol

from broadcaster.errand import Errands
from broadcaster.words import WALL_TROUBLES
from core.bell import Bell
from core.clock import Clock
from core.errors import MessengerError
from core.messenger import Place
from core.words import AlarmKind, ChatKind, Reason
from storage import accounts, alarms, health
from storage.accounts import AccountRow
from storage.alarms import of_account
from storage.database import Database

log = logging.getLogger(__name__)

LOOK_MS = 20_000
MINUTE_MS = 60_000
SILENT_MS = 5 * MINUTE_MS
STUCK_MS = 10 * MINUTE_MS
WALLS_MS = 10 * MINUTE_MS  # how often a wall that was closed is knocked at
COUNT_MS = 60 * MINUTE_MS  # counting a day's deliveries reads them all
DAY_MS = 24 * 60 * MINUTE_MS
LITTLE_ROOM = 200 << 20  # bytes; a row about a full disk could not be written any more
FEW = 5  # so few unknowns say nothing about a rate
AT_ONCE = 8


class Watched(Protocol):
    """A courier, as the watchdog sees it."""

    @property
    def account(self) -> AccountRow:
        """Return whose courier it is."""

    @property
    def errands(self) -> Errands:
        """Return what it does its errands with."""


class Watchdog:
    """Watches the couriers of this process, the ledger and the disk."""

    def __init__(
        self,
        db: Database,
        couriers: Callable[[], Sequence[Watched]],
        bell: Bell,
        clock: Clock,
        *,
        unknowns: int = 100,
        free: Callable[[], int] = lambda: LITTLE_ROOM,
        host: str = "",
    ) -> None:
        """Take whom to watch; `unknowns` of 100,000 sends raise an alarm.

        `free` is the room in bytes left on the disk of `host`: there may be several workers.
        """
        self._db = db
        self._couriers = couriers
        self._bell = bell
        self._clock = clock
        self._unknowns = unknowns
        self._free = free
        self._host = host
        self._silent: dict[int, int] = {}  # account → since when it does not answer
        self._in_air: dict[Hashable, int] = {}  # row → since when it was seen in the air
        self._counted_at = self._stuck_at = -COUNT_MS
        self._walls_at: dict[int, int] = {}
        self._room = asyncio.Semaphore(AT_ONCE)

    async def keep_looking(self) -> None:
        """Look until cancelled, at what a network has once."""
        await self._again_and_again(self.look)

    async def keep_asking(self) -> None:
        """Ask until cancelled, for the couriers of this process."""
        await self._again_and_again(self.ask)

    async def _again_and_again(self, look: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await look()
            except Exception:
                log.exception("the watchdog could not look")
            await self._clock.sleep_until(self._clock.now() + LOOK_MS)

    async def look(self) -> None:
        """Look once at accounts and the ledger."""
        now = self._clock.now()
        async with self._db.read() as connection:
            troubled = {
                of_account(one.id): one.trouble
                for one in await accounts.active(connection)
                if one.trouble is not None
            }
        await self._let(AlarmKind.ACCOUNT, troubled, now)
        if _is_past(self._stuck_at, now, MINUTE_MS):
            self._stuck_at = now
            await self._let(AlarmKind.STUCK, await self._stuck(now), now)
        if _is_past(self._counted_at, now, COUNT_MS):
            self._counted_at = now
            await self._let(AlarmKind.UNKNOWNS, await self._too_many_unknowns(now), now)

    async def ask(self) -> None:
        """Ask the messengers once whether they answer, see to what was closed, and how much room is left.

        Others have other accounts and another disk: what they raised stands.
        """
        couriers = self._couriers()
        async with self._db.read() as connection:
            standing = await alarms.standing(connection)
        raised = {one.subject: one for one in standing if one.kind is AlarmKind.SILENT}
        await asyncio.gather(*(self._ask(one, raised) for one in couriers))
        now = self._clock.now()
        ours = {of_account(one.account.id): one.account for one in couriers}
        silent = {
            subject: account.network
            for subject, account in ours.items()
            if now - self._silent.get(account.id, now) >= SILENT_MS
        }
        await self._let(AlarmKind.SILENT, silent, now, ours)
        little = self._free() < LITTLE_ROOM
        await self._let(AlarmKind.DISK, {self._host: ""} if little else {}, now, {self._host})

    async def _ask(self, courier: Watched, raised: dict[str, alarms.Alarm]) -> None:
        account = courier.account
        async with self._room:
            trouble = await courier.errands.calls.trouble()
        now = self._clock.now()
        if trouble is None:
            self._silent.pop(account.id, None)
            await courier.errands.aside.look()
            await self._knock(courier, now)
        elif trouble.reason is Reason.UNREACHABLE:
            known = raised.get(of_account(account.id))
            since = now if known is None else known.raised_at - SILENT_MS
            self._silent[account.id] = min(self._silent.get(account.id, since), now)

    async def _knock(self, courier: Watched, now: int) -> None:
        """Find out whether a wall that was closed to an account is open again."""
        account = courier.account
        async with self._db.read() as connection:
            trouble = await health.trouble_of(connection, account.id)
            if trouble not in WALL_TROUBLES:
                return
            walls = await health.walls(connection, account.id)
            works = await health.wall_works_since(
                connection, account.id, await self._raised_at(account.id)
            )
        if not works and _is_past(self._walls_at.get(account.id, -WALLS_MS), now, WALLS_MS):
            self._walls_at[account.id] = now
            asks_rights = WALL_TROUBLES[trouble] is Reason.NO_WALL_KEY
            works = asks_rights and await self._may_post(courier, walls)
        if works:
            async with self._db.write() as connection:
                await accounts.set_trouble(connection, account.id, None)

    async def _raised_at(self, account_id: int) -> int:
        async with self._db.read() as connection:
            standing = await alarms.standing(connection)
        subject = of_account(account_id)
        mine = [one.raised_at for one in standing if one.subject == subject]
        return max(mine, default=self._clock.now())

    async def _may_post(self, courier: Watched, walls: Sequence[str]) -> bool:
        try:
            found = [
                await courier.errands.calls.rights(Place(wall, ChatKind.WALL)) for wall in walls
            ]
        except MessengerError:
            return False
        return bool(found) and all(one.can_post for one in found)

    async def _stuck(self, now: int) -> dict[str, str]:
        """Return the accounts of which something is in the air for too long, and how much."""
        async with self._db.read() as connection:
            rows = await health.in_the_air(connection)
        self._in_air = {row: min(self._in_air.get(row, now), now) for row, _ in rows}
        stuck: dict[int, int] = defaultdict(int)
        for row, account_id in rows:
            stuck[account_id] += now - self._in_air[row] > STUCK_MS
        return {of_account(one): str(count) for one, count in stuck.items() if count}

    async def _too_many_unknowns(self, now: int) -> dict[str, str]:
        async with self._db.read() as connection:
            fates = await health.fates(connection, now - DAY_MS)
        wrong = fates.unknown >= FEW and fates.unknown_of_100000 > self._unknowns
        return {"": str(round(fates.unknown_of_100000))} if wrong else {}

    async def _let(
        self,
        kind: AlarmKind,
        wrong: dict[str, str],
        now: int,
        among: Collection[str] | None = None,
    ) -> None:
        async with self._db.read() as connection:
            known = await alarms.wrong_by(connection, kind, among)
        if known == wrong:
            return
        async with self._db.write() as connection:
            changed = await alarms.reconcile(connection, kind, wrong, now, among)
        if changed:
            self._bell.ring("alarms")


def _is_past(at: int, now: int, pause: int) -> bool:
    """Tell whether the pause since a moment is over (ms); a clock that was put back ends it."""
    return abs(now - at) >= pause
