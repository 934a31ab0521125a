"""Reads `reply_markup`: buttons under a message, or the keyboard that stands in for the phone's.

The texts of refusals are those of the Bot API server and of TDLib's ReplyMarkup.cpp; codes in capitals
are the ones that Telegram's own server answers with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sandbox.telegram.params import bad, structure
from sandbox.world import Button, ChatKind

_DATA_MAX = 64  # bytes of callback_data
_COPY_MAX = 256  # characters of copy_text
_PLACEHOLDER_MAX = 64  # characters
_BUTTONS_MAX = 100
_URL_SCHEMES = ("http", "https", "tg", "ton", "mailto", "tel")
_STYLES = ("danger", "success", "primary")
_LOOKS = ("icon_custom_emoji_id", "style")
# What a button of a reply keyboard may ask for, and the server's word for it outside private chats.
_REQUESTS = {
    "request_contact": "phone number can be requested in private chats only",
    "request_location": "location can be requested in private chats only",
    "request_poll": "poll can be requested in private chats only",
    "web_app": "web App buttons can be used in private chats only",
    "request_users": "users can be requested in private chats only",
    "request_chat": "chats can be requested in private chats only",
    "request_managed_bot": "bots can be requested in private chats only",
}
_LOOK_OF_KEYBOARD = ("is_persistent", "resize_keyboard", "one_time_keyboard", "selective")
_SWITCHES = (
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
)


@dataclass(frozen=True, slots=True)
class Markup:
    """What a `reply_markup` asks for; `keyboard` None leaves the reply keyboard as it is, [] hides it.

    `look` holds what apps need besides the buttons: is_persistent, input_field_placeholder, force_reply…
    """

    buttons: list[list[Button]] = field(default_factory=list)
    keyboard: list[list[Button]] | None = None
    look: dict[str, Any] = field(default_factory=dict)


def read(params: dict[str, Any], kind: ChatKind, *, inline_only: bool = False) -> Markup:
    """Return the markup of a call to a chat of that kind; refuses what the Bot API refuses."""
    value = structure(params, "reply_markup", "reply keyboard markup")
    if value is None:
        return Markup()
    if not isinstance(value, dict):
        raise bad("object expected as reply markup")
    if value.get("keyboard"):
        markup = _reply_keyboard(value, kind)
    elif value.get("inline_keyboard"):
        return Markup(buttons=_rows(value, "inline_keyboard", lambda item: _inline(item, kind)))
    elif value.get("remove_keyboard") is True:
        markup = Markup(keyboard=[])
    elif value.get("force_reply") is True:
        markup = Markup(look={"force_reply": True, **_placeholder(value)})
    else:
        return Markup()
    if inline_only or kind == "channel":
        raise bad("inline keyboard expected")
    return markup


def _reply_keyboard(value: dict[str, Any], kind: ChatKind) -> Markup:
    look = {name: True for name in _LOOK_OF_KEYBOARD if value.get(name) is True}
    rows = _rows(value, "keyboard", lambda item: _reply(item, kind))
    return Markup(keyboard=rows, look=look | _placeholder(value))


def _placeholder(value: dict[str, Any]) -> dict[str, str]:
    given = value.get("input_field_placeholder")
    if not given:
        return {}
    if len(str(given)) > _PLACEHOLDER_MAX:
        raise bad("REPLY_MARKUP_INVALID")
    return {"input_field_placeholder": str(given)}


def _rows(value: dict[str, Any], name: str, button: Callable[[Any], Button]) -> list[list[Button]]:
    rows = value[name]
    if not isinstance(rows, list):
        raise bad(f'field "{name}" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        of = " of the InlineKeyboardMarkup" if name == "inline_keyboard" else ""
        raise bad(f'field "{name}"{of} must be an Array of Arrays')
    made = [[button(item) for item in row] for row in rows if row]
    if sum(map(len, made)) > _BUTTONS_MAX:
        raise bad("reply markup is too long")
    return made


def _inline(item: Any, kind: ChatKind) -> Button:
    unread = "can't parse inline keyboard button: "
    if not isinstance(item, dict):
        raise bad(f"{unread}InlineKeyboardButton must be an Object")
    label, looks = _label(item, unread), _looks(item, unread)
    if not label:
        raise bad("inline keyboard button text must be non-empty")
    if item.get("url"):
        return Button(label, "url", url=_checked("URL", str(item["url"])), extra=looks)
    if item.get("callback_data"):
        data = str(item["callback_data"])
        if len(data.encode()) > _DATA_MAX:
            raise bad("BUTTON_DATA_INVALID")
        return Button(label, "callback", data=data, extra=looks)
    for name, read_one in _OTHERS.items():
        if name in item:
            url, told = read_one(item[name], kind)
            return Button(label, "other", url=url, extra=looks | {name: told})
    raise bad(f"{unread}Text buttons are unallowed in the inline keyboard")


def _reply(item: Any, kind: ChatKind) -> Button:
    unread = "can't parse keyboard button: "
    if isinstance(item, str):
        item = {"text": item}
    if not isinstance(item, dict):
        raise bad(f"{unread}KeyboardButton must be a String or an Object")
    label, extra = _label(item, unread), _looks(item, unread)
    if not label:
        raise bad("keyboard button text must be non-empty")
    asked = next((name for name in _REQUESTS if item.get(name) not in (None, False)), None)
    if asked is None:
        return Button(label, "text", extra=extra)
    if kind != "private":
        raise bad(_REQUESTS[asked])
    if asked in ("request_users", "request_chat") and not isinstance(
        _object(item[asked], asked, unread).get("request_id"), int
    ):
        raise bad(f'{unread}Can\'t find field "request_id"')
    if asked == "web_app":
        url = _link(_object(item[asked], asked, unread), unread)
        _checked("Web App URL", url, "keyboard button", https=True)
    return Button(label, "text", extra=extra | {asked: item[asked]})


def _label(item: dict[str, Any], unread: str) -> str:
    if "text" not in item:
        raise bad(f'{unread}Can\'t find field "text"')
    if not isinstance(item["text"], str):
        raise bad(f'{unread}Field "text" must be of type String')
    return item["text"].strip()


def _looks(item: dict[str, Any], unread: str) -> dict[str, Any]:
    if item.get("style") and item["style"] not in _STYLES:
        raise bad(f"{unread}Invalid button style specified")
    return {name: str(item[name]) for name in _LOOKS if item.get(name)}


def _object(value: Any, name: str, unread: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise bad(f'{unread}Field "{name}" must be of type Object')
    return value


def _link(value: dict[str, Any], unread: str) -> str:
    if not isinstance(value.get("url"), str):
        raise bad(f'{unread}Can\'t find field "url"')
    return str(value["url"])


def _checked(
    what: str, url: str, where: str = "inline keyboard button", *, https: bool = False
) -> str:
    """Return an address; refuses one that Telegram would not open."""
    plain = "://" in url or url.startswith(("tg:", "mailto:", "tel:"))
    try:
        parts = urlsplit(url if plain else f"http://{url}")
    except ValueError:
        raise bad(f"{where} {what} '{url}' is invalid: Wrong HTTP URL") from None
    why = None
    if parts.scheme not in _URL_SCHEMES:
        why = "Unsupported URL protocol"
    elif https and parts.scheme != "https":
        why = "Only HTTPS links are allowed"
    elif not (parts.netloc or parts.path) or " " in parts.netloc:
        why = "Wrong HTTP URL"
    if why:
        raise bad(f"{where} {what} '{url}' is invalid: {why}")
    return url


def _web_app(value: Any, kind: ChatKind) -> tuple[str | None, Any]:
    unread = "can't parse inline keyboard button: "
    url = _checked("Web App URL", _link(_object(value, "web_app", unread), unread), https=True)
    if kind != "private":
        raise bad("BUTTON_TYPE_INVALID")
    return url, {"url": url}


def _login(value: Any, kind: ChatKind) -> tuple[str | None, Any]:
    unread = "can't parse inline keyboard button: "
    given = _object(value, "login_url", unread)
    url = _checked("login URL", _link(given, unread), https=True)
    names = ("url", "forward_text", "bot_username", "request_write_access")
    return url, {name: given[name] for name in names if name in given}


def _switch(value: Any, kind: ChatKind) -> tuple[str | None, Any]:
    if kind == "channel":
        raise bad(
            "can't use switch_inline_query button in a channel chat, because users will not be able to use "
            "the button without knowing bot's username"
        )
    return None, value if isinstance(value, dict) else str(value)


def _copy(value: Any, kind: ChatKind) -> tuple[str | None, Any]:
    given = _object(value, "copy_text", "can't parse inline keyboard button: ").get("text")
    if not isinstance(given, str) or not 1 <= len(given) <= _COPY_MAX:
        raise bad("BUTTON_COPY_TEXT_INVALID")
    return None, {"text": given}


def _unallowed(value: Any, kind: ChatKind) -> tuple[str | None, Any]:
    """A button of invoices and games, which the sandbox has not; other messages may not hold them."""
    raise bad("BUTTON_TYPE_INVALID")


_OTHERS: dict[str, Callable[[Any, ChatKind], tuple[str | None, Any]]] = {
    "callback_game": _unallowed,
    "pay": _unallowed,
    **dict.fromkeys(_SWITCHES, _switch),
    "login_url": _login,
    "web_app": _web_app,
    "copy_text": _copy,
}
