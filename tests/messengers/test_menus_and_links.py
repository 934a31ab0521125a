"""Menus of commands for one person and for all, and addresses of messages."""

from __future__ import annotations

import asyncio
import json

import pytest
from town import ANNA, BORIS, Town, play, text
from wire import Wire, answer, saying

from core.errors import MessengerError
from core.messenger import Place
from core.words import ChatKind
from messengers.telegram.adapter import Telegram
from messengers.vk.adapter import Vk

FOR_ALL = [("help", "Помощь")]
FOR_EDITORS = [("news", "Прислать новость"), ("help", "Помощь")]


def shown(town: Town, person: int) -> list[str] | None:
    commands = town.side.commands(town.chat(person))
    return None if commands is None else [one["command"] for one in commands]


def test_a_menu_is_one_persons_or_everybodys() -> None:
    async def story(town: Town) -> None:
        await town.meet(ANNA, BORIS)
        await town.messenger.set_commands(None, FOR_ALL)
        await town.messenger.set_commands(str(ANNA), FOR_EDITORS)
        assert (shown(town, ANNA), shown(town, BORIS)) == (["news", "help"], ["help"])
        await town.messenger.set_commands(str(ANNA), [])
        assert shown(town, ANNA) == ["help"]
        await town.messenger.set_commands(None, [])
        assert shown(town, BORIS) == []

    play("telegram", story)


def test_a_person_never_met_has_no_menu_of_their_own() -> None:
    async def story(town: Town) -> None:
        with pytest.raises(MessengerError, match="chat not found"):
            await town.messenger.set_commands(str(ANNA), FOR_ALL)

    play("telegram", story)


@pytest.mark.parametrize(
    "commands",
    [
        [("Help", "Помощь")],
        [("помощь", "Помощь")],
        [("/help", "Помощь")],
        [("", "Помощь")],
        [("a" * 33, "Помощь")],
        [("help", "")],
        [("help", "П" * 257)],
        [(f"c{number}", "Команда") for number in range(101)],
    ],
)
def test_a_menu_that_telegram_would_refuse_is_a_mistake_of_ours(
    commands: list[tuple[str, str]],
) -> None:
    bot = Telegram("77:token", "http://127.0.0.1:1")
    with pytest.raises(ValueError, match=r"command|description"):
        asyncio.run(bot.set_commands(None, commands))


def test_a_menu_is_asked_for_as_the_bot_api_has_it() -> None:
    async def story(base: str) -> None:
        bot = Telegram("77:token", base)
        await bot.set_commands("5", FOR_ALL)
        await bot.close()

    with Wire(saying(answer(b'{"ok":true,"result":true}'))) as server:
        asyncio.run(story(f"http://127.0.0.1:{server.port}"))
    assert json.loads(server.heard[0].partition(b"\r\n\r\n")[2]) == {
        "commands": [{"command": "help", "description": "Помощь"}],
        "scope": {"type": "chat", "chat_id": 5},
    }


def test_vk_has_no_menu_and_is_not_asked() -> None:
    async def story(town: Town) -> None:
        before = town.sandbox.gate.calls.read()["next"]
        await town.messenger.set_commands(None, FOR_ALL)
        assert town.sandbox.gate.calls.read()["next"] == before
        assert shown(town, ANNA) is None

    play("vk", story)


TELEGRAM, VK = Telegram("77:token"), Vk(9, "key", None)


@pytest.mark.parametrize(
    ("place", "address"),
    [
        (Place("-1002000000001", ChatKind.CHANNEL), "https://t.me/c/2000000001/8"),
        (Place("-1002000000001", ChatKind.GROUP), "https://t.me/c/2000000001/8"),
        (Place("@novosti", ChatKind.CHANNEL), "https://t.me/novosti/8"),
        (Place("-4000000001", ChatKind.GROUP), None),
        (Place("5", ChatKind.PRIVATE), None),
    ],
)
def test_a_message_of_telegram_has_an_address(place: Place, address: str | None) -> None:
    assert TELEGRAM.link(place, "8") == address


@pytest.mark.parametrize(
    ("place", "address"),
    [
        (Place("-9", ChatKind.WALL), "https://vk.com/wall-9_8"),
        (Place("2000000001", ChatKind.GROUP), None),
        (Place("5", ChatKind.PRIVATE), None),
    ],
)
def test_a_post_of_vk_has_an_address(place: Place, address: str | None) -> None:
    assert VK.link(place, "8") == address


def test_after_a_message_a_public_channels_address_opens_for_everybody() -> None:
    async def story(town: Town) -> None:
        place, link = town.wall(), town.messenger.link
        assert link(place, "1") == "https://t.me/c/1/1"
        town.chat(place).username = "profsouz"
        sent = await town.sent(place, text("Новость"))
        assert link(place, sent.messages[0]) == f"https://t.me/profsouz/{sent.messages[0]}"
        town.chat(place).username = None
        await town.sent(place, text("Ещё"))
        assert link(place, "1") == "https://t.me/c/1/1"

    play("telegram", story)
