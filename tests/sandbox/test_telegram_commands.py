"""Menus of commands: kept by scope and language, shown by the narrowest of them."""

from __future__ import annotations

from typing import Any

import pytest
from telegram_town import CHANNEL, IVAN, OLGA, SUPERGROUP, Town, in_town


def named(name: str) -> list[dict[str, str]]:
    return [{"command": name, "description": name.title()}]


OWN = {"type": "chat", "chat_id": OLGA}


@pytest.mark.parametrize(
    ("scopes", "seen"),
    [
        ([], []),
        ([{}], ["0"]),
        ([{}, {"scope": {"type": "all_private_chats"}}], ["1"]),
        ([{"scope": OWN}, {}, {"scope": {"type": "all_private_chats"}}], ["0"]),
        ([{"language_code": "ru"}, {}], ["0"]),
        ([{"language_code": "en"}, {}], ["1"]),
        ([{"scope": OWN}, {"language_code": "ru"}], ["0"]),
        ([{}, {"scope": {"type": "chat", "chat_id": SUPERGROUP}}], ["0"]),
        ([{}, {"scope": {"type": "all_group_chats"}}], ["0"]),
    ],
)
def test_the_narrowest_scope_is_shown(scopes: list[dict[str, Any]], seen: list[str]) -> None:
    async def story(town: Town) -> None:
        await town.started()
        for number, params in enumerate(scopes):
            await town.call("setMyCommands", commands=named(str(number)), **params)
        shown = town.side.commands(town.dialog())
        assert shown is not None
        assert [one["command"] for one in shown] == seen

    in_town(story)


@pytest.mark.parametrize("take_away", ["delete", "set none"])
def test_a_menu_taken_away_uncovers_the_wider_one(take_away: str) -> None:
    async def story(town: Town) -> None:
        await town.started()
        await town.call("setMyCommands", commands=named("wide"))
        await town.call("setMyCommands", commands=named("own"), scope=OWN)
        assert await town.call("getMyCommands", scope=OWN) == named("own")
        if take_away == "delete":
            assert await town.call("deleteMyCommands", scope=OWN) is True
        else:
            assert await town.call("setMyCommands", commands=[], scope=OWN) is True
        assert await town.call("getMyCommands", scope=OWN) == []
        assert town.side.commands(town.dialog()) == named("wide")

    in_town(story)


def test_a_chat_is_one_scope_by_id_and_by_username() -> None:
    async def story(town: Town) -> None:
        town.side.find_chat("Завод", None).username = "zavod"
        scope = {"type": "chat", "chat_id": "@zavod"}
        await town.call("setMyCommands", commands=named("x"), scope=scope)
        by_id = {"type": "chat", "chat_id": SUPERGROUP}
        assert await town.call("getMyCommands", scope=by_id) == named("x")
        assert town.side.commands(town.side.find_chat("Завод", OLGA)) is None

    in_town(story)


@pytest.mark.parametrize(
    ("scope", "says"),
    [
        ({"type": "everybody"}, "can't parse BotCommandScope: Unsupported type specified"),
        ({}, "can't parse BotCommandScope: Unsupported type specified"),
        ([1], "can't parse BotCommandScope: BotCommandScope must be an Object"),
        ("{", "can't parse BotCommandScope JSON object"),
        ({"type": "chat"}, "can't parse BotCommandScope: Empty chat_id specified"),
        ({"type": "chat", "chat_id": IVAN}, "chat not found"),
        ({"type": "chat", "chat_id": "-5"}, "chat not found"),
        ({"type": "chat", "chat_id": "Ольга"}, "chat not found"),
        ({"type": "chat", "chat_id": CHANNEL}, "can't use specified scope in channel chats"),
        (
            {"type": "chat_administrators", "chat_id": OLGA},
            "can't use specified scope in private chats",
        ),
        (
            {"type": "chat_member", "chat_id": SUPERGROUP},
            "can't parse BotCommandScope: Invalid user_id specified",
        ),
    ],
)
def test_a_scope_that_is_none_is_refused(scope: Any, says: str) -> None:
    async def story(town: Town) -> None:
        await town.started()
        for method, params in (("setMyCommands", {"commands": named("x")}), ("getMyCommands", {})):
            refused = await town.refused(method, scope=scope, **params)
            assert refused == (400, f"Bad Request: {says}")

    in_town(story)


@pytest.mark.parametrize(
    ("commands", "says"),
    [
        ([{"command": "Помощь", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "a" * 33, "description": "x"}], "command length must not exceed 32"),
        ([{"command": "/", "description": "x"}], "command must be non-empty"),
        ([{"command": "a", "description": " "}], "command description must be non-empty"),
        (
            [{"command": "a", "description": "x" * 257}],
            "command description length must not exceed 256",
        ),
        (["help"], "can't parse BotCommand: expected an Object"),
        ([{"command": "a"}], "can't parse BotCommand: Can't find field \"description\""),
        (
            [{"command": 5, "description": "x"}],
            'can\'t parse BotCommand: Field "command" must be of type String',
        ),
        (named("x") * 101, "BOT_COMMANDS_TOO_MUCH"),
        ({"command": "help"}, "expected an Array of BotCommand"),
        ("[", "can't parse commands JSON object"),
    ],
)
def test_commands_that_are_none_are_refused(commands: Any, says: str) -> None:
    async def story(town: Town) -> None:
        refused = await town.refused("setMyCommands", commands=commands)
        assert refused == (400, f"Bad Request: {says}")

    in_town(story)


def test_a_language_is_two_small_letters() -> None:
    async def story(town: Town) -> None:
        for method in ("setMyCommands", "getMyCommands", "deleteMyCommands"):
            params = {"commands": named("x")} if method == "setMyCommands" else {}
            refused = await town.refused(method, language_code="rus", **params)
            assert refused == (400, "Bad Request: invalid language code specified")

    in_town(story)
