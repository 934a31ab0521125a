"""A house with conversations and a messenger in memory: people speak, and read what they are shown."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bots.engine import Engine
from bots.settings import Settings
from broadcaster.publisher import Publisher
from core.bell import Bell
from core.clock import MovableClock
from core.incoming import Incoming, IncomingKind
from core.messenger import Rights
from core.richtext import plain
from core.words import ChatKind, ChatState, DeliveryState, OrganizationKind, RoleKind
from storage import inbox, people, posts, roles, tables
from storage.database import Database, Where, open_database
from storage.media import MediaFolder
from storage.rows import insert
from tests.support import database
from tests.support.messenger import MemoryMessenger

START = 1_795_420_800_000  # 23 November 2026, 11:00 in Moscow
INDUSTRIES = 17
ADMIN = "900"


@dataclass
class Shown:
    """A reply: its words, its buttons' labels, and what a press of each sends."""

    text: str
    buttons: list[tuple[str, str]]
    edits: str | None

    def data(self, label: str) -> str:
        """Return what pressing a button sends."""
        found = [data for text, data in self.buttons if text == label]
        assert found, f"no button {label!r} among {[text for text, _ in self.buttons]}"
        return found[0]

    @property
    def labels(self) -> list[str]:
        """Return the labels."""
        return [text for text, _ in self.buttons]


def _shown(row: Any) -> Shown:
    buttons = [(b["text"], b["data"]) for line in row.body["buttons"] for b in line]
    return Shown(row.body["text"]["text"], buttons, row.edits)


# Built once: building a statement costs more than carrying it out.
_TO = (
    sa.select()
    .join_from(tables.reply, tables.chat, tables.chat.c.id == tables.reply.c.chat_id)
    .where(tables.chat.c.external == sa.bindparam("person"))
)
_SHOWN = _TO.add_columns(tables.reply.c.body, tables.reply.c.edits).order_by(tables.reply.c.id)
_LAST = (
    _TO.add_columns(tables.reply.c.body, tables.reply.c.edits)
    .order_by(tables.reply.c.id.desc())
    .limit(1)
)
_COUNT = _TO.add_columns(sa.func.count())
DELIVER = (  # every reply that waits arrives, new ones as messages of their own
    tables.reply.update()
    .where(tables.reply.c.message.is_(None), tables.reply.c.state != int(DeliveryState.CANCELLED))
    .values(
        message=sa.func.coalesce(tables.reply.c.edits, "m" + sa.cast(tables.reply.c.id, sa.String)),
        state=int(DeliveryState.SENT),
    )
)


@dataclass
class House:
    """One federation with one account; people are called by their numbers."""

    db: Database
    clock: MovableClock
    bell: Bell
    messenger: MemoryMessenger
    settings: Settings
    engine: Engine
    folder: MediaFolder
    organizations: dict[str, int]
    rubrics: list[int]
    account: int = 1
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def hear(self, kind: IncomingKind, person: str = "7", **more: Any) -> int:
        """Let something come in and be worked off."""
        await self.take(self.incoming(kind, person, **more))
        return await self.engine.drain()

    def incoming(self, kind: IncomingKind, person: str = "7", **more: Any) -> Incoming:
        """Return something that a person does in the own dialog, unless `more` says otherwise."""
        number = next(self.numbers)
        values = {
            "chat": person,
            "chat_kind": ChatKind.PRIVATE,
            "sender": person,
            "sender_name": f"Человек {person}",
            "message": str(number),
            **more,
        }
        return Incoming(key=f"k{number}", kind=kind, at=self.clock.now(), **values)

    def incoming_at(self, at: int, text: str, person: str = "7") -> Incoming:
        """Return words that a person wrote at another moment (ms UTC)."""
        return replace(self.incoming(IncomingKind.MESSAGE, person, text=plain(text)), at=at)

    async def take(self, *incoming: Incoming) -> None:
        """Put it into the inbox."""
        async with self.db.write() as connection:
            await inbox.take(connection, self.account, incoming, "1", self.clock.now())

    async def start(self, payload: str | None = None, person: str = "7") -> Shown:
        """Let a person begin, and return what they see."""
        await self.hear(IncomingKind.START, person, payload=payload)
        return await self.screen(person)

    async def say(self, text: str, person: str = "7", **more: Any) -> list[Shown]:
        """Let a person say something, and return what was said to it."""
        async with self.db.read() as connection:
            before = await connection.scalar(_COUNT, {"person": person})
        await self.hear(IncomingKind.MESSAGE, person, text=plain(text), **more)
        return (await self.shown(person))[before:]

    async def press(self, label: str, person: str = "7") -> Shown:
        """Let a person press a button of what they saw last, and return what they see then."""
        return await self.press_data((await self.screen(person)).data(label), person)

    async def press_data(self, data: str, person: str = "7", chat: str | None = None) -> Shown:
        """Let a person send a button's data."""
        number = str(next(self.numbers))
        await self.hear(
            IncomingKind.PRESS, person, chat=chat or person, payload=data, press=f"p{number}"
        )
        return await self.screen(person)

    async def walk(self, *labels: str, person: str = "7") -> Shown:
        """Press one button after the other."""
        for label in labels:
            await self.press(label, person)
        return await self.screen(person)

    async def member(
        self,
        chat: str,
        person: str,
        *,
        present: bool = True,
        can_post: bool = True,
        kind: ChatKind = ChatKind.CHANNEL,
    ) -> None:
        """Let a person add the account to a channel, or change its standing there."""
        self.messenger.standing.setdefault(chat, Rights(can_post, f"Канал {chat}"))
        await self.hear(
            IncomingKind.MEMBERSHIP,
            person,
            chat=chat,
            chat_kind=kind,
            chat_title=f"Канал {chat}",
            present=present,
            can_post=can_post,
        )

    async def shown(self, person: str = "7") -> list[Shown]:
        """Return everything that was said to a person, oldest first."""
        async with self.db.read() as connection:
            return [_shown(row) for row in await connection.execute(_SHOWN, {"person": person})]

    async def screen(self, person: str = "7") -> Shown:
        """Return what a person was shown last, an empty screen if nothing was."""
        async with self.db.read() as connection:
            row = (await connection.execute(_LAST, {"person": person})).one_or_none()
        return _shown(row) if row else Shown("", [], None)

    async def deliver(self) -> None:
        """Let every reply that waits arrive: new ones as messages of their own."""
        async with self.db.write() as connection:
            await connection.execute(DELIVER)

    async def rows(self, table: sa.Table, **values: Any) -> list[Any]:
        """Return the rows of a table in which these columns have these values."""
        conditions = [table.c[name] == value for name, value in values.items()]
        async with self.db.read() as connection:
            query = sa.select(table).where(*conditions).order_by(*table.primary_key)
            return list(await connection.execute(query))

    async def row(self, table: sa.Table, **values: Any) -> Any:
        """Return the one such row."""
        (found,) = await self.rows(table, **values)
        return found

    async def add(self, table: sa.Table, **values: Any) -> int:
        """Write a row as somebody else would have done."""
        async with self.db.write() as connection:
            return await insert(connection, table, **values)

    async def post(self, slug: str = "federation", title: str = "Оклады выросли") -> int:
        """Write a post of an organization; returns its revision's id."""
        now = self.clock.now()
        post = await self.add(
            tables.post,
            organization_id=self.organizations[slug],
            kind=1,
            reach=3,
            created_at=now,
            at=now,
        )
        body = {"text": "Подробности у председателя.", "entities": []}
        revision = await self.add(
            tables.revision, post_id=post, number=1, title=title, body=body, created_at=now
        )
        async with self.db.write() as connection:
            await posts.publish(connection, post, revision)
        return revision

    def last_answer(self) -> str | None:
        """Return what was answered to the last press."""
        return self.messenger.answers[-1][1]

    async def role(self, person: str, kind: RoleKind, slug: str = "org-1") -> int:
        """Give a role to a person, who has begun a dialog; returns the person's id."""
        network, now = self.messenger.network, self.clock.now()
        async with self.db.write() as connection:
            person_id = await people.by_identity(connection, network, person)
            if person_id is None:
                person_id = await people.find_or_add(
                    connection, network, person, f"Человек {person}", now
                )
                await insert(
                    connection,
                    tables.chat,
                    account_id=self.account,
                    external=person,
                    kind=int(ChatKind.PRIVATE),
                    state=int(ChatState.ACTIVE),
                    person_id=person_id,
                    heard_at=now,
                    began_at=now,
                )
            organization = self.organizations[slug]
            await roles.grant(connection, person_id, organization, kind, None, self.clock.now())
        return person_id

    async def pass_time(self, seconds: float) -> None:
        """Move the clock, and let everything that is due by then happen."""
        self.clock.advance(int(seconds * 1000))
        await Publisher(self.db, self.settings.rules, self.bell, self.clock).publish()
        await self.engine.look()

    async def second(self, network: str = "beta") -> House:
        """Open an account in another messenger; returns the same house seen from there."""
        messenger = MemoryMessenger(network)
        account = await self.add(
            tables.account, slug=network, network=network, organization_id=1, handle=network
        )
        settings = replace(
            self.settings, networks={**self.settings.networks, network: network.capitalize()}
        )
        both = {self.account: self.messenger, account: messenger}
        self.settings = settings
        self.engine = Engine(self.db, both, settings, self.bell, self.clock, self.folder)
        return replace(self, account=account, messenger=messenger)

    async def subscribe(self, person: str = "7", slug: str = "org-1") -> None:
        """Let a person subscribe by a link."""
        await self.start(f"org-{slug}", person)
        await self.press("Согласен, подписаться", person)

    async def change(self, **settings: Any) -> None:
        """Go on with other settings."""
        self.settings = replace(self.settings, **settings)
        self.engine = Engine(
            self.db,
            {self.account: self.messenger},
            self.settings,
            self.bell,
            self.clock,
            self.folder,
        )


@asynccontextmanager
async def house(folder: Path, **settings: Any) -> AsyncIterator[House]:
    """Build a federation of seventeen industries, two districts and three topics."""
    where, organizations, rubrics = await _filled(folder)
    db = open_database(where)
    try:
        bell, clock, messenger = Bell(), MovableClock(START, frozen=True), MemoryMessenger()
        made = Settings(
            **{
                "region": "Ивановская область",
                "operator_name": "Федерация профсоюзов",
                "operator_contacts": "fed@example.org",
                "zone": "Europe/Moscow",
                "administrators": frozenset({("alpha", ADMIN)}),
                "networks": {"alpha": "Альфа"},
                **settings,
            }
        )
        kept = MediaFolder(folder / "media")
        engine = Engine(db, {1: messenger}, made, bell, clock, kept)
        yield House(db, clock, bell, messenger, made, engine, kept, organizations, rubrics)
    finally:
        await db.close()


_Places = tuple[dict[str, int], list[int]]
_templates: dict[str, tuple[Where, _Places]] = {}


async def _filled(folder: Path) -> tuple[Where, dict[str, int], list[int]]:
    """Copy a database with everybody in it, filled once a process."""
    if database.kind not in _templates:
        db = database.fresh(Path(tempfile.mkdtemp(prefix="vestnik-house-")))
        try:
            places = await _fill(db)
        finally:
            await db.close()
        _templates[database.kind] = db.where, places
    made, (organizations, rubrics) = _templates[database.kind]
    return database.copied(made, folder), dict(organizations), list(rubrics)


async def _fill(db: Database) -> tuple[dict[str, int], list[int]]:
    found: dict[str, int] = {}
    async with db.write() as connection:
        root = None
        places = [
            ("federation", "Федерация", OrganizationKind.FEDERATION),
            *((f"org-{n}", f"Отрасль {n:02}", OrganizationKind.MEMBER) for n in range(1, 18)),
            ("shuya", "Шуя", OrganizationKind.COUNCIL),
            ("vichuga", "Вичуга", OrganizationKind.COUNCIL),
            ("youth", "Молодёжный совет", OrganizationKind.YOUTH),
        ]
        for slug, name, kind in places:
            values = {"slug": slug, "name": name, "short": name, "kind": int(kind)}
            found[slug] = await insert(connection, tables.organization, parent_id=root, **values)
            root = root or found[slug]
        rubrics = [
            await insert(connection, tables.rubric, slug=name, name=name)
            for name in ("Зарплата", "Охрана труда", "Отдых")
        ]
        await insert(connection, tables.account, slug="main", network="alpha", organization_id=root)
    return found, rubrics


def play(folder: Path, story: Callable[[House], Awaitable[None]], **settings: Any) -> None:
    """Run a story in a new house."""

    async def run() -> None:
        async with house(folder, **settings) as made:
            await story(made)

    asyncio.run(run())
