"""config.yaml as it lies on disk: bytes, text, YAML; every value with the line it stands on.

All scalars stay text: what YAML would make of `19:00`, `on` or `007` is not what an administrator
meant, so each setting reads its own value.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from app import config_words as words
from app.config_values import TYPOGRAPHIC

Loc = tuple[str | int, ...]
_QUOTES = TYPOGRAPHIC.replace("«", "").replace("»", "")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\u2028\u2029\ufffe\uffff]")
_REFUSED = {
    yaml.AnchorToken: "&",
    yaml.AliasToken: "*",
    yaml.TagToken: "!",
    yaml.DirectiveToken: "%",
}


@dataclass(frozen=True, slots=True)
class Document:
    """What the file holds: nested dicts, lists and strings; `mistakes` are (line, sentence), line 0 is the file."""

    data: dict[str, Any] | None = None
    lines: Mapping[Loc, int] = field(default_factory=dict)
    mistakes: tuple[tuple[int, str], ...] = ()


def read(path: Path) -> Document:
    """Read the file; what is wrong with it as a file or as YAML is in `mistakes`."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        return Document(mistakes=((0, words.unreadable(error, path)),))
    text, mistakes = decode(raw)
    if text is None:
        return Document(mistakes=tuple(mistakes))
    document = parse(text)
    return Document(document.data, document.lines, (*mistakes, *document.mistakes))


def decode(raw: bytes) -> tuple[str | None, list[tuple[int, str]]]:
    """Return the text and what is wrong with its encoding; a wrong encoding is read if it can be told."""
    for mark, encoding in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if raw.startswith(mark):
            return _decode_as(raw, encoding, 1)
    zeros = raw[:2].find(b"\0")
    if zeros >= 0:
        return _decode_as(raw, "utf-16-be" if zeros == 0 else "utf-16-le", 1)
    try:
        return _newlines(raw.decode("utf-8-sig")), []
    except UnicodeDecodeError as error:
        return _decode_as(raw, "windows-1251", raw.count(b"\n", 0, error.start) + 1)


def _decode_as(raw: bytes, encoding: str, line: int) -> tuple[str | None, list[tuple[int, str]]]:
    try:
        text = _newlines(raw.decode(encoding))
    except UnicodeDecodeError:
        return None, [(line, words.wrong_encoding(None))]
    return text.lstrip("\ufeff"), [(line, words.wrong_encoding(encoding))]


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse(text: str) -> Document:
    """Read YAML of the plain kind: sections, lists and values."""
    unseen = [(_line_at(text, m.start()), words.UNSEEN_CHARACTER) for m in _UNSEEN.finditer(text)]
    if unseen:
        return Document(mistakes=tuple(dict.fromkeys(unseen)))
    try:
        mistakes = _foreign_marks(text)
        root = None if mistakes else yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        return Document(mistakes=_broken(text, error))
    except RecursionError:
        return Document(mistakes=((0, words.TOO_DEEP),))
    if mistakes:
        return Document(mistakes=mistakes)
    if root is None:
        return Document(mistakes=((0, words.EMPTY),))
    if not isinstance(root, yaml.MappingNode):
        return Document(mistakes=((root.start_mark.line + 1, words.NO_SECTIONS),))
    reader = _Reader()
    data = reader.mapping(root, ())
    return Document(data, reader.lines, tuple(reader.mistakes))


def _foreign_marks(text: str) -> tuple[tuple[int, str], ...]:
    """Find YAML's links, types, further documents and long quotes: here they are always slips."""
    found, started = [], False
    try:
        for token in yaml.scan(text, yaml.SafeLoader):
            line = token.start_mark.line + 1
            if type(token) in _REFUSED:
                found.append((line, words.special_character(_REFUSED[type(token)])))
            elif isinstance(token, yaml.DocumentStartToken):
                if started:
                    found.append((line, words.SECOND_DOCUMENT))
                started = True
            elif isinstance(token, yaml.ScalarToken) and token.style in ("'", '"'):
                # A forgotten quote ends at the next one, which may be many lines below.
                if token.end_mark.line != token.start_mark.line:
                    found.append((line, words.OPEN_QUOTE))
                started = True
            else:
                started = started or not isinstance(token, yaml.StreamStartToken)
    except yaml.MarkedYAMLError:
        if not found:
            raise
    return tuple(found)


def _broken(text: str, error: yaml.MarkedYAMLError) -> tuple[tuple[int, str], ...]:
    """Return why the file cannot be taken apart: the usual causes, else the parser's own."""
    place, sentence = words.yaml_mistake(error)
    found: dict[int, str] = {}
    for number, line in enumerate(text.split("\n"), 1):
        code = line.partition(" #")[0]
        if not code.strip() or code.lstrip().startswith("#"):
            continue
        if "\t" in code:
            found[number] = words.TAB
        elif re.match(r" *\xa0", code):
            found[number] = words.HARD_SPACE
        elif number == place and re.search(rf"(?:: +|- +|^ *)[{_QUOTES}]", code):
            found[number] = words.TYPOGRAPHIC_QUOTES
    if not any(at <= place for at in found):
        found[place] = sentence
    return tuple(sorted(found.items()))


def _line_at(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


class _Reader:
    """Turns YAML nodes into plain data and keeps the line of each."""

    def __init__(self) -> None:
        self.lines: dict[Loc, int] = {(): 1}
        self.mistakes: list[tuple[int, str]] = []

    def mapping(self, node: yaml.MappingNode, loc: Loc) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.mistakes.append((line, words.KEY_NOT_A_WORD))
                continue
            key = self._bare(key_node.value, line, key_node.style, TYPOGRAPHIC)
            if (*loc, key) in self.lines:
                self.mistakes.append((line, words.repeated_key(key, self.lines[*loc, key])))
                continue
            self.lines[*loc, key] = line
            value = self.value(value_node, (*loc, key))
            # A setting without a value counts as not written; its line stays known.
            if value is not None:
                data[key] = value
        return data

    def value(self, node: yaml.Node, loc: Loc) -> Any:
        line = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, loc)
        if isinstance(node, yaml.SequenceNode):
            items = []
            for number, item in enumerate(node.value):
                self.lines[*loc, number] = item.start_mark.line + 1
                value = self.value(item, (*loc, number))
                items.append("" if value is None else value)
            return items
        if not isinstance(node, yaml.ScalarNode):
            raise TypeError(f"{node!r} is none of YAML's three kinds of nodes")
        if node.style is None and node.value in ("", "~", "null"):
            return None
        return self._bare(node.value, line, node.style, _QUOTES)

    def _bare(self, text: str, line: int, style: str | None, quotes: str) -> str:
        """Return a scalar without typographic quotes that were meant as YAML's."""
        if style is None and len(text) > 1 and text[0] in quotes and text[-1] in quotes + '"':
            self.mistakes.append((line, words.TYPOGRAPHIC_QUOTES))
            return text[1:-1].strip()
        return text
