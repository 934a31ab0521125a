"""A sandbox with chats on both messengers, and the product beside it, a process that may be killed at any instant."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from core.words import ChatKind, DeliveryState, WaveKind
from storage import tables
from storage.database import Database
from tests.support.points import ADDED, MORE, TITLE
from tests.support.zygote import Zygote

AUTHOR, MODERATOR = 101, 102  # of the federation; they subscribe to nothing
SECRET = "Тайна"  # how a title begins that nobody may see
FILLER = "слово " * 40
LONG = 22  # paragraphs of a text that no messenger takes in one message
LONGER = 40  # the same after a correction: one part more
PATIENCE = 300  # looks at what happens, a fifth of a second at least each
PATIENCE_S, CALM_S = 10, 1  # of the machine: until something begins, and between two deliveries
CREATES = ("sendmessage", "sendphoto", "sendmediagroup", "messages.send", "wall.post")


@dataclass(frozen=True)
class Place:
    """A chat of the ledger and where the sandbox shows it."""

    row: int
    network: str
    kind: ChatKind
    external: str
    shown_at: str

    @property
    def has_key(self) -> bool:
        """Tell whether the network knows a repeated create again."""
        return self.network == "vk"


@dataclass
class Scene:
    """A sandbox, its control, and the database that a killed product leaves behind."""

    control: httpx.AsyncClient
    url: str
    folder: Path
    db: Database
    world: dict[str, Any]
    places: list[Place] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)  # of what is published, in its order
    paragraphs: dict[str, int] = field(default_factory=dict)  # by title, of its newest form
    pictures: Counter[str] = field(default_factory=Counter)
    items: dict[str, str] = field(default_factory=dict)  # by title: the item's id on the site
    corrected: Counter[str] = field(default_factory=Counter)
    log: list[dict[str, Any]] = field(default_factory=list)

    async def post(self, path: str, **body: Any) -> Any:
        """Call control."""
        answer = await self.control.post(f"/control/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def get(self, path: str) -> Any:
        """Ask control."""
        answer = await self.control.get(f"/control/{path}")
        assert answer.is_success, answer.text
        return answer.json()

    async def publish(self, paragraphs: int = 1, pictures: int = 0) -> None:
        """Publish an item of so many paragraphs, with so many pictures."""
        title = f"{TITLE} {len(self.titles):04}"
        self.titles.append(title)
        self.paragraphs[title], self.pictures[title] = paragraphs, pictures
        await self._publish("news", title, _html(title, "Было", paragraphs), pictures)

    async def publish_what_is_stopped(self) -> None:
        """Publish an item of the organization that is stopped."""
        await self._publish("stopped", f"{SECRET} {len(self.items)}", "<p>Не сейчас.</p>", 1)

    async def _publish(self, site: str, title: str, html: str, pictures: int) -> None:
        item = {"title": title, "html": html, "pictures": pictures}
        answer = await self.post(f"sites/{site}", publish=item)
        self.items[title] = next(i["id"] for i in answer["items"] if i["title"] == title)

    async def correct(self, title: str, paragraphs: int = 1) -> None:
        """Change an item's text."""
        html = _html(title, f"{ADDED} {self.corrected[title]}", paragraphs)
        await self.post("sites/news", edit={"id": self.items[title], "html": html})
        self.corrected[title] += 1
        self.paragraphs[title] = paragraphs

    async def calls(self, wait_s: float = 0) -> int:
        """Read on in the log of calls, waiting so long for one; returns how many there were."""
        known = len(self.log)
        since = self.log[-1]["n"] + 1 if self.log else 1
        while True:
            answer = await self.get(f"calls?since={since}&wait={wait_s}")
            assert not answer["dropped"], "the sandbox has forgotten calls"
            self.log += answer["calls"]
            since, wait_s = answer["next"], 0
            if not answer["calls"]:
                return len(self.log) - known

    async def after_deliveries(self, count: int) -> None:
        """Return when so many further calls changed something, or none comes any more."""
        patience = PATIENCE_S
        while count > 0:
            known = len(self.log)
            if not await self.calls(patience):
                return
            made = sum(call["effect"] for call in self.log[known:])
            patience = CALM_S if made else patience
            count -= made

    async def unsettled(self) -> int:
        """Count what still waits or is in the air, without what a stop holds or a person is asked about."""
        create, wave, post = tables.delivery.alias("create_"), tables.wave, tables.post
        asked = sa.exists().where(
            create.c.id == tables.delivery.c.of_id, create.c.state == int(DeliveryState.UNKNOWN)
        )
        query = (
            sa.select(sa.func.count())
            .join(wave, wave.c.id == tables.delivery.c.wave_id)
            .join(post, post.c.id == wave.c.post_id)
            .where(tables.delivery.c.state.in_([1, 2]), ~asked, post.c.organization_id == 1)
        )
        async with self.db.read() as connection:
            return int(await connection.scalar(query) or 0)

    async def has_work(self) -> bool:
        """Tell whether something is still to be delivered, planned or found on the site."""
        return bool(await self.unsettled()) or not await self.planned()

    async def planned(self) -> bool:
        """Tell whether everything published is planned, in the form it has now."""
        revision, wave = tables.revision, tables.wave
        query = (
            sa.select(revision.c.title, revision.c.body)
            .join(wave, wave.c.revision_id == revision.c.id)
            .where(wave.c.kind.in_([int(WaveKind.CREATE), int(WaveKind.AMEND)]))
        )
        async with self.db.read() as connection:
            newest = {(row.title, _version(row.body)) for row in await connection.execute(query)}
        return {(title, self.corrected[title]) for title in self.titles} <= newest

    async def in_the_air(self) -> Counter[ChatKind]:
        """Count the creates without a key that are marked as in flight, and parts that corrections may add."""
        delivery, chat = tables.delivery, tables.chat
        async with self.db.read() as connection:
            rows = await connection.execute(
                sa.select(chat.c.kind, sa.func.count())
                .join(delivery, delivery.c.chat_id == chat.c.id)
                .join(tables.account, tables.account.c.id == chat.c.account_id)
                .where(
                    delivery.c.state == int(DeliveryState.IN_FLIGHT),
                    tables.account.c.network == "telegram",
                )
                .group_by(chat.c.kind)
            )
            return Counter({ChatKind(kind): count for kind, count in rows})

    async def seen(self, place: Place) -> list[dict[str, Any]]:
        """Return the messages shown at a place."""
        chat, _, person = place.shown_at.partition("?")
        messages: list[dict[str, Any]] = (await self.get(f"chats/{place.network}/{chat}?{person}"))[
            "messages"
        ]
        return messages

    async def first_reading(self) -> None:
        """Wait until the empty sites were read: what comes after is new."""
        for _ in range(PATIENCE):
            async with self.db.read() as connection:
                polled = list(await connection.scalars(sa.select(tables.source.c.polled_at)))
            if polled and all(polled):
                return
            await self.calls(0.2)
        raise AssertionError(self.told())

    async def until_settled(self, hatch: Zygote, pid: int) -> None:
        """Let time pass until nothing waits any more, then end the product as SIGTERM does."""
        await self.until_nothing_waits()
        status = await asyncio.to_thread(hatch.end, pid)  # it may still be asking the sandbox
        assert status == 0, self.told()
        await self.calls()

    async def until_nothing_waits(self) -> None:
        """Let time pass until everything published is planned and settled."""
        idle = 0
        # On a slow machine the last start may not even have read the site yet.
        while not await self.planned() or await self.unsettled():
            known = len(self.log)
            await self.post("clock", advance_s=30)
            while await self.calls(0.2):
                pass
            idle = 0 if any(call["effect"] for call in self.log[known:]) else idle + 1
            assert idle < PATIENCE, f"{await self.unsettled()} still wait\n{self.told()}"

    def told(self) -> str:
        """Return the last of what the product wrote into its log."""
        return (self.folder / "product.log").read_text(encoding="utf-8")[-6000:]


def _html(title: str, word: str, paragraphs: int) -> str:
    number = title.rpartition(" ")[2]
    filler = FILLER if paragraphs > 1 else ""
    return "".join(f"<p>{MORE} {number}-{n}. {word}. {filler}</p>" for n in range(paragraphs))


def _version(body: dict[str, Any]) -> int:
    """Return how often a text was corrected, which it says itself."""
    found = re.search(rf"{ADDED} (\d+)", str(body))
    return int(found[1]) + 1 if found else 0
