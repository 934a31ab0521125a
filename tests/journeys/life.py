"""A post's whole life: it comes from a site, goes out everywhere, is corrected and taken back.

`Street` is a town with two persons on each network, a channel and a wall, in which one life after the
other is lived; the owner of the channel looks where it is asked whether something arrived.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from broadcaster.courier import Courier
from broadcaster.render import Renderer
from core.messenger import Messenger, Pace
from core.richtext import plain
from core.words import ChatKind, DeliveryState, RoleKind, WaveKind
from messengers.telegram.adapter import Telegram
from messengers.transport import Timeouts
from messengers.vk.adapter import Vk
from newsroom import retraction
from newsroom.digest import DigestWords
from storage import outgoing, people, roles, tables
from storage.database import Database, Pools, open_database
from tests.support.town import Town, town

# A call that hangs is given up after a second.
TIMEOUTS = Timeouts(connect=2, total=1, upload=1)
NO_HURRY = Pace(1e4, 1e4, 1000, 6e5)
ROUNDS = 60
STEP_S = 30  # of the sandbox's clock, between two rounds
NUDGE_S = 0.05  # machine seconds in which a round stands still, after which a second is skipped
PEOPLE = (1, 2)
PARAGRAPHS = 22
MORE = 40  # paragraphs after the correction: a message more on both networks
FILLER = "слово " * 40


@dataclass(frozen=True)
class Place:
    """A chat of the ledger, and where the sandbox shows it."""

    row: int
    network: str
    kind: ChatKind
    external: str
    person: int

    @property
    def shown_at(self) -> str:
        """Return the chat as control knows it."""
        return "main" if self.kind is ChatKind.PRIVATE else self.external

    @property
    def has_key(self) -> bool:
        """Tell whether the network knows a repeated create again."""
        return self.network == "vk"


@dataclass
class Life:
    """A post on its way: its number, its item on the site, and what stood where before it."""

    number: int
    item: str
    first_call: int
    before: dict[Place, set[Any]]
    post: int = 0
    sent_again: set[Place] = field(
        default_factory=set
    )  # by the owner's word, who saw not all of it

    def paragraph(self, number: int) -> str:
        """Return how a paragraph begins."""
        return f"Абзац {self.number}-{number}."

    def html(self, word: str, paragraphs: int) -> str:
        """Return the post's text."""
        return "".join(f"<p>{self.paragraph(n)} {word}. {FILLER}</p>" for n in range(paragraphs))


@dataclass
class Street:
    """A town in which posts live; `looking` reads the database apart from the product."""

    town: Town
    places: list[Place]
    editor: int
    looking: Database
    lives: int = 0
    called: int = 0  # the number of a call up to which the log was read

    async def begin(self) -> Life:
        """Publish an item on the site."""
        self.lives += 1
        life = Life(self.lives, "", await self.next_call(), {})
        for place in self.places:
            life.before[place] = {m["id"] for m in await self.seen(place)}
        title = f"Новость {life.number}"
        html = life.html("Было", PARAGRAPHS)
        site = await self.town.post(
            "sites/news", publish={"title": title, "html": html, "pictures": 2}
        )
        life.item = next(i["id"] for i in site["items"] if i["title"] == title)
        await self.town.advance(61)
        return life

    async def correct(self, life: Life) -> None:
        """Let the item change and grow."""
        edit = {"id": life.item, "html": life.html("Стало", MORE)}
        await self.town.post("sites/news", edit=edit)
        await self.town.advance(61)

    async def take_back(self, life: Life) -> None:
        """Take the post back, as often as the database wants it."""

        async def try_it() -> None:
            now = self.town.clock.now()
            async with self.town.db.write() as connection:
                await retraction.retract(
                    connection, life.post, self.editor, "Ошибка", plain("Отозвано"), now
                )

        await _in_spite_of_the_disk(try_it)

    async def flow(self, arrived: Callable[[], Awaitable[bool]]) -> None:
        """Read and deliver until it has arrived at the desk and nothing waits any more."""
        for _ in range(ROUNDS):
            await self._nudged(self._round())
            if await arrived() and not await self.unsettled():
                return
            await self.town.advance(STEP_S)
        raise AssertionError(f"after {ROUNDS} rounds there still waits: {await self.unsettled()}")

    async def _round(self) -> None:
        assert self.town.poller is not None
        work = [self.town.poller.drain, *(c.drain for c in self.town.couriers.values())]
        for part in work:
            try:
                await part()
            except OperationalError:
                continue  # as in `run`: it is logged, and done again in the next round

    async def _nudged(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        while not (await asyncio.wait([task], timeout=NUDGE_S))[0]:
            await self.town.advance(1)
        await task

    async def answer_questions(self, life: Life) -> bool:
        """Let the channel's owner look and say what is there; False if nobody is asked anything."""
        states = tables.delivery.c.state == int(DeliveryState.UNKNOWN)
        rows = await self.rows(
            sa.select(tables.delivery.c.id, tables.delivery.c.chat_id).where(states)
        )
        for row in rows:
            place = next(p for p in self.places if p.row == row.chat_id)
            shown = [m["text"] for m in await self.new(life, place)]
            last = (MORE if await self.corrected(life) else PARAGRAPHS) - 1
            async with self.town.db.write() as connection:
                if any(life.paragraph(last) in text for text in shown):
                    await outgoing.arrived(connection, row.id, self.town.clock.now())
                else:
                    await outgoing.again(connection, row.id)
                    life.sent_again.add(place)
        return bool(rows)

    async def corrected(self, life: Life) -> bool:
        """Tell whether the correction has come to the desk."""
        found = await self.rows(
            sa.select(tables.revision.c.id).where(tables.revision.c.post_id == life.post)
        )
        return len(found) > 1

    async def planned(self, life: Life) -> bool:
        """Tell whether the item is a post with deliveries; keeps which one."""
        rows = await self.rows(
            sa.select(tables.revision.c.post_id)
            .join(tables.wave, tables.wave.c.post_id == tables.revision.c.post_id)
            .where(tables.revision.c.title == f"Новость {life.number}")
        )
        if rows:
            life.post = rows[0].post_id
        return bool(rows)

    async def unsettled(self) -> list[Any]:
        """Return what waits or is in the air, without what waits for a person's word on its create."""
        create = tables.delivery.alias("create_")
        asked = sa.exists().where(
            create.c.id == tables.delivery.c.of_id, create.c.state == int(DeliveryState.UNKNOWN)
        )
        return await self.rows(
            sa.select(tables.delivery).where(tables.delivery.c.state.in_([1, 2]), ~asked)
        )

    async def deliveries(self, life: Life, *kinds: WaveKind) -> dict[Place, Any]:
        """Return the newest delivery of these kinds at each place of a post."""
        rows = await self.rows(
            sa.select(tables.delivery, tables.wave.c.due_at, tables.wave.c.kind)
            .join(tables.wave, tables.wave.c.id == tables.delivery.c.wave_id)
            .where(
                tables.wave.c.post_id == life.post,
                tables.wave.c.kind.in_([int(kind) for kind in kinds]),
            )
            .order_by(tables.delivery.c.id)
        )
        places = {place.row: place for place in self.places}
        return {places[row.chat_id]: row for row in rows}

    async def rows(self, query: sa.Select[Any]) -> list[Any]:
        """Read past the product's own connections."""
        async with self.looking.read() as connection:
            return list(await connection.execute(query))

    async def seen(self, place: Place) -> list[dict[str, Any]]:
        """Return what a person sees at a place."""
        return await self.town.seen(place.network, place.shown_at, place.person)

    async def new(self, life: Life, place: Place) -> list[dict[str, Any]]:
        """Return what stands at a place since a life began."""
        return [m for m in await self.seen(place) if m["id"] not in life.before[place]]

    async def calm(self) -> None:
        """Lift the weather."""
        async with self.town.control.delete("/control/faults") as answer:
            assert answer.ok

    async def next_call(self) -> int:
        """Return the number of the next call to a messenger."""
        self.called = int((await self.town.get("calls", since=self.called))["next"])
        return self.called

    async def calls(self, life: Life) -> list[dict[str, Any]]:
        """Return the calls to the messengers since a life began."""
        found: list[dict[str, Any]] = (await self.town.get("calls", since=life.first_call))["calls"]
        return found


async def _in_spite_of_the_disk(work: Callable[[], Awaitable[None]]) -> None:
    try:
        await work()
    except OperationalError:
        await work()


class Disk:
    """Counts a database's statements and commits; fails one of them."""

    def __init__(self, db: Database) -> None:
        """Watch both of its engines."""
        self.count = self._bad = 0
        assert isinstance(db, Pools)
        for engine in (db._writer, db._reader):
            sa.event.listen(engine.sync_engine, "before_cursor_execute", self._statement)
            sa.event.listen(engine.sync_engine, "commit", self._statement)

    def fail(self, number: int) -> None:
        """Fail this one, counted from now on; 0 is none."""
        self.count, self._bad = 0, number

    def _statement(self, *_: Any) -> None:
        self.count += 1
        if self.count == self._bad:
            raise OperationalError("", {}, sqlite3.OperationalError("disk I/O error"))


@asynccontextmanager
async def street(folder: Path) -> AsyncIterator[Street]:
    """Build a street in a town of its own, without limits and with short time-outs."""
    async with town(folder, people=3) as made:
        await made.post("limits", telegram={"on": False}, vk={"on": False})
        await made.post("world", sites=[{"name": "news", "title": "Новости"}])
        await made.source("news")
        await _without_pauses(made)
        looking = open_database(made.db.where)
        try:
            places = await _places(made)
            await made.flow()  # a first reading of an empty site
            yield Street(made, places, await _editor(made), looking)
        finally:
            await looking.close()


async def _without_pauses(made: Town) -> None:
    world = await made.get("world")
    renderer = Renderer(made.db, made.folder, DigestWords())
    for account in world["accounts"]:
        network = account["network"]
        messenger: Messenger
        if network == "telegram":
            api = f"{made.sandbox.url}/telegram"
            messenger = Telegram(account["token"], api, timeouts=TIMEOUTS, clock=made.clock)
        else:
            messenger = Vk(
                account["id"],
                account["token"],
                account["user_token"],
                f"{made.sandbox.url}/vk/method/",
                timeouts=TIMEOUTS,
                clock=made.clock,
                wall_pause=0,
            )
        messenger.pace = NO_HURRY
        await made.messengers[network].close()
        made.messengers[network] = messenger
        made.couriers[network] = Courier(
            made.accounts[network], messenger, made.db, renderer, made.bell, made.clock
        )


async def _places(made: Town) -> list[Place]:
    order = {
        "network": "telegram",
        "kind": "channel",
        "title": "Канал",
        "members": [1],
        "admins": [3],
        "bots": ["main"],
    }
    channel = str((await made.post("world", chats=[order]))["chats"][0]["id"])
    chats = (await made.get("world"))["chats"]
    wall = str(next(c["id"] for c in chats if c["kind"] == "wall"))
    places = [
        Place(await made.subscriber(network, n), network, ChatKind.PRIVATE, str(n), n)
        for network in ("telegram", "vk")
        for n in PEOPLE
    ]
    for network, kind, external in (
        ("telegram", ChatKind.CHANNEL, channel),
        ("vk", ChatKind.WALL, wall),
    ):
        row = await made.subscribe(network, external, kind)
        places.append(Place(row, network, kind, external, 1))
    return places


async def _editor(made: Town) -> int:
    async with made.db.write() as connection:
        person = await people.find_or_add(connection, "telegram", "3", "Редактор", 1)
        await roles.grant(connection, person, made.federation, RoleKind.MODERATOR, None, 1)
        return person
