"""A bot's menus of commands, kept by scope and language in its account's settings.

Which of them a person sees: core.telegram.org/bots/api#determining-list-of-commands.
"""

from __future__ import annotations

import re
from typing import Any

from sandbox.telegram.access import chat_for, chat_id_of
from sandbox.telegram.ask import Ask
from sandbox.telegram.params import bad, structure, text
from sandbox.telegram.spec import spec
from sandbox.world import Account, Chat

_COMMAND = re.compile(r"/?([a-z0-9_]{1,32})")
_WIDE = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
_OF_CHAT = ("chat", "chat_administrators", "chat_member")
_LANGUAGE = "ru"  # what the people's apps speak


def menu(account: Account, chat: Chat) -> list[dict[str, str]]:
    """Return the commands that the person of a private dialog sees: the narrowest scope's, Russian first."""
    kept = account.settings.get("commands", {})
    for scope in (f"chat:{chat.id}:", "all_private_chats::", "default::"):
        for language in (_LANGUAGE, ""):
            if found := kept.get(f"{scope}:{language}"):
                return list(found)
    return []


async def set_my_commands(ask: Ask) -> bool:
    """setMyCommands; an empty list takes the menu away."""
    given = structure(ask.params, "commands", "bot commands")
    if not isinstance(given, list):
        raise bad("can't parse bot commands: expected an Array")
    if len(given) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    commands = []
    for item in given:
        name = _COMMAND.fullmatch(str(item.get("command", ""))) if isinstance(item, dict) else None
        if name is None:
            raise bad("BOT_COMMAND_INVALID")
        description = str(item.get("description", "")).strip()
        if not 1 <= len(description) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        commands.append({"command": name.group(1), "description": description})
    _put(ask, commands)
    return True


async def get_my_commands(ask: Ask) -> Any:
    """getMyCommands: of exactly this scope and language."""
    return ask.account.settings.get("commands", {}).get(_scope(ask), [])


async def delete_my_commands(ask: Ask) -> bool:
    """deleteMyCommands."""
    _put(ask, [])
    return True


def _put(ask: Ask, commands: list[dict[str, str]]) -> None:
    scope = _scope(ask)
    kept = ask.account.settings.setdefault("commands", {})
    kept.pop(scope, None)
    if commands:
        kept[scope] = commands
    ask.call.effect = True
    for chat in ask.world.chats_on("telegram"):  # whoever looks at a dialog sees the menu change
        if chat.account == ask.account.name:
            chat.version += 1
    ask.world.touch()


def _scope(ask: Ask) -> str:
    """Name the scope and language of a call; refuses a scope that is none, or of a chat not known."""
    scope = structure(ask.params, "scope", "BotCommandScope")
    scope = {"type": "default"} if scope is None else scope
    if not isinstance(scope, dict):
        raise bad("can't parse BotCommandScope: BotCommandScope must be an Object")
    kind, chat, user = scope.get("type"), "", ""
    if kind in _OF_CHAT:
        chat = str(_known(ask, chat_id_of(ask.world, scope)).id)
        user = str(scope.get("user_id", "")) if kind == "chat_member" else ""
    elif kind not in _WIDE:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    return f"{kind}:{chat}:{user}:{text(ask.params, 'language_code')}"


def _known(ask: Ask, ref: str | None) -> Chat:
    """Return the chat of a scope: it need not be one in which the bot may write."""
    if ref is None:
        raise bad("can't parse BotCommandScope: Empty chat_id specified")
    person = int(ref) if ref.isdecimal() else None
    if person is None:
        return chat_for(ask.world, ask.account, ref)
    dialog = ask.world.dialog(ask.account, person)
    if dialog is None or not dialog.started:
        raise bad("chat not found")
    return dialog


SPECS = (
    spec("setMyCommands", set_my_commands, "commands scope language_code"),
    spec("getMyCommands", get_my_commands, "scope language_code"),
    spec("deleteMyCommands", delete_my_commands, "scope language_code"),
)
