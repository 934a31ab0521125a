"""How a screen's choices become buttons that fit a messenger; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from core.messenger import Button, Capabilities, Keyboard
from core.richtext import RichText

DAY_MS = 86_400_000
KEPT_MS = 30 * DAY_MS
CONSENT_MS = DAY_MS
DANGEROUS_MS = DAY_MS
PAGE = 8  # entries of a list on one screen


@dataclass(frozen=True, slots=True)
class Choice:
    """One button: what it says, and what it does in which script; or a link."""

    label: str
    do: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)
    script: str | None = None  # None: the screen's own
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """What a script shows: text and rows of choices; `lives_ms` is how long its buttons work."""

    text: RichText
    rows: tuple[tuple[Choice, ...], ...] = ()
    lives_ms: int = KEPT_MS


@dataclass(frozen=True, slots=True)
class Limits:
    """How many buttons fit: in a row, rows, in all, and code points on one."""

    in_row: int
    rows: int
    total: int
    label: int


# Where the messenger is not at hand, the least that any of them takes.
TIGHTEST = Limits(in_row=2, rows=5, total=10, label=40)


def limits_of(capabilities: Capabilities) -> Limits:
    """Return a messenger's limits for buttons."""
    return Limits(
        capabilities.buttons_in_row,
        capabilities.button_rows,
        capabilities.buttons,
        capabilities.button_text,
    )


def lay_out(rows: Sequence[Sequence[Choice]], limits: Limits) -> tuple[tuple[Choice, ...], ...]:
    """Return the rows so that they fit: single ones move together when there are too many.

    Raises ValueError when there are more buttons than the messenger takes at all.
    """
    kept = [tuple(row) for row in rows if row]
    if sum(len(row) for row in kept) > limits.total:
        raise ValueError("more buttons than this messenger takes")
    kept = [row[i : i + limits.in_row] for row in kept for i in range(0, len(row), limits.in_row)]
    while len(kept) > limits.rows:
        kept = _join_two(kept, limits.in_row)
    return tuple(kept)


def _join_two(rows: list[tuple[Choice, ...]], in_row: int) -> list[tuple[Choice, ...]]:
    size = min(len(a) + len(b) for a, b in pairwise(rows))
    if size > in_row:
        raise ValueError("more rows of buttons than this messenger takes")
    for i in range(len(rows) - 1):
        if len(rows[i]) + len(rows[i + 1]) == size:
            return [*rows[:i], rows[i] + rows[i + 1], *rows[i + 2 :]]
    raise AssertionError("the smallest pair was there a moment ago")


def choices_json(rows: Sequence[Sequence[Choice]], script: str) -> list[dict[str, Any]]:
    """Return what every button means, by its index over all rows."""
    return [
        {"script": choice.script or script, "do": choice.do, "args": dict(choice.args)}
        for row in rows
        for choice in row
    ]


def keyboard(rows: Sequence[Sequence[Choice]], screen_id: int, limits: Limits) -> Keyboard:
    """Return the buttons: they carry the screen's id and an index, never a meaning."""
    result: list[tuple[Button, ...]] = []
    index = 0
    for row in rows:
        buttons = []
        for choice in row:
            label = shorten(choice.label, limits.label)
            data = None if choice.url else f"{screen_id}:{index}"
            buttons.append(Button(label, data, choice.url))
            index += 1
        result.append(tuple(buttons))
    return tuple(result)


def shorten(text: str, length: int) -> str:
    """Return the text with an ellipsis in place of what does not fit (code points)."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def tick(label: str, on: bool) -> str:
    """Return a button's words, with a tick before what is chosen."""
    return f"✓ {label}" if on else label


def page_of(entries: Sequence[Choice], page: int) -> tuple[list[Choice], bool]:
    """Return one page of a list, and whether there is another behind it."""
    start = max(page, 0) * PAGE
    return list(entries[start : start + PAGE]), len(entries) > start + PAGE


def parse(payload: str | None) -> tuple[int, int] | None:
    """Return (screen id, index) of a pressed button's data, None when it is none of ours."""
    left, colon, right = (payload or "").partition(":")
    if not colon or not (left.isascii() and left.isdigit() and right.isascii() and right.isdigit()):
        return None
    if len(left) > 15 or len(right) > 3:
        return None
    return int(left), int(right)
