"""Numbers and JSON that come from outside, read so that whatever comes out can be kept and sent on."""

from __future__ import annotations

import re
from typing import Any

import orjson

# TDLib reads no deeper (td/utils/JsonParser); JSON that is nested deeper could not be written again.
MAX_DEPTH = 100
_BOUND = 2**63
_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")


def whole(text: str) -> int | None:
    """Return the number that a text is in ASCII digits, None for what is none or needs more than 64 bits."""
    if _WHOLE.fullmatch(text) is None:
        return None
    number = int(text)
    return number if -_BOUND <= number < _BOUND else None


def loaded(source: str | bytes) -> Any:
    """Return what a JSON text says; raises ValueError for broken JSON, lone surrogates and depth."""
    value = orjson.loads(source)
    # So few brackets cannot be deep; counting them costs nothing beside a look into the value.
    opening = (
        source.count("[") + source.count("{")
        if isinstance(source, str)
        else source.count(b"[") + source.count(b"{")
    )
    if opening > MAX_DEPTH and is_deep(value):
        raise ValueError("too big object depth")
    return value


def is_deep(value: Any, most: int = MAX_DEPTH) -> bool:
    """Tell whether lists and objects in a value are nested deeper than `most`; true for one inside itself."""
    level = [value]
    for _ in range(most):
        inside = [one for one in level if isinstance(one, (list, dict))]
        if not inside:
            return False
        level = [
            inner for one in inside for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return any(isinstance(one, (list, dict)) for one in level)
