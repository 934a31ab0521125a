"""Text with entities as safe HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any

_PLAIN = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}
# What an app makes a link by itself: whole addresses, and bare hosts with a well-known ending.
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"«»]+"
    r"|(?<![\w@./-])(?:[\w-]+\.)+(?:ru|su|рф|com|org|net|me|info)(?![\w-])(?:/[^\s<>\"«»]*)?",
    re.IGNORECASE,
)
_CLOSED = frozenset(("url", "text_link", "email", "mention", "text_mention", "code", "pre"))
_LINKS = ("http://", "https://", "tg://", "mailto:")


def to_html(text: str, entities: Sequence[Mapping[str, Any]]) -> str:
    """Return escaped text with the entities as tags, well nested even where the entities overlap.

    Offsets and lengths are UTF-16 units, as in the Bot API; what reaches beyond the text is cut.
    Line ends stay as they are, to be shown with `white-space: pre-wrap`.
    """
    units = text.encode("utf-16-le", "replace")
    size = len(units) // 2
    spans = sorted(_spans(units, size, entities), key=lambda span: (span[0], -span[1]))
    cuts = sorted({0, size, *(s[0] for s in spans), *(s[1] for s in spans)})
    out: list[str] = []
    opened: list[tuple[int, int, str, str]] = []
    for start, end in pairwise(cuts):
        _close(out, opened, start)
        for span in spans:
            if span[0] == start and not (span[3] == "a" and any(o[3] == "a" for o in opened)):
                opened.append(span)
                out.append(span[2])
        out.append(escape(_slice(units, start, end)))
    _close(out, opened, size)
    return "".join(out)


def with_addresses(text: str, entities: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the entities and those of the addresses that stand plainly in the text."""
    closed = [
        (int(e.get("offset", 0)), int(e.get("offset", 0)) + int(e.get("length", 0)))
        for e in entities
        if e.get("type") in _CLOSED
    ]
    added: list[Mapping[str, Any]] = []
    for match in _ADDRESS.finditer(text):
        address = match.group().rstrip(".,;:!?)]…'")
        start = len(text[: match.start()].encode("utf-16-le", "replace")) // 2
        end = start + len(address.encode("utf-16-le", "replace")) // 2
        if not any(begin < end and start < stop for begin, stop in closed):
            added.append({"type": "url", "offset": start, "length": end - start})
    return [*entities, *added]


def _close(out: list[str], opened: list[tuple[int, int, str, str]], at: int) -> None:
    """Close what ends at `at`; what lies above it on the stack is closed too and opened again."""
    first = next((i for i, span in enumerate(opened) if span[1] <= at), None)
    if first is None:
        return
    out.extend(f"</{span[3]}>" for span in reversed(opened[first:]))
    again = [span for span in opened[first:] if span[1] > at]
    del opened[first:]
    opened.extend(again)
    out.extend(span[2] for span in again)


def _spans(
    units: bytes, size: int, entities: Sequence[Mapping[str, Any]]
) -> list[tuple[int, int, str, str]]:
    spans = []
    for entity in entities:
        start = max(0, int(entity.get("offset", 0)))
        end = min(size, start + int(entity.get("length", 0)))
        tags = _tags(entity, _slice(units, start, end))
        if start < end and tags is not None:
            spans.append((start, end, *tags))
    return spans


def _tags(entity: Mapping[str, Any], inside: str) -> tuple[str, str] | None:
    kind = str(entity.get("type"))
    if kind in _PLAIN:
        return f"<{_PLAIN[kind]}>", _PLAIN[kind]
    if kind == "spoiler":
        return '<span class="spoiler">', "span"
    if kind in ("mention", "text_mention", "hashtag", "cashtag", "bot_command"):
        return '<span class="mark">', "span"
    address = {
        "text_link": str(entity.get("url") or ""),
        "url": inside if "://" in inside else f"https://{inside}",
        "email": f"mailto:{inside}",
    }.get(kind)
    if address is None or not address.lower().startswith(_LINKS):
        return None
    return f'<a href="{escape(address)}" rel="noopener noreferrer" target="_blank">', "a"


def _slice(units: bytes, start: int, end: int) -> str:
    # An offset in the middle of a surrogate pair leaves half a character, which no encoding can carry.
    return units[2 * start : 2 * end].decode("utf-16-le", "replace")
