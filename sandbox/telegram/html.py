"""Formatted text in the Bot API's HTML style (core.telegram.org/bots/api#html-style)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sandbox.telegram.params import bad

_SIMPLE = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "code": "code", "pre": "pre",
}  # fmt: skip
_KNOWN = {*_SIMPLE, "span", "a", "blockquote", "tg-emoji"}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_SPECIAL = re.compile(r"[<&]")
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-z]+));?")
_START = re.compile(r"<([^\s>/]+)")
_ATTRIBUTE = re.compile(r"\s*([^\s=>/]+)\s*(?:=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+)))?")
_END = re.compile(r"</([^\s>]*)\s*>")


@dataclass(slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    at: int  # UTF-16 units from the start of the plain text


def utf16(text: str) -> int:
    """Return the length in UTF-16 units, which is how entities are measured."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Return the plain text and its entities; refuses broken markup with its offset in bytes."""
    out: list[str] = []
    length = 0
    stack: list[_Open] = []
    entities: list[dict[str, Any]] = []
    i = 0
    while i < len(source):
        special = _SPECIAL.search(source, i)
        stop = special.start() if special else len(source)
        if stop > i:
            out.append(source[i:stop])
            length += utf16(source[i:stop])
            i = stop
        elif source[i] == "&":
            character, i = _reference(source, i)
            out.append(character)
            length += utf16(character)
        elif source.startswith("</", i):
            i = _close(source, i, stack, entities, length)
        else:
            tag, i = _open(source, i, length)
            stack.append(tag)
    if stack:
        raise bad(
            f"can't parse entities: Can't find end tag corresponding to start tag \"{stack[-1].tag}\""
        )
    return "".join(out), entities


def _reference(source: str, i: int) -> tuple[str, int]:
    found = _REFERENCE.match(source, i)
    if found:
        hexadecimal, decimal, name = found.groups()
        if name in _NAMED:
            return _NAMED[name], found.end()
        code = int(hexadecimal, 16) if hexadecimal else int(decimal) if decimal else 0
        if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000:
            return chr(code), found.end()
    return "&", i + 1


def _open(source: str, i: int, length: int) -> tuple[_Open, int]:
    begin = i
    named = _START.match(source, i)
    tag = named.group(1).lower() if named else ""
    if tag not in _KNOWN:
        raise bad(
            f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {_byte(source, begin)}'
        )
    assert named is not None
    i = named.end()
    attributes: dict[str, str] = {}
    while True:
        while i < len(source) and source[i].isspace():
            i += 1
        if i == len(source):
            raise bad(
                f"can't parse entities: Unclosed start tag at byte offset {_byte(source, begin)}"
            )
        if source[i] == ">":
            break
        found = _ATTRIBUTE.match(source, i)
        if found is None:
            raise bad(
                f'can\'t parse entities: Empty attribute name in the tag "{tag}" at byte offset {_byte(source, begin)}'
            )
        value = next((part for part in found.groups()[1:] if part is not None), "")
        attributes[found.group(1).lower()] = _unescape(value)
        i = found.end()
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise bad(
            f'can\'t parse entities: Tag "span" must have class "tg-spoiler" at byte offset {_byte(source, begin)}'
        )
    return _Open(tag, attributes, length), i + 1


def _close(
    source: str, i: int, stack: list[_Open], entities: list[dict[str, Any]], length: int
) -> int:
    begin = i
    if not stack:
        raise bad(f"can't parse entities: Unexpected end tag at byte offset {_byte(source, begin)}")
    ended = _END.match(source, i)
    if ended is None:
        raise bad(f"can't parse entities: Unclosed end tag at byte offset {_byte(source, begin)}")
    opened, name = stack.pop(), ended.group(1).lower()
    if name and name != opened.tag:
        raise bad(
            f"can't parse entities: Unmatched end tag at byte offset {_byte(source, begin)}, "
            f'expected "</{opened.tag}>", found "</{name}>"'
        )
    if length > opened.at:
        _add(entities, opened, length, stack)
    return ended.end()


def _add(entities: list[dict[str, Any]], tag: _Open, end: int, stack: list[_Open]) -> None:
    entity: dict[str, Any] = {
        "offset": tag.at,
        "length": end - tag.at,
        "type": _SIMPLE.get(tag.tag, ""),
    }
    language = tag.attributes.get("class", "")
    if tag.tag == "code" and stack and stack[-1].tag == "pre" and stack[-1].at == tag.at:
        # <pre><code class="language-x"> is one entity; the name travels to the pre around it.
        if language.startswith("language-"):
            stack[-1].attributes["language"] = language.removeprefix("language-")
        return
    if tag.tag == "pre" and "language" in tag.attributes:
        entity["language"] = tag.attributes["language"]
    elif tag.tag == "span":
        entity["type"] = "spoiler"
    elif tag.tag == "blockquote":
        entity["type"] = "expandable_blockquote" if "expandable" in tag.attributes else "blockquote"
    elif tag.tag == "tg-emoji":
        entity |= {"type": "custom_emoji", "custom_emoji_id": tag.attributes.get("emoji-id", "")}
    elif tag.tag == "a":
        if not tag.attributes.get("href"):
            return
        entity |= {"type": "text_link", "url": tag.attributes["href"]}
    entities.append(entity)


def _unescape(value: str) -> str:
    out, i = "", 0
    while i < len(value):
        if value[i] == "&":
            character, i = _reference(value, i)
            out += character
        else:
            out += value[i]
            i += 1
    return out


def _byte(source: str, i: int) -> int:
    return len(source[:i].encode("utf-8", "surrogatepass"))
