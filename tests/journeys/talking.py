"""Conversations through the real adapters: sandbox, intake, engine and couriers in one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bots import intake
from bots.engine import Engine
from bots.settings import Settings
from core.words import OrganizationKind
from newsroom import desk
from newsroom.desk import DeskRules
from storage import posts, tables
from storage.rows import insert
from tests.support.town import MOSCOW, Town, town
from tests.support.wait import until

NETWORKS = ("telegram", "vk")
SECRETARY, ADMIN = 8, 9
WAIT_S = 15
PAUSE_S = 3
POLL_S = 3  # of one call of control, below its time-out


@dataclass
class Talk:
    """One network's side of a running house; people are called by their numbers."""

    town: Town
    network: str
    organizations: dict[str, int]

    async def do(self, what: str, person: int = 1, chat: object = "main", **more: Any) -> Any:
        """Let a person do something."""
        return await self.town.post(
            "do", network=self.network, chat=chat, what=what, **{"as": person}, **more
        )

    async def say(self, text: str, person: int = 1, chat: object = "main") -> None:
        """Let a person say something."""
        await self._breathe()
        await self.town.post("say", network=self.network, chat=chat, text=text, **{"as": person})

    async def press(self, button: str, person: int = 1, message: int | None = None) -> Any:
        """Let a person press a button; returns what the app shows beside it."""
        await self._breathe()
        named = {} if message is None else {"message": message}
        return await self.town.post(
            "press", network=self.network, chat="main", button=button, **{"as": person}, **named
        )

    async def _breathe(self) -> None:
        # People pause; a chat takes one message a second.
        await self.town.advance(PAUSE_S)

    async def seen(self, person: int = 1, chat: object = "main") -> list[dict[str, Any]]:
        """Return what a person sees."""
        return await self.town.seen(self.network, chat, person)

    async def sees(
        self, words: str, person: int = 1, chat: object = "main", count: int = 1
    ) -> dict[str, Any]:
        """Wait until so many messages hold these words; returns the last of them."""
        version = -1
        async with asyncio.timeout(WAIT_S):
            while True:
                answer = await self.town.get(
                    f"chats/{self.network}/{chat}", wait=POLL_S, after=version, **{"as": person}
                )
                found = [m for m in answer["messages"] if words in m["text"]]
                if len(found) >= count:
                    last: dict[str, Any] = found[-1]
                    return last
                version = answer["version"]

    async def quiet(self) -> None:
        """Wait until everything that came in is worked off and every reply has left."""

        async def nothing_open() -> bool:
            inbox = sa.select(tables.inbox.c.id).where(tables.inbox.c.done_at.is_(None))
            replies = sa.select(tables.reply.c.id).where(tables.reply.c.state.in_((1, 2)))
            async with self.town.db.read() as connection:
                return await connection.scalar(inbox.union_all(replies).limit(1)) is None

        await until(nothing_open, WAIT_S)

    async def heard(self, person: int, kind: str) -> None:
        """Wait until something of a kind that a person did has come in and was worked off."""
        query = sa.select(tables.inbox.c.id).where(
            tables.inbox.c.kind == kind,
            tables.inbox.c.done_at.is_not(None),
            tables.inbox.c.body["chat"].as_string() == str(person),
        )

        async def worked_off() -> bool:
            async with self.town.db.read() as connection:
                return await connection.scalar(query) is not None

        await until(worked_off, WAIT_S)

    async def row(self, table: sa.Table, **values: Any) -> Any:
        """Return the one row with these values."""
        conditions = [table.c[name] == value for name, value in values.items()]
        async with self.town.db.read() as connection:
            return (await connection.execute(sa.select(table).where(*conditions))).one()

    async def rows(self, table: sa.Table) -> list[Any]:
        """Return all rows of a table."""
        async with self.town.db.read() as connection:
            return list(await connection.execute(sa.select(table)))

    async def publish(self, title: str) -> None:
        """Let the newsroom have a post of the federation and plan it for whoever wants it."""
        await self.post(title)
        rules, now = DeskRules(MOSCOW), self.town.clock.now()
        async with self.town.db.write() as connection:
            found = (await connection.execute(sa.select(tables.post))).one()
            post = await posts.get(connection, found.id)
            assert post is not None
            revision = await posts.latest_revision(connection, post.id)
            touched = await desk.plan(connection, rules, post, revision, now)
        self.town.bell.ring("asking", *(("courier", one) for one in touched))

    async def post(self, title: str) -> None:
        """Let the newsroom have a post of the federation."""
        now = self.town.clock.now()
        async with self.town.db.write() as connection:
            post = await insert(
                connection,
                tables.post,
                organization_id=self.town.federation,
                kind=1,
                reach=3,
                created_at=now,
                at=now,
            )
            body = {"text": "Подробности ниже.", "entities": []}
            await insert(
                connection,
                tables.revision,
                post_id=post,
                number=1,
                title=title,
                body=body,
                created_at=now,
            )


def walk(folder: Path, network: str, journey: Callable[[Talk], Awaitable[None]]) -> None:
    """Run a journey on one network, in a town of its own."""

    async def run() -> None:
        async with talking(folder, network) as talk:
            await journey(talk)

    asyncio.run(run())


@asynccontextmanager
async def talking(folder: Path, network: str) -> AsyncIterator[Talk]:
    """Build a town and let everything in it that talks run."""
    async with town(folder, network, people=ADMIN) as made:
        organizations = await _organizations(made)
        account = made.accounts[network]
        settings = Settings(
            region="Ивановская область",
            operator_name="Федерация",
            operator_contacts="fed@example.org",
            zone="Europe/Moscow",
            administrators=frozenset({(network, str(ADMIN))}),
            networks={network: "Этот мессенджер"},
            # Humans answer in a community's dialogs, not in a bot's.
            shared_dialogs=frozenset({account.id} if network == "vk" else ()),
        )
        messengers = {account.id: made.messengers[network]}
        engine = Engine(made.db, messengers, settings, made.bell, made.clock)
        courier = made.couriers[network]
        if network == "vk":
            await _let_answer(made)
        tasks = [
            asyncio.create_task(engine.run()),
            asyncio.create_task(courier.run()),
            asyncio.create_task(
                intake.run(made.db, account.id, messengers[account.id], made.bell, made.clock)
            ),
        ]
        try:
            talk = Talk(made, network, organizations)
            await _polling(talk)
            yield talk
        finally:
            # As the product stops: nothing new, what is in the air comes home, then the rest.
            await courier.stop(grace_s=2)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _organizations(made: Town) -> dict[str, int]:
    found = {"federation": made.federation}
    async with made.db.write() as connection:
        for slug, name, kind in (
            ("education", "Образование", OrganizationKind.MEMBER),
            ("health", "Здравоохранение", OrganizationKind.MEMBER),
            ("shuya", "Шуя", OrganizationKind.COUNCIL),
        ):
            found[slug] = await insert(
                connection,
                tables.organization,
                slug=slug,
                name=name,
                short=name,
                kind=int(kind),
                parent_id=made.federation,
            )
        for name in ("Зарплата", "Охрана труда"):
            await insert(connection, tables.rubric, slug=name, name=name)
    return found


async def _let_answer(made: Town) -> None:
    """Make a person an administrator of the community, who answers in its dialogs by hand."""
    for account in made.sandbox.world.accounts.values():
        account.admins.append(SECRETARY)


async def _polling(talk: Talk) -> None:
    """Wait until the intake has its place in the updates: VK tells nothing of what happened before."""
    if talk.network == "vk":
        while not await talk.town.calls("groups.getLongPollServer", effect=False):
            await talk.town.get("calls", since=0, wait=POLL_S)
