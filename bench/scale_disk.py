"""The product's own planner and ledger on a sample of the country: what waves come of a day, and what they cost.

Nothing is sent. People and posts are rows of a real database of either kind; the clock is moved from
post to post.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from bench.house import EVERYBODY, RULES, plan
from bench.process import cpu_s, own_cpu_s, own_peak_mb
from bench.scale_country import Account, settle
from broadcaster.claiming import at_once
from broadcaster.fate import Fate
from broadcaster.planner import Planner
from broadcaster.record import Record, record
from core.bell import Bell
from core.clock import MovableClock
from core.words import ChatKind, DeliveryState, WaveKind
from messengers.telegram import capabilities as telegram
from messengers.vk import capabilities as vk
from storage import claims, ledger, tables
from storage.database import Database, Where, open_database
from storage.ledger import Claim
from storage.migrate import migrate

PACES = {"telegram": telegram.PACE, "vk": vk.PACE}
PACKS = {
    "telegram": telegram.capabilities(ChatKind.PRIVATE).pack,
    "vk": vk.capabilities(ChatKind.PRIVATE).pack,
}
MIDNIGHT_MS = 1_795_381_200_000  # 2026-11-23, 00:00 in Moscow, where the measured country is
HOUR_S = 3_600
REGION_AT_S = (10 * HOUR_S, 15 * HOUR_S, 21 * HOUR_S + HOUR_S // 2)
_HOME_TOGETHER = 64  # deliveries of several accounts that come home within one commit


@dataclass(frozen=True, slots=True)
class Planned:
    """A wave as the planner made it: whose, of what, when due (seconds after midnight), for how many private chats."""

    account: int
    kind: WaveKind
    lane: int
    region: bool
    posted: float
    due: float
    recipients: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What deliveries of one network cost the database: in all, while they were claimed, marked and recorded."""

    deliveries: int
    commits: int
    cpu_s: float
    server_cpu_s: float
    log_bytes: int

    @property
    def each_us(self) -> tuple[float, float]:
        """Return the µs of CPU of one delivery: in this process and in the server's."""
        return self.cpu_s / self.deliveries * 1e6, self.server_cpu_s / self.deliveries * 1e6

    @property
    def each_log(self) -> float:
        """Return the bytes of the write-ahead log of one delivery."""
        return self.log_bytes / self.deliveries


@dataclass(slots=True)
class Measured:
    """One kind of database: bytes of a subscriber, of a delivery planned and recorded; the planner's CPU, the waves."""

    kind: str
    people: int
    subscriber_bytes: float = 0
    planned_bytes: float = 0
    recorded_bytes: float = 0
    day_bytes: float = 0  # of one subscriber's day, planned
    day_rows: float = 0
    plan_us: float = 0
    peak_mb: float = 0
    costs: dict[str, Cost] = field(default_factory=dict)
    waves: list[Planned] = field(default_factory=list)


async def measured(
    where: Where,
    seed: int,
    accounts: Sequence[Account],
    people: int,
    wishes: Sequence[float],
    ledger_rows: int,
) -> Measured:
    """Write the people, plan an ordinary day for them, take some of it through the ledger.

    The database must be empty; `wishes` are the shares of `scale_country.settle`.
    """
    await asyncio.to_thread(migrate, where)
    db = open_database(where)
    try:
        return await _Sample(db, seed, accounts, people, wishes).measured(ledger_rows)
    finally:
        await db.close()


class _Sample:
    def __init__(
        self,
        db: Database,
        seed: int,
        accounts: Sequence[Account],
        people: int,
        wishes: Sequence[float],
    ) -> None:
        self._db, self._accounts, self._people = db, accounts, people
        self._seed, self._wishes = seed, wishes
        self._before: dict[int, float] = {}  # what the server's processes had computed, and have
        self._computed: dict[int, float] = {}
        self._clock = MovableClock(MIDNIGHT_MS, frozen=True)
        self._planner = Planner(db, RULES, Bell(), self._clock)
        self._told = Measured("SQLite" if isinstance(db.where, Path) else "PostgreSQL", people)

    async def measured(self, ledger_rows: int) -> Measured:
        told = self._told
        empty = await self._size()
        await settle(self._db, self._seed, self._accounts, self._people, self._wishes)
        await self._analyze()
        began = await self._size()
        told.subscriber_bytes = (began - empty) / self._people
        cpu, server = own_cpu_s(), await self._server_cpu()
        region = await self._plan(EVERYBODY, REGION_AT_S[0])
        rows = await self._count()
        told.plan_us = (own_cpu_s() - cpu + await self._server_cpu() - server) / rows * 1e6
        planned = await self._size()
        told.planned_bytes = (planned - began) / rows
        for network in PACES:
            told.costs[network] = await self._through(network, ledger_rows)
        recorded = await self._size()
        settled = sum(cost.deliveries for cost in told.costs.values())
        told.recorded_bytes = told.planned_bytes + (recorded - planned) / max(settled, 1)
        region += await self._rest_of_day()
        told.day_bytes = (await self._size() - recorded + planned - began) / self._people
        told.day_rows = await self._count() / self._people
        told.waves = await self._waves(region)
        told.peak_mb = own_peak_mb()
        return told

    async def _rest_of_day(self) -> list[int]:
        """Plan the other posts in the order of the day: the region's, and one of each organization in its hours."""
        lot = random.Random(self._seed + 2)
        organizations = sorted({account.organization for account in self._accounts})
        posts = [(at, EVERYBODY) for at in REGION_AT_S[1:]]
        posts += [(lot.randrange(9 * HOUR_S, 18 * HOUR_S, 60), n) for n in organizations]
        region: list[int] = []
        for at, organization in sorted(posts):
            planned = await self._plan(organization, at)
            region += planned if organization == EVERYBODY else []
        return region

    async def _plan(self, organization: int, at: float) -> list[int]:
        """Plan a post to its end as the product does; returns its id."""
        self._clock.set(MIDNIGHT_MS + round(at * 1000))
        async with self._db.write() as connection:
            await plan(connection, organization, self._clock.now())
            post = await connection.scalar(sa.select(sa.func.max(tables.post.c.id)))
        assert await self._planner.drain()
        return [int(post or 0)]

    async def _waves(self, region: Sequence[int]) -> list[Planned]:
        wave, chat = tables.wave.c, tables.chat.c
        columns = (
            wave.account_id,
            wave.kind,
            wave.lane,
            wave.post_id,
            wave.created_at,
            wave.due_at,
        )
        async with self._db.read() as connection:
            rows = await connection.execute(
                sa.select(*columns, sa.func.count())
                .select_from(tables.delivery)
                .join(tables.wave, wave.id == tables.delivery.c.wave_id)
                .join(tables.chat, chat.id == tables.delivery.c.chat_id)
                .where(chat.kind == int(ChatKind.PRIVATE))
                .group_by(wave.id, *columns)
                .order_by(wave.id)
            )
            found = rows.all()
        return [
            Planned(
                account,
                WaveKind(kind),
                lane,
                post is None or post in region,
                (made - MIDNIGHT_MS) / 1000,
                (due - MIDNIGHT_MS) / 1000,
                number,
            )
            for account, kind, lane, post, made, due, number in found
        ]

    # the ledger

    async def _through(self, network: str, most: int) -> Cost:
        """Claim, mark and record in the courier's portions, account after account as they take turns in life."""
        # The largest first: in a sample the portions of the others would be smaller than in life.
        own = [one for one in self._accounts if one.network == network]
        accounts = [one.id for one in sorted(own, key=lambda one: -one.members)]
        portion = at_once(PACES[network]) * PACKS[network]
        log, cpu, server = await self._log_begun(), own_cpu_s(), await self._server_cpu()
        done = commits = 0
        home: list[tuple[int, Claim]] = []
        while done < most:
            before = done
            for account in accounts:
                async with self._db.read() as connection:
                    due = await claims.claimable(
                        connection, account, network, self._clock.now(), portion
                    )
                if not due:
                    continue
                async with self._db.write(alone=False) as connection:
                    await ledger.mark_in_flight(connection, due, self._clock.now())
                home += [(account, claim) for claim in due]
                done, commits = done + len(due), commits + 1
                if len(home) >= _HOME_TOGETHER * PACKS[network]:
                    commits += await self._record(home)
                if done >= most:
                    break
            if done == before:
                break
        commits += await self._record(home)
        cost = (own_cpu_s() - cpu, await self._server_cpu() - server, await self._log() - log)
        return Cost(max(done, 1), commits, *cost)

    async def _record(self, home: list[tuple[int, Claim]]) -> int:
        fate = Fate(DeliveryState.SENT, attempts=1)
        records = [Record(account, claim, fate, messages=("1234567",)) for account, claim in home]
        home.clear()
        if records:
            async with self._db.write(alone=False) as connection:
                await record(connection, records, self._clock.now())
        return bool(records)

    # what the two kinds tell differently

    async def _count(self) -> int:
        async with self._db.read() as connection:
            return int(await connection.scalar(sa.select(sa.func.count(tables.delivery.c.id))) or 1)

    async def _analyze(self) -> None:
        # A server does so by itself within minutes; a plan made for empty tables would be measured here.
        if not isinstance(self._db.where, Path):
            async with self._db.write() as connection:
                await connection.exec_driver_sql("ANALYZE")

    async def _size(self) -> int:
        question = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        if not isinstance(self._db.where, Path):
            question = "SELECT pg_database_size(current_database())"
        return await self._number(question)

    async def _log_begun(self) -> int:
        if isinstance(self._db.where, Path):
            # The log begins anew with a checkpoint: without one its length is what was written.
            async with self._db.write() as connection:
                await connection.exec_driver_sql("PRAGMA wal_autocheckpoint = 0")
        return await self._log()

    async def _log(self) -> int:
        if isinstance(self._db.where, Path):
            return os.stat(f"{self._db.where}-wal").st_size
        return await self._number(
            "SELECT CAST(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') AS bigint)"
        )

    async def _number(self, question: str) -> int:
        async with self._db.read() as connection:
            return int((await connection.exec_driver_sql(question)).scalar_one())

    async def _server_cpu(self) -> float:
        """Return what the server's processes have computed since the first question; it must run on this machine."""
        if isinstance(self._db.where, Path):
            return 0.0
        async with self._db.read() as connection:
            pids = (await connection.exec_driver_sql("SELECT pid FROM pg_stat_activity")).scalars()
            for pid in pids:
                with suppress(OSError):  # it has ended since
                    self._computed[pid] = cpu_s(pid)
                    self._before.setdefault(pid, self._computed[pid])
        return sum(self._computed.values()) - sum(self._before.values())
