"""A bot's menus of commands, kept by scope and language in its account's settings.

Which of them a person sees: core.telegram.org/bots/api#determining-list-of-commands.
"""

from __future__ import annotations

import re
from typing import Any

from sandbox.telegram.access import chat_for, chat_id_of
from sandbox.telegram.ask import Ask
from sandbox.telegram.params import bad, integer, structure
from sandbox.telegram.profile import language_of
from sandbox.telegram.spec import spec
from sandbox.values import whole
from sandbox.world import Account, Chat

_COMMAND = re.compile(r"[a-z0-9_]+")
_COMMAND_MAX, _DESCRIPTION_MAX = 32, 256  # characters
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
    given = structure(ask.params, "commands", "commands")
    if not isinstance(given, list):
        raise bad("expected an Array of BotCommand")
    scope = _scope(ask)
    commands = [_command(item) for item in given]
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    _put(ask, scope, commands)
    return True


def _command(item: Any) -> dict[str, str]:
    """Return one command as it is kept; the refusals are TDLib's, but the last, which is the core's."""
    if not isinstance(item, dict):
        raise bad("can't parse BotCommand: expected an Object")
    for name in ("command", "description"):
        if name not in item:
            raise bad(f"can't parse BotCommand: Can't find field \"{name}\"")
        if not isinstance(item.get(name), str):
            raise bad(f'can\'t parse BotCommand: Field "{name}" must be of type String')
    command = item["command"].strip().removeprefix("/").strip()
    description = item["description"].strip()
    for what, text_, longest in (
        ("command", command, _COMMAND_MAX),
        ("command description", description, _DESCRIPTION_MAX),
    ):
        if not text_:
            raise bad(f"{what} must be non-empty")
        if len(text_) > longest:
            raise bad(f"{what} length must not exceed {longest}")
    if _COMMAND.fullmatch(command) is None:
        raise bad("BOT_COMMAND_INVALID")
    return {"command": command, "description": description}


async def get_my_commands(ask: Ask) -> Any:
    """getMyCommands: of exactly this scope and language."""
    return ask.account.settings.get("commands", {}).get(_scope(ask), [])


async def delete_my_commands(ask: Ask) -> bool:
    """deleteMyCommands."""
    _put(ask, _scope(ask), [])
    return True


def _put(ask: Ask, scope: str, commands: list[dict[str, str]]) -> None:
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
        found = _known(ask, chat_id_of(ask.world, scope))
        if found.kind == "channel" or (found.kind == "private" and kind != "chat"):
            raise bad(f"can't use specified scope in {found.kind} chats")
        chat = str(found.id)
        user = str(_user_id(scope)) if kind == "chat_member" else ""
    elif kind not in _WIDE:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    return f"{kind}:{chat}:{user}:{language_of(ask)}"


def _user_id(scope: dict[str, Any]) -> int:
    user_id = integer(scope, "user_id")
    if user_id <= 0:
        raise bad("can't parse BotCommandScope: Invalid user_id specified")
    return user_id


def _known(ask: Ask, ref: str | None) -> Chat:
    """Return the chat of a scope: it need not be one in which the bot may write."""
    if ref is None:
        raise bad("can't parse BotCommandScope: Empty chat_id specified")
    person = whole(ref)
    if person is None or person <= 0:
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
