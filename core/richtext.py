"""Rich text: a string and the entities over it, independent of any messenger.

Offsets and lengths are in code points (what Python strings count). Messengers that count UTF-16
units are served by `to_utf16` and `from_utf16` at the border.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class Style(StrEnum):
    """What an entity does to its text; the values are the Bot API's names."""

    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINE = "underline"
    STRIKETHROUGH = "strikethrough"
    SPOILER = "spoiler"
    CODE = "code"
    PRE = "pre"
    QUOTE = "blockquote"
    LINK = "text_link"


@dataclass(frozen=True, slots=True, order=True)
class Entity:
    """A style over `text[offset:offset + length]` (code points); `url` for links, `language` for pre."""

    offset: int
    length: int
    style: Style
    url: str | None = None
    language: str | None = None

    @property
    def end(self) -> int:
        """Return the offset behind the last code point."""
        return self.offset + self.length


@dataclass(frozen=True, slots=True)
class RichText:
    """Text with entities, sorted by offset; entities may nest, zero-length ones do not occur."""

    text: str = ""
    entities: tuple[Entity, ...] = ()

    def slice(self, start: int, end: int) -> RichText:
        """Return the part `[start:end]` (code points) with entities cut to it."""
        kept = (
            replace(
                e,
                offset=max(e.offset, start) - start,
                length=min(e.end, end) - max(e.offset, start),
            )
            for e in self.entities
            if e.offset < end and e.end > start
        )
        return RichText(self.text[start:end], tuple(e for e in kept if e.length > 0))

    def strip(self) -> RichText:
        """Return it without white space at both ends."""
        start = len(self.text) - len(self.text.lstrip())
        end = len(self.text.rstrip())
        return self.slice(start, max(start, end))

    def __add__(self, other: RichText) -> RichText:
        """Return both, one behind the other."""
        moved = tuple(replace(e, offset=e.offset + len(self.text)) for e in other.entities)
        return RichText(self.text + other.text, self.entities + moved)

    def __bool__(self) -> bool:
        """Tell whether there is any text."""
        return bool(self.text)


def plain(text: str) -> RichText:
    """Return text without entities."""
    return RichText(text)


def styled(text: str, style: Style, url: str | None = None) -> RichText:
    """Return text wholly under one style."""
    return RichText(text, (Entity(0, len(text), style, url),) if text else ())


def join(parts: Iterable[RichText], between: str) -> RichText:
    """Return the non-empty parts with `between` between them."""
    result = RichText()
    for part in parts:
        if part:
            result = result + plain(between) + part if result else part
    return result


def to_utf16(rich: RichText) -> list[dict[str, Any]]:
    """Return the entities as the Bot API writes them, offsets and lengths in UTF-16 units."""
    marks = _units_at(rich.text)
    result: list[dict[str, Any]] = []
    for e in rich.entities:
        item: dict[str, Any] = {
            "type": e.style.value,
            "offset": marks[e.offset],
            "length": marks[e.end] - marks[e.offset],
        }
        if e.url is not None:
            item["url"] = e.url
        if e.language is not None:
            item["language"] = e.language
        result.append(item)
    return result


def from_utf16(text: str, entities: Sequence[Mapping[str, Any]]) -> RichText:
    """Read entities in the Bot API's shape (UTF-16 units); unknown kinds and impossible ranges are left out."""
    at_unit = {unit: index for index, unit in enumerate(_units_at(text))}
    total = max(at_unit)
    known = {style.value for style in Style}
    result: list[Entity] = []
    for item in entities:
        kind = "blockquote" if item.get("type") == "expandable_blockquote" else item.get("type")
        offset, length = item.get("offset"), item.get("length")
        if kind not in known or not isinstance(offset, int) or not isinstance(length, int):
            continue
        start = at_unit.get(max(offset, 0))
        end = at_unit.get(min(offset + length, total))
        url = item.get("url")
        if start is None or end is None or end <= start or (kind == Style.LINK and not url):
            continue
        result.append(Entity(start, end - start, Style(kind), url, item.get("language")))
    return RichText(text, tuple(sorted(result, key=lambda e: (e.offset, -e.length))))


def _units_at(text: str) -> list[int]:
    marks = [0]
    for char in text:
        marks.append(marks[-1] + (2 if ord(char) > 0xFFFF else 1))
    return marks


def to_json(rich: RichText) -> dict[str, Any]:
    """Return it as JSON data for storage (code points)."""
    return {
        "text": rich.text,
        "entities": [[e.offset, e.length, e.style.value, e.url, e.language] for e in rich.entities],
    }


def from_json(data: Mapping[str, Any]) -> RichText:
    """Read what `to_json` wrote."""
    return RichText(
        data["text"], tuple(Entity(o, n, Style(s), u, g) for o, n, s, u, g in data["entities"])
    )
