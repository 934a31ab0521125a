"""A channel connects itself, through the real adapter of the messenger that has channels of bots."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.words import ChatState, DeliveryState, Mode
from storage import tables
from tests.journeys.talking import Talk, walk

OWNER = 2
NETWORK = "telegram"  # the sandbox has no group conversations of communities


async def channel(talk: Talk, kind: str = "channel") -> int:
    """Make a channel that a person owns; returns its id."""
    made = await talk.town.post(
        "world",
        chats=[
            {
                "network": NETWORK,
                "kind": kind,
                "title": "Канал Шуи",
                "members": [1],
                "admins": [OWNER],
            }
        ],
    )
    return int(made["chats"][0]["id"])


async def state(talk: Talk, external: int) -> Any:
    """Return the channel's row."""
    return await talk.row(tables.chat, external=str(external))


def test_from_adding_the_bot_to_switching_it_on(tmp_path: Path) -> None:
    async def journey(talk: Talk) -> None:
        await talk.do("start", OWNER)
        await talk.sees("Новости профсоюзов", OWNER)
        there = await channel(talk)
        await talk.do("add_bot", OWNER, there, account="main")
        await talk.sees("Чей это канал: «Канал Шуи»?", OWNER)
        assert (await state(talk, there)).state == ChatState.UNCONFIRMED
        await settle(talk, "Публиковать сразу")
        row = await state(talk, there)
        assert row.state == ChatState.ACTIVE
        wish = await talk.row(tables.subscription, chat_id=row.id)
        assert (wish.mode, wish.day_limit, wish.gap_s) == (Mode.AT_ONCE, 5, 3600)
        assert await talk.seen(1, there) == [], "the conversation posts nothing itself"

    walk(tmp_path, NETWORK, journey)


def test_an_answer_lost_on_the_way_is_asked_about(tmp_path: Path) -> None:
    async def journey(talk: Talk) -> None:
        await talk.do("start", OWNER)
        await talk.sees("Новости профсоюзов", OWNER)
        there = await channel(talk)
        await talk.do("add_bot", OWNER, there, account="main")
        await talk.sees("Чей это канал: «Канал Шуи»?", OWNER)
        await settle(talk, "Спрашивать меня")
        await talk.publish("Оклады выросли")
        await talk.sees("Опубликовать в «Канал Шуи»?", OWNER)
        await talk.town.post(
            "faults", network=NETWORK, chat=there, method="sendMessage", do="reset_after", times=1
        )
        await talk.press("Опубликовать", OWNER)
        await talk.sees("Не знаем, дошло ли до «Канал Шуи»", OWNER)
        assert len([m for m in await talk.seen(1, there) if "Оклады" in m["text"]]) == 1
        await talk.press("Дошло", OWNER)
        await talk.sees("отметили: в «Канал Шуи» дошло", OWNER)
        (settled,) = await talk.rows(tables.delivery)
        assert settled.state == DeliveryState.SENT

    walk(tmp_path, NETWORK, journey)


async def settle(talk: Talk, how: str) -> None:
    """Answer all that is asked about the channel and switch it on."""
    for button, answer in (
        ("По городам и районам", "Чей это канал"),
        ("Шуя", "Какие новости публиковать?"),
        ("Свои и областные", "Темы"),
        ("Готово, дальше", "Как публиковать?"),
        (how, "Сколько новостей в день?"),
        ("5", "Проверьте: «Канал Шуи»"),
        ("Включить", "Включили: «Канал Шуи»"),
    ):
        await talk.press(button, OWNER)
        await talk.sees(answer, OWNER)
        await talk.quiet()


def test_a_missing_right_is_named_and_its_return_is_noticed(tmp_path: Path) -> None:
    async def journey(talk: Talk) -> None:
        await talk.do("start", OWNER)
        await talk.sees("Новости профсоюзов", OWNER)
        there = await channel(talk)
        await talk.do("add_bot", OWNER, there, account="main", rights=["can_edit_messages"])
        missing = await talk.sees("Не хватает", OWNER)
        assert "право «Публикация сообщений»" in missing["text"]
        shown = await talk.press("Проверить ещё раз", OWNER)
        assert shown["text"] == "Пока не хватает: право «Публикация сообщений»"
        await talk.quiet()
        assert "Не хватает" in (await talk.seen(OWNER))[-1]["text"]
        await talk.do("promote_bot", OWNER, there, account="main")
        await talk.sees("Чей это канал", OWNER)

    walk(tmp_path, NETWORK, journey)


def test_who_never_began_is_asked_as_soon_as_they_do(tmp_path: Path) -> None:
    async def journey(talk: Talk) -> None:
        there = await channel(talk)
        await talk.do("add_bot", OWNER, there, account="main")
        await talk.heard(there, "membership")
        await talk.do("start", OWNER, payload="connect")
        await talk.sees("Чей это канал: «Канал Шуи»?", OWNER)

    walk(tmp_path, NETWORK, journey)


def test_a_removed_bot_tells_the_owner_once(tmp_path: Path) -> None:
    async def journey(talk: Talk) -> None:
        await talk.do("start", OWNER)
        await talk.sees("Новости профсоюзов", OWNER)
        there = await channel(talk, "supergroup")
        await talk.do("add_bot", OWNER, there, account="main")
        await talk.sees("Чья это группа", OWNER)
        await talk.do("remove_bot", OWNER, there, account="main")
        await talk.sees("Нас убрали из «Канал Шуи»", OWNER)
        assert (await state(talk, there)).state == ChatState.GONE

    walk(tmp_path, NETWORK, journey)
