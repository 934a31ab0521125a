"""Carousels: the one template that messages.send and messages.edit know.

Sizes: dev.vk.com, «Шаблоны сообщений»: 1 to 10 elements of one structure, title and description up to
80 characters, 1 to 3 buttons each, and a picture or a title. VK words its refusals as errors of a
keyboard (911) with the place inside the template.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.api import Refusal
from sandbox.values import loaded
from sandbox.vk import keyboard, media
from sandbox.vk.errors import refuse
from sandbox.world import Account, Button

MAX_ELEMENTS, MAX_BUTTONS, MAX_TITLE = 10, 3, 80
_FIELDS = ("title", "description", "photo_id", "buttons", "action")


@dataclass(frozen=True, slots=True)
class Template:
    """A carousel that passed: its JSON, and a row of buttons for each element."""

    wire: dict[str, Any]
    rows: list[list[Button]]


def read(text: str, account: Account) -> Template:
    """Read a template whose pictures the community has uploaded; raises Refusal 911 with the reason."""
    try:
        given = loaded(text)
    except ValueError:
        raise refuse(911, "template should be a valid JSON") from None
    if not isinstance(given, dict):
        raise _wrong("", "should be an object")
    if given.get("type") != "carousel":
        raise _wrong("['type']", "should be 'carousel'")
    elements = given.get("elements")
    if not isinstance(elements, list) or not elements:
        raise _wrong("['elements']", "should be a non-empty array")
    if len(elements) > MAX_ELEMENTS:
        raise _wrong("['elements']", f"should contain at most {MAX_ELEMENTS} elements")
    wire = [_element(one, f"['elements'][{place}]", account) for place, one in enumerate(elements)]
    for place, one in enumerate(wire):
        if _structure(one) != _structure(wire[0]):
            raise _wrong(f"['elements'][{place}]", "should have the structure of the first element")
    rows = [[keyboard.shown(button["action"]) for button in one["buttons"]] for one in wire]
    return Template({"type": "carousel", "elements": wire}, rows)


def action(wire: Mapping[str, Any], row: int, column: int) -> dict[str, Any]:
    """Return the action of an element's button; raises IndexError if there is none in that place."""
    if row < 0 or column < 0:
        raise IndexError
    found: dict[str, Any] = wire["elements"][row]["buttons"][column]["action"]
    return found


def _element(given: Any, place: str, account: Account) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise _wrong(place, "should be an object")
    one = {name: value for name, value in given.items() if value is not None}
    if set(one) - set(_FIELDS):
        raise _wrong(place, "contains unknown fields")
    for name in ("title", "description"):
        value = one.get(name, "-")
        if not isinstance(value, str) or not 0 < len(value) <= MAX_TITLE:
            raise _wrong(f"{place}['{name}']", f"should be at most {MAX_TITLE} letters length")
    if "photo_id" not in one and "title" not in one:
        raise _wrong(place, "should contain title or photo_id")
    if "photo_id" in one:
        one["photo"] = _photo(one["photo_id"], f"{place}['photo_id']", account)
    buttons = one.get("buttons")
    if not isinstance(buttons, list) or not 0 < len(buttons) <= MAX_BUTTONS:
        raise _wrong(f"{place}['buttons']", f"should be an array of 1 to {MAX_BUTTONS} buttons")
    one["buttons"] = [
        keyboard.button(button, f"template{place}['buttons'][{number}]", alone=True)
        for number, button in enumerate(buttons)
    ]
    if "action" in one:
        _check_action(one["action"], f"{place}['action']", has_photo="photo" in one)
    return one


def _photo(value: Any, place: str, account: Account) -> dict[str, Any]:
    try:
        [file] = media.attached(account, [f"photo{value}"])
    except (Refusal, ValueError):
        raise _wrong(place, "is invalid") from None
    return media.photo(file)


def _check_action(given: Any, place: str, *, has_photo: bool) -> None:
    kind = given.get("type") if isinstance(given, dict) else None
    if kind == "open_link" and keyboard.is_link(given.get("link")):
        return
    if kind != "open_photo" or not has_photo:
        raise _wrong(place, "is invalid")


def _structure(one: Mapping[str, Any]) -> tuple[Any, ...]:
    return (*(name in one for name in _FIELDS), len(one["buttons"]))


def _wrong(place: str, why: str) -> Refusal:
    return refuse(911, f"template{place} {why}")
