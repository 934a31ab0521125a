"""Regional news reach channels, walls and dialogs, once each, through the real adapters."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from core.words import ChatKind, DeliveryState, HoldScope, Mode
from storage import tables
from storage.rows import insert
from tests.support.town import Town, town

pytestmark = pytest.mark.usefixtures("each_database")

Journey = Callable[[Town], Awaitable[None]]
NETWORKS = ("telegram", "vk")


def walk(folder: Path, journey: Journey, *networks: str, people: int = 3) -> None:
    """Run a journey in a town of its own."""

    async def run() -> None:
        async with town(folder, *networks, people=people) as made:
            await made.post("world", sites=[{"name": "news", "title": "Новости"}])
            await made.source("news")
            # A first reading of an empty site, so that what is published next is new.
            await made.flow()
            await journey(made)

    asyncio.run(run())


async def publish(
    made: Town, title: str, html: str = "<p>Подробности ниже.</p>", **more: Any
) -> str:
    """Publish an item, let it come in and go out; returns its id."""
    answer = await made.post("sites/news", publish={"title": title, "html": html, **more})
    await made.advance(61)
    await made.flow()
    return str(next(i["id"] for i in answer["items"] if i["title"] == title))


async def titles(made: Town, network: str, chat: object, person: int, title: str) -> int:
    """Count the messages with a title that a person sees."""
    return sum(title in m["text"] for m in await made.seen(network, chat, person))


async def channel(made: Town, **wish: Any) -> tuple[int, str]:
    """Make a channel with the bot as its administrator; returns its row and its id."""
    world = await made.post(
        "world",
        chats=[
            {
                "network": "telegram",
                "kind": "channel",
                "title": "Канал",
                "members": [1, 2],
                "admins": [3],
                "bots": ["main"],
            }
        ],
    )
    external = str(world["chats"][0]["id"])
    return await made.subscribe("telegram", external, ChatKind.CHANNEL, **wish), external


async def wall(made: Town) -> str:
    """Subscribe the wall of the community; returns its id."""
    world = await made.get("world")
    external = str(next(c["id"] for c in world["chats"] if c["kind"] == "wall"))
    await made.subscribe("vk", external, ChatKind.WALL)
    return external


async def states(made: Town) -> list[DeliveryState]:
    """Return the states of all deliveries, in order."""
    async with made.db.read() as connection:
        rows = await connection.scalars(
            tables.delivery.select().with_only_columns(tables.delivery.c.state)
        )
        return [DeliveryState(row) for row in rows]


def test_an_item_reaches_dialogs_channel_and_wall_once(tmp_path: Path) -> None:
    async def journey(made: Town) -> None:
        for network in NETWORKS:
            for person in (1, 2):
                await made.subscriber(network, person)
        _, telegram_channel = await channel(made)
        vk_wall = await wall(made)
        await publish(made, "Оклады выросли", "<p>На <b>десять</b> процентов.</p>")
        await made.advance(61)
        await made.flow()
        for network in NETWORKS:
            for person in (1, 2):
                assert await titles(made, network, "main", person, "Оклады") == 1
        assert await titles(made, "telegram", telegram_channel, 1, "Оклады") == 1
        assert await titles(made, "vk", vk_wall, 1, "Оклады") == 1
        assert len(await made.calls("messages.send")) == 1, (
            "one call serves all dialogs of a community"
        )

    walk(tmp_path, journey)


def test_formatting_survives_where_the_messenger_has_it(tmp_path: Path) -> None:
    async def journey(made: Town) -> None:
        await made.subscriber("telegram", 1)
        await made.subscriber("vk", 1)
        await publish(
            made,
            "Оклады",
            '<p>На <b>десять</b> процентов, <a href="https://example.org/a">читайте</a>.</p>',
        )
        (rich,) = [m for m in await made.seen("telegram", "main", 1) if "Оклады" in m["text"]]
        assert "<b>десять</b>" in rich["html"]
        assert 'href="https://example.org/a"' in rich["html"]
        (bare,) = [m for m in await made.seen("vk", "main", 1) if "Оклады" in m["text"]]
        assert "https://example.org/a" in bare["text"]

    walk(tmp_path, journey)


def test_pictures_are_uploaded_once_an_account_and_reused(tmp_path: Path) -> None:
    async def journey(made: Town) -> None:
        for network in NETWORKS:
            for person in (1, 2, 3):
                await made.subscriber(network, person)
        vk_wall = await wall(made)
        await publish(made, "Фоторепортаж", pictures=3)
        for person in (1, 2, 3):
            telegram = [m for m in await made.seen("telegram", "main", person) if m["media"]]
            assert [len(m["media"]) for m in telegram] == [1, 1, 1]
            assert len({m["album"] for m in telegram}) == 1
            (vk,) = [m for m in await made.seen("vk", "main", person) if m["media"]]
            assert len(vk["media"]) == 3
        (post,) = [m for m in await made.seen("vk", vk_wall, 1) if m["media"]]
        assert len(post["media"]) == 3
        assert len(await made.calls("photos.saveMessagesPhoto")) == 3
        assert len(await made.calls("photos.saveWallPhoto")) == 3
        albums = await made.calls("sendMediaGroup")
        assert len(albums) == 3
        async with made.db.read() as connection:
            rows = (await connection.execute(tables.upload.select())).all()
        assert len(rows) == 9, "three pictures: on Telegram, for VK's dialogs, for VK's wall"

    walk(tmp_path, journey)


def test_a_long_text_comes_in_parts_in_order(tmp_path: Path) -> None:
    async def journey(made: Town) -> None:
        await made.subscriber("telegram", 1)
        await made.subscriber("vk", 1)
        html = "".join(f"<p>Абзац {n}. {'Слово ' * 60}</p>" for n in range(40))
        await publish(made, "Большой доклад", html)
        for network in NETWORKS:
            said = "\n".join(m["text"] for m in await made.seen(network, "main", 1))
            places = [said.index(f"Абзац {n}.") for n in range(40)]
            assert places == sorted(places)
            assert said.count("Абзац 7.") == 1

    walk(tmp_path, journey)


def test_long_posts_with_pictures_keep_every_chats_pace(tmp_path: Path) -> None:
    async def journey(made: Town) -> None:
        for person in (1, 2, 3):
            await made.subscriber("telegram", person)
        html = "".join(f"<p>Абзац {n}. {'Слово ' * 60}</p>" for n in range(30))
        await publish(made, "Большой отчёт", html, pictures=3)
        for person in (1, 2, 3):
            said = "\n".join(m["text"] for m in await made.seen("telegram", "main", person))
            assert all(f"Абзац {n}." in said for n in range(30))
        assert not [c for c in await made.calls(effect=False) if c["code"] == 429]

    walk(tmp_path, journey, "telegram")


def test_a_changed_item_is_corrected_everywhere_in_place(tmp_path: Path) -> None:
    async def journey(made: Town) -> None:
        await made.subscriber("telegram", 1)
        await made.subscriber("vk", 1)
        _, telegram_channel = await channel(made)
        vk_wall = await wall(made)
        item = await publish(made, "Митинг в субботу", "<p>В 10 часов.</p>", pictures=1)
        await made.post("sites/news", edit={"id": item, "html": "<p>В 12 часов.</p>"})
        await made.advance(61)
        await made.flow()
        for network, chat in (
            ("telegram", "main"),
            ("vk", "main"),
            ("telegram", telegram_channel),
            ("vk", vk_wall),
        ):
            (said,) = [m for m in await made.seen(network, chat, 1) if "Митинг" in m["text"]]
            assert "В 12 часов" in said["text"], (network, chat)
            assert said["edited"]
            assert said["media"], "the picture stays"

    walk(tmp_path, journey)


def test_an_item_changed_before_it_left_leaves_corrected(tmp_path: Path) -> None:
    async def journey(made: Town) -> None:
        await made.subscriber("telegram", 1, mode=Mode.DIGEST)
        await made.subscriber("telegram", 2, night_from_minute=0, night_to_minute=24 * 60 - 1)
        item = await publish(made, "Сбор", "<p>У входа.</p>")
        await made.post("sites/news", edit={"id": item, "html": "<p>У сцены.</p>"})
        await made.advance(61)
        await made.flow()
        await made.advance(24 * 3600)
        await made.flow()
        for person in (1, 2):
            (said,) = [
                m for m in await made.seen("telegram", "main", person) if "Сбор" in m["text"]
            ]
            assert "У сцены" in said["text"]
            assert not said["edited"]

    walk(tmp_path, journey)


def test_the_evening_selection_holds_the_days_news_once(tmp_path: Path) -> None:
    async def journey(made: Town) -> None:
        await made.post("clock", at="2026-11-23T09:00:00+03:00")
        await made.time.sync()
        await made.subscriber("telegram", 1, mode=Mode.DIGEST)
        await made.subscriber("vk", 1, mode=Mode.DIGEST)
        await publish(made, "Первая новость")
        item = await publish(made, "Вторая новость")
        assert await titles(made, "telegram", "main", 1, "новость") == 0
        await made.advance(10 * 3600)
        await made.flow()
        for network in NETWORKS:
            (said,) = [m for m in await made.seen(network, "main", 1) if "новость" in m["text"]]
            assert said["text"].index("Первая") < said["text"].index("Вторая")
        await made.post("sites/news", edit={"id": item, "title": "Вторая новость уточнена"})
        await made.advance(61)
        await made.flow()
        for network in NETWORKS:
            (said,) = [m for m in await made.seen(network, "main", 1) if "новость" in m["text"]]
            assert "уточнена" in said["text"]

    walk(tmp_path, journey)


def test_a_channel_gets_three_a_day_an_hour_apart_and_the_rest_in_the_evening(
    tmp_path: Path,
) -> None:
    async def journey(made: Town) -> None:
        await made.post("clock", at="2026-11-23T09:00:00+03:00")
        await made.time.sync()
        _, external = await channel(made, day_limit=3, gap_s=3600)
        for n in range(5):
            await publish(made, f"Новость {n}")
        assert await titles(made, "telegram", external, 1, "Новость") == 1
        for seen in (2, 3, 3):
            await made.advance(3601)
            await made.flow()
            assert await titles(made, "telegram", external, 1, "Новость") == seen
        await made.advance(8 * 3600)
        await made.flow()
        said = [
            m["text"] for m in await made.seen("telegram", external, 1) if "Новость" in m["text"]
        ]
        assert len(said) == 4
        assert "Новость 3" in said[-1]
        assert "Новость 4" in said[-1]

    walk(tmp_path, journey, "telegram")


@pytest.mark.parametrize(
    ("scope", "values"),
    [
        (HoldScope.ALL, {}),
        (HoldScope.MESSENGER, {"network": "telegram"}),
        (HoldScope.ORGANIZATION, {"organization_id": 1}),
    ],
)
def test_a_stop_holds_news_until_it_is_lifted(
    tmp_path: Path, scope: HoldScope, values: dict[str, Any]
) -> None:
    async def journey(made: Town) -> None:
        await made.subscriber("telegram", 1)
        await made.subscriber("vk", 1)
        async with made.db.write() as connection:
            hold = await insert(
                connection, tables.hold, scope=int(scope), at=made.clock.now(), **values
            )
        await publish(made, "Праздник")
        assert await titles(made, "telegram", "main", 1, "Праздник") == 0
        others = 1 if scope is HoldScope.MESSENGER else 0
        assert await titles(made, "vk", "main", 1, "Праздник") == others
        async with made.db.write() as connection:
            await connection.execute(
                tables.hold.update()
                .where(tables.hold.c.id == hold)
                .values(lifted_at=made.clock.now())
            )
        await made.flow()
        for network in NETWORKS:
            assert await titles(made, network, "main", 1, "Праздник") == 1

    walk(tmp_path, journey)


def test_a_person_who_stopped_the_bot_is_tried_once_and_never_again(tmp_path: Path) -> None:
    async def journey(made: Town) -> None:
        for network in NETWORKS:
            await made.subscriber(network, 1)
            await made.subscriber(network, 2)
            await made.post("do", network=network, chat="main", **{"as": 1}, what="stop")
        await publish(made, "Первая")
        assert (await states(made)).count(DeliveryState.REFUSED) == 2
        await publish(made, "Вторая")
        assert (await states(made)).count(DeliveryState.REFUSED) == 2
        for network in NETWORKS:
            assert await titles(made, network, "main", 2, "Вторая") == 1

    walk(tmp_path, journey)


def test_old_items_of_a_new_source_are_kept_but_not_sent(tmp_path: Path) -> None:
    async def journey(made: Town) -> None:
        await made.subscriber("telegram", 1)
        old = "2026-01-10T10:00:00+03:00"
        await made.post("world", sites=[{"name": "old", "title": "Архив"}])
        await made.post(
            "sites/old", publish={"title": "Прошлогоднее", "html": "<p>Было.</p>", "at": old}
        )
        await made.source("old")
        await made.flow()
        assert await titles(made, "telegram", "main", 1, "Прошлогоднее") == 0
        async with made.db.read() as connection:
            assert len((await connection.execute(tables.post.select())).all()) == 1

    walk(tmp_path, journey, "telegram")
