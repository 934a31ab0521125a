"""How a bot presents itself: names, descriptions, menu buttons, the rights it asks for."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from sandbox.telegram.ask import Ask
from sandbox.telegram.chats.rights import admin_rights
from sandbox.telegram.params import bad, flag, integer, structure, text
from sandbox.telegram.spec import spec
from sandbox.world import Account

# By kind of text: its length in characters, and the server's refusal of a longer one.
_TEXTS = {
    "name": (64, "BOT_TITLE_INVALID"),
    "description": (512, "BOT_DESCRIPTION_INVALID"),
    "short_description": (120, "BOT_SHORT_DESCRIPTION_INVALID"),
}
_LANGUAGE = re.compile(r"[a-z]{2}|")


async def set_my_name(ask: Ask) -> bool:
    """setMyName; without a language it is the title that everybody sees."""
    language, name = language_of(ask), _text(ask, "name")
    kept = ask.account.settings.setdefault("names", {"": ask.account.title})
    if language:
        _put(kept, language, name)
    elif name:  # a bot always has some name: an empty one changes nothing
        kept[""] = ask.account.title = name
    _changed(ask)
    return True


async def get_my_name(ask: Ask) -> Any:
    """getMyName: of that language, else the one for all."""
    names = ask.account.settings.get("names", {})
    return {"name": names.get(language_of(ask)) or ask.account.title}


async def set_my_description(ask: Ask) -> bool:
    """setMyDescription."""
    return _set(ask, "description")


async def get_my_description(ask: Ask) -> Any:
    """getMyDescription: of exactly this language."""
    return _get(ask, "description")


async def set_my_short_description(ask: Ask) -> bool:
    """setMyShortDescription."""
    return _set(ask, "short_description")


async def get_my_short_description(ask: Ask) -> Any:
    """getMyShortDescription: of exactly this language."""
    return _get(ask, "short_description")


async def set_chat_menu_button(ask: Ask) -> bool:
    """setChatMenuButton: of one person's dialog, or of all."""
    button = _button(structure(ask.params, "menu_button", "menu button"))
    kept, place = ask.account.settings.setdefault("menu_buttons", {}), _whose(ask)
    # In a dialog «default» stands for the button of all, so it is kept there too.
    kept[place] = button
    _changed(ask)
    return True


async def get_chat_menu_button(ask: Ask) -> Any:
    """getChatMenuButton."""
    return ask.account.settings.get("menu_buttons", {}).get(_whose(ask), {"type": "default"})


async def set_my_default_administrator_rights(ask: Ask) -> bool:
    """setMyDefaultAdministratorRights: those it gets from who appoints it without naming any."""
    place = _place(ask)
    given = structure(ask.params, "rights", "chat administrator rights")
    if given is not None and not isinstance(given, dict):
        raise bad(
            "can't parse chat administrator rights: ChatAdministratorRights must be an Object"
        )
    for name, value in (given or {}).items():
        if not isinstance(value, bool):
            raise bad(
                f'can\'t parse chat administrator rights: Field "{name}" must be of type Boolean'
            )
    kept = ask.account.settings.setdefault("admin_rights", {})
    kept.pop(place, None)
    if given:
        kept[place] = {name: given.get(name, False) for name in _names(place)}
    _changed(ask)
    return True


async def get_my_default_administrator_rights(ask: Ask) -> Any:
    """getMyDefaultAdministratorRights: all false if none are set."""
    place = _place(ask)
    none = dict.fromkeys(_names(place), False)
    return ask.account.settings.get("admin_rights", {}).get(place, none)


def wished_rights(account: Account, chat_kind: str) -> dict[str, bool] | None:
    """Return the rights a bot asks for in a chat of that kind, None if it never said."""
    place = "channels" if chat_kind == "channel" else "groups"
    wished = account.settings.get("admin_rights", {}).get(place)
    if wished is None:
        return None
    return {name: wished.get(name, False) for name in admin_rights(chat_kind)}


def language_of(ask: Ask) -> str:
    """Return `language_code`, refusing what is neither empty nor two small letters."""
    language = text(ask.params, "language_code")
    if _LANGUAGE.fullmatch(language) is None:
        raise bad("invalid language code specified")
    return language


def _text(ask: Ask, kind: str) -> str:
    given = text(ask.params, kind).strip()
    longest, refusal = _TEXTS[kind]
    if len(given) > longest:
        raise bad(refusal)
    return given


def _set(ask: Ask, kind: str) -> bool:
    language, given = language_of(ask), _text(ask, kind)
    _put(ask.account.settings.setdefault(kind, {}), language, given)
    _changed(ask)
    return True


def _get(ask: Ask, kind: str) -> dict[str, str]:
    return {kind: ask.account.settings.get(kind, {}).get(language_of(ask), "")}


def _put(kept: dict[str, str], language: str, given: str) -> None:
    kept.pop(language, None)
    if given:
        kept[language] = given


def _changed(ask: Ask) -> None:
    ask.call.effect = True
    ask.world.touch()


def _whose(ask: Ask) -> str:
    """Return whose dialog a menu button is for, "" for everybody's."""
    if ask.params.get("chat_id") in (None, ""):
        return ""
    person = integer(ask.params, "chat_id")
    if person <= 0:
        raise bad("invalid chat_id specified")
    if person not in ask.world.people:
        raise bad("user not found")
    return str(person)


def _button(given: Any) -> dict[str, Any]:
    if given is None:
        return {"type": "default"}
    if not isinstance(given, dict):
        raise bad("can't parse menu button: MenuButton must be an Object")
    kind = given.get("type")
    if kind in ("default", "commands"):
        return {"type": kind}
    if kind != "web_app":
        raise bad("can't parse menu button: MenuButton has unsupported type")
    words, app = given.get("text"), given.get("web_app")
    if not isinstance(words, str) or not words.strip():
        raise bad("menu button text must be non-empty")
    url = app.get("url") if isinstance(app, dict) else None
    if not isinstance(url, str) or not _is_https(url):
        raise bad("BUTTON_URL_INVALID")
    return {"type": "web_app", "text": words, "web_app": {"url": url}}


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.netloc)


def _place(ask: Ask) -> str:
    return "channels" if flag(ask.params, "for_channels") else "groups"


def _names(place: str) -> tuple[str, ...]:
    kind = "channel" if place == "channels" else "supergroup"
    return ("is_anonymous", *admin_rights(kind))


_SPOKEN = "language_code"

SPECS = (
    spec("setMyName", set_my_name, f"name {_SPOKEN}", missing="people see the name without a language"),
    spec("getMyName", get_my_name, _SPOKEN),
    spec("setMyDescription", set_my_description, f"description {_SPOKEN}"),
    spec("getMyDescription", get_my_description, _SPOKEN),
    spec("setMyShortDescription", set_my_short_description, f"short_description {_SPOKEN}"),
    spec("getMyShortDescription", get_my_short_description, _SPOKEN),
    spec("setChatMenuButton", set_chat_menu_button, "chat_id menu_button", missing="kept, not shown to people"),
    spec("getChatMenuButton", get_chat_menu_button, "chat_id"),
    spec("setMyDefaultAdministratorRights", set_my_default_administrator_rights, "rights for_channels"),
    spec("getMyDefaultAdministratorRights", get_my_default_administrator_rights, "for_channels"),
)  # fmt: skip
