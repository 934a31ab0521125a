"""From the text a client sends to the text Telegram stores: markup, trimming, found entities, lengths."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sandbox.telegram import html, markdown
from sandbox.telegram.html import utf16
from sandbox.telegram.params import bad, structure, text

TEXT_MAX = 4096  # code points after parsing (TDLib compares utf8_length)
CAPTION_MAX = 1024
_RAW_MAX = 32768  # bytes before parsing
_PARSERS = {"html": html.parse, "markdownv2": markdown.parse_v2, "markdown": markdown.parse_old}
# What Telegram finds by itself, in the order in which one excludes another. Each pattern but that of
# the mail address begins with its mark, so that a search jumps from mark to mark.
_FOUND = (
    ("url", "http", re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]»’'/]/?")),
    ("email", "@", re.compile(r"[\w.+-]+@[\w-]+\.[A-Za-z]{2,24}\b")),
    ("mention", "@", re.compile(r"@(?<!\w@)[A-Za-z][A-Za-z0-9_]{3,31}\b")),
    (
        "bot_command",
        "/",
        re.compile(r"/(?<![\w/<>]/)\w{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])", re.ASCII),
    ),
    ("hashtag", "#", re.compile(r"#(?<![\w#]#)(?!\d+\b)\w{1,256}")),
)
_FIELDS = {
    "text_link": ("url",), "text_mention": ("user",), "pre": ("language",), "custom_emoji": ("custom_emoji_id",),
    "date_time": ("unix_time", "date_time_format"),
}  # fmt: skip
_KIND_OF = {
    "url": (str,), "user": (dict,), "language": (str,), "custom_emoji_id": (str, int), "unix_time": (int,),
    "date_time_format": (str,),
}  # fmt: skip
_PLAIN = frozenset((
    "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold", "italic", "underline",
    "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text as Telegram stores it; entities are sorted, their offsets are UTF-16 units."""

    text: str
    entities: list[dict[str, Any]]


def message_text(params: dict[str, Any]) -> Formatted:
    """Return the text of a message; refuses an empty one and one over 4096 code points."""
    said = formatted(params, "text", "entities")
    if not said.text:
        raise bad("message text is empty")
    if len(said.text) > TEXT_MAX:
        raise bad("message is too long")
    return said


def caption(params: dict[str, Any]) -> Formatted:
    """Return the caption of a media message, which may be empty; refuses one over 1024 code points."""
    said = formatted(params, "caption", "caption_entities")
    if len(said.text) > CAPTION_MAX:
        raise bad("message caption is too long")
    return said


def found(plain: str, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entities with those added that Telegram finds itself: commands, links, mentions, hashtags."""
    closed = ("code", "pre", "text_link", *(kind for kind, _, _ in _FOUND))
    taken = [(e["offset"], e["offset"] + e["length"]) for e in given if e["type"] in closed]
    added = []
    for kind, mark, pattern in _FOUND:
        if mark not in plain:
            continue
        for match in pattern.finditer(plain):
            start = utf16(plain[: match.start()])
            end = start + utf16(match.group())
            if not any(begin < end and start < stop for begin, stop in taken):
                taken.append((start, end))
                added.append({"offset": start, "length": end - start, "type": kind})
    return _sorted([*given, *added] if added else given)


def formatted(
    params: dict[str, Any],
    name: str,
    entities: str,
    *,
    mode: str = "parse_mode",
    finds: bool = True,
) -> Formatted:
    """Return a text parameter as Telegram stores it: parsed by `mode`, trimmed, with entities found if `finds`."""
    raw = text(params, name)
    if len(raw) * 4 > _RAW_MAX and len(raw.encode("utf-8", "surrogatepass")) > _RAW_MAX:
        raise bad("text is too long")
    raw = raw.replace("\r", "")
    parser = text(params, mode).lower()
    if parser and parser != "none":
        if parser not in _PARSERS:
            raise bad("unsupported parse_mode")
        plain, marked = _PARSERS[parser](raw)
    else:
        plain, marked = raw, _given(structure(params, entities, "entities"), utf16(raw))
    plain, marked = _trimmed(plain, marked)
    return Formatted(plain, found(plain, marked) if finds else _sorted(marked))


def _given(value: Any, length: int) -> list[dict[str, Any]]:
    """Return the entities a client measured itself, without what does not fit the text or is unknown."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise bad("can't parse entities: expected an Array")
    read = []
    for item in value:
        kind = item.get("type") if isinstance(item, dict) else None
        if not isinstance(kind, str) or (kind not in _PLAIN and kind not in _FIELDS):
            raise bad("can't parse entities: unsupported type of a MessageEntity")
        offset, size = item.get("offset"), item.get("length")
        if not isinstance(offset, int) or not isinstance(size, int):
            raise bad('can\'t parse entities: field "offset" and "length" must be of type Number')
        if offset < 0 or size <= 0 or offset >= length:
            continue
        kept = {name: _field(name, item[name]) for name in _FIELDS.get(kind, ()) if name in item}
        read.append({"offset": offset, "length": min(size, length - offset), "type": kind, **kept})
    return read


def _field(name: str, value: Any) -> Any:
    if not isinstance(value, _KIND_OF[name]) or isinstance(value, bool):
        raise bad(f'can\'t parse entities: field "{name}" is of a wrong type')
    return str(value) if name == "custom_emoji_id" else value


def _trimmed(plain: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Cut white space off both ends, as Telegram does, and the entities with it."""
    right = plain.rstrip()
    kept = right.lstrip()
    if kept == plain:
        return plain, entities
    shift, end = utf16(right) - utf16(kept), utf16(right)
    moved = []
    for entity in entities:
        start = max(entity["offset"], shift)
        stop = min(entity["offset"] + entity["length"], end)
        if stop > start:
            moved.append({**entity, "offset": start - shift, "length": stop - start})
    return kept, moved


def _sorted(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return (
        sorted(entities, key=lambda e: (e["offset"], -e["length"], e["type"]))
        if len(entities) > 1
        else entities
    )
