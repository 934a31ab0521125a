"""A post office: real SQLite, a courier, and a messenger whose answers the test writes."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from broadcaster.courier import Courier
from broadcaster.render import Renderer
from core.bell import Bell
from core.clock import MovableClock
from core.feed import FeedItem
from core.messenger import Capabilities, Outcome, Pace, Part, Place, Refused, Rights, Sent
from core.richtext import Style, plain
from core.words import (
    ChatKind,
    ChatState,
    DeliveryState,
    Lane,
    Mode,
    OrganizationKind,
    PostKind,
    Reach,
    Reason,
    WaveKind,
)
from newsroom import desk
from newsroom.desk import DeskRules
from newsroom.digest import DigestWords
from storage import media, planning, posts, retractions, sources, tables
from storage.accounts import active
from storage.database import Database
from storage.media import MediaFolder
from storage.rows import insert
from tests.support.database import fresh

START = 1_795_000_000_000
PLAIN = Capabilities(frozenset(Style), text_limit=200, caption_limit=100, album=10)
KEYED = Capabilities(
    frozenset(Style),
    text_limit=200,
    caption_limit=200,
    album=10,
    pack=100,
    idempotent=True,
    window_ms=55 * 60_000,
    look_up=True,
    album_is_one_message=True,
)

Answer = Outcome | BaseException | None  # None: it is there
NOTICE = "Новость отозвана."


@dataclass
class ScriptedMessenger:
    """Says what the test wrote for a chat, else that the message is there; keeps what it was given."""

    able: Capabilities
    network: str = "alpha"
    pace: Pace = field(default_factory=lambda: Pace(1e6, 1e6, 1000, 60_000))
    script: dict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    edits: dict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    found: dict[str, Sent | Exception] = field(default_factory=dict)  # by chat: what look_up says
    gates: dict[str, asyncio.Event] = field(default_factory=dict)  # sends to the chat wait for it
    sent: list[tuple[str, Part, int]] = field(default_factory=list)
    edited: list[tuple[str, tuple[str, ...], Part]] = field(default_factory=list)
    deletes: dict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    deleted: list[tuple[str, ...]] = field(default_factory=list)
    stale: set[str] = field(default_factory=set)  # references it knows no longer
    looked: list[str] = field(default_factory=list)
    allowed: dict[str, Rights | Exception] = field(default_factory=dict)  # what `rights` says
    probes: list[str] = field(default_factory=list)
    on_send: Callable[[], Any] | None = None
    on_edit: Callable[[], Any] | None = None
    order: list[tuple[str, str]] = field(default_factory=list)  # what was done in which chat
    down: Exception | None = None  # what `check` raises
    checks: int = 0
    last: int = 0

    def capabilities(self, kind: ChatKind) -> Capabilities:
        """Return the same for every kind of chat."""
        return self.able

    async def send(self, places: Sequence[Place], part: Part, key: int) -> Sequence[Outcome]:
        """Send one part to each place."""
        outcomes: list[Outcome] = []
        if self.on_send is not None:
            await self.on_send()
        for place in places:
            if place.chat in self.gates:
                await self.gates[place.chat].wait()
            self.order.append(("send", place.chat))
            self.sent.append((place.chat, part, key))
            answer = _next(self.script[place.chat])
            if any(file.ref in self.stale for file in part.media):
                answer = Refused(Reason.BAD_MEDIA, "wrong file identifier")
            outcomes.append(answer or self._made(part))
        return outcomes

    def _made(self, part: Part) -> Sent:
        ids = []
        for _ in range(1 if self.able.album_is_one_message else max(1, len(part.media))):
            self.last += 1
            ids.append(str(self.last))
        refs = {file.sha: f"ref{self.last}" for file in part.media if file.ref is None}
        return Sent(tuple(ids), refs)

    async def edit(self, place: Place, messages: Sequence[str], part: Part) -> Outcome:
        """Edit the messages."""
        self.order.append(("edit", place.chat))
        self.edited.append((place.chat, tuple(messages), part))
        if self.on_edit is not None:
            await self.on_edit()
        answer = _next(self.edits[place.chat])
        if any(file.ref in self.stale for file in part.media):
            return Refused(Reason.BAD_MEDIA, "wrong file identifier")
        return answer or Sent(tuple(messages))

    async def delete(self, place: Place, messages: Sequence[str]) -> Outcome:
        """Delete the messages."""
        self.order.append(("delete", place.chat))
        self.deleted.append(tuple(messages))
        answer = _next(self.deletes[place.chat])
        return answer or Sent(tuple(messages))

    async def look_up(self, place: Place, key: int, part: Part) -> Sent | None:
        """Look whether it arrived."""
        self.looked.append(place.chat)
        found = self.found.get(place.chat)
        if isinstance(found, Exception):
            raise found
        return found

    async def rights(self, place: Place) -> Rights:
        """Tell what the test allows."""
        self.probes.append(place.chat)
        found = self.allowed[place.chat]
        if isinstance(found, Exception):
            raise found
        return found

    def link(self, place: Place, message: str) -> str | None:
        """Return an address of what is not private."""
        return f"https://{self.network}.example/{place.chat}/{message}"

    async def check(self) -> str:
        """Say who it is."""
        self.checks += 1
        if self.down is not None:
            raise self.down
        return self.network

    async def close(self) -> None:
        """Have nothing to close."""

    def texts(self, chat: str) -> list[str]:
        """Return the texts sent to a chat."""
        return [part.text.text for to, part, _ in self.sent if to == chat]


def _next(script: deque[Answer]) -> Outcome | None:
    answer = script.popleft() if script else None
    if isinstance(answer, BaseException):
        raise answer
    return answer


async def take_back(connection: AsyncConnection, post_id: int, now: int) -> None:
    """Plan that a post is taken back, as the desk does."""
    await retractions.call_off(connection, post_id, now)
    shown: dict[int, list[retractions.Copy]] = defaultdict(list)
    for copy in await retractions.copies(connection, post_id):
        shown[copy.account_id].append(copy)
    notice = await posts.add_revision(
        connection, post_id, title="", body=plain(NOTICE), link=None, media_ids=(), now=now
    )
    for account_id, copies in shown.items():
        wave_id = await planning.add_wave(
            connection,
            account_id=account_id,
            kind=WaveKind.RETRACT,
            lane=Lane.RETRACT,
            due_at=now,
            post_id=post_id,
            revision_id=notice.id,
            now=now,
        )
        await retractions.add(connection, wave_id, copies)


@dataclass
class Office:
    """One federation, one account, one courier."""

    db: Database
    clock: MovableClock
    bell: Bell
    messenger: ScriptedMessenger
    courier: Courier
    federation: int
    account: int
    source: sources.SourceRow
    rules: DeskRules
    folder: MediaFolder
    remade: Callable[[], Courier]

    async def chat(
        self,
        external: str,
        kind: ChatKind = ChatKind.PRIVATE,
        mode: Mode = Mode.AT_ONCE,
        **wish: Any,
    ) -> int:
        """Write a chat with its subscription to the federation."""
        async with self.db.write() as connection:
            chat_id = await insert(
                connection,
                tables.chat,
                account_id=self.account,
                external=external,
                kind=int(kind),
                state=int(ChatState.ACTIVE),
            )
            values = {"digest_minute": 19 * 60, "created_at": 0, **wish}
            subscription = await insert(
                connection, tables.subscription, chat_id=chat_id, mode=int(mode), **values
            )
            await connection.execute(
                tables.subscription_organization.insert().values(
                    subscription_id=subscription, organization_id=self.federation
                )
            )
        return chat_id

    def item(self, key: str, text: str = "Текст.", **changes: Any) -> FeedItem:
        """Return a feed item."""
        values = {"title": f"Новость {key}", "link": None, "at": self.clock.now(), **changes}
        return FeedItem(key, body=plain(text), **values)

    async def take(
        self, key: str, text: str = "Текст.", pictures: Sequence[str] = (), **more: Any
    ) -> None:
        """Take an item in."""
        async with self.db.write() as connection:
            await desk.take(
                connection,
                self.rules,
                self.source,
                self.item(key, text, **more),
                text,
                await self._pictures(connection, pictures),
                self.clock.now(),
            )

    async def correct(self, key: str, text: str, pictures: Sequence[str] = (), **more: Any) -> None:
        """Let an item change."""
        async with self.db.write() as connection:
            known = (await sources.seen(connection, self.source.id, [key]))[key]
            await desk.correct(
                connection,
                known,
                self.item(key, text, **more),
                text,
                await self._pictures(connection, pictures),
                self.clock.now(),
            )

    async def retract(self, key: str) -> None:
        """Take an item's post back, as the desk does."""
        now = self.clock.now()
        async with self.db.write() as connection:
            post_id = (await sources.seen(connection, self.source.id, [key]))[key].post_id
            assert post_id is not None
            await take_back(connection, post_id, now)

    async def _pictures(self, connection: Any, names: Sequence[str]) -> list[int]:
        return [
            await media.add(connection, sha=name, mime="image/png", size=1, width=1, height=1)
            for name in names
        ]

    async def restart(self) -> None:
        """Do what a start after a kill does."""
        self.courier = self.remade()
        await self.courier.recover()

    async def rest(self, seconds: float = 400, times: int = 1) -> None:
        """Deliver, let time pass, deliver again."""
        await self.courier.drain()
        for _ in range(times):
            self.clock.advance(int(seconds * 1000))
            await self.courier.drain()

    async def rows(self, *columns: Any) -> list[Any]:
        """Return these columns of all deliveries, in order."""
        async with self.db.read() as connection:
            query = sa.select(*(columns or [tables.delivery.c.state])).order_by(
                tables.delivery.c.id
            )
            return list(await connection.execute(query))

    async def states(self) -> list[DeliveryState]:
        """Return the states of all deliveries, in order."""
        return [DeliveryState(row[0]) for row in await self.rows()]

    async def open_waves(self) -> int:
        """Count the waves that are open."""
        async with self.db.read() as connection:
            rows = await connection.execute(sa.select(tables.wave.c.id).where(tables.wave.c.open))
            return len(rows.all())


@asynccontextmanager
async def office(
    folder: Path, able: Capabilities = PLAIN, now: int = START
) -> AsyncIterator[Office]:
    """Open an office with a clock of its own."""
    db = fresh(folder)
    clock = MovableClock(now)
    bell = Bell()
    try:
        async with db.write() as connection:
            federation = await insert(
                connection,
                tables.organization,
                slug="federation",
                name="Федерация",
                short="Федерация",
                kind=int(OrganizationKind.FEDERATION),
            )
            account = await insert(
                connection,
                tables.account,
                slug="alpha",
                network="alpha",
                organization_id=federation,
            )
            await connection.execute(
                tables.source.insert().values(
                    slug="news",
                    organization_id=federation,
                    url="http://127.0.0.1/",
                    interval_s=60,
                    reach=int(Reach.REGION),
                    kind=int(PostKind.NEWS),
                    next_at=0,
                    polled_at=1,
                )
            )
            (row,) = await active(connection)
            (source,) = await sources.due(connection, now)
        messenger = ScriptedMessenger(able)
        files = MediaFolder(folder / "media")

        def make() -> Courier:
            renderer = Renderer(db, files, DigestWords())
            return Courier(row, messenger, db, renderer, bell, clock)  # type: ignore[arg-type]

        rules = DeskRules(ZoneInfo("Europe/Moscow"))
        yield Office(
            db, clock, bell, messenger, make(), federation, account, source, rules, files, make
        )
    finally:
        await db.close()


def work(folder: Path, story: Callable[[Office], Any], able: Capabilities = PLAIN) -> None:
    """Run a story in an office of its own; one that hangs fails."""

    async def run() -> None:
        async with office(folder, able) as made, asyncio.timeout(20):
            await story(made)

    asyncio.run(run())
