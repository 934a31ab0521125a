"""A house to measure in: a real database with subscribers, and couriers that write to an echo.

People are written in bulk, as no bot would make them; everything after that is the product's own:
planning, claiming, sending, recording.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.share import account_lease
from broadcaster.courier import Courier
from broadcaster.planner import Planner
from broadcaster.render import Renderer
from broadcaster.settle import Settler
from core.bell import Bell
from core.clock import Clock, SystemClock
from core.messenger import Messenger, Pace
from core.richtext import plain
from core.words import (
    ChatKind,
    ChatState,
    DeliveryState,
    Mode,
    OrganizationKind,
    PostKind,
    Reach,
)
from messengers import open_messenger
from newsroom import fanout
from newsroom.desk import DeskRules
from newsroom.digest import DigestWords
from storage import leases, posts, tables
from storage.accounts import AccountRow, active
from storage.database import Database, Where, open_database
from storage.leases import Fenced
from storage.media import MediaFolder
from storage.migrate import migrate
from storage.rows import insert

TEXT = "Профсоюз добился повышения зарплат на заводе. Подробности на сайте федерации. " * 3
EVERYBODY, WARMERS = 1, 2  # organizations: the one all subscribers follow, and a small one's
# Beyond what a process can do, so that nothing but its own speed holds it; chats keep their pace.
UNLIMITED = 100_000.0
_GROUP = 220_000_001
_LONG_MS = 86_400_000  # a lease that no measurement outlives
RULES = DeskRules(ZoneInfo("Europe/Moscow"))
_COUNTED = "WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"


async def people(
    connection: AsyncConnection,
    account: int,
    first: int,
    last: int,
    organization: int = EVERYBODY,
) -> None:
    """Let the people of these numbers have a dialog with an account and wish an organization's news at once."""
    numbers = _COUNTED.format(first=first, last=last)
    low = (await connection.scalar(sa.select(sa.func.max(tables.chat.c.id))) or 0) + 1
    for statement in (
        f"{numbers} INSERT INTO person (name, created_at) SELECT 'Человек ' || i, 0 FROM n",
        f"{numbers}, others(most) AS (SELECT max(id) - {last} FROM person)"
        " INSERT INTO chat (account_id, external, kind, state, person_id, began_at)"
        f" SELECT {account}, CAST(i AS TEXT), {ChatKind.PRIVATE:d}, {ChatState.ACTIVE:d}, i + most, 0"
        " FROM n, others",
        "INSERT INTO subscription (chat_id, mode, digest_minute, created_at)"
        f" SELECT id, {Mode.AT_ONCE:d}, 1140, 0 FROM chat WHERE id >= {low}",
        "INSERT INTO subscription_organization (subscription_id, organization_id)"
        f" SELECT id, {organization} FROM subscription WHERE chat_id >= {low}",
    ):
        await connection.exec_driver_sql(statement)


def build(where: Where, network: str, accounts: int, chats: int, warmers: int = 300) -> None:
    """Make a database with so many accounts, each with so many subscribers; externals begin at 1.

    `warmers` more follow another organization only: what is sent to them warms connections and statements.
    """

    def make() -> None:
        migrate(where)
        asyncio.run(_settle_in(where, network, accounts, chats, warmers))

    with ThreadPoolExecutor(1) as thread:  # an event loop may run in this one
        thread.submit(make).result()


async def _settle_in(where: Where, network: str, accounts: int, chats: int, warmers: int) -> None:
    db = open_database(where)
    async with db.write() as connection:
        for slug, kind, parent in (
            ("federation", OrganizationKind.FEDERATION, None),
            ("first", OrganizationKind.PRIMARY, EVERYBODY),
        ):
            await insert(
                connection,
                tables.organization,
                slug=slug,
                name=slug,
                short=slug,
                kind=int(kind),
                parent_id=parent,
            )
        for n in range(1, accounts + 1):
            account = await insert(
                connection, tables.account, slug=f"a{n}", network=network, organization_id=EVERYBODY
            )
            await people(connection, account, 1, chats)
            await people(connection, account, chats + 1, chats + warmers, WARMERS)
    await db.close()


@dataclass(slots=True)
class House:
    """The open database, and what the couriers of its accounts are made of."""

    db: Database
    accounts: list[AccountRow]
    messengers: list[Messenger]
    couriers: list[Courier]
    bell: Bell
    clock: Clock

    async def plan(self, organization: int = EVERYBODY) -> None:
        """Plan a new post for those who follow an organization, to its end."""
        async with self.db.write() as connection:
            await plan(connection, organization, self.clock.now())
        # Nobody hears it: what is measured is planning, without the couriers it would wake.
        await Planner(self.db, RULES, Bell(), self.clock).drain()

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Let the couriers work while the block lasts; once in a house."""
        running = [asyncio.create_task(courier.run()) for courier in self.couriers]
        try:
            yield
        finally:
            await asyncio.gather(*(courier.stop(10) for courier in self.couriers))
            await asyncio.gather(*running)

    async def settled(self) -> None:
        """Wake the couriers; return when nothing planned is open."""
        self.wake()
        heard = self.bell.on("reports")
        while True:
            heard.clear()
            async with self.db.read() as connection:
                waves = sa.select(sa.func.count()).where(tables.wave.c.open)
                if not await connection.scalar(waves):
                    return
            await heard.wait()

    def wake(self) -> None:
        """Ring every courier."""
        self.bell.ring(*(courier.topic for courier in self.couriers))

    async def recorded(self) -> int:
        """Return how many deliveries are recorded as sent."""
        async with self.db.read() as connection:
            sent = sa.select(sa.func.count()).where(
                tables.delivery.c.state == int(DeliveryState.SENT),
                tables.delivery.c.settled_at.is_not(None),
            )
            return int(await connection.scalar(sent) or 0)


async def plan(connection: AsyncConnection, organization: int, now: int) -> None:
    """Make a public post of an organization and begin to plan it, inside the caller's transaction."""
    post = await posts.add(
        connection,
        organization_id=organization,
        kind=PostKind.NEWS,
        reach=Reach.OWN,
        rubric_id=None,
        urgent=False,
        at=now,
        now=now,
    )
    revision = await posts.add_revision(
        connection, post.id, title="Новость", body=plain(TEXT), link=None, media_ids=(), now=now
    )
    await posts.publish(connection, post.id, revision.id)
    await fanout.plan(connection, RULES.zone, post, revision.id, now, first=True)


@asynccontextmanager
async def opened(where: Where, url: str, per_s: float | None = None) -> AsyncIterator[House]:
    """Open a built database with couriers that write to `url`, at the platform's pace or `per_s` calls a second."""
    async with AsyncExitStack() as stack:
        db = open_database(where)
        stack.push_async_callback(db.close)
        async with db.read() as connection:
            accounts = await active(connection)
        bell, clock = Bell(), SystemClock()
        # No picture is ever sent here.
        renderer = Renderer(db, MediaFolder(Path("media")), DigestWords())
        messengers = [_open(account, url, per_s) for account in accounts]
        for messenger in messengers:
            stack.push_async_callback(messenger.close)
        couriers = [
            Courier(account, messenger, door, renderer, bell, clock, settler)
            for account, messenger, (door, settler) in zip(
                accounts, messengers, await _doors(db, accounts, clock), strict=True
            )
        ]
        yield House(db, accounts, messengers, couriers, bell, clock)


async def _doors(
    db: Database, accounts: Sequence[AccountRow], clock: Clock
) -> list[tuple[Database, Settler]]:
    """Return how each account's courier writes, as `app.network` makes it: on a server by lease."""
    if isinstance(db.where, Path):
        settler = Settler(db, clock)
        return [(db, settler)] * len(accounts)
    names = [account_lease(account.id) for account in accounts]
    async with db.write() as connection:
        me = await leases.join(connection, "bench", "", "", _LONG_MS)
        fences = await leases.take(connection, me, names)
    doors = [Fenced(db, me, name, fences[name], lambda: None) for name in names]
    return [(door, Settler(door, clock)) for door in doors]


def _open(account: AccountRow, url: str, per_s: float | None) -> Messenger:
    vk = account.network == "vk"
    messenger = open_messenger(
        account.network,
        token=f"{account.id}:key",
        group=_GROUP if vk else None,
        api=f"{url}/vk/method/" if vk else url,
    )
    if per_s is not None:
        was = messenger.pace
        messenger.pace = Pace(per_s, was.chat_per_s, was.chat_burst, was.group_per_min)
    return messenger


def folder() -> tempfile.TemporaryDirectory[str]:
    """Return a folder for databases, gone with its block; TMPDIR says on which disk."""
    return tempfile.TemporaryDirectory(prefix="vestnik-bench-")
