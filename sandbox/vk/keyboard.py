"""Keyboards as JSON in messages.send and messages.edit: sizes, limits and what people see of them.

Sizes: dev.vk.com, «Клавиатуры для ботов»: 5 x 10 and at most 40 buttons, inline 5 x 6 and at most 10;
a label up to 40 characters, a payload up to 255 each and 1000 together (seen by client authors).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.api import Refusal
from sandbox.values import loaded
from sandbox.vk.errors import refuse
from sandbox.world import Button

MAX_LABEL, MAX_PAYLOAD, MAX_PAYLOADS = 40, 255, 1000
_ROW = 5
_COLORS = ("primary", "secondary", "negative", "positive", "default")
# What each kind of button must carry beside its payload.
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "text": ("label",),
    "callback": ("label",),
    "open_link": ("label", "link"),
    "open_app": ("label", "app_id"),
    "vkpay": ("hash",),
    "location": (),
}
_MAY: Mapping[str, tuple[str, ...]] = {"open_app": ("owner_id", "hash")}
_LINK = re.compile(r"https?://[^\s/?#{}<>]+[^\s{}<>]*")
_WHOLE_ROW = ("vkpay", "open_app", "location")


@dataclass(frozen=True, slots=True)
class Keyboard:
    """A keyboard that passed: its JSON, and its rows as people see them."""

    wire: dict[str, Any]
    rows: list[list[Button]]
    inline: bool
    one_time: bool


def read(text: str) -> Keyboard:
    """Read a keyboard; raises Refusal 911 with the reason for one that VK would not take."""
    try:
        given = loaded(text)
    except ValueError:
        raise refuse(911) from None
    if not isinstance(given, dict) or not isinstance(given.get("buttons"), list):
        raise refuse(911, "buttons should be an array")
    inline, one_time = given.get("inline", False), given.get("one_time", False)
    for name, value in (("inline", inline), ("one_time", one_time)):
        if not isinstance(value, bool):
            raise refuse(911, f"{name} property should be boolean")
    if inline and one_time:
        raise refuse(911, "one_time is not allowed for inline keyboard")
    rows = given["buttons"]
    _check_size(rows, inline)
    wire_rows = [
        [button(one, f"button [{y}][{x}]", alone=len(row) == 1) for x, one in enumerate(row)]
        for y, row in enumerate(rows)
    ]
    payloads = sum(len(b["action"].get("payload", "")) for row in wire_rows for b in row)
    if payloads > MAX_PAYLOADS:
        raise refuse(911, f"payloads should be at most {MAX_PAYLOADS} letters length in total")
    wire = {"one_time": one_time, "inline": inline, "buttons": wire_rows}
    people_see = [[shown(one["action"]) for one in row] for row in wire_rows]
    return Keyboard(wire, people_see, inline, one_time)


def action(wire: Mapping[str, Any], row: int, column: int) -> dict[str, Any]:
    """Return the action of one button; raises IndexError if there is none in that place."""
    if row < 0 or column < 0:
        raise IndexError
    found: dict[str, Any] = wire["buttons"][row][column]["action"]
    return found


def _check_size(rows: list[Any], inline: bool) -> None:
    most_rows, most = (6, 10) if inline else (10, 40)
    if len(rows) > most_rows:
        raise refuse(911, "buttons contain too much rows")
    for y, row in enumerate(rows):
        if not isinstance(row, list) or not row:
            raise refuse(911, f"row {y} should be a non-empty array")
        if len(row) > _ROW:
            raise refuse(911, f"row {y} contains too much columns")
    if sum(len(row) for row in rows) > most:
        raise refuse(911, "keyboard contains too much buttons")


def button(given: Any, place: str, *, alone: bool) -> dict[str, Any]:
    """Return one button as it travels; raises Refusal 911 that names its place. `alone`: it has a row to itself."""
    if not isinstance(given, dict) or not isinstance(given.get("action"), dict):
        raise refuse(911, f"{place} action should be an object")
    act = {name: value for name, value in given["action"].items() if value is not None}
    kind = str(act.get("type"))
    if kind not in _NEEDS:
        raise refuse(911, f"{place} has unknown action type")
    if set(act) - {"type", "payload", *_NEEDS[kind], *_MAY.get(kind, ())}:
        raise refuse(911, f"{place} action contains unknown fields")
    for name in _NEEDS[kind]:
        if act.get(name) in (None, ""):
            raise _needs(place, name)
    if "link" in act and not is_link(act["link"]):
        raise refuse(911, f"{place} has invalid link")
    if kind in _WHOLE_ROW and not alone:
        raise refuse(911, f"{place} should take the whole row")
    if len(str(act.get("label", ""))) > MAX_LABEL:
        raise refuse(911, f"{place} label should be at most {MAX_LABEL} letters length")
    if "payload" in act:
        act["payload"] = _payload(act["payload"], place)
    color = given.get("color")
    if color is not None and color not in _COLORS:
        raise refuse(911, f"{place} color is invalid")
    # Only buttons that say something have a colour of one's choice.
    if kind in ("text", "callback"):
        return {"action": act, "color": "default" if color in (None, "secondary") else color}
    return {"action": act}


def is_link(value: Any) -> bool:
    """Tell whether an address may stand behind a button: http(s) with a host, no blanks or braces."""
    return isinstance(value, str) and _LINK.fullmatch(value) is not None


def _needs(place: str, name: str) -> Refusal:
    if name == "label":
        return refuse(911, f"{place} label should be at least 1 letters length")
    return refuse(911, f"{place} {name} is undefined")


def _payload(value: Any, place: str) -> str:
    """Return the payload as the JSON text it travels as; clients also send it as an object."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if text:
        try:
            loaded(text)
        except ValueError:
            raise refuse(911, f"{place} payload should be a valid JSON") from None
    if len(text) > MAX_PAYLOAD:
        raise refuse(911, f"{place} payload should be at most {MAX_PAYLOAD} letters length")
    return text


def shown(act: Mapping[str, Any]) -> Button:
    """Return a button as people see it."""
    kinds: Mapping[str, Literal["callback", "url", "text"]] = {
        "callback": "callback",
        "open_link": "url",
        "open_app": "url",
    }
    names = {"location": "Отправить местоположение", "vkpay": "Оплатить через VK Pay"}
    return Button(
        text=str(act.get("label") or names.get(act["type"], "")),
        kind=kinds.get(act["type"], "text"),
        data=act.get("payload"),
        url=link(act),
    )


def link(act: Mapping[str, Any]) -> str | None:
    """Return where a button leads: a link's address or an application's page."""
    if act["type"] == "open_link":
        return str(act["link"])
    if act["type"] == "open_app":
        hash_ = f"#{act['hash']}" if act.get("hash") else ""
        return f"https://vk.com/app{act['app_id']}{hash_}"
    return None
