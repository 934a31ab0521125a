"""python-telegram-bot talks to the sandbox as to Telegram: by polling and by webhook."""

from __future__ import annotations

from typing import Any

import pytest
from client_town import ANNA, BORIS, Town, in_town, needs_clients

pytestmark = [pytest.mark.clients, needs_clients]


@pytest.mark.parametrize("way", ["polling", "webhook"])
def test_a_bot_of_python_telegram_bot_works_as_with_telegram(way: str) -> None:
    async def story(town: Town) -> None:
        # One person is told more here than Telegram lets through in so short a time.
        await town.post("limits", telegram={"on": False})
        await dialog(town)
        await albums(town)
        await documents(town)
        await polls(town)
        await channel(town)
        await refusals(town)
        await haste(town)
        calls = (await town.control.get("/control/calls")).json()["calls"]
        polled = [c for c in calls if c["method"] == "getUpdates"]
        assert bool(polled) == (way == "polling")

    in_town(story, "telegram", "ptb_bot.py", way)


async def dialog(town: Town) -> None:
    await town.do("start", payload="из-листовки")
    messages = await town.said("Здравствуйте, Анна!", "из-листовки")
    assert "<b>Здравствуйте</b>" in messages[-1]["html"]
    assert messages[-1]["buttons"][1] == [{"text": "Сайт", "url": "https://example.org/"}]
    assert await town.press("Нет") == {"text": "Вы выбрали no", "alert": True}
    await town.said("Выбрано: no", "второй ответ: Query is too old and response timeout expired")
    await town.say("проверка связи")
    await town.said("«проверка связи»")


async def albums(town: Town) -> None:
    await town.say("/album")
    messages = await town.said("Первое", "Второе, с подписью", "Снова")
    shown = [m for m in messages if m["album"]]
    assert len(shown) == 4
    assert len({m["album"] for m in shown}) == 2
    assert {m["media"][0]["kind"] for m in shown} == {"photo"}


async def documents(town: Town) -> None:
    await town.say("/files")
    messages = await town.said("скопировано в")
    kinds = [m["media"][0]["kind"] for m in messages if m["media"] and not m["album"]]
    assert kinds == ["document", "audio", "voice", "document", "document"]
    names = [
        m["media"][0]["name"]
        for m in messages
        if m["media"] and m["media"][0]["kind"] == "document"
    ]
    assert names == ["новый.pdf"] * 3
    assert [m["forwarded_from"] for m in messages if "forwarded_from" in m]
    await town.say("", media=[{"kind": "document", "base64": "YWJj", "name": "a.txt"}])
    got = await town.said("получено 3 байт")
    assert got[-1]["reply_to"] == got[-2]["id"]


async def polls(town: Town) -> None:
    await town.say("/vote")
    messages = await town.until(lambda seen: any("poll" in m for m in seen))
    asked = next(m for m in messages if "poll" in m)
    await town.do("vote", message=asked["id"], options=["В пятницу"])
    await town.said("голос: [1]")


async def channel(town: Town) -> None:
    chat: dict[str, Any] = {
        "network": "telegram", "kind": "channel", "title": "Новости", "members": [ANNA],
        "admins": [BORIS],
    }  # fmt: skip
    await town.post("world", chats=[chat])
    await town.do("add_bot", BORIS, "Новости", account="bot")
    post = (await town.said("Бот в канале, читателей 3", chat="Новости"))[0]
    assert post["edited"]


async def refusals(town: Town) -> None:
    await town.say("/refusals")
    messages = await town.said("BadRequest: Chat not found")
    assert messages[-1]["text"].split("\n") == [
        "BadRequest: Chat not found",
        "BadRequest: Can't parse entities: can't find end tag corresponding to start tag \"b\"",
        "BadRequest: Message is too long",
        "BadRequest: Message to delete not found",
        "BadRequest: Wrong file identifier/http url specified",
    ]


async def haste(town: Town) -> None:
    await town.post("limits", telegram={"on": True})
    await town.post("clock", mode="manual")
    await town.say("/burst")
    _, sent, wait = (await town.printed("burst")).split()
    assert int(sent) == 5, "five messages in five seconds to one person"
    assert 1 <= float(wait) <= 5
