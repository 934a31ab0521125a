"""Posts taken back in the sandbox's messengers, through the real adapters: what people still see of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from broadcaster.words import DELETED, REPLACED, REPLACED_PICTURES_STAY
from core.richtext import RichText, plain
from core.words import ChatKind, DeliveryState, Reason, WaveKind
from storage import replies, tables
from tests.broadcaster.office import NOTICE, take_back
from tests.support.town import Town, town

LONG = "".join(f"<p>Абзац {n}. {'Слово ' * 60}</p>" for n in range(12))
TWO_DAYS = 49 * 3600.0

Journey = Callable[[Town], Awaitable[None]]


def walk(folder: Path, journey: Journey, *networks: str) -> None:
    """Run a journey in a town of its own."""

    async def run() -> None:
        async with town(folder, *networks) as made, asyncio.timeout(60):
            await made.post("world", sites=[{"name": "news", "title": "Новости"}])
            await made.source("news")
            await made.flow()  # what is published next is new
            await journey(made)

    asyncio.run(run())


async def publish(made: Town, html: str, pictures: int = 0) -> None:
    """Publish an item and let all of it go out, at the pace of the chats."""
    await made.post("sites/news", publish={"title": "Митинг", "html": html, "pictures": pictures})
    for _ in range(2):
        await made.advance(61)
        await made.flow()


async def retract(made: Town, after_s: float = 60) -> None:
    """Take the newest post back after so long, and let the couriers do it."""
    await made.advance(after_s)
    async with made.db.write() as connection:
        post = await connection.scalar(sa.select(sa.func.max(tables.post.c.id)))
        assert post is not None
        await take_back(connection, post, made.clock.now())
    await made.flow()


async def endings(made: Town) -> list[tuple[DeliveryState, Reason | None, str | None]]:
    """Return how the retractions ended."""
    columns = (tables.delivery.c.state, tables.delivery.c.reason, tables.delivery.c.detail)
    async with made.db.read() as connection:
        rows = await connection.execute(
            sa.select(*columns)
            .join(tables.wave, tables.wave.c.id == tables.delivery.c.wave_id)
            .where(tables.wave.c.kind == int(WaveKind.RETRACT))
            .order_by(tables.delivery.c.id)
        )
        return [
            (DeliveryState(state), None if reason is None else Reason(reason), detail)
            for state, reason, detail in rows
        ]


async def ours(made: Town, network: str, chat: object) -> list[dict[str, Any]]:
    """Return what person 1 sees of the bot in a chat."""
    return [m for m in await made.seen(network, chat, 1) if m["text"] not in ("/start", "Начать")]


async def telegram_chat(made: Town, kind: str) -> str:
    """Subscribe a new channel, with the bot as its administrator, or a group with it as a member."""
    chat: dict[str, Any] = {
        "network": "telegram",
        "kind": kind,
        "title": "Чат",
        "members": [1],
        "admins": [3],
        "bots": ["main"],
    }
    world = await made.post("world", chats=[chat])
    external = str(world["chats"][0]["id"])
    await made.subscribe(
        "telegram", external, ChatKind.CHANNEL if kind == "channel" else ChatKind.GROUP
    )
    return external


async def vk_wall(made: Town) -> str:
    """Subscribe the wall of the community."""
    world = await made.get("world")
    external = str(next(c["id"] for c in world["chats"] if c["kind"] == "wall"))
    await made.subscribe("vk", external, ChatKind.WALL)
    return external


def test_an_album_and_the_text_below_it_go_from_dialog_and_channel(tmp_path: Path) -> None:
    async def journey(made: Town) -> None:
        await made.subscriber("telegram", 1)
        channel = await telegram_chat(made, "channel")
        await publish(made, LONG, pictures=3)
        assert len(await ours(made, "telegram", "main")) == 4
        await retract(made)
        assert await ours(made, "telegram", "main") == []
        assert await ours(made, "telegram", channel) == []
        assert await endings(made) == [(DeliveryState.SENT, None, DELETED)] * 2

    walk(tmp_path, journey, "telegram")


def test_a_wall_post_and_a_dialogs_message_go(tmp_path: Path) -> None:
    async def journey(made: Town) -> None:
        await made.subscriber("vk", 1)
        wall = await vk_wall(made)
        await publish(made, LONG, pictures=2)
        assert await ours(made, "vk", "main")
        assert await ours(made, "vk", wall)
        await retract(made)
        assert await ours(made, "vk", "main") == []
        assert await ours(made, "vk", wall) == []
        assert await endings(made) == [(DeliveryState.SENT, None, DELETED)] * 2

    walk(tmp_path, journey, "vk")


def test_after_two_days_a_telegram_dialog_keeps_the_notice_with_the_pictures(
    tmp_path: Path,
) -> None:
    async def journey(made: Town) -> None:
        await made.subscriber("telegram", 1)
        channel = await telegram_chat(made, "channel")
        await publish(made, LONG, pictures=3)
        parts = await ours(made, "telegram", "main")
        await retract(made, TWO_DAYS)
        left = await ours(made, "telegram", "main")
        assert [m["text"] for m in left] == [NOTICE, "", "", *[NOTICE] * (len(parts) - 3)]
        assert [m["media"] for m in left] == [m["media"] for m in parts], "the same pictures"
        assert await ours(made, "telegram", channel) == [], "an administrator may delete at any age"
        assert set(await endings(made)) == {
            (DeliveryState.SENT, None, REPLACED_PICTURES_STAY),
            (DeliveryState.SENT, None, DELETED),
        }

    walk(tmp_path, journey, "telegram")


def test_after_two_days_text_is_replaced_by_the_notice(tmp_path: Path) -> None:
    async def journey(made: Town) -> None:
        await made.subscriber("telegram", 1)
        await publish(made, "<p>В субботу.</p>")
        await retract(made, TWO_DAYS)
        assert [m["text"] for m in await ours(made, "telegram", "main")] == [NOTICE]
        assert await endings(made) == [(DeliveryState.SENT, None, REPLACED)]

    walk(tmp_path, journey, "telegram")


def test_one_picture_keeps_the_notice_as_its_caption(tmp_path: Path) -> None:
    async def journey(made: Town) -> None:
        await made.subscriber("telegram", 1)
        await publish(made, "<p>В субботу.</p>", pictures=1)
        (before,) = await ours(made, "telegram", "main")
        await retract(made, TWO_DAYS)
        (left,) = await ours(made, "telegram", "main")
        assert (left["text"], left["media"]) == (NOTICE, before["media"])
        assert await endings(made) == [(DeliveryState.SENT, None, REPLACED_PICTURES_STAY)]

    walk(tmp_path, journey, "telegram")


def test_an_edit_that_is_no_change_counts_as_the_notice(tmp_path: Path) -> None:
    async def journey(made: Town) -> None:
        await made.subscriber("telegram", 1)
        await publish(made, "<p>В субботу.</p>", pictures=2)
        # The notice is in its place, but nobody hears of it.
        await made.post(
            "faults", network="telegram", method="editMessageMedia", do="reset_after", times=1
        )
        await retract(made, TWO_DAYS)
        await made.advance(60)
        await made.flow()
        edits = await made.calls("editMessageMedia", effect=False)
        assert [call["effect"] for call in edits] == [True, False], "done, then done again"
        left = await ours(made, "telegram", "main")
        assert [(m["text"], len(m["media"])) for m in left] == [(NOTICE, 1), ("", 1)]
        assert await endings(made) == [(DeliveryState.SENT, None, REPLACED_PICTURES_STAY)]

    walk(tmp_path, journey, "telegram")


@pytest.mark.parametrize(
    ("network", "method"), [("telegram", "deleteMessage"), ("vk", "messages.delete")]
)
def test_a_deletion_nobody_heard_of_is_done_again(
    tmp_path: Path, network: str, method: str
) -> None:
    async def journey(made: Town) -> None:
        await made.subscriber(network, 1)
        await publish(made, LONG, pictures=1)
        await made.post("faults", network=network, method=method, do="reset_after", times=1)
        await retract(made)
        await made.advance(60)
        await made.flow()
        assert not all(call["effect"] for call in await made.calls(method, effect=False))
        assert await ours(made, network, "main") == []
        assert await endings(made) == [(DeliveryState.SENT, None, DELETED)]

    walk(tmp_path, journey, network)


def test_a_bot_that_lost_the_channel_can_take_nothing_back_and_says_so(tmp_path: Path) -> None:
    async def journey(made: Town) -> None:
        channel = await telegram_chat(made, "channel")
        await publish(made, "<p>В субботу.</p>")
        await made.post(
            "do", network="telegram", chat=channel, **{"as": 3}, what="demote_bot", bot="main"
        )
        await retract(made)
        ((state, reason, detail),) = await endings(made)
        assert state is DeliveryState.REFUSED
        assert reason in (Reason.NO_RIGHTS, Reason.KICKED)
        assert detail
        assert len(await ours(made, "telegram", channel)) == 1

    walk(tmp_path, journey, "telegram")


def test_in_a_group_a_member_takes_back_what_is_young_and_replaces_what_is_old(
    tmp_path: Path,
) -> None:
    async def journey(made: Town) -> None:
        group = await telegram_chat(made, "supergroup")
        await made.post(
            "do", network="telegram", chat=group, **{"as": 3}, what="demote_bot", bot="main"
        )
        await publish(made, "<p>Раз.</p>")
        await retract(made)
        assert await ours(made, "telegram", group) == []
        await publish(made, "<p>Два.</p>")
        await retract(made, TWO_DAYS)
        assert [m["text"] for m in await ours(made, "telegram", group)] == [NOTICE]
        assert [detail for _, _, detail in await endings(made)] == [DELETED, REPLACED]

    walk(tmp_path, journey, "telegram")


def test_vk_takes_neither_old_messages_back_nor_a_notice_in_their_place(tmp_path: Path) -> None:
    async def journey(made: Town) -> None:
        await made.subscriber("vk", 1)
        wall = await vk_wall(made)
        await publish(made, "<p>В субботу.</p>", pictures=2)
        await retract(made, TWO_DAYS)
        assert await ours(made, "vk", wall) == [], "a post may go at any age"
        assert len(await ours(made, "vk", "main")) == 1
        found = {(state, reason) for state, reason, _ in await endings(made)}
        assert found == {(DeliveryState.SENT, None), (DeliveryState.REFUSED, Reason.TOO_OLD)}

    walk(tmp_path, journey, "vk")


def test_where_vk_still_edits_the_notice_stands_without_the_pictures(tmp_path: Path) -> None:
    async def journey(made: Town) -> None:
        account = made.sandbox.world.account("vk", "main")
        assert account is not None
        account.settings["edit_s"] = 0
        await made.subscriber("vk", 1)
        await publish(made, "<p>В субботу.</p>", pictures=2)
        await retract(made, TWO_DAYS)
        (left,) = await ours(made, "vk", "main")
        assert (left["text"], left["media"]) == (NOTICE, [])
        assert await endings(made) == [(DeliveryState.SENT, None, REPLACED)]

    walk(tmp_path, journey, "vk")


@pytest.mark.parametrize("network", ["telegram", "vk"])
def test_a_reply_shows_its_pictures_and_all_of_its_words(tmp_path: Path, network: str) -> None:
    async def journey(made: Town) -> None:
        chat = await made.subscriber(network, 1)
        await publish(made, "<p>Новость.</p>", pictures=2)
        async with made.db.write() as connection:
            shas = list(await connection.scalars(sa.select(tables.media.c.sha)))
            words = "\n\n".join(f"Абзац {n}. " + "слово " * 100 for n in range(9))
            for text in (plain("Предпросмотр"), plain(words), RichText()):
                await replies.add(
                    connection,
                    made.accounts[network].id,
                    chat,
                    text,
                    media=shas,
                    now=made.clock.now(),
                )
        before = len(await ours(made, network, "main"))
        for _ in range(3):
            await made.flow()
            await made.advance(61)
        said = (await ours(made, network, "main"))[before:]
        pictures = [m for m in said if m["media"]]
        assert sum(len(m["media"]) for m in pictures) == 6
        assert pictures[0]["text"] == "Предпросмотр"
        together = " ".join(m["text"] for m in said)
        assert all(together.count(f"Абзац {n}.") == 1 for n in range(9))
        uploads = await made.calls("photos.saveMessagesPhoto")
        assert len(uploads) == (2 if network == "vk" else 0), "those of the news are used again"

    walk(tmp_path, journey, network)
