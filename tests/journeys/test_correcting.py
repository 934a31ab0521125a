"""What a messenger does not let be edited is corrected by a note, by a replacement, or as its owner says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from broadcaster.words import REPLIED, SENT_ANEW
from core.words import ChatKind, Corrections, DeliveryState, WaveKind
from storage import amending, outgoing, tables
from tests.support.town import Town, town

DAY_S = 86_400
PRIVATE, GROUP, CHANNEL, WALL = ChatKind.PRIVATE, ChatKind.GROUP, ChatKind.CHANNEL, ChatKind.WALL
PLACES = [
    ("telegram", PRIVATE),
    ("telegram", GROUP),
    ("telegram", CHANNEL),
    ("vk", PRIVATE),
    ("vk", GROUP),
    ("vk", WALL),
]
# Telegram lets a bot edit for ever, walls for long: there it is said by a fault. VK's messages grow old.
FAULTS: dict[tuple[str, ChatKind], dict[str, Any]] = {
    ("vk", WALL): {"method": "wall.edit", "code": 214, "text": "Access to adding post denied"}
} | {
    ("telegram", kind): {
        "method": "editMessageText",
        "code": 400,
        "text": "Bad Request: message can't be edited",
    }
    for kind in (PRIVATE, GROUP, CHANNEL)
}

Journey = Callable[[Town, object], Awaitable[None]]


def walk(folder: Path, place: tuple[str, ChatKind], journey: Journey) -> None:
    """Run a journey in a town where one place follows the federation's site."""

    async def run() -> None:
        async with town(folder, place[0]) as made, asyncio.timeout(60):
            await made.post("world", sites=[{"name": "news", "title": "Новости"}])
            await made.source("news")
            await made.flow()
            await journey(made, await opened(made, *place))

    asyncio.run(run())


async def opened(made: Town, network: str, kind: ChatKind) -> object:
    """Open the place and subscribe it; returns what control calls it."""
    if kind is PRIVATE:
        await made.subscriber(network, 1)
        return "main"
    if kind is WALL:
        world = await made.get("world")
        chat = next(c["id"] for c in world["chats"] if c["kind"] == "wall")
    else:
        named = {CHANNEL: "channel", GROUP: "supergroup" if network == "telegram" else "chat"}
        order = {
            "network": network,
            "kind": named[kind],
            "title": "Место",
            "members": [1, 2],
            "admins": [3],
            "bots": ["main"],
        }
        chat = (await made.post("world", chats=[order]))["chats"][0]["id"]
    await made.subscribe(network, str(chat), kind)
    return chat


async def corrected(made: Town, place: tuple[str, ChatKind], way: Corrections) -> None:
    """Publish, let the message become one that cannot be edited, and correct it."""
    async with made.db.write() as connection:
        await connection.execute(tables.organization.update().values(corrections=int(way)))
    site = await made.post("sites/news", publish={"title": "Новость", "html": "<p>Было.</p>"})
    await made.advance(61)
    await made.flow()
    if place in FAULTS:
        await made.post("faults", network=place[0], do="error", times=1, **FAULTS[place])
    else:
        await made.advance(DAY_S + 60)
    item = site["items"][0]["id"]
    await made.post("sites/news", edit={"id": item, "html": "<p>Стало.</p>"})
    await deliver(made)


async def deliver(made: Town) -> None:
    """Let time pass while everything is delivered."""
    for _ in range(2):
        await made.advance(61)
        await made.flow()


async def told(made: Town, place: tuple[str, ChatKind], chat: object) -> list[dict[str, Any]]:
    """Return the news that a person sees there, oldest first."""
    seen = await made.seen(place[0], chat, 1)
    return sorted(
        (m for m in seen if "Новость" in m["text"]), key=lambda message: int(message["id"])
    )


async def amend(made: Town) -> Any:
    """Return the row of the correction."""
    async with made.db.read() as connection:
        rows = await connection.execute(
            tables.delivery.select()
            .join(tables.wave, tables.wave.c.id == tables.delivery.c.wave_id)
            .where(tables.wave.c.kind == int(WaveKind.AMEND))
        )
        (row,) = rows
        return row


@pytest.mark.parametrize("place", PLACES)
def test_by_a_note_in_reply(tmp_path: Path, place: tuple[str, ChatKind]) -> None:
    async def journey(made: Town, chat: object) -> None:
        await corrected(made, place, Corrections.REPLY)
        old, note = await told(made, place, chat)
        assert "Было." in old["text"]
        assert note["text"].startswith("Исправление")
        assert "Стало." in note["text"]
        if place[1] is WALL:
            assert f"_{old['id']}" in note["text"], "a post cannot be a reply: it names the other"
        else:
            assert note["reply_to"] == old["id"]
        row = await amend(made)
        assert (row.state, row.detail) == (DeliveryState.SENT, REPLIED)

    walk(tmp_path, place, journey)


@pytest.mark.parametrize("place", PLACES)
def test_by_a_replacement(tmp_path: Path, place: tuple[str, ChatKind]) -> None:
    async def journey(made: Town, chat: object) -> None:
        await corrected(made, place, Corrections.REPLACE)
        row = await amend(made)
        if place == ("vk", PRIVATE):  # nor does VK delete what is a day old there
            old, new = await told(made, place, chat)
            assert "Было." in old["text"]
            assert new["text"].startswith("Исправлено. Прежнее сообщение устарело.")
        else:
            (new,) = await told(made, place, chat)
            assert row.detail == SENT_ANEW
        assert "Стало." in new["text"]
        assert row.state == DeliveryState.SENT

    walk(tmp_path, place, journey)


@pytest.mark.parametrize("place", [place for place in PLACES if place[1] is not PRIVATE])
def test_as_the_owner_says(tmp_path: Path, place: tuple[str, ChatKind]) -> None:
    async def journey(made: Town, chat: object) -> None:
        await corrected(made, place, Corrections.ASK)
        (only,) = await told(made, place, chat)
        assert "Было." in only["text"]
        async with made.db.write() as connection:
            (question,) = await outgoing.unasked(connection, 10)
            await amending.choose(connection, question.delivery_id, Corrections.REPLY)
        if place in FAULTS:  # it still cannot be edited
            await made.post("faults", network=place[0], do="error", times=1, **FAULTS[place])
        await deliver(made)
        assert [("Исправление" in m["text"]) for m in await told(made, place, chat)] == [
            False,
            True,
        ]

    walk(tmp_path, place, journey)
