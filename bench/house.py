"""A house to measure in: a real database with subscribers, and couriers that write to an echo.

People are written in bulk, as no bot would make them; everything after that is the product's own:
planning, claiming, sending, recording.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

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
from storage import posts, tables
from storage.accounts import AccountRow, active
from storage.database import Database, open_database
from storage.media import MediaFolder
from storage.migrate import migrate

TEXT = "Профсоюз добился повышения зарплат на заводе. Подробности на сайте федерации. " * 3
EVERYBODY, WARMERS = 1, 2  # organizations: the one all subscribers follow, and a small one's
# Beyond what a process can do, so that nothing but its own speed holds it; chats keep their pace.
UNLIMITED = 100_000.0
_GROUP = 220_000_001
RULES = DeskRules(ZoneInfo("Europe/Moscow"))
_COUNTED = "WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"


def people(path: Path, account: int, first: int, last: int, organization: int = EVERYBODY) -> None:
    """Let the people of these numbers have a dialog with an account and wish an organization's news at once."""
    numbers = _COUNTED.format(first=first, last=last)
    with sqlite3.connect(path) as connection:
        low = connection.execute("SELECT COALESCE(max(id), 0) FROM chat").fetchone()[0] + 1
        connection.execute(
            f"{numbers} INSERT INTO person (name, created_at) SELECT 'Человек ' || i, 0 FROM n"
        )
        shift = connection.execute("SELECT max(id) FROM person").fetchone()[0] - last
        connection.execute(
            f"{numbers} INSERT INTO chat (account_id, external, kind, state, person_id, began_at)"
            " SELECT ?, CAST(i AS TEXT), ?, ?, i + ?, 0 FROM n",
            (account, int(ChatKind.PRIVATE), int(ChatState.ACTIVE), shift),
        )
        connection.execute(
            "INSERT INTO subscription (chat_id, mode, digest_minute, created_at)"
            " SELECT id, ?, 1140, 0 FROM chat WHERE id >= ?",
            (int(Mode.AT_ONCE), low),
        )
        connection.execute(
            "INSERT INTO subscription_organization (subscription_id, organization_id)"
            " SELECT id, ? FROM subscription WHERE chat_id >= ?",
            (organization, low),
        )
    connection.close()


def build(path: Path, network: str, accounts: int, chats: int, warmers: int = 300) -> None:
    """Make a database with so many accounts, each with so many subscribers; externals begin at 1.

    `warmers` more follow another organization only: what is sent to them warms connections and statements.
    """
    migrate(path)
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO organization (slug, name, short, kind, parent_id) VALUES (?, ?, ?, ?, ?)",
            [
                ("federation", "Федерация", "Федерация", int(OrganizationKind.FEDERATION), None),
                ("first", "Первичка", "Первичка", int(OrganizationKind.PRIMARY), EVERYBODY),
            ],
        )
        connection.executemany(
            "INSERT INTO account (slug, network, organization_id) VALUES (?, ?, 1)",
            [(f"a{n}", network) for n in range(1, accounts + 1)],
        )
    connection.close()
    for account in range(1, accounts + 1):
        people(path, account, 1, chats)
        people(path, account, chats + 1, chats + warmers, WARMERS)


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
async def opened(path: Path, url: str, per_s: float | None = None) -> AsyncIterator[House]:
    """Open a built database with couriers that write to `url`, at the platform's pace or `per_s` calls a second."""
    async with AsyncExitStack() as stack:
        db = open_database(path)
        stack.push_async_callback(db.close)
        async with db.read() as connection:
            accounts = await active(connection)
        bell, clock = Bell(), SystemClock()
        renderer = Renderer(db, MediaFolder(path.parent / "media"), DigestWords())
        messengers = [_open(account, url, per_s) for account in accounts]
        for messenger in messengers:
            stack.push_async_callback(messenger.close)
        settler = Settler(db, clock)
        couriers = [
            Courier(account, messenger, db, renderer, bell, clock, settler)
            for account, messenger in zip(accounts, messengers, strict=True)
        ]
        yield House(db, accounts, messengers, couriers, bell, clock)


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
