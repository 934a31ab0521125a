"""Bad weather at the messengers: when it clears everything is there once, and fair places never waited."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from core.words import ChatKind, DeliveryState
from storage import tables
from tests.support.town import Town, town

Story = Callable[[Town], Awaitable[None]]
PEOPLE = (1, 2, 3)
SENT, UNKNOWN = DeliveryState.SENT, DeliveryState.UNKNOWN


def walk(folder: Path, story: Story) -> None:
    """Run a story in a town with three subscribers on each network, a channel and a wall."""

    async def run() -> None:
        async with town(folder, people=3) as made, asyncio.timeout(60):
            await made.post("world", sites=[{"name": "news", "title": "Новости"}])
            await made.source("news")
            await made.flow()
            for network in ("telegram", "vk"):
                for person in PEOPLE:
                    await made.subscriber(network, person)
            world = await made.post(
                "world",
                chats=[
                    {
                        "network": "telegram",
                        "kind": "channel",
                        "title": "Канал",
                        "members": [1],
                        "admins": [3],
                        "bots": ["main"],
                    }
                ],
            )
            await made.subscribe("telegram", str(world["chats"][0]["id"]), ChatKind.CHANNEL)
            walls = [c for c in (await made.get("world"))["chats"] if c["kind"] == "wall"]
            await made.subscribe("vk", str(walls[0]["id"]), ChatKind.WALL)
            await story(made)

    asyncio.run(run())


async def publish(made: Town) -> None:
    """Publish a post and read it in; nothing is delivered yet."""
    await made.post("sites/news", publish={"title": "Новость", "html": "<p>Да.</p>"})
    await made.advance(61)
    assert made.poller is not None
    await made.poller.drain()


async def deliver(made: Town, *networks: str) -> None:
    """Deliver what is due."""
    for network in networks or ("telegram", "vk"):
        await made.couriers[network].drain()


async def clear(made: Town, seconds: float = 30, times: int = 12) -> None:
    """Lift the weather and let time pass while everything is delivered."""
    async with made.control.delete("/control/faults") as answer:
        assert answer.ok
    for _ in range(times):
        await made.advance(seconds)
        await deliver(made)


async def outcome(made: Town) -> dict[tuple[str, ChatKind], Counter[tuple[DeliveryState, int]]]:
    """Count for each network and kind of chat the states, with how often the post stands there."""
    places = tables.delivery.join(tables.chat, tables.chat.c.id == tables.delivery.c.chat_id)
    places = places.join(tables.account, tables.account.c.id == tables.chat.c.account_id)
    async with made.db.read() as connection:
        query = tables.delivery.select().select_from(places)
        rows = await connection.execute(
            query.with_only_columns(
                tables.delivery.c.state,
                tables.chat.c.kind,
                tables.chat.c.external,
                tables.account.c.network,
            )
        )
        found: dict[tuple[str, ChatKind], Counter[tuple[DeliveryState, int]]] = {}
        for state, kind, external, network in rows.all():
            private = kind == int(ChatKind.PRIVATE)
            chat, person = ("main", int(external)) if private else (external, 1)
            times = sum("Новость" in m["text"] for m in await made.seen(network, chat, person))
            where = (network, ChatKind(kind))
            found.setdefault(where, Counter())[DeliveryState(state), times] += 1
        return found


# What never reached the messenger, or was refused by it, may be repeated at will.
@pytest.mark.parametrize(
    ("network", "fault"),
    [
        ("telegram", {"do": "throttle", "retry_after": 20, "times": 4}),
        ("vk", {"do": "throttle", "times": 3}),
        ("telegram", {"do": "offline", "for_s": 120}),
        ("vk", {"do": "offline", "for_s": 120}),
        ("vk", {"do": "error", "code": 10, "text": "Internal server error", "for_s": 120}),
        ("vk", {"do": "html502", "for_s": 120}),
        ("vk", {"do": "reset_before", "times": 3}),
        ("vk", {"do": "reset_after", "times": 3}),
        ("vk", {"do": "cut", "times": 3}),
    ],
    ids=lambda value: value if isinstance(value, str) else value["do"],
)
def test_everything_is_there_once_after_the_weather(
    tmp_path: Path, network: str, fault: dict[str, Any]
) -> None:
    async def story(made: Town) -> None:
        await publish(made)
        await made.post("faults", network=network, **fault)
        await deliver(made)
        for _ in range(6):
            await made.advance(25)
            await deliver(made)
        await clear(made)
        found = await outcome(made)
        assert found["telegram", ChatKind.PRIVATE] == {(SENT, 1): 3}
        assert found["vk", ChatKind.PRIVATE] == {(SENT, 1): 3}
        # Whether a call that found nobody had left cannot be known: if the channel's was the one that
        # met the outage, its owner is asked; if it waited behind that one, it goes out afterwards.
        (in_channel,) = found["telegram", ChatKind.CHANNEL]
        may_ask = network == "telegram" and fault["do"] == "offline"
        assert in_channel in [(SENT, 1), *([(UNKNOWN, 0)] if may_ask else [])]
        assert found["vk", ChatKind.WALL] == {(SENT, 1): 1}
        tries = [c for c in await made.calls(effect=False) if "update" not in c["method"].lower()]
        assert len(tries) < 80, Counter(c["method"] for c in tries)

    walk(tmp_path, story)


# Telegram has no key: a dialog may see one repeat, a channel waits for a word of its owner.
@pytest.mark.parametrize("do", ["reset_after", "cut", "html502"])
def test_where_there_is_no_key_a_channel_is_never_doubled(tmp_path: Path, do: str) -> None:
    async def story(made: Town) -> None:
        await publish(made)
        await made.post("faults", network="telegram", do=do, method="sendMessage", times=4)
        await deliver(made)
        await clear(made)
        found = await outcome(made)
        arrives = 0 if do == "html502" else 1
        assert found["telegram", ChatKind.CHANNEL] == {(UNKNOWN, arrives): 1}
        assert set(found["telegram", ChatKind.PRIVATE]) <= {(SENT, 1), (SENT, 2)}
        assert found["vk", ChatKind.PRIVATE] == {(SENT, 1): 3}

    walk(tmp_path, story)


def test_a_correction_survives_any_weather(tmp_path: Path) -> None:
    async def story(made: Town) -> None:
        site = await made.post("sites/news", publish={"title": "Новость", "html": "<p>Было.</p>"})
        await made.advance(61)
        await made.flow()
        edit = {"id": site["items"][0]["id"], "html": "<p>Стало.</p>"}
        await made.post("sites/news", edit=edit)
        await made.advance(61)
        assert made.poller is not None
        await made.poller.drain()
        for do in ("reset_after", "html502", "cut", "reset_before"):
            await made.post("faults", do=do, times=3)
        await deliver(made)
        await clear(made)
        for network in ("telegram", "vk"):
            for person in PEOPLE:
                (said,) = [
                    m for m in await made.seen(network, "main", person) if "Новость" in m["text"]
                ]
                assert "Стало" in said["text"]

    walk(tmp_path, story)


def test_a_dead_chat_delays_no_other(tmp_path: Path) -> None:
    async def story(made: Town) -> None:
        await publish(made)
        await made.post("faults", network="telegram", do="hang", chat="1")
        courier = made.couriers["telegram"]
        while await courier.round():
            pass
        for _ in range(200):
            found = await outcome(made)
            private, channel = (
                found["telegram", kind] for kind in (ChatKind.PRIVATE, ChatKind.CHANNEL)
            )
            if private[SENT, 1] == 2 and channel[SENT, 1] == 1:
                break
            await asyncio.sleep(0.01)
        assert found["telegram", ChatKind.PRIVATE][SENT, 1] == 2
        assert found["telegram", ChatKind.CHANNEL] == {(SENT, 1): 1}
        await courier.stop(0)

    walk(tmp_path, story)


def test_a_dead_account_delays_no_other(tmp_path: Path) -> None:
    async def story(made: Town) -> None:
        await publish(made)
        await made.post("faults", network="telegram", do="error", code=401, text="Unauthorized")
        await deliver(made)
        found = await outcome(made)
        assert found["vk", ChatKind.PRIVATE] == {(SENT, 1): 3}
        assert found["telegram", ChatKind.PRIVATE] == {(DeliveryState.PENDING, 0): 3}
        await clear(made)
        found = await outcome(made)
        assert found["telegram", ChatKind.PRIVATE] == {(SENT, 1): 3}

    walk(tmp_path, story)
