"""format_data of messages.send: bold, italic, underlined and linked parts of a text.

Offsets and lengths are UTF-16 units (dev.vk.com, reference/objects/message).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sandbox.values import loaded
from sandbox.vk.errors import invalid

_KINDS: Mapping[str, str] = MappingProxyType(
    {"bold": "bold", "italic": "italic", "underline": "underline", "url": "text_link"}
)


def read(text: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return format_data as a message carries it, and its parts as entities of the Bot API.

    Raises Refusal 100 for another version than 1 and for a part of the wrong shape.
    """
    try:
        given = loaded(text)
        items, version = given["items"], str(given["version"])
        parts = [_part(one) for one in items]
    except (ValueError, TypeError, KeyError):
        raise invalid("format_data") from None
    if version != "1":
        raise invalid("format_data")
    entities = [_entity(one) for one in parts]
    return {"version": version, "items": parts}, entities


def _part(one: Mapping[str, Any]) -> dict[str, Any]:
    offset, length = one["offset"], one["length"]
    whole = type(offset) is int and type(length) is int
    if one["type"] not in _KINDS or not whole or offset < 0 or length <= 0:
        raise ValueError
    part = {"type": one["type"], "offset": offset, "length": length}
    if one["type"] == "url":
        if not isinstance(one["url"], str) or not one["url"]:
            raise ValueError
        part["url"] = one["url"]
    return part


def _entity(part: Mapping[str, Any]) -> dict[str, Any]:
    return {**part, "type": _KINDS[part["type"]]}
