"""vkbottle talks to the sandbox as to VK: by Bots Long Poll and by Callback API."""

from __future__ import annotations

import pytest
from client_town import ANNA, BORIS, USER_KEY, Town, in_town, needs_clients
from pixel import BASE64, PIXEL

pytestmark = [pytest.mark.clients, needs_clients]


@pytest.mark.careless("vkbottle sends payloads as objects, and null for what it leaves out")
@pytest.mark.parametrize("way", ["polling", "callback"])
def test_a_bot_of_vkbottle_works_as_with_vk(way: str) -> None:
    async def story(town: Town) -> None:
        await town.post("limits", vk={"on": False})
        await dialog(town)
        await files(town)
        await many(town)
        await conversation(town)
        await wall(town)
        calls = (await town.control.get("/control/calls")).json()["calls"]
        polled = [c for c in calls if c["method"] == "a_check"]
        assert bool(polled) == (way == "polling")

    in_town(story, "vk", "vkbottle_bot.py", way, USER_KEY)


async def dialog(town: Town) -> None:
    await town.do("start", payload="листовка")
    await town.said("Здравствуйте, Анна! листовка")
    assert await town.press("Всплыть") == {"text": "Всплыло", "alert": False}
    await town.press("Изменить")
    (changed,) = [m for m in await town.said("Изменено по нажатию") if m["edited"]]
    assert changed["text"] == "Изменено по нажатию"
    await town.say("проверка связи")
    await town.said("«проверка связи»")


async def files(town: Town) -> None:
    await town.say("/files")
    messages = await town.said("Остался снимок", "вот они", "а это ваши слова")
    (shown,) = [m for m in messages if m["text"] == "Остался снимок"]
    assert [media["kind"] for media in shown["media"]] == ["photo"]
    (answer,) = [m for m in messages if m["text"] == "вот они"]
    assert answer["reply_to"] == next(m["id"] for m in messages if m["text"] == "/files")
    await town.say("", media=[{"kind": "photo", "base64": BASE64, "name": "a.png"}])
    await town.said(f"получено {len(PIXEL)} байт")
    await town.say("/cards")
    await town.said("Выберите")
    await town.press("Записаться")
    await town.said("«Записаться»")


async def many(town: Town) -> None:
    await town.say("/many")
    messages = await town.said("одно и то же: True, отказ: 936")
    assert len([m for m in messages if m["text"] == "Всем"]) == 1
    await town.say("/script")
    await town.said("Анна; Анна, Борис")
    await town.say("/refusals")
    await town.said("901 914 911 917 27 3")


async def conversation(town: Town) -> None:
    chat = {"network": "vk", "kind": "chat", "title": "Актив", "members": [ANNA], "admins": [BORIS]}
    await town.post("world", chats=[{**chat, "bots": ["bot"]}])
    await town.say("бот, привет", chat="Актив")
    await town.said("в беседе 3: привет", chat="Актив")


async def wall(town: Town) -> None:
    await town.say("/wall")
    await town.said("на стене")
    (post,) = await town.said("Новость, уточнено", chat="wall:bot")
    assert post["edited"]
    assert [media["kind"] for media in post["media"]] == ["photo"]
