"""Reads `reply_markup`: buttons under a message, or the keyboard that stands in for the phone's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sandbox.telegram.params import bad, structure
from sandbox.world import Button

_DATA_MAX = 64  # bytes of callback_data
_INLINE_MAX = 100  # buttons
_URL_SCHEMES = ("http", "https", "tg", "ton", "mailto", "tel")


@dataclass(frozen=True, slots=True)
class Markup:
    """What a `reply_markup` asks for; `keyboard` None leaves the reply keyboard as it is, [] hides it."""

    buttons: list[list[Button]] = field(default_factory=list)
    keyboard: list[list[Button]] | None = None


def read(params: dict[str, Any], *, inline_only: bool = False) -> Markup:
    """Return the markup of a call; refuses what the Bot API refuses."""
    value = structure(params, "reply_markup", "reply keyboard markup")
    if value is None:
        return Markup()
    if not isinstance(value, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in value:
        return Markup(buttons=_rows(value["inline_keyboard"], _inline_button, "inline keyboard"))
    if inline_only and value:
        raise bad("inline keyboard expected")
    if "keyboard" in value:
        return Markup(keyboard=_rows(value["keyboard"], _reply_button, "keyboard"))
    return Markup(keyboard=[]) if value.get("remove_keyboard") is True else Markup()


def _rows(rows: Any, button: Any, what: str) -> list[list[Button]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad(
            f'field "{what.replace(" ", "_")}" of the reply markup must be an Array of Arrays'
        )
    read_rows = [[button(item) for item in row] for row in rows if row]
    if sum(map(len, read_rows)) > _INLINE_MAX:
        raise bad("reply markup is too long")
    return read_rows


def _inline_button(item: Any) -> Button:
    if not isinstance(item, dict):
        raise bad("can't parse inline keyboard button: expected an Object")
    label = item.get("text")
    if not isinstance(label, str) or not label:
        raise bad('can\'t parse inline keyboard button: field "text" must be a non-empty String')
    if "url" in item:
        url = str(item["url"])
        parts = urlsplit(
            url if "://" in url or url.startswith(("tg:", "mailto:", "tel:")) else f"http://{url}"
        )
        if parts.scheme not in _URL_SCHEMES or not (parts.netloc or parts.path):
            raise bad(f"inline keyboard button URL '{url}' is invalid: unsupported URL protocol")
        return Button(label, "url", url=url)
    if "callback_data" in item:
        data = str(item["callback_data"])
        if not 1 <= len(data.encode()) <= _DATA_MAX:
            raise bad("BUTTON_DATA_INVALID")
        return Button(label, "callback", data=data)
    raise bad(
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
    )


def _reply_button(item: Any) -> Button:
    label = item.get("text") if isinstance(item, dict) else item
    if not isinstance(label, str) or not label:
        raise bad("can't parse keyboard button: KeyboardButton must have a non-empty text")
    return Button(label, "text")
